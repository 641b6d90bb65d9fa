"""How a connector's reply is read; the exchange itself is tried against a real connector."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import get_args

import pytest

from tieout.channels import remote
from tieout.channels.address import parse_address
from tieout.channels.base import Answer, Outcome, Rung
from tieout.quickbooks import wire

REPLY = wire.ProcessReply(
    call_id="w-1", outcome="response", state="finished", executed=True, qbxml="<QBXML>é</QBXML>"
)


def read(writes: bool = True, **changes: object) -> Answer:
    return remote._answer(replace(REPLY, **changes), writes=writes)


def test_a_response_speaks_for_itself() -> None:
    answer = read(session_id="s-1", session_versions=("13.0",), company_file="C:\\a.qbw")
    assert (answer.outcome, answer.rung, answer.remedy) == (Outcome.RESPONSE, None, "")
    assert answer.qbxml == "<QBXML>é</QBXML>".encode()
    assert (answer.session_id, answer.versions, answer.company_file) == (
        "s-1",
        ("13.0",),
        "C:\\a.qbw",
    )
    assert (answer.money_affected, read(writes=False).money_affected) == (None, False)


@pytest.mark.parametrize(
    ("code", "outcome", "rung"),
    [
        ("stopped", Outcome.NOT_SENT, Rung.QUICKBOOKS),
        ("withdrawn", Outcome.NOT_SENT, Rung.QUICKBOOKS),
        ("waited-too-long", Outcome.NOT_SENT, Rung.QUICKBOOKS),
        ("wrong-company-file", Outcome.NOT_SENT, Rung.COMPANY_FILE),
        ("other-session", Outcome.NOT_SENT, Rung.QUICKBOOKS),
        ("internal", Outcome.NOT_SENT, Rung.QUICKBOOKS),
        ("fenced", Outcome.FENCED, Rung.PERMISSION),
        ("other-installation", Outcome.FENCED, Rung.PERMISSION),
        ("brand-new", Outcome.NOT_SENT, Rung.QUICKBOOKS),
    ],
)
def test_what_was_not_sent_affects_no_money(code: str, outcome: Outcome, rung: Rung) -> None:
    answer = read(outcome="not-sent", executed=False, code=code, message="Why.")
    assert (answer.outcome, answer.rung, answer.money_affected) == (outcome, rung, False)
    assert (answer.code, answer.message) == (code, "Why.")
    assert answer.remedy.endswith(".")


@pytest.mark.parametrize(("executed", "money"), [(False, False), (None, None)])
def test_an_hresult_proves_what_the_connector_says(executed: bool | None, money: object) -> None:
    answer = read(outcome="hresult", executed=executed, stage="process", hresult=0x80040402)
    assert (answer.outcome, answer.money_affected) == (Outcome.HRESULT, money)
    assert answer.message
    assert answer.remedy


@pytest.mark.parametrize("outcome", ["unknown", "abandoned"])
def test_silence_has_words(outcome: str) -> None:
    answer = read(outcome=outcome, executed=None)
    assert answer.money_affected is None
    assert answer.message
    assert answer.remedy


def test_every_outcome_of_the_contract_is_read() -> None:
    for outcome in get_args(wire.ReplyOutcome):
        assert read(outcome=outcome).outcome in Outcome


def test_only_https_reads_whom_the_system_trusts() -> None:
    def trusted(url: str) -> tuple[ssl.VerifyMode, bool, int]:
        settings = remote.RemoteSettings(url=url, username="ann", password="secret")
        made = remote._trust(settings, parse_address(url))
        return made.verify_mode, made.check_hostname, made.cert_store_stats()["x509"]

    assert trusted("http://127.0.0.1:8166") == (ssl.CERT_REQUIRED, True, 0)
    mode, names, certificates = trusted("https://books.example.com:8166")
    assert (mode, names) == (ssl.CERT_REQUIRED, True)
    assert certificates > 0
