"""The status page of a real connector: what it shows, what it must not, and to whom."""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.protocol.connector_process import PASSWORD, Running, call, write

Start = Callable[..., Running]
SECRET = "Mrs Miller in room 12"


@pytest.fixture
def shown(start: Start) -> Running:
    return start("--status-port", "0")


def port_of(running: Running) -> int:
    return int(running.status_url.rstrip("/").rpartition(":")[2])


def ask(
    running: Running, path: str = "/", *, method: str = "GET", host: str = ""
) -> tuple[int, http.client.HTTPMessage, str]:
    port = port_of(running)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, headers={"Host": host or f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def facts(running: Running) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(running, "/status.json")[2])
    return found


def test_it_shows_how_the_connector_is(shown: Running) -> None:
    before = facts(shown)
    assert (before["quickbooks_up"], before["calls"]) == (None, [])
    shown.post(call("w-1", write()))
    shown.post(call("q-1"))
    after = facts(shown)
    assert after["quickbooks_up"] is True
    assert after["company_file"] == call()["company_file"]
    assert after["url"] == shown.url
    assert [(each["call_id"], each["outcome"]) for each in after["calls"]] == [
        ("q-1", "answered"),
        ("w-1", "answered"),
    ]
    status, _, page = ask(shown)
    assert status == 200
    assert "QuickBooks answers." in page
    assert "w-1" in page


def test_a_failure_and_its_remedy_are_shown(shown: Running) -> None:
    (shown.data / "no-quickbooks").touch()
    shown.post(call("w-1", write()))
    found = facts(shown)
    assert found["quickbooks_up"] is False
    assert (found["failure"]["stage"], found["failure"]["hresult"]) == ("begin", "0x80040408")
    page = ask(shown)[2]
    assert "Open QuickBooks and the company file yourself" in page
    assert "failed 0x80040408" in page


def test_it_shows_no_bodies_no_passwords_and_no_names_of_the_books(shown: Running) -> None:
    shown.post(call("w-1", write(f"<!--{SECRET}-->")))
    shown.post(call("w-2", write("<!--break 0x80040421-->")))  # QuickBooks' own words come along
    shown.client(password="a wrong password").request("GET", "/v1/status")
    hidden = (
        SECRET, "Miller", "QBXML", "InvoiceAdd", "QuickBooks went away", PASSWORD,
        "wrong password", "scrypt", "Basic ", "office", "PRIVATE KEY",
    )  # fmt: skip
    for path in ("/", "/status.json"):
        text = ask(shown, path)[2]
        assert [word for word in hidden if word in text] == []
    assert facts(shown)["refused_logins"] == 1
    assert facts(shown)["failure"]["hresult"] == "0x80040421"


def test_every_answer_has_strict_headers(shown: Running) -> None:
    for path in ("/", "/status.json", "/style.css", "/nowhere"):
        status, headers, _ = ask(shown, path)
        assert status == (404 if path == "/nowhere" else 200)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Python" not in headers["Server"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.2:{}"])
def test_another_name_for_this_machine_gets_nothing(shown: Running, host: str) -> None:
    shown.post(call("w-1", write()))
    status, headers, text = ask(shown, "/status.json", host=host.format(port_of(shown)))
    assert status == 421
    assert "w-1" not in text
    assert headers["X-Frame-Options"] == "DENY"
    assert ask(shown, host=f"localhost:{port_of(shown)}")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_it_can_only_be_read(shown: Running, method: str) -> None:
    assert ask(shown, method=method)[0] == 501


def test_a_head_has_no_body(shown: Running) -> None:
    status, headers, text = ask(shown, method="HEAD")
    assert (status, text) == (200, "")
    assert int(headers["Content-Length"]) > 500


def test_only_this_machine_reaches_it(start: Start) -> None:
    running = start("--status-port", "0", "--host", "0.0.0.0", "--tls", "self")
    elsewhere = [
        str(info[4][0])
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        if not str(info[4][0]).startswith("127.")
    ]
    for address in elsewhere:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, port_of(running)), 2).close()
    assert running.status_url.startswith("http://127.0.0.1:")


def test_half_a_request_holds_nobody_up(shown: Running) -> None:
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        idle = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port_of(shown)), 20))
            for _ in range(10)
        ]
        for connection in idle:
            connection.sendall(b"GET / HT")
        assert ask(shown)[0] == 200
        assert select.select(idle, [], [], 0)[0] == []  # answered before any of them was let go
        assert [connection.recv(1000) for connection in idle] == [b""] * 10
    assert time.monotonic() - began > 8


@pytest.mark.parametrize("raw", [b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
def test_what_is_no_request_is_refused(shown: Running, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port_of(shown)), 20) as connection:
        connection.sendall(raw)
        answer = connection.recv(65536)
    assert answer.split()[1] in {b"400", b"505"}
    assert ask(shown)[0] == 200


def test_without_a_port_there_is_no_page(start: Start) -> None:
    assert start().status_url == ""


def test_a_taken_port_costs_the_page_only(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        running = start("--status-port", str(taken.getsockname()[1]))
        assert running.status_url == ""
        assert running.get("/v1/status")[0] == 200
    assert "no status page" in (running.data / "connector.log").read_text()
