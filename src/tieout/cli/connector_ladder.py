"""Test a connector rung by rung from its own machine: what Verify will meet, before Verify.

It speaks to the connector as Tieout does, over TLS with nothing trusted but the connector's own
certificate, and stops at the first rung that breaks. Nothing is written to QuickBooks.
"""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from tieout.channels.base import Rung
from tieout.channels.rungs import REMEDIES, rung_of
from tieout.quickbooks import qbxml, wire
from tieout.quickbooks.qbxml import hresult, status

APP_NAME = "Tieout"  # the name that QuickBooks' administrator approves
CONNECT_S = 5.0
ANSWER_S = 200.0  # QuickBooks may be starting, or its administrator approving
MARGIN_S = 10.0
NOTHING_FOUND = 1

_HERE = "Whoever sits at this computer"
_IT = "IT person"
_ADMIN = "QuickBooks Admin"
WHO: dict[Rung, str] = {
    Rung.REACHABLE: _IT,
    Rung.TRUST: _IT,
    Rung.LOGIN: _IT,
    Rung.QUICKBOOKS: _HERE,
    Rung.COMPANY_FILE: _HERE,
    Rung.USER_MODE: _HERE,
    Rung.DIALOG: _HERE,
    Rung.PERMISSION: _ADMIN,
    Rung.VERSION: _IT,
    Rung.TEST_READ: _IT,
}
State = Literal["ok", "broken", "skipped"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung: what was seen, and when it is broken, who puts it right and how."""

    rung: str
    state: State
    detail: str
    remedy: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A connector to test. `certificate` is its own, None = no TLS; `fingerprint` names it.
    Without a known `password` the climb ends below the log-in."""

    host: str
    port: int
    certificate: Path | None
    fingerprint: str
    user: str
    password: str | None
    company_file: str = ""


class Broken(Exception):
    """The climb ends at this rung."""

    def __init__(self, rung: Rung, detail: str, remedy: str = "") -> None:
        super().__init__(detail)
        self.rung = rung
        self.detail = detail
        self.remedy = remedy or REMEDIES[rung]


def climb(target: Target) -> Iterator[Step]:
    """Each rung as it is passed, the first broken one last."""
    try:
        for rung, detail in _rungs(target):
            if detail:
                yield Step(rung=rung.value, state="ok", detail=detail)
            else:
                text = "Not tested: the password is not known here."
                yield Step(rung=rung.value, state="skipped", detail=text)
    except Broken as broken:
        yield Step(
            rung=broken.rung.value,
            state="broken",
            detail=broken.detail,
            remedy=broken.remedy,
            who=WHO[broken.rung],
        )


def _rungs(target: Target) -> Iterator[tuple[Rung, str]]:
    _reach(target)
    yield Rung.REACHABLE, f"Something listens at {target.host} port {target.port}."
    context = _trusted(target)
    yield (
        Rung.TRUST,
        f"It shows {target.fingerprint}." if context else "No TLS: this machine only.",
    )
    if target.password is None:
        yield Rung.LOGIN, ""
        return
    line = _Line(target, context)
    said = line.ask("GET", "/v1/status", None, wire.StatusReply)
    yield Rung.LOGIN, f"Connector {said.version} lets {target.user} in."
    questions = [qbxml.HostQuery(request_id="host"), qbxml.CompanyQuery(request_id="company")]
    reply, answers = line.process("facts", questions)
    host, company = _first(answers, qbxml.HostRet), _first(answers, qbxml.CompanyRet)
    yield Rung.QUICKBOOKS, f"{host.product_name if host else 'QuickBooks'} answers."
    name = company.company_name if company else "A company"
    yield Rung.COMPANY_FILE, f"{name} ({reply.company_file}) is open."
    yield Rung.USER_MODE, f"{host.file_mode if host else 'Some'} mode."
    yield Rung.DIALOG, "No dialog is in the way."
    _refused(answers, Rung.PERMISSION)
    yield Rung.PERMISSION, "QuickBooks lets Tieout in."
    if qbxml.VERSION not in reply.session_versions:
        spoken = ", ".join(reply.session_versions) or "none that it names"
        message = f"This QuickBooks speaks qbXML {spoken}; {qbxml.VERSION} is needed."
        raise Broken(Rung.VERSION, message, "Update QuickBooks to 2014 or newer.")
    yield Rung.VERSION, f"qbXML {qbxml.VERSION}."
    _, answers = line.process("read", [qbxml.CustomerQuery(request_id="read", max_returned=1)])
    _refused(answers, Rung.TEST_READ)
    customer = _first(answers, qbxml.CustomerRet)
    yield Rung.TEST_READ, "Read one customer." if customer else "Read: no customer yet."


def _reach(target: Target) -> None:
    try:
        socket.create_connection((target.host, target.port), CONNECT_S).close()
    except OSError as error:
        raise Broken(
            Rung.REACHABLE, f"Nothing answers at {target.host} port {target.port} ({error})."
        ) from error


def _trusted(target: Target) -> ssl.SSLContext | None:
    """TLS with this one certificate as the only anchor; None = the connector uses none."""
    if target.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # the pinned key says who it is, not the name
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(target.certificate)
        with (
            socket.create_connection((target.host, target.port), CONNECT_S) as bare,
            context.wrap_socket(bare),
        ):
            return context
    except OSError as error:
        detail = f"It does not show the certificate {target.fingerprint} ({error})."
        remedy = "Stop the other program at this port, or start the connector again."
        raise Broken(Rung.TRUST, detail, remedy) from error


class _Line:
    """Questions to one connector, one connection each."""

    def __init__(self, target: Target, context: ssl.SSLContext | None) -> None:
        self._target = target
        self._context = context

    def ask(self, method: str, path: str, body: bytes | None, kind: type[T]) -> T:
        """The answer; raises Broken for a refusal or silence."""
        target = self._target
        token = base64.b64encode(f"{target.user}:{target.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        connection = (
            http.client.HTTPConnection(target.host, target.port, timeout=ANSWER_S + MARGIN_S)
            if self._context is None
            else http.client.HTTPSConnection(
                target.host, target.port, timeout=ANSWER_S + MARGIN_S, context=self._context
            )
        )
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
            if answer.status == http.client.OK:
                return wire.decode(kind, raw)
            problem = wire.decode(wire.ProblemReply, raw)
        except (OSError, http.client.HTTPException, wire.WireError) as error:
            rung = Rung.REACHABLE if method == "GET" else Rung.QUICKBOOKS
            raise Broken(rung, f"No usable answer came ({error}).") from error
        finally:
            connection.close()
        rung = Rung.LOGIN if answer.status in (401, 403, 429) else Rung.QUICKBOOKS
        raise Broken(rung, problem.message, problem.remedy)

    def process(
        self, name: str, questions: list[Any]
    ) -> tuple[wire.ProcessReply, tuple[qbxml.Response, ...]]:
        """Put questions to QuickBooks; raises Broken at the rung that its failure breaks."""
        text = qbxml.render(questions, on_error="continueOnError").decode()
        call = wire.ProcessCall(
            call_id=f"setup-{name}",
            company_file=self._target.company_file,
            app_name=APP_NAME,
            mode="either",
            access="read-only",
            timeout_s=ANSWER_S,
            qbxml=text,
            installation_id="setup",
            epoch=0,
            sha256=wire.digest(text),
            expected_company="",
        )
        reply = self.ask("POST", "/v1/process", wire.encode(call), wire.ProcessReply)
        if reply.outcome == "hresult":
            rule = hresult.lookup(reply.hresult or 0)
            raise Broken(rung_of(rule.code), f"{rule.hex}: {reply.message}", rule.remedy)
        if reply.outcome != "response":
            raise Broken(Rung.QUICKBOOKS, reply.message or "QuickBooks did not answer in time.")
        try:
            return reply, qbxml.parse_response(reply.qbxml.encode()).responses
        except qbxml.MalformedResponse as error:
            detail = f"QuickBooks' answer is not qbXML ({error})."
            raise Broken(Rung.QUICKBOOKS, detail, "Update QuickBooks.") from error


def _first(answers: tuple[qbxml.Response, ...], kind: type[T]) -> T | None:
    return next((ret for each in answers for ret in each.rets if isinstance(ret, kind)), None)


def _refused(answers: tuple[qbxml.Response, ...], rung: Rung) -> None:
    for answer in answers:
        if answer.status.code not in (0, NOTHING_FOUND):
            rule = status.lookup(answer.status.code, write=False)
            detail = f"QuickBooks says: {answer.status.message} ({answer.status.code})."
            raise Broken(rung, detail, rule.remedy)


def as_text(step: Step) -> str:
    """One rung for a person."""
    if step.state == "ok":
        return f"ok      {step.rung}: {step.detail}"
    if step.state == "skipped":
        return f"skipped {step.rung}: {step.detail}"
    return f"BROKEN  {step.rung}: {step.detail}\n        {step.who}: {step.remedy}"


def as_json(steps: list[Step]) -> list[dict[str, str]]:
    """The rungs for programs."""
    found: list[dict[str, str]] = json.loads(
        json.dumps([{name: getattr(each, name) for name in Step.__slots__} for each in steps])
    )
    return found
