"""A call id never runs twice, and the journal tells the truth after any death."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.protocol.connector_process import FILE, QUERY, Running, call, write
from tests.waiting import wait_for

Start = Callable[..., Running]
NOTHING = {"company_file": "", "app_name": "", "mode": "either"}


def test_a_query_is_answered_and_may_run_again(connector: Running) -> None:
    before = connector.seen().count("query")
    first, second = connector.post(call("q-1")), connector.post(call("q-1"))
    assert first[0] == second[0] == 200
    assert first[1]["outcome"] == second[1]["outcome"] == "response"
    assert first[1]["executed"] is True
    assert first[1]["company_file"] == FILE
    assert first[1]["session_versions"] == ["12.0", "13.0"]
    assert connector.seen().count("query") == before + 2
    assert connector.get("/v1/calls/q-1")[0] == 404


def test_a_repeated_write_gets_the_stored_reply(connector: Running) -> None:
    first = connector.post(call("w-1", write()))
    ran = len(connector.seen())
    assert connector.post(call("w-1", write())) == first
    assert connector.get("/v1/calls/w-1") == first
    assert len(connector.seen()) == ran


def test_the_same_id_with_other_bytes_is_refused(connector: Running) -> None:
    connector.post(call("w-2", write()))
    status, problem = connector.post(call("w-2", write("<RefNumber>2</RefNumber>")))
    assert (status, problem["code"]) == (409, "other-bytes")


def test_two_at_once_with_one_id_run_once(start: Start) -> None:
    running = start()
    body = call("w-1", write("<!--sleep 0.5-->"))
    found: list[tuple[int, dict[str, Any]]] = []
    threads = [threading.Thread(target=lambda: found.append(running.post(body))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert running.seen().count("write sleep 0.5") == 1
    assert [reply["outcome"] for _, reply in found] == ["response"] * 4


def test_an_hresult_keeps_its_stage_and_what_it_proves(start: Start) -> None:
    running = start()
    (running.data / "no-quickbooks").touch()
    _, reply = running.post(call("w-1", write()))
    assert (reply["outcome"], reply["stage"], reply["hresult"]) == ("hresult", "begin", 0x80040408)
    assert reply["executed"] is False
    (running.data / "no-quickbooks").unlink()
    assert running.post(call("w-1", write()))[1] == reply
    _, refused = running.post(call("w-2", write("<!--break 0x80040400-->")))
    _, silent = running.post(call("w-3", write("<!--break 0x80040402-->")))
    assert (refused["executed"], silent["executed"]) == (False, None)


def test_a_broken_session_is_replaced_and_the_lost_write_abandoned(start: Start) -> None:
    running = start()
    _, first = running.post(call("w-1", write("<!--break 0x800706BE-->")))
    assert (first["outcome"], first["executed"]) == ("hresult", None)
    (running.data / "host-is-silent").touch()
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "hresult"
    (running.data / "host-is-silent").unlink()
    _, later = running.get("/v1/calls/w-1")
    assert (later["outcome"], later["executed"]) == ("abandoned", None)
    assert later["fenced_at"] is not None
    assert later["hresult"] == 0x800706BE
    _, next_one = running.post(call("w-2", write()))
    assert next_one["session_id"] != first["session_id"]
    assert running.get("/v1/calls/w-1")[1] == later


def test_a_defect_behind_the_door_is_unknown_and_does_not_stop_the_next(start: Start) -> None:
    running = start()
    _, reply = running.post(call("w-1", write("<!--defect-->")))
    assert (reply["outcome"], reply["executed"]) == ("unknown", None)
    assert running.post(call("w-2", write()))[1]["outcome"] == "response"
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "abandoned"


def kill_during(running: Running, body: dict[str, Any]) -> None:
    with pytest.raises((ConnectionError, OSError)):
        running.post(body)
    assert running.process.wait(10) == -9


def test_killed_while_quickbooks_works(start: Start) -> None:
    body = call("w-1", write("<!--die-->"))
    kill_during(start(), body)
    running = start()
    (running.data / "no-quickbooks").touch()
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "unknown"
    assert running.post(body)[1]["outcome"] == "unknown"
    (running.data / "no-quickbooks").unlink()
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "abandoned"
    assert running.post(body)[1]["outcome"] == "abandoned"
    assert running.seen().count("write die") == 1


def test_abandoned_needs_the_same_company_file(start: Start) -> None:
    body = call("w-1", write("<!--die-->"), company_file="")
    kill_during(start(), body)
    running = start()
    with sqlite3.connect(running.data / "journal.sqlite3") as journal:
        journal.execute("UPDATE calls SET reply = replace(reply, 'Northgate', 'Harbor')")
    journal.close()
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "unknown"


def test_killed_before_the_hand_over(start: Start) -> None:
    body = call("w-1", write(), company_file="die-early")
    kill_during(start(), body)
    running = start()
    _, reply = running.get("/v1/calls/w-1")
    assert (reply["outcome"], reply["executed"], reply["code"]) == ("not-sent", False, "stopped")
    assert running.post(body)[1] == reply
    assert [line for line in running.seen() if line.startswith("write")] == []


def test_killed_after_the_reply(start: Start) -> None:
    first = start()
    answer = first.post(call("w-1", write()))
    first.process.kill()
    first.process.wait()
    running = start()
    assert running.post(call("w-1", write())) == answer
    assert running.seen().count("write ") == 1


def test_a_call_longer_than_its_time_out_is_unknown_until_it_ends(start: Start) -> None:
    running = start()
    body = call("w-1", write("<!--sleep 2-->"), timeout_s=1)
    _, reply = running.post(body)
    assert (reply["outcome"], reply["state"]) == ("unknown", "handed over")
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "unknown"
    running.wait_for("done sleep 2")
    time.sleep(0.2)
    assert running.get("/v1/calls/w-1")[1]["outcome"] == "response"


def test_a_call_that_waits_too_long_is_proved_not_sent(start: Start) -> None:
    running = start()
    slow = threading.Thread(target=running.post, args=(call("w-1", write("<!--sleep 2-->")),))
    slow.start()
    running.wait_for("write sleep 2")
    _, reply = running.post(call("w-2", write(), timeout_s=1))
    slow.join()
    assert (reply["outcome"], reply["code"]) == ("not-sent", "waited-too-long")
    assert running.get("/v1/calls/w-2")[1] == reply
    assert "write " not in running.seen()


def test_a_full_queue_says_busy_and_leaves_no_trace(start: Start) -> None:
    running = start("--queue", "1")
    bodies = [call(f"w-{n}", write("<!--sleep 1-->")) for n in range(2)]
    threads = [threading.Thread(target=running.post, args=(body,)) for body in bodies]
    threads[0].start()
    running.wait_for("write sleep 1")
    threads[1].start()
    wait_for(lambda: running.get("/v1/status")[1]["queue_length"])
    client = running.client()
    status, problem = client.request("POST", "/v1/process", call("w-9", write()))
    assert (status, problem["code"]) == (429, "busy")
    assert int(client.answer_headers["Retry-After"]) > 0
    for thread in threads:
        thread.join()
    assert running.post(call("w-9", write()))[1]["outcome"] == "response"


def test_sigterm_lets_the_running_call_end_and_refuses_the_waiting(start: Start) -> None:
    running = start()
    found: dict[str, Any] = {}

    def post(call_id: str, qbxml: str) -> None:
        found[call_id] = running.post(call(call_id, qbxml))[1]

    threads = [
        threading.Thread(target=post, args=("w-1", write("<!--sleep 1.5-->"))),
        threading.Thread(target=post, args=("w-2", write())),
    ]
    threads[0].start()
    running.wait_for("write sleep 1.5")
    threads[1].start()
    wait_for(lambda: running.get("/v1/status")[1]["queue_length"])
    assert running.stop() == 0
    for thread in threads:
        thread.join()
    assert found["w-1"]["outcome"] == "response"
    assert (found["w-2"]["outcome"], found["w-2"]["code"]) == ("not-sent", "stopped")
    assert running.seen()[-1] == "closed"


def test_another_session_than_the_one_that_was_looked_at_gets_nothing(connector: Running) -> None:
    _, looked = connector.post(call("q-11"))
    ran = len([line for line in connector.seen() if line.startswith("write")])
    _, reply = connector.post(call("w-11", write(), expected_session="an earlier one"))
    assert (reply["outcome"], reply["code"]) == ("not-sent", "other-session")
    assert reply["executed"] is False
    assert len([line for line in connector.seen() if line.startswith("write")]) == ran
    _, reply = connector.post(call("w-12", write(), expected_session=looked["session_id"]))
    assert reply["outcome"] == "response"


def test_another_file_than_the_expected_one_gets_nothing(connector: Running) -> None:
    other = "C:\\Books\\Harbor.qbw"
    ran = len([line for line in connector.seen() if line.startswith("write")])
    _, reply = connector.post(call("w-10", write(), company_file="", expected_company=other))
    assert (reply["outcome"], reply["code"]) == ("not-sent", "wrong-company-file")
    assert (reply["company_file"], reply["executed"]) == (FILE, False)
    same = FILE.upper().replace("\\", "/")
    assert connector.post(call("q-10", expected_company=same))[1]["outcome"] == "response"
    assert len([line for line in connector.seen() if line.startswith("write")]) == ran


# -------------------------------------------------------------------- the fence


def test_a_lower_epoch_is_refused_and_told_the_highest(start: Start) -> None:
    running = start()
    assert running.post(call("w-1", write(), epoch=5))[0] == 200
    status, problem = running.post(call("w-2", write(), epoch=4))
    assert (status, problem["code"], problem["highest_epoch"]) == (409, "fenced", 5)
    assert running.get("/v1/calls/w-2")[0] == 404
    assert running.post(call("w-3", write(), epoch=5))[0] == 200
    assert running.post(call("q-1", QUERY, epoch=0))[0] == 200
    assert running.post(call("w-4", write(), epoch=1, company_file="C:\\other.qbw"))[0] == 200


def test_the_fence_stands_after_a_restart_and_for_every_spelling(start: Start) -> None:
    first = start()
    first.post(call("w-1", write(), epoch=5))
    first.stop()
    spelled = FILE.lower().replace("\\", "/")
    status, _ = start().post(call("w-2", write(), epoch=4, company_file=spelled))
    assert status == 409


def test_a_raised_epoch_stops_a_call_that_already_waits(start: Start) -> None:
    running = start()
    found: list[tuple[int, dict[str, Any]]] = []
    slow = threading.Thread(target=running.post, args=(call("w-1", write("<!--sleep 1-->")),))
    slow.start()
    running.wait_for("write sleep 1")
    late = threading.Thread(target=lambda: found.append(running.post(call("w-2", write()))))
    late.start()
    wait_for(lambda: running.get("/v1/status")[1]["queue_length"])
    assert running.post(call("w-3", write(), epoch=2))[0] == 200
    slow.join()
    late.join()
    assert (found[0][0], found[0][1]["highest_epoch"]) == (409, 2)
    _, reply = running.get("/v1/calls/w-2")
    assert (reply["outcome"], reply["code"], reply["highest_epoch"]) == ("not-sent", "fenced", 2)


def test_the_file_that_is_really_open_counts(start: Start) -> None:
    running = start()
    running.post(call("w-1", write(), epoch=5))
    status, problem = running.post(call("w-2", write(), epoch=4, company_file=""))
    assert (status, problem["code"]) == (409, "fenced")


def test_another_installation_waits_for_a_takeover(start: Start) -> None:
    running = start()
    running.post(call("w-1", write(), epoch=5))
    status, problem = running.post(call("w-2", write(), installation_id="home", epoch=9))
    assert (status, problem["code"]) == (409, "other-installation")
    takeover = {"company_file": FILE, "installation_id": "home", "epoch": 1}
    status, found = running.client().request("POST", "/v1/takeover", takeover)
    assert (status, found["fences"]) == (200, [takeover])
    assert running.post(call("w-3", write(), installation_id="home", epoch=1))[0] == 200
    assert running.post(call("w-4", write(), epoch=9))[1]["code"] == "other-installation"


# -------------------------------------------------------------------- withdrawing


def test_a_withdrawn_call_never_runs_even_if_it_arrives_later(start: Start) -> None:
    running = start()
    client = running.client()
    _, reply = client.request("POST", "/v1/calls/w-1/withdraw", NOTHING)
    assert (reply["outcome"], reply["code"]) == ("unknown", "withdrawn")
    names = {"company_file": FILE, "app_name": "Tieout", "mode": "either"}
    _, reply = client.request("POST", "/v1/calls/w-2/withdraw", names)
    assert reply["outcome"] == "abandoned"
    for call_id in ("w-1", "w-2"):
        assert running.post(call(call_id, write()))[1]["code"] == "withdrawn"
    assert "write " not in running.seen()


def test_a_waiting_call_can_be_withdrawn_a_running_one_not(start: Start) -> None:
    running = start()
    found: dict[str, Any] = {}

    def post(call_id: str, qbxml: str) -> None:
        found[call_id] = running.post(call(call_id, qbxml))[1]

    threads = [
        threading.Thread(target=post, args=("w-1", write("<!--sleep 1-->"))),
        threading.Thread(target=post, args=("w-2", write())),
    ]
    threads[0].start()
    running.wait_for("write sleep 1")
    threads[1].start()
    wait_for(lambda: running.get("/v1/status")[1]["queue_length"])
    client = running.client()
    assert client.request("POST", "/v1/calls/w-2/withdraw", NOTHING)[1]["outcome"] == "not-sent"
    assert client.request("POST", "/v1/calls/w-1/withdraw", NOTHING)[1]["outcome"] == "unknown"
    for thread in threads:
        thread.join()
    assert (found["w-1"]["outcome"], found["w-2"]["code"]) == ("response", "withdrawn")


# -------------------------------------------------------------------- keeping


def test_old_calls_leave_the_journal_open_ends_stay(start: Start) -> None:
    first = start()
    first.post(call("w-old", write()))
    first.post(call("w-open", write("<!--break 0x80040402-->")))
    first.post(call("w-new", write()))
    kill_during(first, call("w-lost", write("<!--die-->")))
    old = (datetime.now(UTC) - timedelta(days=15)).isoformat(timespec="microseconds")
    with sqlite3.connect(first.data / "journal.sqlite3") as journal:
        journal.execute("UPDATE calls SET received_at = ? WHERE call_id <> 'w-new'", (old,))
    journal.close()
    running = start("--keep-days", "14")
    wait_for(lambda: running.get("/v1/calls/w-old")[0] == 404)
    assert running.get("/v1/calls/w-new")[0] == 200
    assert running.get("/v1/calls/w-lost")[0] == 200
    assert running.get("/v1/calls/w-open")[0] == 200


def test_a_second_connector_on_one_folder_does_not_start(start: Start) -> None:
    first = start()
    second = start()
    assert second.process.wait(10) == 2
    assert first.get("/v1/status")[0] == 200


def test_an_idle_session_is_ended_and_a_new_one_has_a_new_id(start: Start) -> None:
    running = start("--idle", "0.3")
    _, first = running.post(call("q-1"))
    running.wait_for("closed")
    _, second = running.post(call("q-2"))
    assert first["session_id"] != second["session_id"]


def test_the_log_holds_neither_passwords_nor_bodies(start: Start) -> None:
    running = start()
    running.post(call("w-1", write("<Memo>very private</Memo>")))
    running.client(password="a wrong password").request("GET", "/v1/status")
    running.get("/v1/status?password=in-the-address")
    running.stop()
    log = (running.data / "connector.log").read_text()
    assert "/v1/process" in log
    for secret in ("private", "password", "in-the-address", "Basic", "QBXML"):
        assert secret not in log


def test_the_connector_never_imports_what_belongs_to_the_server() -> None:
    code = (
        "import sys, tieout.cli.connector, tieout.connector.program\n"
        "bad = {'django', 'httpx2', 'cryptography', 'tieout.core'} & set(sys.modules)\n"
        "raise SystemExit(str(bad) if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
