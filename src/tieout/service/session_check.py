"""Before anything is written: is this the company file that was verified, and not rolled back?"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.channels.base import Outcome
from tieout.quickbooks import qbxml, wire
from tieout.service import company_facts
from tieout.service.company_facts import CompanyFacts
from tieout.service.connect import Line
from tieout.service.exporter import Trouble
from tieout.store.commits import lanes
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Book


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The QuickBooks session that was checked, or why nothing may be written."""

    session_id: str = ""
    trouble: Trouble | None = None
    held: bool = False  # a person has to verify the connection first


def check(*, company_id: int, line: Line) -> Checked:
    """Ask QuickBooks who it is and compare with the company file as verified.

    A mismatch holds the company's lane: nothing is written until a Super User has verified the
    connection again.
    """
    answer = line.channel.deliver(line.ask(company_facts.request()))
    if answer.outcome is not Outcome.RESPONSE:
        return Checked(trouble=Trouble(problem=answer.message, remedy=answer.remedy))
    try:
        facts = company_facts.read(answer)
    except qbxml.MalformedResponse as error:
        return Checked(trouble=Trouble(problem=str(error), remedy="Tieout tries again by itself."))
    mismatch = _mismatch(queries.book(company_id=company_id), facts)
    if mismatch is None:
        return Checked(session_id=answer.session_id)
    lanes.hold(company_id=company_id, reason=mismatch.problem)
    return Checked(trouble=mismatch, held=True)


def _mismatch(book: Book, facts: CompanyFacts) -> Trouble | None:
    if not book.company_name:
        return Trouble(
            problem="The connection was never verified, so nothing was sent.",
            remedy="Super User: Verify it under QuickBooks Desktop Accounting Configuration.",
        )
    if facts.company_name != book.company_name:
        return Trouble(
            problem=f"QuickBooks has {facts.company_name or 'another company'} open, not {book.company_name}. "
            "Nothing was sent.",
            remedy=f"Open {book.company_name} in QuickBooks, then Verify the connection.",
        )
    if book.company_file and facts.company_file and _elsewhere(book, facts):
        return Trouble(
            problem=f"The company file is now {facts.company_file}, it was {book.company_file}. "
            "Nothing was sent.",
            remedy="Super User: if the file was moved on purpose, Verify the connection.",
        )
    if facts.last_restore_time != book.last_restore_time:
        return Trouble(
            problem="A backup was restored in QuickBooks since the last Verify: invoices exported "
            "since that backup may be gone there. Nothing was sent.",
            remedy="Bookkeeper: tie out, then a Super User verifies the connection again.",
        )
    return None


def _elsewhere(book: Book, facts: CompanyFacts) -> bool:
    """Whether it is another path; Windows writes the same one in several ways."""
    return wire.fence_key(facts.company_file) != wire.fence_key(book.company_file)
