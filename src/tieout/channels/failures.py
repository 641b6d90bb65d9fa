"""What went wrong on the way to a connector, as an Answer: the rung, the words, the remedy."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx2

from tieout.channels.address import AddressError
from tieout.channels.base import Answer, Outcome, Rung
from tieout.channels.rungs import REMEDIES
from tieout.channels.trust import CertificateError
from tieout.quickbooks import wire

# The request may have left when one of these is raised; before them it has not.
_BEFORE_SENDING = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.LocalProtocolError,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)

# The connector's codes that prove that nothing was handed over: outcome and rung of each.
_PROBLEMS: dict[str, tuple[Outcome, Rung]] = {
    "login": (Outcome.NOT_SENT, Rung.LOGIN),
    "too-many-failures": (Outcome.NOT_SENT, Rung.LOGIN),
    "client-not-allowed": (Outcome.NOT_SENT, Rung.LOGIN),
    "read-only": (Outcome.NOT_SENT, Rung.LOGIN),
    "no-such-address": (Outcome.NOT_SENT, Rung.REACHABLE),
    "too-slow": (Outcome.NOT_SENT, Rung.REACHABLE),
    "no-length": (Outcome.NOT_SENT, Rung.REACHABLE),
    "not-json": (Outcome.NOT_SENT, Rung.REACHABLE),
    "http": (Outcome.NOT_SENT, Rung.REACHABLE),
    "malformed": (Outcome.NOT_SENT, Rung.VERSION),
    "too-large": (Outcome.NOT_SENT, Rung.TEST_READ),
    "fenced": (Outcome.FENCED, Rung.PERMISSION),
    "other-installation": (Outcome.FENCED, Rung.PERMISSION),
    "busy": (Outcome.BUSY, Rung.QUICKBOOKS),
}


def from_exception(error: Exception, *, writes: bool) -> Answer:
    """An Answer for what the transport raised."""
    if isinstance(error, AddressError):
        return _answer(Outcome.NOT_SENT, Rung.REACHABLE, str(error), "Correct the address.")
    if isinstance(error, CertificateError):
        return _answer(Outcome.NOT_SENT, Rung.TRUST, str(error), REMEDIES[Rung.TRUST])
    rung, message, remedy = _words(error)
    if isinstance(error, _BEFORE_SENDING):
        return _answer(Outcome.NOT_SENT, rung, message, remedy)
    return _answer(Outcome.UNKNOWN, rung, message, remedy, proved=not writes)


def is_about_trust(error: Exception) -> bool:
    """True when the far side's certificate did not verify."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _chain(error))


def from_problem(
    status: int, problem: wire.ProblemReply, *, retry_after_s: int, writes: bool
) -> Answer:
    """An Answer for a connector's answer that is not 200."""
    outcome, rung = _PROBLEMS.get(problem.code, (Outcome.UNKNOWN, Rung.REACHABLE))
    return Answer(
        outcome=outcome,
        rung=rung,
        message=problem.message or f"The connector answered {status}.",
        remedy=problem.remedy or REMEDIES[rung],
        highest_epoch=problem.highest_epoch,
        money_affected=None if outcome is Outcome.UNKNOWN and writes else False,
        code=problem.code,
        retry_after_s=retry_after_s,
    )


def not_a_connector(status: int, *, writes: bool) -> Answer:
    """Something answered, but not in the contract: a web server, a proxy, a cut body."""
    return _answer(
        Outcome.UNKNOWN,
        Rung.REACHABLE,
        f"The address answered ({status}), but not as a Tieout connector does.",
        "Check the address and port; nothing but the connector may answer there.",
        proved=not writes,
    )


def garbled(why: str, *, writes: bool) -> Answer:
    """A connector answered with a body that cannot be used."""
    return _answer(
        Outcome.UNKNOWN,
        Rung.REACHABLE,
        f"The connector's answer cannot be used: {why}.",
        "Update Tieout and the connector to the same version.",
        proved=not writes,
    )


def _answer(
    outcome: Outcome, rung: Rung, message: str, remedy: str, *, proved: bool = True
) -> Answer:
    return Answer(
        outcome=outcome,
        rung=rung,
        message=message,
        remedy=remedy,
        money_affected=False if proved else None,
    )


def _words(error: Exception) -> tuple[Rung, str, str]:
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                Rung.TRUST,
                f"The connector's certificate is not trusted ({_reason(cause)}).",
                REMEDIES[Rung.TRUST],
            )
        if isinstance(cause, ssl.SSLError) and "WRONG_VERSION" in str(cause):
            text = "The address answers without TLS."
            return Rung.TRUST, text, "Start the connector with TLS, or correct the address."
        if isinstance(cause, ssl.SSLError):
            return Rung.TRUST, f"TLS failed ({_reason(cause)}).", REMEDIES[Rung.TRUST]
        if isinstance(cause, socket.gaierror):
            text = "The machine's name is not known."
            return Rung.REACHABLE, text, "Correct the machine's name, or use its address."
        if isinstance(cause, ConnectionRefusedError):
            text = "Nothing listens at this address."
            return Rung.REACHABLE, text, "Start the connector, and check the port."
    if isinstance(error, httpx2.ConnectTimeout):
        text = "The machine did not answer in time."
        return Rung.REACHABLE, text, REMEDIES[Rung.REACHABLE]
    if isinstance(error, httpx2.ReadTimeout):
        text = "The connector took the request but did not answer in time."
        return Rung.QUICKBOOKS, text, "Look whether a dialog is open in QuickBooks."
    if isinstance(error, httpx2.ConnectError):
        return Rung.REACHABLE, f"No connection came about ({error}).", REMEDIES[Rung.REACHABLE]
    text = "The connection broke before the answer was complete."
    return Rung.REACHABLE, text, REMEDIES[Rung.REACHABLE]


def _reason(error: ssl.SSLError) -> str:
    # Both are set by the ssl module alone, not by whoever else raises the class.
    return str(getattr(error, "verify_message", "") or getattr(error, "reason", "") or error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    for _ in range(12):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__
