"""The narrow door to QuickBooks: what the connector needs of it, whatever is behind.

Behind it stands QuickBooks' request processor on Windows, or a rehearsal company file.
"""

from __future__ import annotations

from typing import Literal, Protocol

Stage = Literal["open", "begin", "process", "end"]
Mode = Literal["single", "multi", "either"]

# By the order of its calls these prove that ProcessRequest ran nothing (Intuit's documentation).
_PROCESS_RAN_NOTHING = frozenset(
    0x80040000 + code for code in (0x400, 0x40C, 0x40D, 0x40F, 0x423, 0x428, 0x429, 0x42E)
)


class LinkError(Exception):
    """A call to QuickBooks failed: where, with which HRESULT (unsigned 32 bit), in which words."""

    def __init__(self, stage: Stage, hresult: int, message: str) -> None:
        super().__init__(f"{stage} failed with 0x{hresult & 0xFFFFFFFF:08X}: {message}")
        self.stage: Stage = stage
        self.hresult = hresult & 0xFFFFFFFF
        self.message = message

    @property
    def executed(self) -> bool | None:
        """False = proved that no request of the set ran; None = nobody knows."""
        if self.stage in {"open", "begin"} or self.hresult in _PROCESS_RAN_NOTHING:
            return False
        return None


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

    def process(self, qbxml: str) -> str:
        """One message set, its answer; raises LinkError, after which the session is dead."""

    def close(self) -> None:
        """End the session; raises LinkError when QuickBooks is already gone."""


class Link(Protocol):
    """Opens sessions, always from the worker's own thread (COM's apartment rule)."""

    def open_session(self, app_name: str, company_file: str, mode: Mode) -> LinkSession:
        """BeginSession; "" opens the file that is open. Raises LinkError, stage open or begin."""
