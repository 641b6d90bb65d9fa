"""Refresh QuickBooks list: read customers and jobs, items, classes, terms and tax codes, page by
page, into the mirror; all of it, or what changed since the last time (see `refresh_mode`).

A page is one step. Where each list stands is a Listing row, so that any worker goes on after any
crash. An iterator lives in one QuickBooks session: when the session changed, that list starts
again (what was mirrored stays). *Gone* is concluded only from one uninterrupted pass over
everything, or from the log of deleted names. After two restarts a list of customers goes on by
ranges of names, without an iterator and without concluding that anything is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tieout.channels.base import Answer, Outcome
from tieout.quickbooks import qbxml
from tieout.service import company_facts, moments, refresh_mode, refresh_pages
from tieout.service.holding import held
from tieout.service.refresh_end import WORDS, finish, seen_pass
from tieout.service.refresh_pages import RESTARTS_MAX, Page, Row, by_range
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import connection as connections
from tieout.store.commits import listings, mirror, tasks
from tieout.store.queries.books import Listing, QbEntry, get_book
from tieout.store.queries.exports import Task

__all__ = ["ask", "finish", "take"]

ROWS_FIRST = 100  # a page that QuickBooks answers in about a second, observed
ROWS_MAX = 1000
RANGE_ROWS_MAX = 80_000  # of a range: all jobs of one customer must fit into one page
FAST_S = 0.7  # a page that took less may be doubled
SLOW_S = 4.0  # one that took more is halved
_ENTRY_KINDS = {
    "item": QbEntry.Kind.ITEM,
    "class": QbEntry.Kind.CLASS,
    "terms": QbEntry.Kind.TERMS,
    "tax_code": QbEntry.Kind.TAX_CODE,
}


def ask(task: Task) -> Question | None:
    """The question for the next page of the next list; None when everything was read."""
    for listing in _to_read(task):
        place: Place = {
            "listing": listing.pk,
            "seen": listing.seen,
            "restarts": listing.restarts,
            "from": listing.from_modified,
        }
        if listing.kind == "book":
            return Question(request=company_facts.request(), place=place)
        txn_ids: list[str] = []
        if listing.kind == "survivor":
            txn_ids = mirror.to_find(company_id=task.company_id, limit=refresh_pages.SURVIVORS_MAX)
            if not txn_ids:  # nothing with invoices went
                continue
        return Question(request=refresh_pages.request(listing, txn_ids=txn_ids), place=place)
    return None


def _to_read(task: Task) -> Iterator[Listing]:
    """The lists that are not read yet, in their order; each is looked up when its turn comes."""
    listing = listings.next_open(task_id=task.pk, after=-1)
    if listing is None and not listings.all_of(task=task):
        _begin(task)
        listing = listings.next_open(task_id=task.pk, after=-1)
    while listing is not None:
        yield listing
        listing = listings.next_open(task_id=task.pk, after=listing.position)


def _begin(task: Task) -> None:
    """Note the lists that this refresh reads; how much of them is decided now."""
    book = get_book(company_id=task.company_id)
    whole = refresh_mode.full_because(book=book, task=task, now=moments.now())
    if whole:
        listings.note_because(task=task, because=whole)
    listings.begin(
        task=task,
        kinds=refresh_mode.FULL if whole else refresh_mode.CHANGED,
        from_modified="" if whole else book.customers_modified_to,
    )


def take(
    *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
) -> Trouble | None:
    """Act on the answer to a question; one that came before changes nothing any more."""
    listing = listings.at_place(task=task, place=place)
    if listing is None:
        return None
    if answer.outcome is not Outcome.RESPONSE:
        _lose_page(listing, lease, answer)
        return Trouble(problem=answer.message, remedy=answer.remedy)
    if listing.kind == "book":
        return _take_book(task, listing, lease, answer)
    return _take_page(task, listing, lease, answer, took_s)


def _lose_page(listing: Listing, lease: Lease, answer: Answer) -> None:
    """A page that QuickBooks may have read out is not read out again by its iterator."""
    if listing.iterator_id and answer.outcome not in {Outcome.NOT_SENT, Outcome.BUSY}:
        with held(lease):
            _restart(listing)
            listings.save(listing)


def _take_book(task: Task, listing: Listing, lease: Lease, answer: Answer) -> Trouble | None:
    """Preferences and the closing date may have changed since Verify; the identity may not."""
    try:
        facts = company_facts.read(answer)
    except qbxml.MalformedResponse as error:
        return Trouble(problem=str(error), remedy="Refresh again.")
    if facts.refusal is not None:
        return Trouble(problem=facts.refusal.message, remedy=facts.refusal.remedy)
    with held(lease):
        same, listing.changed = connections.record_preferences(
            company_id=lease.company_id, columns=facts.book_columns(), now=moments.now()
        )
        if same:
            listing.state = "done"
            listings.save(listing)
            book = get_book(company_id=lease.company_id)
            if book.last_restore_time != facts.book_columns()["last_restore_time"]:
                # a restored file may be older than what is mirrored
                listings.read_everything(task=task, because="the company file was restored")
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
    """Mirror a page, all of it or nothing; a damaged one is lost, as if it had not come."""
    page = Page()
    lost = bool(listing.iterator_id) and answer.session_id != listing.session_id
    try:
        batches = refresh_pages.read(listing, answer, page)
        if answer.parts is None:
            batches = iter(list(batches))  # it is in memory anyway: no lock waits for the reading
        with held(lease, apart=answer.parts is not None):
            for rows in () if lost else batches:
                _mirror(listing, rows)
            if page.trouble is None:
                _turn_over(task, listing, page, answer, took_s=took_s, lost=lost)
    except qbxml.MalformedResponse as error:
        listing.refresh_from_db()
        _lose_page(listing, lease, answer)
        return Trouble(problem=str(error), remedy="Tieout reads this page again.")
    return page.trouble


def _turn_over(
    task: Task, listing: Listing, page: Page, answer: Answer, *, took_s: float, lost: bool
) -> None:
    """The page is mirrored: note how the list goes on, or that its iterator died."""
    if page.dead_iterator or lost:
        _restart(listing)
    else:
        _go_on(listing, page, answer, took_s)
        if listing.state == "done":
            _conclude(task, listing, page)
    listings.save(listing)
    _show_progress(task, listing)


# ------------------------------------------------------------------ one page


def _mirror(listing: Listing, rows: Sequence[Row]) -> None:
    company_id = listing.company_id
    match listing.kind:
        case "customer":
            mirror.mirror_customers(
                company_id=company_id,
                rows=[row for row in rows if isinstance(row, mirror.CustomerRow)],
                seen_pass=seen_pass(listing),
            )
        case "deleted":
            customers_pass = seen_pass(listings.one_of(task=listing.task, kind="customer"))
            listing.gone += mirror.mark_deleted(
                company_id=company_id,
                list_ids=[row.list_id for row in rows if isinstance(row, mirror.DeletedRow)],
                seen_pass=customers_pass,
                now=moments.now(),
            )
        case "survivor":
            found = [row for row in rows if isinstance(row, mirror.FoundOn)]
            mirror.note_survivors(company_id=company_id, found=found)
        case "count":
            pass
        case kind:
            changed = mirror.mirror_entries(
                company_id=company_id,
                kind=_ENTRY_KINDS[kind],
                rows=[row for row in rows if isinstance(row, mirror.EntryRow)],
                seen_pass=seen_pass(listing),
            )
            listing.changed = listing.changed or changed


def _conclude(task: Task, listing: Listing, page: Page) -> None:
    """The list is read: what an uninterrupted pass over all of it did not see is gone."""
    if listing.kind == "count":
        if page.count != mirror.count_customers(company_id=listing.company_id):
            because = "the number of names was not what the changes said"
            listings.read_everything(task=task, because=because)
        return
    whole = listing.kind == "customer" or listing.kind in _ENTRY_KINDS
    if whole and listing.unbroken and not listing.from_modified:
        listing.gone = mirror.mark_gone(
            company_id=listing.company_id,
            kind=listing.kind,
            seen_pass=seen_pass(listing),
            now=moments.now(),
        )


def _go_on(listing: Listing, page: Page, answer: Answer, took_s: float) -> None:
    listing.state = "reading"
    listing.seen += page.rows
    listing.session_id = answer.session_id
    if by_range(listing):
        last = page.last_name.partition(":")[0]
        full = page.rows >= listing.page_rows
        if full and last == listing.range_from:  # one customer fills the page
            if listing.page_rows >= RANGE_ROWS_MAX:
                page.trouble = _too_many(last)
            listing.page_rows = min(listing.page_rows * 2, RANGE_ROWS_MAX)
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


def _too_many(customer: str) -> Trouble:
    """Asking for the same page again and again would bring nothing new."""
    return Trouble(
        problem=f"{customer} has more than {RANGE_ROWS_MAX:,} jobs, and QuickBooks ended its "
        "session too often to read them in parts.",
        remedy="Close other programs that use QuickBooks, then refresh again.",
        needs_person=True,
    )


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
    how = " by ranges of names" if by_range(listing) else ""
    tasks.show_page(
        task_id=task.pk,
        done=listing.seen,
        total=total,
        message=f"Reading {WORDS[listing.kind]}{how}: {listing.seen:,} of {total:,}",
    )
