"""The OpenAPI document says what the real server does: every code is provoked, every key equal."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.protocol.connector_process import Running, call, raw, start_connector, write
from tests.protocol.plain_yaml import load

from tieout.quickbooks import wire

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"
DOCUMENT = load((DOCS / "connector-openapi.yaml").read_text("utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
Answered = tuple[int, dict[str, Any]]

BODIES: dict[str, dict[str, Any]] = {
    "/v1/process": call("o-1", write()),
    "/v1/calls/{call_id}/withdraw": {"company_file": "", "app_name": "", "mode": "either"},
    "/v1/takeover": {"company_file": "C:\\o.qbw", "installation_id": "office", "epoch": 1},
}
OPERATIONS = [
    (method.upper(), path, status)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    for status in operation["responses"]
]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = start_connector(tmp_path_factory.mktemp("strict"), "--allow", "10.*")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A connector whose journal has lost its tables."""
    running = start_connector(tmp_path_factory.mktemp("damaged"))
    with sqlite3.connect(running.data / "journal.sqlite3") as journal:
        journal.execute("DROP TABLE calls")
        journal.execute("DROP TABLE fences")
    journal.close()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def slow(connector: Running) -> dict[str, Answered]:
    """What a body that never comes is answered with; all at once, for each takes ten seconds."""
    found: dict[str, Answered] = {}

    def stall(path: str) -> None:
        head = f"POST {address(path)} HTTP/1.1\r\nContent-Type: application/json\r\n"
        found[path] = raw(connector, head + "Content-Length: 9\r\n")

    threads = [threading.Thread(target=stall, args=(path,)) for path in BODIES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def address(path: str, call_id: str = "o-1") -> str:
    return path.replace("{call_id}", call_id)


def ask(running: Running, method: str, path: str, body: Any = None, **login: str) -> Answered:
    client = running.client(**login)
    if method == "POST" and body is None:
        body = BODIES[path]
    return client.request(method, address(path), body)


def with_head(running: Running, path: str, *lines: str) -> Answered:
    return raw(running, "\r\n".join([f"POST {address(path)} HTTP/1.1", *lines, ""]))


def guessed(running: Running, method: str, path: str) -> Answered:
    name = "guess" + re.sub(r"\W", "", path)
    for _ in range(5):
        ask(running, method, path, user=name, password="guess number one")
    return ask(running, method, path, user=name, password="guess number one")


def fenced(running: Running) -> Answered:
    running.post(call("o-2", write(), epoch=3, company_file="C:\\p.qbw"))
    return running.post(call("o-3", write(), epoch=2, company_file="C:\\p.qbw"))


JSON_TYPE = "Content-Type: application/json"


@pytest.mark.parametrize(("method", "path", "status"), OPERATIONS)
def test_every_documented_code_is_given(
    method: str, path: str, status: str, request: pytest.FixtureRequest
) -> None:
    running: Running = request.getfixturevalue("connector")
    provoke: dict[str, Callable[[], Answered]] = {
        "200": lambda: (running.post(BODIES["/v1/process"]), ask(running, method, path))[1],
        "400": lambda: ask(running, method, path, b"{}"),
        "401": lambda: ask(running, method, path, user="nobody"),
        "403": lambda: ask(request.getfixturevalue("strict"), method, path),
        "404": lambda: running.client().request(method, address(path, "never-seen")),
        "408": lambda: request.getfixturevalue("slow")[path],
        "409": lambda: fenced(running),
        "411": lambda: with_head(running, path, JSON_TYPE),
        "413": lambda: with_head(running, path, JSON_TYPE, "Content-Length: 99999999999"),
        "415": lambda: with_head(running, path, "Content-Type: text/xml", "Content-Length: 2"),
        "429": lambda: guessed(running, method, path),
        "500": lambda: ask(request.getfixturevalue("damaged"), method, path),
    }
    found, body = provoke[status]()
    assert found == int(status)
    reference = DOCUMENT["paths"][path][method.lower()]["responses"][status]["$ref"]
    response = DOCUMENT["components"]["responses"][reference.rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    conforms(body, SCHEMAS[schema])
    if schema == "ProblemReply":
        assert body["code"] in re.findall(
            r"[a-z-]+", SCHEMAS[schema]["properties"]["code"]["description"]
        )


def conforms(body: dict[str, Any], schema: dict[str, Any]) -> None:
    assert list(body) == schema["required"]
    for key, value in body.items():
        wanted = schema["properties"][key]
        if "enum" in wanted:
            assert value in wanted["enum"]
            continue
        kinds = wanted["type"] if isinstance(wanted["type"], list) else [wanted["type"]]
        assert kind_of(value) in kinds, key


def kind_of(value: Any) -> str:
    names = {str: "string", bool: "boolean", int: "integer", list: "array", type(None): "null"}
    return names[type(value)]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schema_and_code_have_the_same_keys(name: str) -> None:
    schema = SCHEMAS[name]
    assert (
        tuple(schema["required"]) == tuple(schema["properties"]) == wire.keys(getattr(wire, name))
    )


def test_words_of_the_contract_are_all_documented() -> None:
    reply, process = SCHEMAS["ProcessReply"]["properties"], SCHEMAS["ProcessCall"]["properties"]
    assert reply["outcome"]["enum"] == list(get_args(wire.ReplyOutcome))
    assert reply["state"]["enum"] == list(get_args(wire.State))
    assert reply["stage"]["enum"] == list(get_args(wire.Stage))
    assert process["mode"]["enum"] == list(get_args(wire.Mode))
    assert process["access"]["enum"] == list(get_args(wire.Access))
    assert float(process["timeout_s"]["minimum"]) == wire.TIMEOUT_S_MIN
    assert float(process["timeout_s"]["maximum"]) == wire.TIMEOUT_S_MAX
    assert int(process["epoch"]["maximum"]) == wire.EPOCH_MAX


def test_documented_patterns_are_the_enforced_ones() -> None:
    good = call("o-9")
    for key, schema in SCHEMAS["ProcessCall"]["properties"].items():
        if "pattern" not in schema:
            continue
        for value in ("x" * 65, "a b", "", "ä", "a:b", "A.b_c-1", "0" * 64, "F" * 64):
            try:
                wire.decode(wire.ProcessCall, json.dumps(good | {key: value}).encode())
                accepted = True
            except wire.WireError:
                accepted = False
            assert accepted == bool(re.match(schema["pattern"], value)), (key, value)


def test_the_guide_names_every_option_and_every_code() -> None:
    import argparse

    from tieout.cli import connector as command

    guide = (DOCS / "connector.md").read_text("utf-8")
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    options = [name for action in parser._actions for name in action.option_strings]
    assert [name for name in options if name.startswith("--") and f"`{name}" not in guide] == [
        "--help"
    ]
    sentence = SCHEMAS["ProblemReply"]["properties"]["code"]["description"]
    codes = re.findall(r"[a-z-]+", sentence.removeprefix("One of "))
    assert [code for code in codes if f"`{code}`" not in guide] == []
