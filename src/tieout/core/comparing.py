"""Two books compared: what Tieout says was exported, and what QuickBooks holds.

Pairs are found by TxnID, then by the marker in the memo; never by number, customer or amount, since
a like-looking invoice is not evidence. A pair that differs in several ways gets one finding for
each; the money stands in exactly one of them, so that the findings' differences add up to the
difference of the two books.

- missing: ours, not in QuickBooks. extra: theirs, and we know nothing of it although it carries
  our marker (or, when asked for, stands on a mapped job).
- duplicate: a second live invoice of theirs with the marker of a pair.
- voided: void in one book only. A void invoice is worth 0.00 and, alone on their side, is
  nothing that needs an answer: voiding is how a bookkeeper settles an extra or a duplicate.
- wrong job, amount, date, number: the pair differs in that. QuickBooks takes the invoices of a
  merged job along to the one that took over: once a person said which that is, they are right there.

Everything is sorted, so that the order of the inputs changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tieout.core.facts import Finding, JobTotal, OurInvoice, TheirInvoice, TieOut, Verdict
from tieout.core.money import ZERO, add_up

_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


@dataclass(slots=True)
class _Shelf:
    """Their invoices by what finds them; a taken one is found no more."""

    by_txn_id: dict[str, TheirInvoice]
    by_marker: dict[str, list[TheirInvoice]] = field(default_factory=lambda: defaultdict(list))
    taken: set[str] = field(default_factory=set)

    def take(self, their: TheirInvoice | None) -> TheirInvoice | None:
        """The same invoice, from now on taken; None when there is none or it was taken."""
        if their is None or their.txn_id in self.taken:
            return None
        self.taken.add(their.txn_id)
        return their


def compare(
    ours: Iterable[OurInvoice],
    theirs: Iterable[TheirInvoice],
    *,
    foreign: bool = False,
    mapped_list_ids: Collection[str] = frozenset(),
    heirs: Mapping[str, Collection[str]] | None = None,
) -> TieOut:
    """Both books per QuickBooks job and per invoice.

    Invoices of theirs without a marker of ours and with an unknown TxnID are foreign: they count
    in neither totals nor findings, unless `foreign` asks for those on `mapped_list_ids` or on a
    job of one of our invoices. An invoice of theirs that was delivered twice counts once.
    `heirs`: merged job -> the jobs that took over, as answered; an invoice of ours that stands on
    one of them counts there in both books.
    """
    shelf = _shelve(theirs)
    pairs = [
        (_followed(our, their, heirs or {}), their)
        for our, their in _pair(sorted(ours, key=_our_key), shelf)
    ]
    our_book = [our for our, _ in pairs]
    findings = [finding for our, their in pairs for finding in _judge(our, their)]
    findings += _duplicates(pairs, shelf)
    jobs = frozenset(mapped_list_ids) | {our.customer_list_id for our in our_book}
    findings += _extras(shelf, foreign_on=jobs if foreign else frozenset())
    return _tie_out(our_book, findings)


def _shelve(theirs: Iterable[TheirInvoice]) -> _Shelf:
    ordered = sorted(theirs, key=_their_key)
    shelf = _Shelf(by_txn_id={their.txn_id: their for their in ordered})
    for their in shelf.by_txn_id.values():
        if their.marker_key:
            shelf.by_marker[their.marker_key].append(their)
    return shelf


def _pair(
    ours: Iterable[OurInvoice], shelf: _Shelf
) -> list[tuple[OurInvoice, TheirInvoice | None]]:
    """By TxnID for the whole book first, so that no marker takes what a TxnID proves."""
    book = list(ours)
    found: list[TheirInvoice | None] = []
    for our in book:
        their = shelf.by_txn_id.get(our.txn_id) if our.txn_id else None
        found.append(shelf.take(their))
    for place, our in enumerate(book):
        if found[place] is None:
            found[place] = shelf.take(_by_marker(our, shelf))
    return list(zip(book, found, strict=True))


def _followed(
    our: OurInvoice, their: TheirInvoice | None, heirs: Mapping[str, Collection[str]]
) -> OurInvoice:
    if their is None or their.customer_list_id not in heirs.get(our.customer_list_id, ()):
        return our
    return replace(our, customer_list_id=their.customer_list_id)


def _by_marker(our: OurInvoice, shelf: _Shelf) -> TheirInvoice | None:
    """Of several with our marker, the live one that looks most like ours, then the oldest."""
    if not our.marker_key:
        return None
    free = [t for t in shelf.by_marker.get(our.marker_key, ()) if t.txn_id not in shelf.taken]
    return min(free, key=lambda their: _unlike(our, their), default=None)


def _unlike(our: OurInvoice, their: TheirInvoice) -> tuple[object, ...]:
    return (
        their.voided is not our.voided,
        their.customer_list_id != our.customer_list_id,
        their.total != our.total,
        their.number != our.number,
        *_their_key(their),
    )


def _judge(our: OurInvoice, their: TheirInvoice | None) -> Iterator[Finding]:
    ours, theirs = _worth(our), _worth(their)
    if their is None:
        yield Finding(verdict=Verdict.MISSING, ours=our, theirs=None, difference=ours)
        return
    if our.voided is not their.voided:
        yield Finding(verdict=Verdict.VOIDED, ours=our, theirs=their, difference=ours - theirs)
        return
    differing = [
        verdict
        for verdict, differs in (
            (Verdict.WRONG_JOB, our.customer_list_id != their.customer_list_id),
            (Verdict.AMOUNT, ours != theirs),
            (Verdict.DATE, our.txn_date != their.txn_date),
            (Verdict.NUMBER, our.number != their.number),
        )
        if differs
    ]
    for verdict in differing or [Verdict.TIED]:
        money = ours - theirs if verdict is Verdict.AMOUNT else ZERO
        yield Finding(verdict=verdict, ours=our, theirs=their, difference=money)


def _duplicates(
    pairs: Iterable[tuple[OurInvoice, TheirInvoice | None]], shelf: _Shelf
) -> Iterator[Finding]:
    for our, their in pairs:
        keys = sorted({our.marker_key, their.marker_key} - {""}) if their else []
        for second in [t for key in keys for t in shelf.by_marker.get(key, ())]:
            if shelf.take(second) and not second.voided:
                money = ZERO - second.total
                yield Finding(verdict=Verdict.DUPLICATE, ours=our, theirs=second, difference=money)


def _extras(shelf: _Shelf, *, foreign_on: Collection[str]) -> Iterator[Finding]:
    for their in shelf.by_txn_id.values():
        wanted = their.marker_key or their.customer_list_id in foreign_on
        if wanted and shelf.take(their) and not their.voided:
            money = ZERO - their.total
            yield Finding(verdict=Verdict.EXTRA, ours=None, theirs=their, difference=money)


def _tie_out(ours: Iterable[OurInvoice], findings: Iterable[Finding]) -> TieOut:
    ordered = tuple(sorted(findings, key=_finding_key))
    our_sums: dict[str, list[Decimal]] = defaultdict(list)
    their_sums: dict[str, list[Decimal]] = defaultdict(list)
    for our in ours:
        our_sums[our.customer_list_id].append(_worth(our))
    seen = {f.theirs.txn_id: f.theirs for f in ordered if f.theirs}
    for their in seen.values():
        their_sums[their.customer_list_id].append(_worth(their))
    totals = tuple(
        JobTotal(
            customer_list_id=list_id,
            ours=add_up(our_sums.get(list_id, ())),
            theirs=add_up(their_sums.get(list_id, ())),
        )
        for list_id in sorted({*our_sums, *their_sums})
    )
    return TieOut(
        totals=totals,
        findings=ordered,
        ours=add_up(total.ours for total in totals),
        theirs=add_up(total.theirs for total in totals),
    )


def _worth(invoice: OurInvoice | TheirInvoice | None) -> Decimal:
    """A void invoice is worth nothing, whatever total a book still shows beside it."""
    return ZERO if invoice is None or invoice.voided else invoice.total


def _our_key(our: OurInvoice) -> tuple[object, ...]:
    return our.posting_id, our.txn_id, our.number, our.txn_date, our.total


def _their_key(their: TheirInvoice) -> tuple[date, str, str, str, str, Decimal, bool]:
    return (
        their.txn_date,
        their.txn_id,
        their.number,
        their.customer_list_id,
        their.marker_key,
        their.total,
        their.voided,
    )


def _finding_key(finding: Finding) -> tuple[object, ...]:
    """By day and number as a reader looks for them, ours before theirs alone."""
    our, their = finding.ours, finding.theirs
    return (
        our.txn_date if our else their.txn_date if their else date.min,
        our.number if our else their.number if their else "",
        our is None,
        our.posting_id if our else 0,
        _ORDER[finding.verdict],
        their.txn_id if their else "",
    )
