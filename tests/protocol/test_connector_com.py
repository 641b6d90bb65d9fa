"""A real connector process, real worker processes, and QuickBooks dying behind them."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.com_double import Desk
from tests.protocol.com_connector import start
from tests.protocol.connector_process import Running, call
from tests.waiting import wait_for

HEAD = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq {}>{}'
FOOT = "</QBXMLMsgsRq></QBXML>"
ADD = "<CustomerAddRq requestID='1'><CustomerAdd><Name>Ann</Name></CustomerAdd></CustomerAddRq>"
ASK = "<CustomerQueryRq requestID='2'><FullName>Ann</FullName></CustomerQueryRq>"
WRITE = HEAD.format('onError="stopOnError" newMessageSetID="ti-1"', ADD) + FOOT
QUERY = HEAD.format('onError="stopOnError"', ASK) + FOOT
CLOSING = ["EndSession", "CloseConnection", "CoUninitialize"]
Start = Callable[..., Running]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.books.close()


@pytest.fixture
def begin(desk: Desk) -> Iterator[Start]:
    started: list[Running] = []

    def begin_one(*arguments: str) -> Running:
        started.append(start(desk.folder, *arguments))
        return started[-1]

    yield begin_one
    for running in started:
        running.stop()


def cut_off(running: Running, body: dict[str, Any]) -> None:
    with contextlib.suppress(ConnectionError, http.client.HTTPException):
        running.post(body)


def customers(running: Running) -> int:
    status, reply = running.post(call("q-1", QUERY))
    assert status == 200
    assert reply["outcome"] == "response", reply
    return reply["qbxml"].count("<CustomerRet>")


def is_gone(pid: int) -> bool:
    """Ended, also when nobody has collected it yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until_gone(pid: int) -> None:
    wait_for(lambda: is_gone(pid))


def asked_host(desk: Desk) -> int:
    return sum('ProcessRequest "HostQuery"' in line for line in desk.lines())


def test_a_write_goes_through_and_its_id_never_runs_twice(desk: Desk, begin: Start) -> None:
    running = begin()
    replies = [running.post(call("w-1", WRITE))[1] for _ in range(2)]
    assert replies[0]["outcome"] == "response"
    assert replies[0]["company_file"] == "C:\\Books\\Northgate.QBW"
    assert "13.0" in replies[0]["session_versions"]
    assert replies[1] == replies[0]
    assert customers(running) == 1
    assert desk.calls().count("BeginSession") == 1
    assert running.stop() == 0
    assert desk.calls()[-3:] == CLOSING
    wait_until_gone(desk.pids()[0])


@pytest.mark.parametrize(("what", "saved"), [("crash", 0), ("crash after", 1)])
def test_quickbooks_dies_in_the_middle(desk: Desk, begin: Start, what: str, saved: int) -> None:
    running = begin()
    desk.plan("ProcessRequest", what)
    _, lost = running.post(call("w-1", WRITE))
    assert (lost["outcome"], lost["stage"], lost["hresult"]) == (
        "hresult",
        "process",
        0x800706BE,
    )
    assert lost["executed"] is None
    desk.plan("BeginSession", "fail", code=0x80040408)
    _, still = running.get("/v1/calls/w-1")
    assert (still["outcome"], still["executed"]) == ("hresult", None)
    assert asked_host(desk) == 0
    _, proved = running.get("/v1/calls/w-1")
    assert (proved["outcome"], proved["state"]) == ("abandoned", "abandoned")
    assert asked_host(desk) == 1
    assert desk.calls().count("BeginSession") == 3
    assert running.post(call("w-1", WRITE))[1]["outcome"] == "abandoned"
    assert customers(running) == saved


def test_a_host_query_that_fails_proves_nothing(desk: Desk, begin: Start) -> None:
    running = begin()
    desk.plan("ProcessRequest", "crash after")
    running.post(call("w-1", WRITE))
    desk.plan("ProcessRequest", "fail", code=0x80040414)
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "hresult"
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "abandoned"


def test_a_hang_costs_one_worker_and_not_the_connector(desk: Desk, begin: Start) -> None:
    running = begin("--call-limit", "2")
    desk.plan("ProcessRequest", "hang after")
    _, lost = running.post(call("w-1", WRITE))
    assert (lost["hresult"], lost["executed"]) == (0x800706BE, None)
    wait_until_gone(desk.pids()[0])
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "abandoned"
    assert customers(running) == 1
    assert len(desk.pids()) == 2


def test_a_call_that_hangs_costs_its_own_time_limit_and_is_abandoned_later(
    desk: Desk, begin: Start
) -> None:
    running = begin("--call-limit", "600")
    assert customers(running) == 0
    desk.plan("ProcessRequest", "hang after")
    started = time.monotonic()
    _, lost = running.post(call("w-1", WRITE, timeout_s=6))
    assert time.monotonic() - started > 4
    assert (lost["outcome"], lost["hresult"], lost["executed"]) == ("hresult", 0x800706BE, None)
    wait_until_gone(desk.pids()[0])
    assert running.post(call("w-1", WRITE))[1]["outcome"] == "abandoned"
    assert customers(running) == 1


@pytest.mark.parametrize(
    ("name", "stage", "code", "executed", "word"),
    [
        ("Dispatch", "open", 0x80040154, False, "bit program"),
        ("OpenConnection2", "open", 0x80040408, False, "could not be started"),
        ("BeginSession", "begin", 0x80040418, False, "not approved"),
        ("ProcessRequest", "process", 0x80040400, False, "could not parse"),
        ("ProcessRequest", "process", 0x80040402, None, "unexpected error"),
    ],
)
def test_a_failure_at_each_stage_comes_with_stage_code_and_meaning(
    desk: Desk, begin: Start, name: str, stage: str, code: int, executed: bool | None, word: str
) -> None:
    running = begin()
    desk.plan(name, "fail", code=code)
    _, reply = running.post(call("w-1", WRITE))
    assert (reply["outcome"], reply["stage"], reply["hresult"]) == ("hresult", stage, code)
    assert reply["executed"] is executed
    assert reply["message"].startswith("CoCreateInstance" if name == "Dispatch" else name)
    assert word in reply["message"]
    assert customers(running) == 0


@pytest.mark.parametrize("name", ["EndSession", "CloseConnection"])
def test_a_failure_at_the_end_costs_no_answer(desk: Desk, begin: Start, name: str) -> None:
    running = begin()
    assert running.post(call("w-1", WRITE))[1]["outcome"] == "response"
    desk.plan(name, "fail", code=0x80040402)
    assert running.stop() == 0
    assert desk.calls()[-3:] == CLOSING
    log = (running.data / "connector.log").read_text()
    assert f"end failed with 0x80040402: {name}" in log
    wait_until_gone(desk.pids()[0])


def test_a_connector_killed_in_a_call_proves_nothing_while_its_worker_lives(
    desk: Desk, begin: Start
) -> None:
    first = begin()
    desk.plan("ProcessRequest", "hang after")
    asking = threading.Thread(target=cut_off, args=(first, call("w-1", WRITE)))
    asking.start()
    desk.wait_for("ProcessRequest")
    time.sleep(0.5)  # until the books have it
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    asking.join()
    again = begin()
    _, proved = again.get("/v1/calls/w-1")
    assert proved["outcome"] == "abandoned"
    assert is_gone(desk.pids()[0])
    assert customers(again) == 1


def test_silence_ends_the_session_and_the_process(desk: Desk, begin: Start) -> None:
    running = begin("--idle", "0.5")
    assert customers(running) == 0
    desk.wait_for("CoUninitialize")
    assert desk.calls()[-3:] == CLOSING
    wait_until_gone(desk.pids()[0])
    assert customers(running) == 0
    assert len(desk.pids()) == 2


def test_another_file_is_refused_before_quickbooks_is_asked(desk: Desk, begin: Start) -> None:
    running = begin()
    _, reply = running.post(call("w-1", WRITE, company_file="C:\\Books\\Harbor.QBW"))
    assert (reply["outcome"], reply["stage"], reply["hresult"]) == (
        "hresult",
        "begin",
        0x8004040A,
    )
    assert reply["executed"] is False
    assert "Harbor" in reply["message"]
    assert desk.calls() == []


def test_a_ticket_quickbooks_no_longer_knows_rebuilds_the_session(
    desk: Desk, begin: Start
) -> None:
    running = begin()
    assert customers(running) == 0
    desk.plan("ProcessRequest", "fail", code=0x8004040D)
    _, refused = running.post(call("w-1", WRITE))
    assert (refused["hresult"], refused["executed"]) == (0x8004040D, False)
    assert customers(running) == 0
    assert desk.calls().count("BeginSession") == 2
