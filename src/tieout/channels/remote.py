"""The Remote Connector as a channel: we call it.

No retries, no redirects, no proxies from the environment. A request that may have left and has
no answer is unknown, never failed.
"""

from __future__ import annotations

import base64
import ssl
import threading
import time
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TypeVar

import httpx2

from tieout.channels import failures
from tieout.channels.address import Address, AddressError, parse_address
from tieout.channels.base import Answer, ChannelStatus, Delivery, Outcome, Rung
from tieout.channels.rungs import REMEDIES, rung_of
from tieout.channels.trust import CertificateError, pinned_context, system_context
from tieout.quickbooks import wire
from tieout.quickbooks.qbxml import hresult

T = TypeVar("T")

# The connector answers by the call's own time-out; this is for the way there and back.
ANSWER_MARGIN_S = 30.0
ASK_S = 45.0  # a question about a call may wait for QuickBooks to answer a new session
KEEP_ALIVE_S = 30.0  # shorter than the connector keeps an idle connection

_NOT_SENT_RUNGS = {
    "wrong-company-file": Rung.COMPANY_FILE,
    "other-session": Rung.QUICKBOOKS,
    "waited-too-long": Rung.QUICKBOOKS,
    "stopped": Rung.QUICKBOOKS,
    "withdrawn": Rung.QUICKBOOKS,
    "internal": Rung.QUICKBOOKS,
}
_NOT_SENT_REMEDIES = {
    "other-session": "Nothing to do: Tieout looks at the company file again, then goes on.",
    "waited-too-long": "Wait until QuickBooks has answered the requests before this one.",
    "stopped": "Start the connector again.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSettings:
    """How to reach one connector.

    `fingerprint`: SHA-256 of its certificate, compared by a person; None = the system's store.
    """

    url: str
    username: str
    password: str
    fingerprint: str | None = None
    mode: wire.Mode = "either"
    connect_timeout_s: float = 10.0
    reply_bytes_max: int = wire.BODY_BYTES_MAX

    def __repr__(self) -> str:
        return f"RemoteSettings(url={self.url!r}, username={self.username!r})"


class RemoteChannel:
    """One connector and one client for it; connections are kept between calls."""

    def __init__(self, settings: RemoteSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: httpx2.Client | None = None

    def __enter__(self) -> RemoteChannel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def deliver(self, delivery: Delivery) -> Answer:
        """Hand over one message set and wait for what comes of it."""
        qbxml = delivery.qbxml.decode("utf-8")
        call = wire.ProcessCall(
            call_id=delivery.call_id,
            company_file=delivery.company_file,
            app_name=delivery.app_name,
            mode=self._settings.mode,
            access="full" if delivery.writes else "read-only",
            timeout_s=delivery.timeout_s,
            qbxml=qbxml,
            installation_id=delivery.installation_id,
            epoch=delivery.epoch,
            sha256=wire.digest(qbxml),
            expected_company=delivery.expected_company,
            expected_session=delivery.expected_session,
        )
        try:
            body = wire.encode(call)
        except wire.WireError as error:
            problem = wire.ProblemReply(
                code="too-large", message=f"{error}.", remedy="Send smaller message sets."
            )
            return failures.from_problem(413, problem, retry_after_s=0, writes=delivery.writes)
        found = self._ask(
            "POST",
            "/v1/process",
            wire.ProcessReply,
            body=body,
            wait_s=delivery.timeout_s + ANSWER_MARGIN_S,
            writes=delivery.writes,
        )
        if isinstance(found, Answer):
            return found
        return _reply_to(delivery.call_id, found, writes=delivery.writes)

    def recall(self, call_id: str, *, company_file: str = "", app_name: str = "") -> Answer:
        """What became of a write. A call that never arrived is withdrawn: it will not run.

        `company_file` and `app_name` are those of the delivery; they let the connector ask
        QuickBooks for proof that nothing of the call is running.
        """
        path = f"/v1/calls/{call_id}"
        answer = self._ask_about(call_id, "GET", path)
        if answer.code != "unknown-call":
            return answer
        withdrawal = wire.WithdrawCall(
            company_file=company_file, app_name=app_name, mode=self._settings.mode
        )
        return self._ask_about(call_id, "POST", f"{path}/withdraw", wire.encode(withdrawal))

    def status(self) -> ChannelStatus:
        """Is the connector there, does it know us, and what does it say of itself?"""
        found = self._ask("GET", "/v1/status", wire.StatusReply, wait_s=ASK_S, writes=False)
        if isinstance(found, Answer):
            return ChannelStatus(
                rung=found.rung,
                named=bool(found.code),  # only a connector's own answer carries one
                message=found.message,
                remedy=found.remedy,
            )
        return _status(found)

    def take_over(self, *, company_file: str, installation_id: str, epoch: int) -> Answer | None:
        """Let this installation write to a company file; None when done, else what broke."""
        takeover = wire.TakeoverCall(
            company_file=company_file, installation_id=installation_id, epoch=epoch
        )
        found = self._ask(
            "POST",
            "/v1/takeover",
            wire.StatusReply,
            body=wire.encode(takeover),
            wait_s=ASK_S,
            writes=False,
        )
        return found if isinstance(found, Answer) else None

    # ------------------------------------------------------------------ one exchange

    def _ask_about(
        self, call_id: str, method: str, path: str, body: bytes | None = None
    ) -> Answer:
        """A question about a call. That the question did not get through proves nothing of it."""
        found = self._ask(method, path, wire.ProcessReply, body=body, wait_s=ASK_S, writes=True)
        if isinstance(found, Answer):
            return replace(found, outcome=Outcome.UNKNOWN, money_affected=None)
        return _reply_to(call_id, found, writes=True)

    def _ask(
        self,
        method: str,
        path: str,
        kind: type[T],
        *,
        wait_s: float,
        writes: bool,
        body: bytes | None = None,
    ) -> T | Answer:
        try:
            status, headers, raw = self._exchange(method, path, body=body, wait_s=wait_s)
        except (httpx2.HTTPError, httpx2.InvalidURL, AddressError, CertificateError) as error:
            self._forget_trust_after(error)
            return failures.from_exception(error, writes=writes)
        except wire.WireError as error:
            return failures.garbled(str(error), writes=writes)
        if wire.CONTRACT_HEADER not in headers:
            return failures.not_a_connector(status, writes=writes)
        try:
            if status == httpx2.codes.OK:
                return wire.decode(kind, raw)
            problem = wire.decode(wire.ProblemReply, raw)
        except wire.WireError as error:
            return failures.garbled(str(error), writes=writes)
        retry_after = headers.get("Retry-After", "")
        return failures.from_problem(
            status,
            problem,
            retry_after_s=int(retry_after) if retry_after.isdecimal() else 0,
            writes=writes,
        )

    def _exchange(
        self, method: str, path: str, *, body: bytes | None, wait_s: float
    ) -> tuple[int, httpx2.Headers, bytes]:
        """Send and read within bounds. Raises httpx2's errors, or WireError for too much."""
        client = self._open_client()
        until = time.monotonic() + wait_s
        with client.stream(
            method,
            path,
            content=body,
            timeout=httpx2.Timeout(wait_s, connect=self._settings.connect_timeout_s),
        ) as response:
            pieces = bytearray()
            for piece in response.iter_raw():
                pieces += piece
                if len(pieces) > self._settings.reply_bytes_max:
                    msg = f"it has more than {self._settings.reply_bytes_max} bytes"
                    raise wire.WireError(msg)
                if time.monotonic() > until:
                    msg = "the answer did not end in time"
                    raise httpx2.ReadTimeout(msg, request=response.request)
            return response.status_code, response.headers, bytes(pieces)

    def _open_client(self) -> httpx2.Client:
        with self._lock:
            if self._client is None:
                self._client = _make_client(self._settings)
            return self._client

    def _forget_trust_after(self, error: Exception) -> None:
        # With a new client the certificate is fetched and compared again, so that the next
        # answer can say whether it has changed.
        if self._settings.fingerprint is not None and failures.is_about_trust(error):
            self.close()


def _trust(settings: RemoteSettings, address: Address) -> ssl.SSLContext:
    """Whose certificate is accepted. A plain http address needs none, so nobody's is: reading the
    system's store costs fifty milliseconds."""
    if address.scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if settings.fingerprint is None:
        return system_context()
    return pinned_context(
        settings.url,
        fingerprint=settings.fingerprint,
        timeout_s=settings.connect_timeout_s,
    )


def _make_client(settings: RemoteSettings) -> httpx2.Client:
    address = parse_address(settings.url)
    token = base64.b64encode(f"{settings.username}:{settings.password}".encode()).decode()
    return httpx2.Client(
        base_url=address.base_url,
        verify=_trust(settings, address),
        trust_env=False,
        follow_redirects=False,
        limits=httpx2.Limits(
            max_connections=4, max_keepalive_connections=2, keepalive_expiry=KEEP_ALIVE_S
        ),
        headers={
            "Authorization": f"Basic {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Tieout",
        },
    )


def _reply_to(call_id: str, reply: wire.ProcessReply, *, writes: bool) -> Answer:
    if reply.call_id != call_id:
        return failures.garbled("it belongs to another call", writes=writes)
    return _answer(reply, writes=writes)


def _answer(reply: wire.ProcessReply, *, writes: bool) -> Answer:
    outcome, rung, message, remedy = _meaning(reply)
    nothing_ran = reply.executed is False or not writes
    return Answer(
        outcome=outcome,
        qbxml=reply.qbxml.encode("utf-8"),
        stage=reply.stage,
        hresult=reply.hresult,
        message=message,
        rung=rung,
        remedy=remedy,
        session_id=reply.session_id,
        company_file=reply.company_file,
        versions=reply.session_versions,
        highest_epoch=reply.highest_epoch,
        money_affected=False if nothing_ran else None,
        code=reply.code,
        journal_id=reply.journal_id,
    )


def _meaning(reply: wire.ProcessReply) -> tuple[Outcome, Rung | None, str, str]:
    match reply.outcome:
        case "response":
            return Outcome.RESPONSE, None, "", ""
        case "hresult":
            rule = hresult.lookup(reply.hresult or 0)
            rung = rung_of(rule.code)
            return Outcome.HRESULT, rung, reply.message or rule.meaning, rule.remedy
        case "abandoned":
            text = reply.message or "The call ended without a result that anybody kept."
            return Outcome.ABANDONED, None, text, "Tieout looks in QuickBooks what came of it."
        case "not-sent":
            if reply.code in {"fenced", "other-installation"}:
                text = "A newer writer of this company file is known to the connector."
                return Outcome.FENCED, Rung.PERMISSION, reply.message, text
            rung = _NOT_SENT_RUNGS.get(reply.code, Rung.QUICKBOOKS)
            remedy = _NOT_SENT_REMEDIES.get(reply.code, REMEDIES[rung])
            return Outcome.NOT_SENT, rung, reply.message, remedy
        case "unknown":
            text = reply.message or "QuickBooks has the request and has not answered it yet."
            remedy = "Look whether a dialog is open in QuickBooks; Tieout asks again."
            return Outcome.UNKNOWN, Rung.QUICKBOOKS, text, remedy


def _status(reply: wire.StatusReply) -> ChannelStatus:
    contract_known = wire.CONTRACT_VERSION in reply.contracts
    return ChannelStatus(
        rung=None if contract_known else Rung.VERSION,
        named=True,
        message="" if contract_known else "The connector speaks another version of the contract.",
        remedy="" if contract_known else "Update Tieout and the connector to the same version.",
        version=reply.version,
        read_only=reply.access == "read-only",
        queue_length=reply.queue_length,
        running=reply.running,
        quickbooks_up=reply.quickbooks_up,
        company_file=reply.company_file,
        versions=reply.session_versions,
        last_error=reply.last_error,
        journal_id=reply.journal_id,
    )
