"""What a clerk reads about a posting that is not simply exported: one sentence, one remedy."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.exporting import Event, State
from tieout.core.money import show
from tieout.quickbooks.translate import Found, Reading
from tieout.store.queries.exports import Posting

Words = tuple[str, str]  # what happened and whether money is affected; who fixes it and how


def of_state(posting: Posting, reading: Reading, *, said: str) -> Words:
    """Words for the state the posting has just come to. `said`: what the far side said."""
    match State(posting.state):
        case State.UNCONFIRMED:
            why = said or reading.message
            return (
                f"Sent, but QuickBooks' answer did not arrive. {why}".strip(),
                "Nothing to do: Tieout asks QuickBooks whether it holds this invoice. "
                "It is never sent twice.",
            )
        case State.REFUSED:
            if reading.event is None:
                return (f"{reading.message} Nothing was sent.", reading.remedy)
            return (
                f"QuickBooks refused it; nothing was saved there. {reading.message}".strip(),
                reading.remedy or "Fix what QuickBooks names, then retry.",
            )
        case State.NEEDS_PERSON:
            return _needs_person(posting, reading)
        case State.SET_ASIDE:
            return ("A Super User set it aside.", posting.remedy)
        case _:
            return (reading.message, reading.remedy)


def amount_differs(posting: Posting, theirs: Decimal) -> Words:
    """QuickBooks computed another total than was sent."""
    return (
        f"QuickBooks holds {show(theirs)} for this invoice, we sent {show(posting.total)}.",
        "Bookkeeper: compare the lines of both; the tie-out shows the difference.",
    )


def saved_earlier(posting: Posting) -> Words:
    """QuickBooks saved an earlier message of this invoice, besides the one that counts or is out."""
    earlier = posting.earlier
    first = f"#{earlier.get('number') or posting.number} (TxnID {earlier['txn_id']})"
    if posting.txn_id == earlier["txn_id"]:
        return (
            f"QuickBooks holds it as {first}, from an earlier message. What became of the newer "
            "one is not proved: it may come to stand there twice.",
            f"Bookkeeper: look for a second {posting.number} of this customer; if there is one, "
            "void it. Tie out then: it names every second one Duplicate.",
        )
    if posting.txn_id:
        second = f"#{posting.qb_number or posting.number} (TxnID {posting.txn_id})"
        return (
            f"It stands twice in QuickBooks: {first} from an earlier message, whose answer came "
            f"late, and {second}.",
            f"Bookkeeper: void the one with TxnID {earlier['txn_id']}; Tieout counts the other. "
            "Then tie out: QuickBooks is asked whether it is over.",
        )
    if posting.state in {State.SENDING, State.UNCONFIRMED, State.RESENDABLE}:
        return (
            f"QuickBooks saved an earlier message of this invoice as {first}, and a newer one is "
            "out: it may come to stand there twice.",
            "Tieout finds out what became of the newer one and says so here. Look in QuickBooks "
            f"for number {posting.number}; leave both as they are until that is known.",
        )
    return (
        f"QuickBooks saved an earlier message of this invoice as {first}, and not the latest one.",
        "Have it sent again: QuickBooks is asked first, and what stands there is only recorded.",
    )


STANDS_AGAIN = "It stands in QuickBooks as it was sent."
STANDS_ONCE = "It stands in QuickBooks once; the second one is void or gone."
STANDS_TWICE = "It stands in QuickBooks twice still."
CHANGED = "It was changed in QuickBooks since it was exported."


def became(posting: Posting, event: Event, found: Found | None) -> Words:
    """What became of an exported one in QuickBooks."""
    anew = "If it is still to be billed, send it anew; else say that it is right so."
    match event:
        case Event.VOIDED:
            return ("It is voided in QuickBooks.", anew)
        case Event.DELETED:
            return ("QuickBooks does not hold it any more: it was deleted there.", anew)
        case Event.CHANGED_THERE if found is not None:
            return (
                f"{CHANGED[:-1]}; it is now {_describe(found)}.",
                "Bookkeeper: put it back in QuickBooks, and tie out again. If the change is right, "
                "have the back office corrected and void this one in QuickBooks; after a tie-out "
                "it is sent anew.",
            )
        case _:
            return ("", "")


def _needs_person(posting: Posting, reading: Reading) -> Words:
    found = reading.found
    if found is None and not posting.call_over:
        return (
            reading.message or "Tieout could not find out whether QuickBooks holds it.",
            f"Look in QuickBooks for number {posting.number} of this customer. Nothing is sent "
            "before a Super User sets this one aside, with what was found as the reason: whether "
            "the message can still arrive is not proved.",
        )
    if found is None:
        return (
            reading.message or "Tieout could not find out whether QuickBooks holds it.",
            "Look in QuickBooks for this invoice, then link it or send it again.",
        )
    where = _describe(found)
    if posting.writes == 0 and reading.message:
        return (
            f"{reading.message}: {where}. Nothing was sent.",
            "Void it in QuickBooks, then send again; or a Super User sets this one aside.",
        )
    same = not link_differs(posting, list_id=found.customer_list_id, total=found.total)
    if posting.writes == 0:
        return (
            f"Number {posting.number} is taken in QuickBooks by {where}. Nothing was sent.",
            "Give the invoice another number in the back office and import it again"
            + ("; if the one in QuickBooks is this very invoice, link it." if same else "."),
        )
    if same:
        return (
            f"QuickBooks holds an invoice like this one: {where}. "
            "Tieout cannot prove that it is ours.",
            "Compare both. If it is this invoice, link it. If not, give the one in QuickBooks "
            "another number there, then send again.",
        )
    return (
        f"QuickBooks holds another invoice under this number: {where}.",
        "If it is this invoice, put customer and total right in QuickBooks, then send again: "
        "QuickBooks is asked first. If not, give the one in QuickBooks another number there, then "
        "send again.",
    )


def link_differs(posting: Posting, *, list_id: str, total: Decimal | None) -> str:
    """Why an invoice in QuickBooks cannot be this one; "" when customer and total are equal.

    A link says that both are the same. One for another customer or another amount would put a
    difference into the books that nobody asked for.
    """
    if list_id != posting.customer.list_id:
        return f"It is not for {posting.customer.full_name}."
    if total != posting.total:
        theirs = "no total" if total is None else f"${show(total)}"
        return f"It comes to {theirs}, ours to ${show(posting.total)}."
    return ""


def why_no_link(posting: Posting) -> str:
    """Why the invoice that was found cannot be linked; "" when it can."""
    found = posting.found
    if not found.get("txn_id"):
        return "No invoice was found."
    total = found.get("total")
    return link_differs(
        posting,
        list_id=found.get("customer_list_id") or "",
        total=None if total is None else Decimal(total),
    )


def _describe(found: Found) -> str:
    parts = [f"#{found.number}" if found.number else "", found.customer]
    if found.txn_date:
        parts.append(f"{found.txn_date:%m/%d/%Y}")
    if found.total is not None:
        parts.append(f"${show(found.total)}")
    return ", ".join(part for part in parts if part)
