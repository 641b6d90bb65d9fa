"""What a person reads about a write that is no new invoice: one sentence, one remedy."""

from __future__ import annotations

from tieout.core.exporting import Event, State
from tieout.quickbooks.readings import Reading
from tieout.service.posting_words import Words
from tieout.store.queries.exports import QbWrite

Kind = QbWrite.Kind

# what a person does when the evidence is not enough
_BY_HAND = {
    Kind.CUSTOMER_ADD: "Look in QuickBooks whether the job is there; link it, or try again.",
    Kind.CUSTOMER_MOD: "Look at the proposed changes again: they show what QuickBooks holds now.",
    Kind.INVOICE_MOD: "Compare the invoice in QuickBooks with the back office and settle it there.",
    Kind.VOID: "Look at the invoice in QuickBooks and void it there, if it still is to be voided.",
    Kind.STAMP_DEFINITION: "Super User: write the stamp again, on the page of the connection.",
    Kind.STAMP: "Super User: write the stamp again, on the page of the connection.",
}


def of_state(row: QbWrite, reading: Reading, *, said: str) -> Words:
    """Words for the state the row has just come to. `said`: what the far side said."""
    match State(row.state):
        case State.UNCONFIRMED:
            return (
                f"Sent, but QuickBooks' answer did not arrive. {said or reading.message}".strip(),
                "Nothing to do: Tieout asks QuickBooks whether it was done. It is never done "
                "twice, and no invoice is sent meanwhile.",
            )
        case State.REFUSED:
            if reading.event is None:
                return (f"{reading.message} Nothing was sent.", reading.remedy)
            return (
                f"QuickBooks refused it; nothing was changed there. {reading.message}".strip(),
                reading.remedy or "Fix what QuickBooks names, then try again.",
            )
        case State.NEEDS_PERSON:
            return _needs_person(row, reading)
        case State.SET_ASIDE:
            return ("It was taken out of the queue.", row.remedy)
        case _:
            return (reading.message, reading.remedy)


def _needs_person(row: QbWrite, reading: Reading) -> Words:
    kind = Kind(row.kind)
    if kind is Kind.CUSTOMER_ADD and reading.event is Event.FOUND_ALIKE and reading.found:
        what = "Nothing was created." if not row.writes else "It is not marked as what was sent."
        there = f"QuickBooks has a job of this name already: {reading.found.customer}."
        return (
            f"{reading.message or there} {what}",
            "If it is this contractor job, link it: the contractor job is then mapped to it. "
            "If not, create the job under another name.",
        )
    nothing = "" if row.writes else " Nothing was sent."
    message = reading.message or "Tieout could not find out whether QuickBooks did it."
    return (f"{message}{nothing}", reading.remedy or _BY_HAND[kind])
