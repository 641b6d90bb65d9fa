"""QuickBooks' request processor (QBXMLRP2) from OpenConnection2 to CloseConnection.

The library is loaded in-process and lives in one single-threaded apartment (Intuit's type
library): the thread that makes a `Processor` makes every call of it. What was opened is always
closed, whatever failed between: an open session keeps a hidden QuickBooks alive (observed).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from tieout.connector import comerrors
from tieout.connector.link import LinkError, Mode, Stage

PROGRAM_ID = "QBXMLRP2.RequestProcessor"
LOCAL_QUICKBOOKS = 1  # connType localQBD
UNATTENDED_OPTIONAL = 1  # use it if granted, do not insist
PERSONAL_DATA_NOT_NEEDED = 2
EVERY_EDITION = 0xF  # the default leaves Simple Start out
MODES: dict[Mode, int] = {"single": 0, "multi": 1, "either": 2}
METHOD_OR_PROPERTY = 3  # DISPATCH_METHOD | DISPATCH_PROPERTYGET


@dataclass(frozen=True, slots=True)
class Opened:
    """What a new session says of itself: the full path really open, the versions offered."""

    company_file: str
    versions: tuple[str, ...]


class Processor:
    """One connection with at most one session.

    `announce(stage, call)` is told of each call before it is made, so that whoever waits can say
    where it hangs. Every method raises LinkError.
    """

    def __init__(self, *, announce: Callable[[Stage, str], None], read_only: bool = False) -> None:
        self._announce = announce
        self._read_only = read_only
        self._com: Any = None
        self._object: Any = None
        self._connected = False
        self._ticket: str | None = None

    def open(self, *, app_name: str, company_file: str, mode: Mode) -> Opened:
        """Connect and begin a session; "" opens the file that is open in QuickBooks."""
        try:
            self._create()
            self._connect(app_name)
            return self._begin(company_file, MODES[mode])
        except LinkError:
            self._undo()
            raise

    def process(self, qbxml: str) -> str:
        """One message set and its answer."""
        return str(self._call("process", "ProcessRequest", self._ticket, qbxml))

    def pump(self) -> None:
        """Let the apartment handle its window messages: a thread that never does blocks others."""
        if self._com is not None:
            self._com.PumpWaitingMessages()

    def end(self) -> None:
        """EndSession and CloseConnection, both, whatever the first says; raises its failure.

        Nothing open is nothing to do.
        """
        failed: LinkError | None = None
        for step in (self._end_session, self._close_connection):
            try:
                step()
            except LinkError as error:
                failed = failed or error
        self._release()
        if failed is not None:
            raise failed

    # ------------------------------------------------------------------ the calls in their order

    def _create(self) -> None:
        self._announce("open", "CoInitialize")
        try:
            com = importlib.import_module("pythoncom")
            dynamic = importlib.import_module("win32com.client.dynamic")
        except ImportError as error:
            failed = comerrors.defect("open", "pywin32", error)
            raise failed from error
        com.CoInitialize()
        self._com = com
        # Late bound: no generated wrapper that could be stale or of another edition.
        self._object = self._try("open", "CoCreateInstance", partial(dynamic.Dispatch, PROGRAM_ID))

    def _connect(self, app_name: str) -> None:
        self._call("open", "OpenConnection2", "", app_name, LOCAL_QUICKBOOKS)
        self._connected = True
        preferences = self._try(
            "open", "AuthPreferences", partial(getattr, self._object, "AuthPreferences")
        )
        for name, value in (
            ("PutIsReadOnly", self._read_only),
            ("PutUnattendedModePref", UNATTENDED_OPTIONAL),
            ("PutPersonalDataPref", PERSONAL_DATA_NOT_NEEDED),
            ("PutAuthFlags", EVERY_EDITION),
        ):
            self._try("open", name, partial(_invoke, preferences, name, value))

    def _begin(self, company_file: str, mode: int) -> Opened:
        self._ticket = ticket = self._call("begin", "BeginSession", company_file, mode)
        path = self._call("begin", "GetCurrentCompanyFileName", ticket)
        versions = self._try("begin", "QBXMLVersionsForSession", partial(self._versions, ticket))
        return Opened(str(path or ""), tuple(str(version) for version in versions or ()))

    def _versions(self, ticket: str) -> Any:
        """A property with a parameter: pywin32 reads it as a method where the type library says
        so, else it is asked for by its number."""
        try:
            return self._object.QBXMLVersionsForSession(ticket)
        except (self._com.com_error, TypeError) as error:
            wrapped = isinstance(error, TypeError)
            if not wrapped and comerrors.code_of(error) not in comerrors.PARAMETER_MISSING:
                raise
        raw = self._object._oleobj_
        number = raw.GetIDsOfNames(0, "QBXMLVersionsForSession")
        return raw.Invoke(number, 0, METHOD_OR_PROPERTY, True, ticket)  # noqa: FBT003

    def _end_session(self) -> None:
        ticket, self._ticket = self._ticket, None
        if ticket is not None:
            self._call("end", "EndSession", ticket)

    def _close_connection(self) -> None:
        connected, self._connected = self._connected, False
        if connected:
            self._call("end", "CloseConnection")

    def _release(self) -> None:
        com, self._com, self._object = self._com, None, None
        if com is not None:
            com.CoUninitialize()

    def _undo(self) -> None:
        """Close what a failed `open` left behind; its own failure is the one worth telling."""
        try:
            self.end()
        except LinkError:
            self._announce("end", "CloseConnection failed")

    def _call(self, stage: Stage, name: str, *arguments: object) -> Any:
        return self._try(stage, name, partial(_invoke, self._object, name, *arguments))

    def _try(self, stage: Stage, name: str, call: Callable[[], Any]) -> Any:
        self._announce(stage, name)
        try:
            return call()
        except self._com.com_error as error:
            failed = comerrors.failure(stage, name, error)
            raise failed from error
        except (AttributeError, TypeError, ValueError) as error:
            failed = comerrors.defect(stage, name, error)
            raise failed from error


def _invoke(target: Any, name: str, *arguments: object) -> Any:
    return getattr(target, name)(*arguments)
