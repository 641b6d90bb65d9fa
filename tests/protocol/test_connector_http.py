"""The connector's door against clients who mean no good, or are merely broken."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.protocol.connector_process import (
    PASSWORD,
    READER_PASSWORD,
    Running,
    call,
    raw,
    write,
)
from tests.waiting import wait_for

from tieout.quickbooks import wire
from tieout.sandbox import CompanyFile

Start = Callable[..., Running]
JSON = "Content-Type: application/json\r\n"


def still_serves(running: Running) -> None:
    assert running.post(call("q-after"))[1]["outcome"] == "response"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic YW5u"},
        {"Authorization": "Bearer abc"},
        {"Authorization": "Basic " + "QUFB" * 500},
        {"Authorization": "Basic /////w=="},
    ],
)
def test_no_login_no_answer(connector: Running, headers: dict[str, str]) -> None:
    client = connector.client()
    for method, path in (("GET", "/v1/status"), ("POST", "/v1/process"), ("GET", "/nowhere")):
        status, problem = client.request(method, path, call("x", write()), headers)
        assert (status, problem["code"]) == (401, "login")
        assert client.answer_headers["WWW-Authenticate"].startswith("Basic ")
    assert "write " not in connector.seen()


def test_guessing_is_braked_and_slows_nobody_else(start: Start) -> None:
    running = start()
    guesser = running.client(user="rob", password="guess number one")
    codes = [guesser.request("GET", "/v1/status")[0] for _ in range(12)]
    assert codes[:5] == [401] * 5
    assert set(codes[5:]) == {429}
    assert int(guesser.answer_headers["Retry-After"]) > 1
    assert (
        running.client(user="rob", password=READER_PASSWORD).request("GET", "/v1/status")[0] == 429
    )
    with socket.create_connection(("127.0.0.1", running.port), 30) as another_guess:
        another_guess.sendall(b"GET /v1/status HTTP/1.1\r\nAuthorization: Basic cm9iOng=\r\n")
        assert running.get("/v1/status")[0] == 200  # while that one is still being heard
        another_guess.sendall(b"\r\n")
        assert another_guess.recv(1000).split()[1] == b"429"


def test_who_is_in_goes_on_while_another_guesses_his_name(start: Start) -> None:
    running = start()
    client = running.client()
    connection = client.connect()
    for attempt in range(2):
        connection.request("GET", "/v1/status", headers=client.headers)
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        for _ in range(6 - attempt * 6):
            running.client(password="guess number one").request("GET", "/v1/status")
    connection.close()
    assert running.get("/v1/status")[0] == 429


def test_a_read_only_user_reads_and_nothing_else(connector: Running) -> None:
    rob = connector.client(user="rob", password=READER_PASSWORD)
    assert rob.request("GET", "/v1/status")[1]["access"] == "read-only"
    assert rob.request("POST", "/v1/process", call("q-1"))[1]["outcome"] == "response"
    takeover = {"company_file": "C:\\x.qbw", "installation_id": "rob", "epoch": 1}
    nothing = {"company_file": "", "app_name": "", "mode": "either"}
    for path, body in (
        ("/v1/process", call("w-1", write())),
        ("/v1/process", call("w-1", "<QBXML><!--broken")),
        ("/v1/takeover", takeover),
        ("/v1/calls/w-1/withdraw", nothing),
    ):
        status, problem = rob.request("POST", path, body)
        assert (status, problem["code"]) == (403, "read-only")
    assert connector.get("/v1/calls/w-1")[0] == 404


def test_a_full_user_may_ask_to_be_kept_from_writing(connector: Running) -> None:
    status, problem = connector.post(call("w-1", write(), access="read-only"))
    assert (status, problem["code"]) == (403, "read-only")


def test_only_allowed_clients_come_in(start: Start) -> None:
    running = start("--allow", "10.0.*", "--allow", "192.168.1.7")
    status, problem = running.get("/v1/status")
    assert (status, problem["code"]) == (403, "client-not-allowed")


def test_an_allowed_pattern_lets_in(start: Start) -> None:
    assert start("--allow", "127.0.0.*").get("/v1/status")[0] == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: 999999999999\r\n", 413),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {'9' * 60}\r\n", 413),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: -5\r\n", 400),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: 1e3\r\n", 400),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: +5\r\n", 400),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: 2\r\nContent-Length: 5\r\n", 400),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}", 411),
        (f"POST /v1/process HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n", 411),
        (
            f"POST /v1/process HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n"
            "Content-Length: 4\r\n",
            411,
        ),
        ("POST /v1/process HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n", 415),
        (f"POST /v1/elsewhere HTTP/1.1\r\n{JSON}Content-Length: 2\r\n", 404),
        ("GET /v1/calls/../../x HTTP/1.1\r\n", 404),
        ("GET /v1/calls/" + "x" * 65 + " HTTP/1.1\r\n", 404),
        ("DELETE /v1/process HTTP/1.1\r\n", 501),
        ("GET /v1/status HTTP/7.7\r\n", 505),
        ("GET /v1/status HTTP/x\r\n", 400),
        ("nonsense\r\n", 400),
        ("GET " + "/x" * 40_000 + " HTTP/1.1\r\n", 414),
        ("GET / HTTP/1.1\r\n" + "".join(f"X-{n}: y\r\n" for n in range(150)), 431),
    ],
)
def test_a_broken_request_is_refused_at_once(connector: Running, head: str, status: int) -> None:
    found, problem = raw(connector, head, b"5\r\nabcde\r\nZZ\r\n")
    assert found == status  # and not 408, which ends waiting for more
    assert set(problem) == set(wire.keys(wire.ProblemReply))
    still_serves(connector)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"not json",
        b"[" * 50_000,
        json.dumps(call(epoch="1")).encode(),
        json.dumps(call(timeout_s=True)).encode(),
        json.dumps(call() | {"qbxml": ["x"]}).encode(),
        json.dumps(call(call_id="../x")).encode(),
        json.dumps(call(sha256="0" * 64)).encode(),
        json.dumps(call(company_file={"$ne": ""})).encode(),
    ],
)
def test_a_body_outside_the_contract_is_refused(connector: Running, body: bytes) -> None:
    status, problem = connector.post(body)
    assert (status, problem["code"]) == (400, "malformed")
    still_serves(connector)


def test_a_head_that_ends_early_is_no_request_and_no_wrong_password(start: Start) -> None:
    """A cut wire ends it anywhere; five wrong passwords would shut Tieout out."""
    running = start()
    head = f"GET /v1/status HTTP/1.1\r\nAuthorization: {running.client().headers['Authorization']}"
    for cut in (
        4,
        len(head) - 8,
        len(head) - 4,
        len(head) - 4,
        len(head) - 4,
        len(head) - 4,
        None,
    ):
        with socket.create_connection(("127.0.0.1", running.port), 30) as connection:
            connection.sendall(head[:cut].encode())
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert cut == 4 or answer == b""  # "GET " alone is a broken line, and told so
    still_serves(running)


def test_a_body_that_ends_early_runs_nothing(connector: Running) -> None:
    body = json.dumps(call("w-cut", write())).encode()
    head = f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {len(body) + 10}\r\n"
    token = connector.client().headers["Authorization"]
    with socket.create_connection(("127.0.0.1", connector.port), 30) as connection:
        connection.sendall(f"{head}Authorization: {token}\r\n\r\n".encode() + body)
    time.sleep(0.3)
    assert connector.get("/v1/calls/w-cut")[0] == 404
    still_serves(connector)


def test_a_client_that_only_stops_sending_is_told_what_is_missing(connector: Running) -> None:
    body = json.dumps(call("w-half", write())).encode()
    head = f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {len(body) + 10}\r\n"
    token = connector.client().headers["Authorization"]
    with socket.create_connection(("127.0.0.1", connector.port), 30) as connection:
        connection.sendall(f"{head}Authorization: {token}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert f"{len(body)} of {len(body) + 10} announced bytes".encode() in answer
    assert b"Connection: close" in answer
    assert connector.get("/v1/calls/w-half")[0] == 404


def test_more_bytes_than_announced_are_no_second_request(connector: Running) -> None:
    body = json.dumps(call("q-long")).encode()
    token = connector.client().headers["Authorization"]
    head = f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", connector.port), 30) as connection:
        connection.sendall(f"{head}Authorization: {token}\r\n\r\n".encode() + body + b"x" * 500)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b'"outcome":"response"') == 1
    assert answer.count(b"HTTP/1.1") <= 2
    still_serves(connector)


def test_a_body_without_end_is_refused_before_it_is_read(connector: Running) -> None:
    token = connector.client().headers["Authorization"]
    head = f"POST /v1/process HTTP/1.1\r\n{JSON}Transfer-Encoding: chunked\r\n"
    sent = 0
    with socket.create_connection(("127.0.0.1", connector.port), 30) as connection:
        connection.sendall(f"{head}Authorization: {token}\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            while sent < 64 * 1024 * 1024:
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = connection.recv(65536)
    assert sent < 64 * 1024 * 1024
    assert answer in {b""} or answer.startswith(b"HTTP/1.1 411 ")
    still_serves(connector)


def test_a_wrong_password_is_answered_before_the_body_is_read(connector: Running) -> None:
    head = f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {wire.BODY_BYTES_MAX}\r\n"
    status, problem = raw(connector, head, b"{", login=False)
    assert (status, problem["code"]) == (401, "login")  # and not 408: it did not wait for more


def test_a_slow_body_is_cut_off_and_slows_nobody(connector: Running) -> None:
    body = json.dumps(call("w-slow", write())).encode()
    head = f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {len(body)}\r\n"
    token = connector.client().headers["Authorization"]
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", connector.port), 30) as connection:
        connection.sendall(f"{head}Authorization: {token}\r\n\r\n".encode())
        answer = b""
        connection.settimeout(0.5)
        for byte in body:
            with contextlib.suppress(ConnectionError):
                connection.sendall(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                answer = connection.recv(65536)
                break
            if time.monotonic() - began < 3:
                still_serves(connector)
        assert answer.split()[1] == b"408"
    assert time.monotonic() - began > 8
    assert connector.get("/v1/calls/w-slow")[0] == 404


def is_heard(connector: Running) -> bool:
    with contextlib.suppress(ConnectionError):
        return connector.get("/v1/status")[0] == 200
    return False


def test_one_client_cannot_take_every_seat(connector: Running) -> None:
    idle = [socket.create_connection(("127.0.0.1", connector.port), 5) for _ in range(30)]
    try:
        wait_for(lambda: len(select.select(idle, [], [], 0)[0]) >= 6)
        refused, _, _ = select.select(idle, [], [], 0)
        assert [connection.recv(1) for connection in refused] == [b""] * len(refused)
        assert len(refused) < len(idle)
    finally:
        for connection in idle:
            connection.close()
    wait_for(lambda: is_heard(connector))


def test_a_client_that_waits_for_100_continue_is_told_to_go_on(connector: Running) -> None:
    body = json.dumps(call("q-100")).encode()
    token = connector.client().headers["Authorization"]
    head = (
        f"POST /v1/process HTTP/1.1\r\n{JSON}Content-Length: {len(body)}\r\n"
        f"Authorization: {token}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", connector.port), 30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b'"outcome":"response"' in answer


def test_a_connection_serves_many_requests(connector: Running) -> None:
    client = connector.client()
    connection = client.connect()
    for number in range(20):
        body = json.dumps(call(f"q-{number}")).encode()
        connection.request("POST", "/v1/process", body, client.headers)
        response = connection.getresponse()
        assert json.loads(response.read())["call_id"] == f"q-{number}"
    connection.close()


def test_a_large_answer_arrives_whole(connector: Running) -> None:
    body = call(
        "q-large", "<QBXML><QBXMLMsgsRq><HostQueryRq/><!--large 2000--></QBXMLMsgsRq></QBXML>"
    )
    body["qbxml"] = body["qbxml"].replace("HostQueryRq", "CustomerQueryRq")
    body["sha256"] = wire.digest(body["qbxml"])
    assert connector.post(body)[1]["qbxml"].count("é") == 2000


def test_many_at_once_all_get_their_own_answer(start: Start) -> None:
    running = start("--queue", "64")
    found: dict[str, str] = {}

    def post(call_id: str) -> None:
        found[call_id] = running.post(call(call_id, write()))[1]["call_id"]

    threads = [threading.Thread(target=post, args=(f"w-{n}",)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {f"w-{n}": f"w-{n}" for n in range(16)}
    assert running.seen().count("opened") == 1


# -------------------------------------------------------------------- TLS and the command


def test_tls_with_its_own_certificate_which_is_kept(start: Start) -> None:
    first = start("--tls", "self")
    assert first.url.startswith("https://")
    assert first.get("/v1/status")[0] == 200
    shown = ssl.get_server_certificate(("127.0.0.1", first.port))
    assert shown.split() == (first.data / "certificate.pem").read_text().split()
    first.stop()
    assert start("--tls", "self").fingerprint == first.fingerprint


def test_tls_with_a_given_pair(start: Start, tmp_path: Path) -> None:
    start("--tls", "self").stop()
    pair = tmp_path / "given"
    pair.mkdir()
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).rename(pair / name)
    second = start("--tls", str(pair / "certificate.pem"), str(pair / "key.pem"))
    assert second.url.startswith("https://")
    assert not (tmp_path / "key.pem").exists()


def test_a_client_without_tls_does_not_hold_the_door(start: Start) -> None:
    running = start("--tls", "self")
    with socket.create_connection(("127.0.0.1", running.port), 5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert running.get("/v1/status")[0] == 200


def test_secrets_are_readable_by_their_owner_alone(start: Start) -> None:
    running = start("--tls", "self")
    for name in ("users.json", "key.pem"):
        assert (running.data / name).stat().st_mode & 0o777 == 0o600
    assert running.data.stat().st_mode & 0o777 == 0o700
    text = (running.data / "users.json").read_text()
    assert PASSWORD not in text
    assert READER_PASSWORD not in text


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tieout.cli.main", "connector", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        stdin=subprocess.DEVNULL,
        env={"TIEOUT_TEST_PASSWORD": PASSWORD, "PATH": "/usr/bin", "HOME": "/nonexistent"},
    )


def test_what_cannot_start_says_why_in_one_sentence(connector: Running, tmp_path: Path) -> None:
    book = tmp_path / "book.sqlite3"
    CompanyFile.create(book, name="Northgate").close()
    text = tmp_path / "letter.txt"
    text.write_text("Dear Ann")
    data = ("--data", str(tmp_path / "data"))
    ann = ("--user", "ann", "--password-env", "TIEOUT_TEST_PASSWORD")
    box = ("--sandbox", str(book))
    cases = {
        ("--sandbox", str(tmp_path / "none"), *data, *ann): "no rehearsal company",
        ("--sandbox", str(text), *data, *ann): "not a rehearsal company",
        (*data, *ann): "--sandbox FILE",
        (*data, *ann, "--company-file", "C:\\b.qbw"): "Windows",
        (*data, *ann, *box, "--tls", "off", "--host", "0.0.0.0"): "without TLS only this machine",
        (*data, *ann, *box, "--tls", "maybe"): "--tls",
        (*data, *ann, *box, "--tls", str(book), str(book)): "certificate",
        (*data, *ann, *box, "--port", "99999"): "--port",
        (*data, *ann, *box, "--idle", "0"): "--idle",
        ("--data", str(tmp_path / "empty"), *box): "add a user",
        (*data, *box, "--user", "eve"): "--password-file",
        (*data, *box, "--user", "eve", "--password-env", "NO_SUCH"): "NO_SUCH",
        ("add-user", *data): "--user NAME",
    }
    for arguments, words in cases.items():
        done = command(*arguments)
        assert done.returncode == 2, (arguments, done)
        assert words in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_taken_port_says_so(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        running = start("--port", str(taken.getsockname()[1]))
        assert running.process.wait(10) == 2


def test_add_user_then_log_in(start: Start, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the password of eve\n")
    done = command(
        "add-user", "--data", str(tmp_path), "--user", "eve", "--password-file", str(secret)
    )
    assert done.returncode == 0, done.stderr
    eve = start().client(user="eve", password="the password of eve")
    assert eve.request("GET", "/v1/status")[1]["access"] == "full"
