"""What becomes of one line: its item, its class, and which figures are sent.

Figures. QuickBooks computes Amount from Quantity and Rate, or Rate from Quantity and Amount; of
Rate and Amount it ignores the rate (Intuit's documentation). The amount is what the agency bills
and must survive, so:

- Quantity and Rate are sent when they give the amount exactly and both have at most 5 decimals;
- else Quantity and Amount; the clerk is told when the source's own quantity × rate is off by more
  than a cent;
- a quantity that is missing, 0 or longer than QuickBooks holds is left out: only Amount is sent.

An invoice may carry negative lines as they are. In a credit memo all signs are turned, because
QuickBooks wants positive quantities and rates there (Intuit's documentation): -8 × 50.00, or
8 × -50.00, is sent as 8 × 50.00. A line that *reduces* the credit would still be negative after
turning, and is sent as an amount alone.

An amount that is not in whole cents blocks, and so does 0.00 for a quantity and rate that are not
worth 0.00: it is never recomputed here, and billing hours for nothing is hardly meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout.core import blocking
from tieout.core.facts import (
    Block,
    BookFacts,
    InvoiceKind,
    Links,
    PostingLine,
    SourceItem,
    SourceJob,
    SourceLine,
)
from tieout.core.money import CENT, ZERO, half_up, is_dollars, line_amount
from tieout.core.texts import LINE_MAX, storable

_DECIMALS_MAX = 5  # of a quantity or a rate (schema)
_FIGURE_MAX = Decimal(10) ** 10  # and at most 10 digits before the point (schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What a line's keys are looked up in."""

    kind: InvoiceKind
    jobs: Mapping[str, SourceJob]
    items: Mapping[tuple[InvoiceKind, str], SourceItem]
    links: Links
    books: BookFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Quantity, rate and whether the amount is sent: see PostingLine. `note` is for the clerk."""

    quantity: Decimal | None
    rate: Decimal | None
    send_amount: bool
    note: str = ""


def amount_blocks(line: SourceLine) -> Iterator[Block]:
    """Why this line's amount cannot be trusted, if so."""
    quantity, rate = line.quantity, line.rate
    if not is_dollars(line.amount):
        yield blocking.amount_unusable(line=line.number, amount=line.amount)
    elif not line.amount and _worth_something(quantity, rate):
        yield blocking.amount_missing(line=line.number, quantity=quantity, rate=rate)


def reference_blocks(line: SourceLine, lookup: Lookup) -> Iterator[Block]:
    """Why this line's item or class cannot be used in QuickBooks, if so."""
    yield from _item_blocks(line, lookup)
    value = class_value(line, lookup)
    if not value:
        return
    entry = lookup.links.classes.get((lookup.kind, value))
    if entry is None or entry.gone:
        yield blocking.class_not_mapped(
            kind=lookup.kind, value=value, line=line.number, gone=entry
        )
    elif not entry.active:
        yield blocking.class_inactive(kind=lookup.kind, value=value, line=line.number, entry=entry)


def class_value(line: SourceLine, lookup: Lookup) -> str:
    """The custom field value that the class mapping reads: the line's, else its job's.

    "" when the company file does not use classes.
    """
    if not lookup.books.uses_classes:
        return ""
    job = lookup.jobs.get(line.job_key)
    return line.class_value or (job.class_value if job else "")


def posting_line(
    line: SourceLine, lookup: Lookup, *, credit: bool, name_job: bool
) -> tuple[PostingLine, tuple[str, ...]]:
    """The line as QuickBooks will hold it, and notes. Only for lines that nothing blocks."""
    job = lookup.jobs.get(line.job_key) if name_job else None
    description = ": ".join(
        filter(None, (blocking.job_name(job) if job else "", line.description))
    )
    text, notes = storable(
        description, where=f"Line {line.number}", limit=LINE_MAX, one_line=False
    )
    sent = figures(line, credit=credit)
    value = class_value(line, lookup)
    answer = PostingLine(
        item=lookup.links.items[lookup.kind, line.item_key],
        amount=half_up(-line.amount if credit else line.amount),
        description=text,
        quantity=sent.quantity,
        rate=sent.rate,
        send_amount=sent.send_amount,
        service_date=line.service_date,
        class_=lookup.links.classes[lookup.kind, value] if value else None,
        source_line=line.number,
    )
    return answer, (*notes, sent.note) if sent.note else notes


def figures(line: SourceLine, *, credit: bool) -> Figures:
    """Which of quantity, rate and amount are sent, by the rules at the top of this file."""
    amount, quantity, rate = line.amount, line.quantity, line.rate
    if credit:
        amount = -amount
        if amount < 0:
            return _amount_only(line, "it reduces the credit")
        quantity = abs(quantity) if quantity is not None else None
        rate = abs(rate) if rate is not None else None
    if quantity is None:
        return _amount_only(line, "")
    if not _holds(quantity):
        return _amount_only(line, f"QuickBooks cannot hold the quantity {quantity}")
    if rate is not None and rate.is_finite():
        computed = line_amount(quantity, rate)
        if computed == amount and _holds(rate):
            return Figures(quantity=quantity, rate=rate, send_amount=False)
        off = abs(computed - amount) > CENT
    else:
        off = False
    note = f"Line {line.number}: {quantity} × {rate} is not {amount}; the amount is sent."
    return Figures(
        quantity=quantity or None, rate=None, send_amount=True, note=note if off else ""
    )


def _item_blocks(line: SourceLine, lookup: Lookup) -> Iterator[Block]:
    key = line.item_key
    entry = lookup.links.items.get((lookup.kind, key))
    if entry and entry.active and entry.has_account and not entry.gone:
        return
    item = lookup.items.get((lookup.kind, key))
    name = item.name if item else key
    if entry is None or entry.gone:
        yield blocking.item_not_mapped(item_key=key, name=name, line=line.number, gone=entry)
        return
    if not entry.active:
        yield blocking.item_inactive(item_key=key, name=name, line=line.number, entry=entry)
    if not entry.has_account:
        yield blocking.item_without_account(item_key=key, name=name, line=line.number, entry=entry)


def _amount_only(line: SourceLine, why: str) -> Figures:
    note = f"Line {line.number}: sent as an amount without a quantity: {why}." if why else ""
    return Figures(quantity=None, rate=None, send_amount=True, note=note)


def _worth_something(quantity: Decimal | None, rate: Decimal | None) -> bool:
    if quantity is None or rate is None or not (quantity.is_finite() and rate.is_finite()):
        return False
    return line_amount(quantity, rate) != ZERO


def _holds(figure: Decimal) -> bool:
    """Whether QuickBooks can hold this quantity or rate as it is."""
    if not figure.is_finite() or abs(figure) >= _FIGURE_MAX:
        return False
    return half_up(figure, _DECIMALS_MAX) == figure
