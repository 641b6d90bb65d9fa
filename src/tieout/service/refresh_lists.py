"""Refresh QuickBooks list: read customers and jobs, items, classes, terms and tax codes, page by
page, into the mirror.

A page is one step. Where each list stands is a Listing row, so that any worker goes on after any
crash. An iterator lives in one QuickBooks session: when the session changed, that list starts
again (what was mirrored stays). *Gone* is concluded only from one uninterrupted pass. After two
restarts a list of customers goes on by ranges of names, without an iterator and without
concluding that anything is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import lists
from tieout.quickbooks.qbxml import status as codes
from tieout.service import company_facts, moments, plan_wish
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import connection as connections
from tieout.store.commits import events, lanes, mappings, mirror, tasks
from tieout.store.queries.books import Listing, QbEntry
from tieout.store.queries.exports import Task

KINDS = ("book", "customer", "item", "class", "terms", "tax_code")
ROWS_FIRST = 100  # a page that QuickBooks answers in about a second, observed
ROWS_MAX = 1000
FAST_S = 0.7  # a page that took less may be doubled
SLOW_S = 4.0  # one that took more is halved
RESTARTS_MAX = 2
WORDS = {
    "book": "company and preferences",
    "customer": "customers and jobs",
    "item": "items",
    "class": "classes",
    "terms": "terms",
    "tax_code": "sales tax codes",
}
CUSTOMER_FIELDS = (
    "ListID", "TimeModified", "EditSequence", "Name", "FullName", "IsActive", "ParentRef",
    "Sublevel", "JobStatus",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Page:
    """What one answer brought: the rows, and how to go on."""

    rows: list[mirror.CustomerRow | mirror.EntryRow] = field(default_factory=list)
    iterator_id: str = ""
    remaining: int = 0
    dead_iterator: bool = False
    trouble: Trouble | None = None


def ask(task: Task) -> Question | None:
    """The question for the next page of the next list; None when everything was read."""
    listings = mirror.open_listings(task=task, kinds=KINDS)
    listing = next((each for each in listings if each.state != "done"), None)
    if listing is None:
        return None
    place: Place = {"listing": listing.pk, "seen": listing.seen, "restarts": listing.restarts}
    request = company_facts.request() if listing.kind == "book" else _request(listing)
    return Question(request=request, place=place)


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Act on the answer to a question; one that came before changes nothing any more."""
    listing = mirror.listing_at(task=task, place=place)
    if listing is None:
        return None
    if answer.outcome is not Outcome.RESPONSE:
        _lose_page(listing, lease, answer)
        return Trouble(problem=answer.message, remedy=answer.remedy)
    if listing.kind == "book":
        return _take_book(listing, lease, answer)
    return _take_page(task, listing, lease, answer, took_s)


def _lose_page(listing: Listing, lease: Lease, answer: Answer) -> None:
    """A page that QuickBooks may have read out is not read out again by its iterator."""
    if listing.iterator_id and answer.outcome not in {Outcome.NOT_SENT, Outcome.BUSY}:
        with transaction.atomic():
            lanes.check(company_id=lease.company_id, epoch=lease.epoch)
            _restart(listing)
            listing.save()


def _take_book(listing: Listing, lease: Lease, answer: Answer) -> Trouble | None:
    """Preferences and the closing date may have changed since Verify; the identity may not."""
    try:
        facts = company_facts.read(answer)
    except qbxml.MalformedResponse as error:
        return Trouble(problem=str(error), remedy="Refresh again.")
    if facts.refusal is not None:
        return Trouble(problem=facts.refusal.message, remedy=facts.refusal.remedy)
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        same, listing.changed = connections.record_preferences(
            company_id=lease.company_id, columns=facts.book_columns(), now=moments.now()
        )
        if same:
            listing.state = "done"
            listing.save()
    if same:
        return None
    return Trouble(
        problem=f"QuickBooks has {facts.company_name} open, not the company that was verified. "
        "The lists were left as they were.",
        remedy="Open the right company file in QuickBooks, or Verify the connection.",
        needs_person=True,
    )


def _take_page(
    task: Task, listing: Listing, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    page = _parse(listing, answer)
    if page.trouble is not None:
        return page.trouble
    changed_session = bool(listing.iterator_id) and answer.session_id != listing.session_id
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        if page.dead_iterator or changed_session:
            _restart(listing)
        else:
            _mirror(listing, page)
            _go_on(listing, page, answer, took_s)
        listing.save()
        _show_progress(task, listing)
    return None


# ------------------------------------------------------------------ one page


def _request(listing: Listing) -> bytes:
    """The message for the listing's next page."""
    name = f"{listing.kind}-{listing.pk}-{listing.seen}"
    match listing.kind:
        case "customer" if listing.restarts > RESTARTS_MAX:
            query: qbxml.Request = qbxml.CustomerQuery(
                request_id=name,
                max_returned=listing.page_rows,
                name_range=qbxml.NameRange(from_name=listing.range_from)
                if listing.range_from
                else None,
                include=CUSTOMER_FIELDS,
            )
        case "customer":
            query = qbxml.CustomerQuery(
                request_id=name,
                iterator=_iterate(listing),
                max_returned=listing.page_rows,
                include=CUSTOMER_FIELDS,
            )
        case "item":
            query = lists.ItemQuery(
                request_id=name, iterator=_iterate(listing), max_returned=listing.page_rows
            )
        case "class":
            query = lists.ClassQuery(request_id=name)
        case "terms":
            query = lists.TermsQuery(request_id=name)
        case _:
            query = lists.SalesTaxCodeQuery(request_id=name)
    return qbxml.render([query])


def _iterate(listing: Listing) -> qbxml.Iterate:
    if listing.iterator_id:
        return qbxml.Iterate("Continue", listing.iterator_id)
    return qbxml.Iterate("Start")


def _parse(listing: Listing, answer: Answer) -> Page:
    """The rows of an answer. Nothing of a damaged answer is used."""
    page = Page()
    try:
        rows = list(_rows(listing.kind, answer.qbxml, page, continued=bool(listing.iterator_id)))
    except qbxml.MalformedResponse as error:
        page.trouble = Trouble(problem=str(error), remedy="Tieout reads this page again.")
        return page
    page.rows = rows
    return page


def _rows(
    kind: str, data: bytes, page: Page, *, continued: bool
) -> Iterator[mirror.CustomerRow | mirror.EntryRow]:
    make = _MAKERS[kind]
    for event in qbxml.read(data):
        if isinstance(event, qbxml.Ret):
            yield make(event)
        elif isinstance(event, qbxml.ResponseStart):
            page.iterator_id = event.iterator_id
            page.remaining = event.remaining or 0
            if event.status.code not in {0, 1, 500}:
                if continued:  # which code a dead iterator gets is not documented
                    page.dead_iterator = True
                else:
                    rule = codes.lookup(event.status.code, write=False)
                    page.trouble = Trouble(problem=event.status.message, remedy=rule.remedy)


def _customer(event: qbxml.Ret) -> mirror.CustomerRow:
    fields = event.fields
    parent = fields.get("ParentRef") or {}
    return mirror.CustomerRow(
        list_id=fields["ListID"],
        name=fields.get("Name", ""),
        full_name=fields.get("FullName", "") or fields.get("Name", ""),
        parent_list_id=parent.get("ListID", "") if isinstance(parent, dict) else "",
        sublevel=int(fields.get("Sublevel") or 0),
        active=fields.get("IsActive", "true") in {"true", "1"},
        edit_sequence=fields.get("EditSequence", ""),
        time_modified=fields.get("TimeModified", ""),
        job_status=fields.get("JobStatus", ""),
    )


def _item(event: qbxml.Ret) -> mirror.EntryRow:
    item: qbxml.ItemRet = qbxml.typed(event)
    return mirror.EntryRow(
        list_id=item.list_id,
        full_name=item.full_name,
        active=item.is_active is not False,
        # discount, subtotal, payment and tax items need none to stand on a line
        has_account=bool(item.income_account)
        or item.kind not in {"ItemService", "ItemNonInventory", "ItemOtherCharge"},
        detail=item.kind.removeprefix("Item"),
    )


def _class(event: qbxml.Ret) -> mirror.EntryRow:
    found: qbxml.ClassRet = qbxml.typed(event)
    return mirror.EntryRow(
        list_id=found.list_id, full_name=found.full_name, active=found.is_active is not False
    )


def _named(event: qbxml.Ret) -> mirror.EntryRow:
    found: qbxml.TermsRet | qbxml.SalesTaxCodeRet = qbxml.typed(event)
    return mirror.EntryRow(
        list_id=found.list_id, full_name=found.name, active=found.is_active is not False
    )


_MAKERS: dict[str, Callable[[qbxml.Ret], mirror.CustomerRow | mirror.EntryRow]] = {
    "customer": _customer,
    "item": _item,
    "class": _class,
    "terms": _named,
    "tax_code": _named,
}
_ENTRY_KINDS = {
    "item": QbEntry.Kind.ITEM,
    "class": QbEntry.Kind.CLASS,
    "terms": QbEntry.Kind.TERMS,
    "tax_code": QbEntry.Kind.TAX_CODE,
}


def _seen_pass(listing: Listing) -> int:
    """A number of its own for each pass, a restarted one included."""
    return listing.pk * 10 + listing.restarts


def _mirror(listing: Listing, page: Page) -> None:
    if listing.kind == "customer":
        customers = [row for row in page.rows if isinstance(row, mirror.CustomerRow)]
        mirror.mirror_customers(
            company_id=listing.company_id, rows=customers, seen_pass=_seen_pass(listing)
        )
    else:
        changed = mirror.mirror_entries(
            company_id=listing.company_id,
            kind=_ENTRY_KINDS[listing.kind],
            rows=[row for row in page.rows if isinstance(row, mirror.EntryRow)],
            seen_pass=_seen_pass(listing),
        )
        listing.changed = listing.changed or changed


def _go_on(listing: Listing, page: Page, answer: Answer, took_s: float) -> None:
    listing.state = "reading"
    listing.seen += len(page.rows)
    listing.session_id = answer.session_id
    by_range = listing.kind == "customer" and listing.restarts > RESTARTS_MAX
    if by_range:
        last = page.rows[-1].full_name.partition(":")[0] if page.rows else ""
        full = len(page.rows) >= listing.page_rows
        if full and last == listing.range_from:
            listing.page_rows = min(listing.page_rows * 2, 20_000)  # one customer fills the page
        more = full
        listing.range_from = last
    else:
        listing.iterator_id = page.iterator_id if page.remaining else ""
        listing.remaining = page.remaining
        more = bool(page.remaining)
        if took_s < FAST_S:
            listing.page_rows = min(listing.page_rows * 2, ROWS_MAX)
        elif took_s > SLOW_S:
            listing.page_rows = max(listing.page_rows // 2, ROWS_FIRST)
    if not more:
        listing.state = "done"


def _restart(listing: Listing) -> None:
    """The iterator died with its session: this list starts again, what was mirrored stays."""
    listing.restarts += 1
    listing.iterator_id = ""
    listing.session_id = ""
    listing.seen = 0
    listing.remaining = None
    if listing.restarts > RESTARTS_MAX:
        listing.unbroken = False


def _show_progress(task: Task, listing: Listing) -> None:
    total = listing.seen + (listing.remaining or 0)
    how = " by ranges of names" if listing.restarts > RESTARTS_MAX else ""
    tasks.progress(
        task_id=task.pk,
        done=listing.seen,
        total=total,
        message=f"Reading {WORDS[listing.kind]}{how}: {listing.seen:,} of {total:,}",
    )


# ------------------------------------------------------------------ the end


def finish(task: Task, lease: Lease) -> None:
    """Everything was read: conclude what is gone, restate the mappings, wish for plans."""
    now = moments.now()
    listings = mirror.open_listings(task=task, kinds=KINDS)
    gone: dict[str, int] = {}
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        for listing in listings:
            if listing.kind != "book" and listing.unbroken:
                gone[listing.kind] = mirror.mark_gone(
                    company_id=task.company_id,
                    kind=listing.kind,
                    seen_pass=_seen_pass(listing),
                    now=now,
                )
        mirror.settle_descendants(company_id=task.company_id)
        mappings.restate(company_id=task.company_id)
        mirror.lists_refreshed(company_id=task.company_id, now=now)
        changed = any(listing.changed for listing in listings) or any(gone.values())
        mappings.plan_after_refresh(company_id=task.company_id, everything=changed)
        plan_wish.want_planning(task.company_id, now, task.requested_by)
        counts = {listing.kind: listing.seen for listing in listings if listing.kind != "book"}
        message = _summary(counts, gone, listings)
        tasks.finish(
            task_id=task.pk, now=now, message=message, result={"seen": counts, "gone": gone}
        )
        events.append(
            company_id=task.company_id,
            at=now,
            actor=task.requested_by,
            entries=[
                events.Entry(
                    verb="refreshed", subject="lists", after={"seen": counts, "gone": gone}
                )
            ],
        )


def _summary(counts: dict[str, int], gone: dict[str, int], listings: list[Listing]) -> str:
    parts = [f"{n:,} {WORDS[kind]}" for kind, n in counts.items()]
    text = "Read " + ", ".join(parts) + "."
    if gone.get("customer"):
        text += f" {gone['customer']:,} jobs are no longer in QuickBooks."
    if any(not listing.unbroken for listing in listings):
        text += " QuickBooks was interrupted, so nothing was concluded to be gone."
    return text
