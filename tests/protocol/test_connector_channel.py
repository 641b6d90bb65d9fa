"""The channel against a real connector, and against everything that is none."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.protocol.connector_process import (
    FILE,
    PASSWORD,
    QUERY,
    READER_PASSWORD,
    Running,
    start_connector,
    write,
)

from tieout.channels.base import Answer, Channel, Delivery, Outcome, Rung
from tieout.channels.remote import RemoteChannel, RemoteSettings
from tieout.channels.trust import CertificateError, fetch_certificate
from tieout.quickbooks import wire

Start = Callable[..., Running]


def delivery(call_id: str, qbxml: str = QUERY, **changes: Any) -> Delivery:
    plain = Delivery(
        call_id=call_id,
        qbxml=qbxml.encode(),
        writes=wire.contains_write(qbxml),
        company_file=FILE,
        app_name="Tieout",
        expected_company="",
        installation_id="office",
        epoch=1,
        timeout_s=20.0,
    )
    return replace(plain, **changes)


def settings(url: str, **changes: Any) -> RemoteSettings:
    return replace(RemoteSettings(url=url, username="ann", password=PASSWORD), **changes)


@contextlib.contextmanager
def channel(url: str, **changes: Any) -> Iterator[RemoteChannel]:
    with RemoteChannel(settings(url, **changes)) as opened:
        yield opened


def broken(answer: Answer) -> tuple[Outcome, Rung | None, bool | None]:
    assert answer.message
    assert answer.remedy.endswith(".")
    return answer.outcome, answer.rung, answer.money_affected


def test_a_delivery_comes_back_with_quickbooks_own_words(connector: Running) -> None:
    with channel(connector.url) as remote:
        checked: Channel = remote
        read = checked.deliver(delivery("q-1"))
        wrote = checked.deliver(delivery("w-1", write()))
    assert read.outcome is wrote.outcome is Outcome.RESPONSE
    assert read.qbxml == b"<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>"
    assert (read.rung, read.company_file, read.versions) == (None, FILE, ("12.0", "13.0"))
    assert read.session_id
    assert (read.money_affected, wrote.money_affected) == (False, None)


def test_what_became_of_a_write_can_be_asked_again(connector: Running) -> None:
    with channel(connector.url) as remote:
        first = remote.deliver(delivery("w-2", write()))
        assert remote.recall("w-2") == first
        assert remote.deliver(delivery("w-2", write())) == first


def test_a_write_that_never_arrived_is_abandoned_and_stays_out(connector: Running) -> None:
    with channel(connector.url) as remote:
        gone = remote.recall("w-3", company_file=FILE, app_name="Tieout")
        late = remote.deliver(delivery("w-3", write()))
    assert gone.outcome is late.outcome is Outcome.ABANDONED


def test_a_question_that_does_not_get_through_proves_nothing_of_the_write(
    connector: Running,
) -> None:
    with channel(connector.url) as remote:
        remote.deliver(delivery("w-asked", write()))
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        free = nobody.getsockname()[1]
    ways = (
        channel(f"http://127.0.0.1:{free}"),  # refused: the question has surely not left
        channel(connector.url, password="wrong"),
        channel(connector.url, username="rob", password="wrong"),
        channel("no address"),
    )
    for way in ways:
        with way as remote:
            answer = remote.recall("w-asked")
        assert (answer.outcome, answer.money_affected) == (Outcome.UNKNOWN, None), answer
        assert answer.message
        assert answer.remedy
    with channel(connector.url) as remote:
        assert remote.recall("w-asked").outcome is Outcome.RESPONSE


def test_the_status_says_what_the_far_side_is(connector: Running) -> None:
    with channel(connector.url) as remote:
        remote.deliver(delivery("q-2"))
        status = remote.status()
    assert (status.rung, status.named) == (None, True)
    assert (status.read_only, status.quickbooks_up) == (False, True)
    assert status.company_file == FILE
    with channel(connector.url, username="rob", password=READER_PASSWORD) as remote:
        assert remote.status().read_only is True


@pytest.mark.parametrize(
    ("code", "rung"),
    [
        ("80040401", Rung.QUICKBOOKS),
        ("8004040A", Rung.COMPANY_FILE),
        ("80040422", Rung.USER_MODE),
        ("80040414", Rung.DIALOG),
        ("80040418", Rung.PERMISSION),
        ("80040423", Rung.VERSION),
        ("80040400", Rung.TEST_READ),
        ("800706BE", Rung.QUICKBOOKS),
    ],
)
def test_an_hresult_breaks_its_rung(connector: Running, code: str, rung: Rung) -> None:
    with channel(connector.url) as remote:
        answer = remote.deliver(delivery(f"w-{code}", write(f"<!--break 0x{code}-->")))
    assert (answer.outcome, answer.rung) == (Outcome.HRESULT, rung)
    assert (answer.stage, answer.hresult) == ("process", int(code, 16))
    proved = code in {"80040423", "80040400"}
    assert answer.money_affected is (False if proved else None)


def test_a_writer_whose_epoch_is_over_is_fenced(connector: Running) -> None:
    with channel(connector.url) as remote:
        other = {"company_file": "C:\\fenced.qbw"}
        remote.deliver(delivery("w-f1", write(), epoch=7, **other))
        lower = remote.deliver(delivery("w-f2", write(), epoch=6, **other))
        foreign = remote.deliver(
            delivery("w-f3", write(), epoch=9, installation_id="home", **other)
        )
        done = remote.take_over(company_file="C:\\fenced.qbw", installation_id="home", epoch=9)
        after = remote.deliver(delivery("w-f4", write(), epoch=9, installation_id="home", **other))
    assert (lower.outcome, lower.highest_epoch, lower.money_affected) == (Outcome.FENCED, 7, False)
    assert (foreign.outcome, foreign.code) == (Outcome.FENCED, "other-installation")
    assert done is None
    assert after.outcome is Outcome.RESPONSE


def test_the_wrong_company_file_is_proved_untouched(connector: Running) -> None:
    with channel(connector.url) as remote:
        wrong = delivery("w-4", write(), company_file="", expected_company="C:\\Harbor.qbw")
        answer = remote.deliver(wrong)
    assert broken(answer) == (Outcome.NOT_SENT, Rung.COMPANY_FILE, False)
    assert answer.company_file == FILE


def test_a_wrong_password_and_a_read_only_user_break_the_login(connector: Running) -> None:
    with channel(connector.url, username="eve") as remote:
        assert broken(remote.deliver(delivery("w-5", write())))[:2] == (
            Outcome.NOT_SENT,
            Rung.LOGIN,
        )
        refused = remote.status()
    assert (refused.rung, refused.named) == (Rung.LOGIN, True)
    with channel(connector.url, username="rob", password=READER_PASSWORD) as remote:
        assert broken(remote.deliver(delivery("w-5", write()))) == (
            Outcome.NOT_SENT,
            Rung.LOGIN,
            False,
        )


def test_a_wrong_path_is_not_a_connector(connector: Running) -> None:
    with channel(connector.url + "/elsewhere") as remote:
        assert broken(remote.deliver(delivery("w-6", write())))[1] is Rung.REACHABLE


def test_a_client_that_is_not_allowed(start: Start) -> None:
    running = start("--allow", "10.*")
    with channel(running.url) as remote:
        answer = remote.deliver(delivery("w-1", write()))
    assert broken(answer) == (Outcome.NOT_SENT, Rung.LOGIN, False)
    assert "allowed" in answer.remedy


def test_a_busy_connector_says_when_to_come_again(start: Start) -> None:
    running = start("--queue", "0")
    with channel(running.url) as remote:
        answer = remote.deliver(delivery("w-1", write()))
    assert broken(answer) == (Outcome.BUSY, Rung.QUICKBOOKS, False)
    assert answer.retry_after_s > 0


def test_a_connector_killed_at_work_leaves_a_write_unknown_then_abandoned(start: Start) -> None:
    running = start()
    with channel(running.url) as remote:
        answer = remote.deliver(delivery("w-1", write("<!--die-->")))
    assert broken(answer) == (Outcome.UNKNOWN, Rung.REACHABLE, None)
    with channel(start().url) as remote:
        assert remote.recall("w-1").outcome is Outcome.ABANDONED


def test_a_call_that_outlives_its_time_out_is_unknown(start: Start) -> None:
    running = start()
    with channel(running.url) as remote:
        slow = delivery("w-1", write("<!--sleep 1.5-->"), timeout_s=1.0)
        answer = remote.deliver(slow)
        running.wait_for("done sleep 1.5")
        assert broken(answer) == (Outcome.UNKNOWN, Rung.QUICKBOOKS, None)
        assert remote.recall("w-1").outcome in {Outcome.RESPONSE, Outcome.UNKNOWN}


# -------------------------------------------------------------------- trust


def test_the_pinned_certificate_is_trusted_and_no_other(start: Start, tmp_path: Any) -> None:
    running = start("--tls", "self")
    pem, fingerprint = fetch_certificate(running.url)
    assert fingerprint == running.fingerprint
    assert "BEGIN CERTIFICATE" in pem
    written = fingerprint.lower().replace(":", " ")
    with channel(running.url, fingerprint=written) as remote:
        assert remote.deliver(delivery("w-1", write())).outcome is Outcome.RESPONSE
    for wrong in ("00" * 32, "", "not a fingerprint"):
        with channel(running.url, fingerprint=wrong) as remote:
            assert broken(remote.deliver(delivery("w-2", write()))) == (
                Outcome.NOT_SENT,
                Rung.TRUST,
                False,
            )
    with channel(running.url) as remote:  # the system's store does not know it
        assert remote.status().named is False
        assert broken(remote.deliver(delivery("w-2", write()))) == (
            Outcome.NOT_SENT,
            Rung.TRUST,
            False,
        )
    assert running.seen().count("write ") == 1


def test_a_changed_certificate_is_noticed_by_an_open_channel(start: Start) -> None:
    first = start("--tls", "self")
    with channel(first.url, fingerprint=first.fingerprint) as remote:
        assert remote.deliver(delivery("w-1", write())).outcome is Outcome.RESPONSE
        first.stop()
        for name in ("certificate.pem", "key.pem"):
            (first.data / name).unlink()
        second = start_connector(first.data, "--tls", "self", "--port", str(first.port))
        try:
            found = [remote.deliver(delivery(f"w-{n}", write())) for n in (2, 3)]
        finally:
            second.stop()
    assert [answer.rung for answer in found] == [Rung.TRUST, Rung.TRUST]
    assert [answer.outcome for answer in found] == [Outcome.NOT_SENT, Outcome.NOT_SENT]
    assert second.fingerprint in found[1].message


def test_no_certificate_can_be_fetched_where_there_is_none(connector: Running) -> None:
    with pytest.raises(CertificateError):
        fetch_certificate(connector.url.replace("http:", "https:"))


@pytest.mark.parametrize(
    ("url", "rung"),
    [
        ("https://no-such-machine.invalid:8166", Rung.REACHABLE),
        ("http://127.0.0.1:1", Rung.REACHABLE),
        ("ftp://127.0.0.1", Rung.REACHABLE),
        ("http://192.0.2.1:8166", Rung.REACHABLE),
        ("https://", Rung.REACHABLE),
        ("https://ann:secret@127.0.0.1", Rung.REACHABLE),
        ("https://127.0.0.1:99999", Rung.REACHABLE),
    ],
)
def test_an_address_that_leads_nowhere(url: str, rung: Rung) -> None:
    with channel(url) as remote:
        assert broken(remote.deliver(delivery("w-1", write()))) == (Outcome.NOT_SENT, rung, False)


def test_plain_http_behind_an_https_address(connector: Running) -> None:
    with channel(connector.url.replace("http:", "https:")) as remote:
        assert broken(remote.deliver(delivery("w-1", write())))[:2] == (
            Outcome.NOT_SENT,
            Rung.TRUST,
        )


# -------------------------------------------------------------------- far sides that lie


@contextlib.contextmanager
def far_side(answer: bytes | None, *, headers: dict[str, str], status: int = 200) -> Iterator[str]:
    """An HTTP server that gives one answer to everything; None hangs up."""

    class Liar(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.close_connection = True
            if answer is None:
                return
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_parts: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Liar)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


OURS = {wire.CONTRACT_HEADER: "1"}
REPLY = wire.ProcessReply(call_id="w-1", outcome="response", state="finished", executed=True)
GOOD = wire.encode(replace(REPLY, qbxml="<QBXML/>"))


@pytest.mark.parametrize(
    ("answer", "headers", "status"),
    [
        (None, OURS, 200),
        (b"<html>It works</html>", {}, 200),
        (GOOD, {}, 200),
        (b"", OURS, 200),
        (GOOD[:-5], OURS, 200),
        (GOOD, {**OURS, "Content-Length": str(len(GOOD) + 9)}, 200),
        (wire.encode(replace(REPLY, call_id="w-2")), OURS, 200),
        (json.dumps({"outcome": "response"}).encode(), OURS, 200),
        (b"\x1f\x8b" + GOOD, {**OURS, "Content-Encoding": "gzip"}, 200),
        (b"<html>Bad Gateway</html>", {}, 502),
        (b"", {"Location": "https://elsewhere.invalid/"}, 302),
        (b'{"code":"internal","message":"","remedy":"","highest_epoch":null}', OURS, 500),
        (b'{"code":"brand-new","message":"","remedy":"","highest_epoch":null}', OURS, 418),
        (b"x" * 5000, OURS, 200),
    ],
)
def test_a_far_side_that_lies_leaves_a_write_unknown(
    answer: bytes | None, headers: dict[str, str], status: int
) -> None:
    with (
        far_side(answer, headers=headers, status=status) as url,
        channel(url, reply_bytes_max=4000) as remote,
    ):
        wrote = remote.deliver(delivery("w-1", write()))
        read = remote.deliver(delivery("w-1"))
    assert broken(wrote) == (Outcome.UNKNOWN, Rung.REACHABLE, None)
    assert broken(read) == (Outcome.UNKNOWN, Rung.REACHABLE, False)


def test_a_far_side_that_says_nothing_is_given_up() -> None:
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        patch.setattr("tieout.channels.remote.ANSWER_MARGIN_S", -0.5)
        with channel(f"http://127.0.0.1:{silent.getsockname()[1]}") as remote:
            answer = remote.deliver(delivery("w-1", write(), timeout_s=1.0))
    assert broken(answer) == (Outcome.UNKNOWN, Rung.QUICKBOOKS, None)


def test_the_environment_sends_nothing_elsewhere(
    connector: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with channel(connector.url) as remote:
        assert remote.deliver(delivery("q-9")).outcome is Outcome.RESPONSE


def test_a_password_is_not_shown() -> None:
    assert PASSWORD not in repr(settings("https://machine"))
