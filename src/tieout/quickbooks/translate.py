"""Core's facts as qbXML messages, and answers as core's events.

This module and those beside it named `translate_…` are the only ones that know both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tieout.core import keys
from tieout.core.exporting import Event
from tieout.core.facts import Posting, PostingKind, PostingLine, TheirInvoice
from tieout.core.texts import OTHER_MAX, as_stored
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.qbxml import transactions
from tieout.quickbooks.readings import Found as Found
from tieout.quickbooks.readings import Reading as Reading
from tieout.quickbooks.readings import another, answered, judge_stored, judge_write

SaleRet = qbxml.InvoiceRet | qbxml.CreditMemoRet
# The names of a probe's questions: by number, for what the customer got lately, for the id under
# which it stood there once; and of a search's, by which its answer is told from a probe's.
PROBE, CUSTOMER, FORMER = "probe", "customer", "former"
NUMBER, CHANGED, DELETED = "number", "changed", "deleted"

VOIDED = "VOID:"  # how the memo of a voided transaction begins (general knowledge, open point)
STANDS_AGAIN = "The invoice that it replaces stands in QuickBooks again"
# what an answer to a probe must hold to be judged; lines are not needed for that
IDENTITY = (
    "TxnID", "TimeCreated", "TimeModified", "EditSequence", "CustomerRef", "TxnDate", "RefNumber",
    "Subtotal", "SalesTaxTotal", "Memo", "ExternalGUID", "TotalAmount",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """By what a posting is recognised in QuickBooks."""

    kind: PostingKind
    number: str
    customer_list_id: str
    txn_date: date
    total: Decimal
    key: str
    guid: str
    request_id: str = ""
    former_txn_id: str = ""  # of one that was exported, and was gone with a restored backup
    replaced_txn_id: str = ""  # of the revision before this one: voided or deleted there


# ------------------------------------------------------------------ messages


def render_probe(expected: Expected, *, sent_at: datetime | None = None) -> bytes:
    """Ask whether QuickBooks already holds it; sent before every write.

    By number, and among what its customer got since a month before its date: our database may
    have been restored and the invoice renumbered. `sent_at`: it may be there, under any number
    and customer, since then. And by its id where it stood there once, whatever it is now; the
    revision that it replaces is looked at, too: a restored backup may have brought it back.
    """
    month_before = datetime.combine(expected.txn_date, time.min) - timedelta(days=31)
    requests = [
        _by_number(expected, PROBE),
        _changed(expected, CUSTOMER, month_before, customer=expected.customer_list_id),
    ]
    if sent_at is not None:
        requests.append(_changed(expected, CHANGED, qbxml.since_sent(sent_at)))
    if ids := _former_ids(expected):
        requests.append(_query(expected)(request_id=FORMER, txn_ids=ids, include=IDENTITY))
    return qbxml.render(requests, on_error="continueOnError")


def render_write(posting: Posting, *, expected: Expected, set_id: str, old_set_id: str) -> bytes:
    """The write itself, alone in its set. `old_set_id` clears the record of a settled one."""
    return qbxml.render(
        [_add(posting, expected)],
        new_message_set_id=set_id,
        old_message_set_id=old_set_id or None,
    )


def render_status_check(set_id: str) -> bytes:
    """Ask for the stored answer to that set."""
    return qbxml.render_status_check(set_id)


def render_search(expected: Expected, *, sent_at: datetime) -> bytes:
    """Look for it by number, among all that was changed since, and among what was deleted.

    Not among its customer's only: somebody may have given it another number and customer.
    """
    since = qbxml.since_sent(sent_at)
    return qbxml.render(
        [
            _by_number(expected, NUMBER),
            _changed(expected, CHANGED, since),
            transactions.TxnDeletedQuery(
                request_id=DELETED, txn_types=(_txn_type(expected.kind),), from_deleted=since
            ),
        ],
        on_error="continueOnError",
    )


def is_voided(sale: SaleRet) -> bool:
    """Whether it is voided: QuickBooks keeps it, worth nothing, with a memo that says so."""
    return sale.memo.upper().startswith(VOIDED) and sale.total == 0


def _former_ids(expected: Expected) -> tuple[str, ...]:
    return tuple(filter(None, (expected.former_txn_id, expected.replaced_txn_id)))


def _changed(
    expected: Expected, request_id: str, since: datetime, *, customer: str = ""
) -> qbxml.Request:
    return _query(expected)(
        request_id=request_id, from_modified=since, customer_list_id=customer, include=IDENTITY
    )


def _by_number(expected: Expected, request_id: str) -> qbxml.Request:
    return _query(expected)(
        request_id=request_id, ref_numbers_case_sensitive=(expected.number,), include=IDENTITY
    )


def _query(expected: Expected) -> type[qbxml.InvoiceQuery | qbxml_credits.CreditMemoQuery]:
    is_invoice = expected.kind is PostingKind.INVOICE
    return qbxml.InvoiceQuery if is_invoice else qbxml_credits.CreditMemoQuery


def _txn_type(kind: PostingKind) -> str:
    return "Invoice" if kind is PostingKind.INVOICE else "CreditMemo"


def _add(posting: Posting, expected: Expected) -> qbxml.Request:
    add = qbxml.InvoiceAdd if posting.kind is PostingKind.INVOICE else qbxml_credits.CreditMemoAdd
    return add(
        request_id=expected.request_id,
        customer_list_id=posting.customer.list_id,
        template=qbxml.Ref(full_name=posting.template_name) if posting.template_name else None,
        txn_date=posting.txn_date,
        ref_number=posting.number,
        po_number=as_stored(posting.po_number),
        terms=qbxml.Ref(list_id=posting.terms.list_id) if posting.terms else None,
        due_date=posting.due_date,
        memo=as_stored(f"{posting.memo} {keys.marker(expected.key)}".strip()),
        is_to_be_printed=False,
        is_to_be_emailed=False,
        other=expected.key[:OTHER_MAX],  # shows our key to people
        external_guid=expected.guid,
        lines=tuple(line_of(line, posting.tax_code) for line in posting.lines),
        include=(),
    )


def line_of(line: PostingLine, tax_code: str) -> qbxml.LineAdd:
    """A line as it is sent. `tax_code` is that of the whole posting, "" where there is no tax."""
    return qbxml.LineAdd(
        item_list_id=line.item.list_id,
        desc=as_stored(line.description),
        quantity=line.quantity,
        rate=None if line.send_amount else line.rate,
        amount=line.amount if line.send_amount else None,
        class_list_id=line.class_.list_id if line.class_ else "",
        service_date=line.service_date,
        sales_tax_code=qbxml.Ref(full_name=tax_code) if tax_code else None,
    )


# ------------------------------------------------------------------ answers


def read_probe(answer: bytes, expected: Expected) -> Reading:
    """Judge the answer to a probe, of what left before or not; raises MalformedResponse."""
    kind = _query(expected).KIND
    names = [PROBE, CUSTOMER, *([FORMER] if _former_ids(expected) else [])]
    if len(qbxml.parse_response(answer).responses) > len(names):
        names.insert(2, CHANGED)
    responses, broken = answered(
        answer, *((kind, name) for name in names), bearable=_customer_is_gone
    )
    if broken is not None:
        return broken
    by_number, *others = (_sales(each.rets) for each in responses)
    if FORMER in names:
        known = {sale.txn_id: sale for sale in others.pop()}
        if sale := known.get(expected.former_txn_id):
            return Reading(event=Event.FOUND_OURS, found=found_sale(sale))
        replaced = known.get(expected.replaced_txn_id)
        if replaced is not None and not is_voided(replaced):
            return Reading(
                event=Event.FOUND_ALIKE, found=found_sale(replaced), message=STANDS_AGAIN
            )
    ours = [sale for sales in others for sale in _marked(sales, expected)]
    return _judged([*ours, *by_number], expected) or Reading(event=Event.PROBE_CLEAN)


def _customer_is_gone(response: qbxml.Response) -> bool:
    """Whether the customer asked about is not in QuickBooks (3000, 3120: observed): then nothing
    of ours is on it, and the write, if it is to leave at all, is refused there."""
    return response.request_id == CUSTOMER and response.status.code in {3000, 3120}


def read_write(answer: bytes, expected: Expected) -> Reading:
    """Judge the answer to a write, or the stored answer that a status check brought back."""
    return judge_write(
        answer,
        kind=f"{_txn_type(expected.kind)}Add",
        request_id=expected.request_id,
        accepted=lambda response: _accepted(response, expected),
    )


def read_status_check(answer: bytes, expected: Expected) -> Reading:
    """The stored answer when there is one; `event` None when QuickBooks has none for that id."""
    return judge_stored(answer, lambda stored: read_write(stored, expected))


def read_search(answer: bytes, expected: Expected) -> Reading:
    """Judge a search. Whether absence counts is for the caller to decide."""
    kind = _query(expected).KIND
    responses, broken = answered(
        answer, (kind, NUMBER), (kind, CHANGED), ("TxnDeletedQuery", DELETED)
    )
    if broken is not None:
        return replace(broken, event=Event.SILENCE)
    by_number, changed, gone = (each.rets for each in responses)
    judged = _judged([*_marked(changed, expected), *_sales(by_number)], expected)
    if judged is not None:
        return judged
    deleted = [
        ret
        for ret in gone
        if isinstance(ret, qbxml.TxnDeletedRet) and ret.ref_number == expected.number
    ]
    if deleted:
        return Reading(
            event=Event.FOUND_DELETED,
            message=f"An invoice with the number {expected.number} was created and deleted.",
        )
    return Reading(event=Event.ABSENT_OPEN)


def find_marked(sales: Iterable[object], expected: Expected) -> Reading | None:
    """The strongest evidence among those with our GUID or marker; None when none has it."""
    return _judged(_marked(sales, expected), expected)


def their_invoice(sale: SaleRet) -> TheirInvoice:
    """An invoice or credit memo for the tie-out.

    Raises MalformedResponse when the answer leaves out what it needs: guessed at, or passed over,
    it would show as a difference that there is not.
    """
    total = sale.total
    if sale.txn_date is None or not sale.txn_id or total is None:
        which = sale.ref_number or "an invoice without number"
        msg = f"QuickBooks left out the id, the date or the total of {which}."
        raise qbxml.MalformedResponse(msg)
    return TheirInvoice(
        txn_id=sale.txn_id,
        number=sale.ref_number,
        customer_list_id=sale.customer.list_id,
        txn_date=sale.txn_date,
        total=-total if isinstance(sale, qbxml.CreditMemoRet) else total,
        marker_key=keys.read_marker(sale.memo),
        voided=is_voided(sale),
    )


def _sales(rets: Iterable[object]) -> list[SaleRet]:
    return [r for r in rets if isinstance(r, qbxml.InvoiceRet | qbxml.CreditMemoRet)]


def _accepted(response: qbxml.Response, expected: Expected) -> Reading:
    """What was saved, if it is ours: by our GUID if one came back, else by number and customer."""
    sales = _sales(response.rets)
    if len(sales) > 1 or (sales and not _is_answer_to(sales[0], expected)):
        return another()
    if sales:
        return Reading(event=Event.ACCEPTED, found=found_sale(sales[0]), code=response.status.code)
    recovery = response.error_recovery
    if recovery is not None and recovery.txn_id:
        same = recovery.external_guid.upper() == expected.guid.upper()
        if not (same if recovery.external_guid else response.request_id):
            return another()
        # saved, but the object itself could not be returned: the tie-out reads it back
        found = Found(txn_id=recovery.txn_id, edit_sequence=recovery.edit_sequence)
        return Reading(event=Event.ACCEPTED, found=found, code=response.status.code)
    return Reading(event=Event.SILENCE, code=response.status.code)


def _is_answer_to(sale: SaleRet, expected: Expected) -> bool:
    if sale.external_guid:
        return sale.external_guid.upper() == expected.guid.upper()
    return (
        sale.ref_number == expected.number and sale.customer.list_id == expected.customer_list_id
    )


def _marked(rets: Iterable[object], expected: Expected) -> list[SaleRet]:
    return [
        sale
        for sale in _sales(rets)
        if sale.external_guid.upper() == expected.guid.upper()
        or keys.read_marker(sale.memo) == expected.key
    ]


def _judged(sales: list[SaleRet], expected: Expected) -> Reading | None:
    """The strongest evidence among these: ours, then a look-alike, then a foreign one."""
    verdicts = [(_verdict(sale, expected), sale) for sale in sales]
    for event in (Event.FOUND_OURS, Event.FOUND_ALIKE, Event.FOUND_FOREIGN):
        for verdict, sale in verdicts:
            if verdict is event:
                return Reading(event=event, found=found_sale(sale))
    return None


def _verdict(sale: SaleRet, expected: Expected) -> Event:
    if sale.external_guid and sale.external_guid.upper() == expected.guid.upper():
        return Event.FOUND_OURS
    same_books = (
        sale.customer.list_id == expected.customer_list_id and sale.total == expected.total
    )
    if keys.read_marker(sale.memo) == expected.key:
        return Event.FOUND_OURS if same_books else Event.FOUND_ALIKE
    alike = same_books and sale.txn_date == expected.txn_date
    return Event.FOUND_ALIKE if alike else Event.FOUND_FOREIGN


def found_sale(sale: SaleRet) -> Found:
    """The invoice or credit memo as people look at it."""
    return Found(
        txn_id=sale.txn_id,
        number=sale.ref_number,
        customer=sale.customer.full_name,
        customer_list_id=sale.customer.list_id,
        txn_date=sale.txn_date,
        total=sale.total,
        edit_sequence=sale.edit_sequence,
    )
