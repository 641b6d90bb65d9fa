from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path

import httpx2
import pytest

from tieout.channels import failures
from tieout.channels.address import AddressError
from tieout.channels.base import Outcome, Rung
from tieout.channels.trust import FingerprintChanged
from tieout.quickbooks import wire


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "rung"),
    [
        (AddressError("'x' is not an address."), Rung.REACHABLE),
        (FingerprintChanged("Another certificate."), Rung.TRUST),
        (caused_by(httpx2.ConnectError("x"), socket.gaierror(-2, "unknown")), Rung.REACHABLE),
        (caused_by(httpx2.ConnectError("x"), ConnectionRefusedError()), Rung.REACHABLE),
        (caused_by(httpx2.ConnectError("x"), ssl.SSLCertVerificationError()), Rung.TRUST),
        (caused_by(httpx2.ConnectError("x"), ssl.SSLError("WRONG_VERSION_NUMBER")), Rung.TRUST),
        (httpx2.ConnectError("x"), Rung.REACHABLE),
        (httpx2.ConnectTimeout("x"), Rung.REACHABLE),
        (httpx2.PoolTimeout("x"), Rung.REACHABLE),
    ],
)
def test_before_the_first_byte_nothing_was_sent(error: Exception, rung: Rung) -> None:
    answer = failures.from_exception(error, writes=True)
    assert (answer.outcome, answer.rung, answer.money_affected) == (Outcome.NOT_SENT, rung, False)
    assert answer.message.endswith(".")
    assert answer.remedy.endswith(".")


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ReadTimeout("x"),
        httpx2.WriteTimeout("x"),
        httpx2.ReadError("x"),
        httpx2.WriteError("x"),
        httpx2.RemoteProtocolError("x"),
        httpx2.DecodingError("x"),
        caused_by(httpx2.ReadError("x"), ssl.SSLError("x")),
    ],
)
def test_from_then_on_a_write_is_unknown(error: Exception) -> None:
    wrote = failures.from_exception(error, writes=True)
    read = failures.from_exception(error, writes=False)
    assert (wrote.outcome, wrote.money_affected) == (Outcome.UNKNOWN, None)
    assert (read.outcome, read.money_affected) == (Outcome.UNKNOWN, False)


def test_every_code_of_the_connector_is_known_here_or_leaves_a_write_unknown() -> None:
    document = Path(__file__).resolve().parents[3] / "docs/reference/connector-openapi.yaml"
    sentence = re.search(r"One of (login.*)\.", document.read_text("utf-8"))
    assert sentence is not None
    unknown = {
        code
        for code in sentence[1].split(", ")
        if failures.from_problem(
            400,
            wire.ProblemReply(code=code, message="x", remedy="y"),
            retry_after_s=0,
            writes=True,
        ).outcome
        is Outcome.UNKNOWN
    }
    assert unknown == {"other-bytes", "unknown-call", "internal", "answer-too-large"}


def test_a_problem_keeps_its_words_and_numbers() -> None:
    problem = wire.ProblemReply(code="fenced", message="Over.", remedy="Stop.", highest_epoch=7)
    answer = failures.from_problem(409, problem, retry_after_s=3, writes=True)
    assert (answer.outcome, answer.highest_epoch, answer.retry_after_s) == (Outcome.FENCED, 7, 3)
    assert (answer.message, answer.remedy, answer.code) == ("Over.", "Stop.", "fenced")


def test_a_problem_without_words_gets_some() -> None:
    problem = wire.ProblemReply(code="brand-new", message="", remedy="")
    answer = failures.from_problem(418, problem, retry_after_s=0, writes=False)
    assert (answer.outcome, answer.money_affected) == (Outcome.UNKNOWN, False)
    assert "418" in answer.message
    assert answer.remedy


def test_only_a_certificate_is_about_trust() -> None:
    bad = caused_by(httpx2.ConnectError("x"), ssl.SSLCertVerificationError())
    assert failures.is_about_trust(bad)
    assert not failures.is_about_trust(httpx2.ConnectError("x"))
