"""Before anything is written: is this the company file that was verified, and not rolled back?"""

from __future__ import annotations

from tieout.channels.base import Answer, Outcome
from tieout.quickbooks import qbxml
from tieout.service import company_facts, company_identity, moments
from tieout.service.company_facts import CompanyFacts
from tieout.service.turns import Message, Trouble, Turn
from tieout.store.commits import exports as commits
from tieout.store.commits import lanes
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Book, Exchange


def ask() -> Message:
    """Ask QuickBooks who it is: the first message of every turn that is about to write."""
    return Message(
        call_id=moments.call_id(),
        purpose=Exchange.Purpose.SESSION,
        request=company_facts.request(),
    )


def take(*, turn: Turn, answer: Answer) -> Trouble | None:
    """Compare with the company file as verified, and note the session when it is the one.

    A mismatch holds the company's lane: nothing is written until a Super User has verified the
    connection again. A check in vain is a look in vain at what is unconfirmed: the connector, which
    may know without QuickBooks, is asked next.
    """
    trouble = _taken(turn, answer)
    if trouble is not None:
        commits.looked_in_vain(company_id=turn.company_id)
    return trouble


def _taken(turn: Turn, answer: Answer) -> Trouble | None:
    company_id = turn.company_id
    if answer.outcome is not Outcome.RESPONSE:
        return Trouble(problem=answer.message, remedy=answer.remedy)
    try:
        facts = company_facts.read(answer)
    except qbxml.MalformedResponse as error:
        return Trouble(problem=str(error), remedy="Tieout tries again by itself.")
    if facts.refusal is not None:  # it did not say who it is: that is no other company file
        return Trouble(problem=facts.refusal.message, remedy=facts.refusal.remedy)
    if not answer.session_id:
        # without it nobody could tell later if the same session of QuickBooks answers
        return Trouble(
            problem="The Remote Connector does not say which session of QuickBooks answers, so "
            "nothing was sent.",
            remedy="IT person: update the Remote Connector.",
        )
    mismatch = _mismatch(queries.book(company_id=company_id), facts)
    if mismatch is not None:
        lanes.hold(company_id=company_id, epoch=turn.lease.epoch, reason=mismatch.problem)
        return mismatch
    lanes.note_checked(
        company_id=company_id,
        epoch=turn.lease.epoch,
        session_id=answer.session_id,
        journal_id=answer.journal_id,
    )
    return None


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
    wrong_stamp = company_identity.stamp_trouble(book=book, facts=facts)
    restored = facts.last_restore_time != book.last_restore_time
    if wrong_stamp and (facts.stamp or not restored):
        return Trouble(
            problem=f"{wrong_stamp} Nothing was sent.",
            remedy=f"Open {book.company_name} in QuickBooks; only when this is its file now, a "
            "Super User verifies the connection and confirms it.",
        )
    if company_identity.other_path(book=book, facts=facts):
        return Trouble(
            problem=f"The company file is now {facts.company_file}, it was {book.company_file}. "
            "Nothing was sent.",
            remedy="Super User: if the file was moved on purpose, Verify the connection.",
        )
    if restored:
        return Trouble(
            problem="A backup was restored in QuickBooks since the last Verify: invoices exported "
            "since that backup may be gone there. Nothing was sent.",
            remedy="Look under Restored backup which of them are gone; then a Super User verifies "
            "the connection again.",
        )
    return None
