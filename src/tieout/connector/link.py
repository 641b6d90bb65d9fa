"""The narrow door to QuickBooks: what the connector needs of it, whatever is behind.

Behind it stands QuickBooks' request processor on Windows, or a rehearsal company file.
"""

from __future__ import annotations

from typing import Literal, Protocol

from tieout.quickbooks.qbxml import hresult

Stage = Literal["open", "begin", "process", "end"]
Mode = Literal["single", "multi", "either"]


class LinkError(Exception):
    """A call to QuickBooks failed: where, with which HRESULT (unsigned 32 bit), in which words."""

    def __init__(self, stage: Stage, code: int, message: str) -> None:
        super().__init__(f"{stage} failed with 0x{code & 0xFFFFFFFF:08X}: {message}")
        self.stage: Stage = stage
        self.hresult = code & 0xFFFFFFFF
        self.message = message

    @property
    def executed(self) -> bool | None:
        """False = proved that no request of the set ran; None = nobody knows."""
        return False if hresult.proves_not_executed(self.stage, self.hresult) else None


class LinkSession(Protocol):
    """One session with one company file; used by one thread at a time."""

    @property
    def session_id(self) -> str:
        """New at each BeginSession."""

    @property
    def company_file(self) -> str:
        """The full path of the file that is really open."""

    @property
    def versions(self) -> tuple[str, ...]:
        """The qbXML versions that QuickBooks offers in this session."""

    def process(self, qbxml: str, *, limit_s: float) -> str:
        """One message set, its answer; raises LinkError, after which the session is dead.

        After `limit_s` seconds it is given up, which leaves unknown whether the set ran. A
        rehearsal cannot be cut short and takes as long as it takes.
        """

    def close(self) -> None:
        """End the session; raises LinkError when QuickBooks is already gone."""


class Link(Protocol):
    """Opens sessions, always from the worker's own thread (COM's apartment rule)."""

    def open_session(self, app_name: str, company_file: str, mode: Mode) -> LinkSession:
        """BeginSession; "" opens the file that is open. Raises LinkError, stage open or begin."""
