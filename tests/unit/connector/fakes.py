"""A QuickBooks in memory, and calls for it. Nothing here opens a socket."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tieout.connector.link import LinkError
from tieout.quickbooks import wire

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FILE = "C:\\Books\\Northgate.qbw"
HOST = '<QBXML><QBXMLMsgsRs><HostQueryRs requestID="fence" statusCode="0"/></QBXMLMsgsRs></QBXML>'
QUERY = "<QBXML><QBXMLMsgsRq><CustomerQueryRq/></QBXMLMsgsRq></QBXML>"
WRITE = "<QBXML><QBXMLMsgsRq><InvoiceAddRq/></QBXMLMsgsRq></QBXML>"


def process_call(call_id: str = "w-1", qbxml: str = WRITE) -> wire.ProcessCall:
    return wire.ProcessCall(
        call_id=call_id,
        company_file=FILE,
        app_name="Tieout",
        mode="either",
        access="full",
        timeout_s=10.0,
        qbxml=qbxml,
        installation_id="office",
        epoch=1,
        sha256=wire.digest(qbxml),
        expected_company="",
    )


class MemoryLink:
    """Answers what `answers` holds next; an exception in it is raised."""

    def __init__(self, *answers: str | Exception | Callable[[], str]) -> None:
        self.answers = list(answers)
        self.events: list[str] = []
        self.begin_error: LinkError | None = None
        self.threads: set[int] = set()
        self.limits_s: list[float] = []
        self.while_opening: Callable[[], object] = lambda: None
        self._count = 0

    def open_session(self, app_name: str, company_file: str, mode: str) -> MemorySession:
        self.threads.add(threading.get_ident())
        self.while_opening()
        if self.begin_error is not None:
            raise self.begin_error
        self._count += 1
        self.events.append(f"open {self._count}")
        return MemorySession(self, f"s-{self._count}", company_file or FILE)


class MemorySession:
    versions = ("12.0", "13.0")

    def __init__(self, link: MemoryLink, session_id: str, company_file: str) -> None:
        self.session_id = session_id
        self.company_file = company_file
        self._link = link

    def process(self, qbxml: str, *, limit_s: float) -> str:
        self._link.limits_s.append(limit_s)
        self._link.threads.add(threading.get_ident())
        if "HostQueryRq" in qbxml:
            self._link.events.append("host")
            return HOST
        self._link.events.append("process")
        answer = self._link.answers.pop(0) if self._link.answers else "<QBXML/>"
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, str) else answer()

    def close(self) -> None:
        self._link.events.append(f"close {self.session_id}")


def received(call: wire.ProcessCall) -> wire.ProcessReply:
    return wire.ProcessReply(
        call_id=call.call_id, outcome="unknown", state="received", executed=None
    )


def handed(call: wire.ProcessCall) -> wire.ProcessReply:
    return replace(received(call), state="handed over", company_file=FILE)


def finished(call: wire.ProcessCall) -> wire.ProcessReply:
    return replace(
        handed(call), outcome="response", state="finished", executed=True, qbxml="<QBXML>é</QBXML>"
    )
