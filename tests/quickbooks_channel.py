"""Channels for tests: a rehearsal company without HTTP between, and one that breaks where told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from tieout.channels.base import Answer, ChannelStatus, Delivery, Outcome
from tieout.sandbox import CompanyFile

HEALTHY = ChannelStatus(rung=None, version="0.1.0", quickbooks_up=True)


@dataclass
class SandboxChannel:
    """Hands message sets straight to a rehearsal company file."""

    books: CompanyFile
    state: ChannelStatus = HEALTHY
    # number of the delivery (1 = the first) -> the answer that takes its place
    instead: dict[int, Answer] = field(default_factory=dict)
    open_file: str = ""  # says that this file is open, whatever is served
    delivered: list[Delivery] = field(default_factory=list)

    def deliver(self, delivery: Delivery) -> Answer:
        self.delivered.append(delivery)
        if len(self.delivered) in self.instead:
            return self.instead[len(self.delivered)]
        session = self.books.open_session(
            app_name=delivery.app_name, company_file="", mode="do_not_care"
        )
        try:
            answer = session.process(delivery.qbxml.decode("utf-8"))
        finally:
            session.close()
        return Answer(
            outcome=Outcome.RESPONSE,
            qbxml=answer.encode("utf-8"),
            session_id=session.session_id,
            company_file=self.open_file or session.company_file,
            versions=tuple(session.versions),
        )

    def recall(self, call_id: str, *, company_file: str = "", app_name: str = "") -> Answer:
        return Answer(outcome=Outcome.UNKNOWN)

    def status(self) -> ChannelStatus:
        return self.state

    def answering(self, **changes: object) -> None:
        """Change what the connector says of itself."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]


def rehearsal(folder: Path, *, name: str = "Northgate Staffing LLC") -> SandboxChannel:
    """A new rehearsal company in `folder`."""
    return SandboxChannel(CompanyFile.create(folder / "northgate.sqlite3", name=name))
