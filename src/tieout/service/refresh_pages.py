"""The pages of a refresh: what is asked for the next one, and what its answer says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tieout.channels.base import Answer
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import lists
from tieout.quickbooks.qbxml import status as codes
from tieout.quickbooks.qbxml.transactions import ListDeletedQuery
from tieout.service import long_answers, refresh_mode
from tieout.service.long_answers import Head
from tieout.service.turns import Trouble
from tieout.store.commits import mirror
from tieout.store.queries.books import Listing

RESTARTS_MAX = 2  # of an iterator, before a list goes on by ranges of names
SURVIVORS_MAX = 200  # invoices asked for at once
CUSTOMER_FIELDS = (
    "ListID", "TimeModified", "EditSequence", "Name", "FullName", "IsActive", "ParentRef",
    "Sublevel", "JobStatus",
)  # fmt: skip
Row = mirror.CustomerRow | mirror.EntryRow | mirror.DeletedRow | mirror.FoundOn


@dataclass(slots=True, kw_only=True)
class Page:
    """What one answer brought: the rows, and how to go on."""

    rows: int = 0
    last_name: str = ""  # the full name of the last customer
    iterator_id: str = ""
    remaining: int = 0
    count: int | None = None  # how many there are, where only that was asked
    dead_iterator: bool = False
    trouble: Trouble | None = None


def by_range(listing: Listing) -> bool:
    """Whether the list goes on by ranges of names, its iterators having died too often."""
    return listing.kind == "customer" and listing.restarts > RESTARTS_MAX


def request(listing: Listing, *, txn_ids: Sequence[str] = ()) -> bytes:
    """The message for the listing's next page; `txn_ids` are whose places are asked."""
    name = f"{listing.kind}-{listing.pk}-{listing.seen}"
    match listing.kind:
        case "customer" if by_range(listing):
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
                from_modified=refresh_mode.since(listing),
                include=CUSTOMER_FIELDS,
            )
        case "deleted":
            query = ListDeletedQuery(
                request_id=name,
                list_types=("Customer",),
                from_deleted=refresh_mode.since(listing),
            )
        case "count":
            query = qbxml.CustomerQuery(request_id=name, metadata_only=True)
        case "survivor":
            query = qbxml.InvoiceQuery(
                request_id=name,
                txn_ids=tuple(txn_ids),
                include=("TxnID", "RefNumber", "CustomerRef"),
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


def read(listing: Listing, answer: Answer, page: Page) -> Iterator[list[Row]]:
    """The rows of an answer, some at a time, while `page` is filled.

    Raises MalformedResponse, perhaps after some rows: nothing of a damaged answer may be used.
    """
    make = _MAKERS.get(listing.kind, _customer)
    head = Head()
    for rets in long_answers.batches(answer, head):
        _begin(listing, head, page)
        if page.dead_iterator or page.trouble is not None:
            return
        rows = [make(ret) for ret in rets]
        page.rows += len(rows)
        if isinstance(rows[-1], mirror.CustomerRow):
            page.last_name = rows[-1].full_name
        yield rows
    _begin(listing, head, page)


def _begin(listing: Listing, head: Head, page: Page) -> None:
    """What the answer says before its rows: how to go on, or that there are none."""
    said = head.response
    if said is None:
        return
    page.iterator_id = said.iterator_id
    page.remaining = said.remaining or 0
    page.count = said.ret_count
    if said.status.code in {0, 1, 500}:
        return
    if listing.iterator_id:  # which code a dead iterator gets is not documented
        page.dead_iterator = True
    else:
        rule = codes.lookup(said.status.code, write=False)
        page.trouble = Trouble(problem=said.status.message, remedy=rule.remedy)


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


def _deleted(event: qbxml.Ret) -> mirror.DeletedRow:
    found: qbxml.ListDeletedRet = qbxml.typed(event)
    return mirror.DeletedRow(list_id=found.list_id)


def _found_on(event: qbxml.Ret) -> mirror.FoundOn:
    fields = event.fields
    customer = fields.get("CustomerRef") or {}
    return mirror.FoundOn(
        txn_id=fields["TxnID"],
        number=fields.get("RefNumber", ""),
        list_id=customer.get("ListID", "") if isinstance(customer, dict) else "",
    )


_MAKERS: dict[str, Callable[[qbxml.Ret], Row]] = {
    "customer": _customer,
    "deleted": _deleted,
    "survivor": _found_on,
    "item": _item,
    "class": _class,
    "terms": _named,
    "tax_code": _named,
}
