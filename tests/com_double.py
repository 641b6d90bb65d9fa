"""pythoncom and win32com as pywin32 offers them, with a rehearsal company in QuickBooks' place.

The rules are those of the real library: one thread owns the objects, calls have an order, errors
come as `com_error` (QuickBooks' own wrapped by IDispatch, those of RPC bare). What it is to do
wrong stands in a file of the folder, so that a test in another process can say it; each call it
sees is a line in another. Codes for calls out of order, where Intuit's table gives only their
common meaning, are one choice among 0x8004040F, 411 and 412.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from tieout.sandbox import CompanyFile, HResult, Session

RPC_CALL_FAILED, RPC_UNAVAILABLE = 0x800706BE, 0x800706BA
WRONG_THREAD, NOT_INITIALIZED, BAD_PARAMETER_COUNT = 0x8001010E, 0x800401F0, 0x8002000E
NO_SESSION, WRONG_TICKET, NO_CONNECTION = 0x8004040C, 0x8004040D, 0x8004040F
CONNECTED_ALREADY, SESSION_OPEN, BAD_PARAMETER = 0x80040411, 0x80040412, 0x80040425
MODES = {0: "single_user", 1: "multi_user", 2: "do_not_care"}
VERSIONS = "QBXMLVersionsForSession"


class com_error(Exception):
    """As pywintypes.com_error: hresult, strerror, excepinfo, argerror."""

    def __init__(
        self, hresult: int, strerror: str, excepinfo: tuple[Any, ...] | None, argerror: int | None
    ) -> None:
        super().__init__(hresult, strerror, excepinfo, argerror)
        self.hresult, self.strerror = hresult, strerror
        self.excepinfo, self.argerror = excepinfo, argerror


def signed(code: int) -> int:
    return code - 2**32 if code >= 2**31 else code


def error(code: int, text: str = "") -> com_error:
    """The exception for an HRESULT: QuickBooks' codes travel inside DISP_E_EXCEPTION."""
    if code >> 16 != 0x8004 or code in (0x80040154, NOT_INITIALIZED):
        return com_error(signed(code), text or "The remote procedure call failed.", None, None)
    text = text or f"QuickBooks says 0x{code:08X}."
    record = (0, "QBXMLRP2.RequestProcessor.2", text, None, 0, signed(code))
    return com_error(signed(0x80020009), "Exception occurred.", record, None)


class Desk:
    """The test's side: the books, what is to go wrong, and what was called."""

    def __init__(self, folder: Path, *, name: str = "Northgate") -> None:
        self.folder = folder
        self.books = CompanyFile.create(folder / "books", name=name)

    def plan(self, call: str, what: str, *, code: int = 0, times: int = 1) -> None:
        """The next `times` calls named `call` do `what`: fail, hang, hang after, crash, crash
        after, die."""
        rules = _read_rules(self.folder)
        rules.append({"call": call, "what": what, "code": code, "times": times})
        _write_rules(self.folder, rules)

    def calls(self) -> list[str]:
        """The calls that reached the library, in order."""
        return [line.split()[2] for line in self.lines()]

    def pids(self) -> list[int]:
        """The processes that called, each once, in order."""
        return list(dict.fromkeys(int(line.split()[0]) for line in self.lines()))

    def lines(self) -> list[str]:
        """Process, thread and call, then its arguments."""
        trace = self.folder / "calls.txt"
        return trace.read_text("utf-8").splitlines() if trace.exists() else []

    def wait_for(self, call: str, timeout_s: float = 20.0) -> None:
        until = time.monotonic() + timeout_s
        while call not in self.calls():
            assert time.monotonic() < until, f"{call} never came: {self.calls()}"
            time.sleep(0.02)


def _read_rules(folder: Path) -> list[dict[str, Any]]:
    path = folder / "rules.json"
    return json.loads(path.read_text()) if path.exists() else []


def _write_rules(folder: Path, rules: list[dict[str, Any]]) -> None:
    fresh = folder / f"rules.{os.getpid()}"
    fresh.write_text(json.dumps(rules))
    fresh.replace(folder / "rules.json")


class QuickBooks:
    """The program behind the library: one for all objects of this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running = 1  # counts its starts; tickets of an earlier run are dead
        self.apartments: set[int] = set()

    def note(self, call: str, *arguments: object) -> None:
        words = " ".join(json.dumps(each) for each in arguments)
        line = f"{os.getpid()} {threading.get_ident()} {call} {words}\n"
        with (self.folder / "calls.txt").open("a", encoding="utf-8") as trace:
            trace.write(line)

    def strike(self, call: str, *, after: bool = False) -> None:
        """Do what was planned for this call; "after" what comes once it is done."""
        rules = _read_rules(self.folder)
        for rule in rules:
            if rule["call"] == call and rule["what"].endswith(" after") == after:
                rule["times"] -= 1
                _write_rules(self.folder, [each for each in rules if each["times"] > 0])
                self._do(rule["what"].removesuffix(" after"), rule["code"])
                return

    def _do(self, what: str, code: int) -> None:
        if what == "fail":
            raise error(code)
        if what == "hang":
            time.sleep(3600)
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "crash":
            self.running += 1
            raise error(RPC_CALL_FAILED)

    def has(self, call: str) -> bool:
        """Whether a rule stands for a call, without using it up."""
        return any(rule["call"] == call for rule in _read_rules(self.folder))


class Owned:
    """An object of one apartment: another thread may not call it."""

    def __init__(self, quickbooks: QuickBooks) -> None:
        self._quickbooks = quickbooks
        self._thread = threading.get_ident()

    def _enter(self, call: str, *arguments: object) -> None:
        self._quickbooks.note(call, *arguments)
        if threading.get_ident() != self._thread:
            raise error(WRONG_THREAD, "Application called an interface marshalled elsewhere.")
        if self._thread not in self._quickbooks.apartments:
            raise error(NOT_INITIALIZED, "CoInitialize has not been called.")
        self._quickbooks.strike(call)


class AuthPreferences(Owned):
    """Settable until a session begins."""

    def __init__(self, quickbooks: QuickBooks, processor: RequestProcessor) -> None:
        super().__init__(quickbooks)
        self._processor = processor

    def _put(self, name: str, value: object, allowed: range) -> None:
        self._enter(name, value)
        if self._processor.begun:
            raise error(SESSION_OPEN)
        if int(value) not in allowed:  # type: ignore[call-overload]
            raise error(BAD_PARAMETER)

    def PutIsReadOnly(self, value: bool) -> None:
        self._put("PutIsReadOnly", value, range(2))

    def PutUnattendedModePref(self, value: int) -> None:
        self._put("PutUnattendedModePref", value, range(2))

    def PutPersonalDataPref(self, value: int) -> None:
        self._put("PutPersonalDataPref", value, range(3))

    def PutAuthFlags(self, value: int) -> None:
        self._put("PutAuthFlags", value, range(16))


class RequestProcessor(Owned):
    """QBXMLRP2.RequestProcessor on the rehearsal company."""

    def __init__(self, quickbooks: QuickBooks) -> None:
        super().__init__(quickbooks)
        self._app_name: str | None = None
        self._session: Session | None = None
        self._born = 0
        self._oleobj_ = SimpleNamespace(
            GetIDsOfNames=lambda _lcid, _name: 17,
            Invoke=lambda _id, _lcid, flags, _result, ticket: self._offered(ticket, flags),
        )

    @property
    def begun(self) -> bool:
        return self._session is not None

    @property
    def AuthPreferences(self) -> AuthPreferences:
        self._enter("AuthPreferences")
        if self._app_name is None:
            raise error(NO_CONNECTION)
        return AuthPreferences(self._quickbooks, self)

    def OpenConnection2(self, app_id: str, app_name: str, kind: int) -> None:
        self._enter("OpenConnection2", app_id, app_name, kind)
        if self._app_name is not None:
            raise error(CONNECTED_ALREADY)
        if not app_name.strip():
            raise error(0x80040415)
        if kind not in (1, 3):
            raise error(0x8004042F)
        self._app_name = app_name

    def BeginSession(self, company_file: str, mode: int) -> str:
        self._enter("BeginSession", company_file, mode)
        if self._app_name is None:
            raise error(NO_CONNECTION)
        if self._session is not None:
            raise error(SESSION_OPEN)
        company = CompanyFile(self._quickbooks.folder / "books")
        # On the screen the file may be another one than the path that was asked for.
        asked = "" if self._quickbooks.has("other file") else company_file
        try:
            self._session = company.open_session(
                app_name=self._app_name, company_file=asked, mode=MODES[mode]
            )
        except HResult as refused:
            raise error(refused.code, refused.message) from refused
        finally:
            company.close()
        self._born = self._quickbooks.running
        return self._session.session_id

    def GetCurrentCompanyFileName(self, ticket: str) -> str:
        self._enter("GetCurrentCompanyFileName")
        return self._with(ticket).company_file

    def QBXMLVersionsForSession(self, ticket: str | None = None) -> tuple[str, ...]:
        if self._quickbooks.has("plain property"):
            raise error(BAD_PARAMETER_COUNT, "Invalid number of parameters.")
        return self._offered(ticket, 3)

    def ProcessRequest(self, ticket: str, qbxml: str) -> str:
        self._enter("ProcessRequest", "HostQuery" if "HostQueryRq" in qbxml else "other")
        session = self._with(ticket)
        try:
            answer = session.process(qbxml)
        except HResult as refused:
            raise error(refused.code, refused.message) from refused
        self._quickbooks.strike("ProcessRequest", after=True)
        return answer

    def EndSession(self, ticket: str) -> None:
        self._enter("EndSession")
        session = self._with(ticket)
        self._session = None
        session.close()

    def CloseConnection(self) -> None:
        self._enter("CloseConnection")
        if self._app_name is None:
            raise error(NO_CONNECTION)
        self._app_name = None
        if self._session is not None and self._born == self._quickbooks.running:
            raise error(SESSION_OPEN)

    def _offered(self, ticket: str | None, flags: int) -> tuple[str, ...]:
        self._enter(VERSIONS, flags)
        versions = self._with(ticket or "").versions
        return ("1.0", "2.0") if self._quickbooks.has("old product") else versions

    def _with(self, ticket: str) -> Session:
        if self._session is None:
            raise error(NO_SESSION)
        if ticket != self._session.session_id:
            raise error(WRONG_TICKET)
        if self._born != self._quickbooks.running:
            raise error(RPC_UNAVAILABLE, "The RPC server is unavailable.")
        return self._session


def modules(folder: Path) -> dict[str, ModuleType]:
    """The modules that pywin32 would have put into this process, by name."""
    quickbooks = QuickBooks(folder)

    def dispatch(program_id: str) -> RequestProcessor:
        quickbooks.note("Dispatch", program_id)
        if threading.get_ident() not in quickbooks.apartments:
            raise error(NOT_INITIALIZED, "CoInitialize has not been called.")
        quickbooks.strike("Dispatch")
        if program_id != "QBXMLRP2.RequestProcessor":
            raise error(0x800401F3, "Invalid class string")
        return RequestProcessor(quickbooks)

    def initialize() -> None:
        quickbooks.note("CoInitialize")
        quickbooks.apartments.add(threading.get_ident())

    def uninitialize() -> None:
        quickbooks.note("CoUninitialize")
        quickbooks.apartments.discard(threading.get_ident())

    found = {
        name: ModuleType(name)
        for name in ("pythoncom", "win32com", "win32com.client", "win32com.client.dynamic")
    }
    found["pythoncom"].__dict__.update(
        com_error=com_error,
        CoInitialize=initialize,
        CoUninitialize=uninitialize,
        PumpWaitingMessages=lambda: 0,
    )
    found["win32com.client.dynamic"].__dict__.update(Dispatch=dispatch)
    found["win32com"].__dict__.update(__path__=[], client=found["win32com.client"])
    found["win32com.client"].__dict__.update(__path__=[], dynamic=found["win32com.client.dynamic"])
    return found


def install(folder: Path) -> None:
    """Put the double in pywin32's place in this process: what a worker process does first."""
    sys.modules.update(modules(folder))


def plan_standing(desk: Desk, name: str) -> None:
    """A condition that lasts: `other file`, `old product` or `plain property`."""
    desk.plan(name, "stands", times=1000)
