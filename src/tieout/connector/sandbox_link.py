"""A rehearsal company file behind the connector's door."""

from __future__ import annotations

from pathlib import Path

from tieout.connector.link import LinkError, Mode, Stage
from tieout.sandbox import BookError, CompanyFile, HResult, Session

_STAGES: dict[str, Stage] = {
    "open": "open",
    "begin": "begin",
    "process": "process",
    "end": "end",
}
CANNOT_OPEN = 0x80040403  # the company file could not be opened
_MODES: dict[Mode, str] = {
    "single": "single_user",
    "multi": "multi_user",
    "either": "do_not_care",
}


class SandboxLink:
    """Opens sessions on one rehearsal company file."""

    def __init__(self, path: Path) -> None:
        self._company = CompanyFile(path)

    def close(self) -> None:
        """Close the company file; sessions have connections of their own."""
        self._company.close()

    def open_session(self, app_name: str, company_file: str, mode: Mode) -> SandboxSession:
        try:
            session = self._company.open_session(
                app_name=app_name, company_file=company_file, mode=_MODES[mode]
            )
        except HResult as error:
            raise _translated(error) from error
        except BookError as error:  # the file was moved away, or is another one now
            failed = LinkError("begin", CANNOT_OPEN, str(error))
            raise failed from error
        return SandboxSession(session)


class SandboxSession:
    """The session with its failures in the connector's words."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.session_id: str = session.session_id
        self.company_file: str = session.company_file
        self.versions: tuple[str, ...] = tuple(session.versions)

    def process(self, qbxml: str, *, limit_s: float) -> str:
        try:
            return self._session.process(qbxml)
        except HResult as error:
            raise _translated(error) from error

    def close(self) -> None:
        try:
            self._session.close()
        except HResult as error:
            raise _translated(error) from error


def _translated(error: HResult) -> LinkError:
    # An unknown stage is read as the one that proves least.
    return LinkError(_STAGES.get(error.stage, "process"), error.code, error.message)
