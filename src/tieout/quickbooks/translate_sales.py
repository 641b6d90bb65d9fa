"""An exported invoice that is voided, or updated in place: only as Tieout left it, and unpaid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.core import keys
from tieout.core.exporting import Event
from tieout.core.facts import Posting, PostingKind, PostingLine
from tieout.core.texts import as_stored, same_in_quickbooks
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.qbxml import transactions
from tieout.quickbooks.readings import (
    Found,
    Reading,
    another,
    answered,
    judge_stored,
    judge_write,
    of_another,
)
from tieout.quickbooks.translate import IDENTITY, SaleRet, found_sale, is_voided, line_of
from tieout.quickbooks.translate_customers import again_if_stale

LOOK = "sale"  # names the question for the one that is meant
LINE_INSERTED = "-1"  # the id of a line that is not there yet
_MONEY = ("AppliedAmount", "BalanceRemaining", "IsPaid", "CreditRemaining", "LinkedTxn")
_LINES = (
    "PONumber", "DueDate", "TermsRef", "InvoiceLineRet", "InvoiceLineGroupRet",
    "CreditMemoLineRet",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSale:
    """An invoice or credit memo of ours as we know it: what QuickBooks answered at its export."""

    kind: PostingKind
    txn_id: str
    edit_sequence: str
    number: str
    key: str
    request_id: str = ""


# ------------------------------------------------------------------ what QuickBooks holds


def render_look(sale: HeldSale) -> bytes:
    """Read it as it is now; before a write and, when its answer is lost, after it."""
    look = _query(sale)(
        request_id=LOOK,
        txn_ids=(sale.txn_id,),
        include_line_items=True,
        include_linked=True,
        include=(*IDENTITY, *_MONEY, *_LINES),
    )
    return qbxml.render([look], on_error="continueOnError")


def _query(sale: HeldSale) -> type[qbxml.InvoiceQuery | qbxml_credits.CreditMemoQuery]:
    is_invoice = sale.kind is PostingKind.INVOICE
    return qbxml.InvoiceQuery if is_invoice else qbxml_credits.CreditMemoQuery


def _one(answer: bytes, held: HeldSale) -> tuple[SaleRet | None, Reading | None]:
    """The one that was asked for, or why nothing is known of it (both None: it is gone)."""
    responses, broken = answered(answer, (_query(held).KIND, LOOK))
    if broken is not None:
        return None, broken
    rets = responses[0].rets
    found = [r for r in rets if isinstance(r, qbxml.InvoiceRet | qbxml.CreditMemoRet)]
    if [sale.txn_id for sale in found] not in ([], [held.txn_id]):
        return None, of_another()
    return next(iter(found), None), None


def why_not(sale: SaleRet | None, held: HeldSale) -> Reading | None:
    """Why it may not be touched, for the person who wished it; None when it may."""
    if sale is None:
        return _kept("It is not in QuickBooks any more.", "Tie out: it shows what became of it.")
    found = found_sale(sale)
    if is_voided(sale):
        return _kept("It was voided in QuickBooks already.", "Nothing to do there.", found)
    if keys.read_marker(sale.memo) != held.key:
        return _kept(
            "It does not bear Tieout's mark any more.",
            "Bookkeeper: look at it in QuickBooks and change it there.",
            found,
        )
    paid = _paid(sale)
    if paid:
        return _kept(
            paid, "Bookkeeper: undo that in QuickBooks first, or settle it there by hand.", found
        )
    if sale.edit_sequence != held.edit_sequence:
        return _kept(
            "Somebody edited it in QuickBooks since it was exported.",
            "Bookkeeper: look at the edit, then change or void it in QuickBooks.",
            found,
        )
    return None


def _kept(message: str, remedy: str, found: Found | None = None) -> Reading:
    return Reading(event=Event.FOUND_FOREIGN, found=found, message=message, remedy=remedy)


def _paid(sale: SaleRet) -> str:
    if isinstance(sale, qbxml.CreditMemoRet):
        left, applied = sale.credit_remaining, Decimal(0)
        used = "The credit memo was applied to invoices."
        other = used
    else:
        left, applied = sale.balance_remaining, sale.applied_amount or Decimal(0)
        used = "A payment or credit is applied to it."
        other = "Another transaction is linked to it."
    if left is None or sale.total is None:
        return "QuickBooks did not say how much of it is still open."
    if applied or left != sale.total:
        return used
    return other if sale.linked else ""


# ------------------------------------------------------------------ void


def read_void_look(answer: bytes, held: HeldSale) -> Reading:
    """Judge it before it is voided: done already, untouched, or not to be touched."""
    sale, broken = _one(answer, held)
    if broken is not None:
        return broken
    if sale is not None and is_voided(sale):
        return Reading(event=Event.FOUND_OURS, found=found_sale(sale))
    return why_not(sale, held) or Reading(event=Event.PROBE_CLEAN)


def render_void(held: HeldSale, *, set_id: str, old_set_id: str) -> bytes:
    """The TxnVoid, alone in its set."""
    kind = "Invoice" if held.kind is PostingKind.INVOICE else "CreditMemo"
    void = transactions.TxnVoid(request_id=held.request_id, txn_type=kind, txn_id=held.txn_id)
    return qbxml.render([void], new_message_set_id=set_id, old_message_set_id=old_set_id or None)


def read_void(answer: bytes, held: HeldSale) -> Reading:
    """Judge the answer to a void."""

    def accepted(response: qbxml.Response) -> Reading:
        voided = [ret.txn_id for ret in response.rets if isinstance(ret, qbxml.TxnVoidRet)]
        if voided != [held.txn_id] and (voided or not response.request_id):
            return another()
        found = Found(txn_id=held.txn_id, number=held.number)
        return Reading(event=Event.ACCEPTED, found=found, code=response.status.code)

    return judge_write(answer, kind="TxnVoid", request_id=held.request_id, accepted=accepted)


def read_stored_void(answer: bytes, held: HeldSale) -> Reading:
    """The stored answer when there is one."""
    return judge_stored(answer, lambda stored: read_void(stored, held))


def read_void_search(answer: bytes, held: HeldSale) -> Reading:
    """Judge the re-read after a void was sent: voided = done; untouched = not executed."""
    sale, broken = _one(answer, held)
    if broken is not None:
        return Reading(event=Event.SILENCE, message=broken.message, remedy=broken.remedy)
    if sale is not None and is_voided(sale):
        return Reading(event=Event.FOUND_OURS, found=found_sale(sale))
    return why_not(sale, held) or Reading(event=Event.ABSENT_OPEN)


# ------------------------------------------------------------------ update in place


def read_mod_look(answer: bytes, held: HeldSale, target: Posting) -> Reading:
    """Judge the invoice before it is updated: as wanted already, untouched, or not to be touched."""
    sale, broken = _one(answer, held)
    if broken is not None:
        return broken
    if sale is not None and _says(sale, held, target):
        return Reading(event=Event.FOUND_OURS, found=found_sale(sale))
    return why_not(sale, held) or Reading(event=Event.PROBE_CLEAN)


def render_mod(held: HeldSale, target: Posting, *, set_id: str, old_set_id: str) -> bytes:
    """The InvoiceMod, alone in its set: header and lines become what `target` says.

    All lines are new ones: what is sent becomes the invoice (Intuit's documentation), so lines
    that were there go.
    """
    mod = qbxml.InvoiceMod(
        request_id=held.request_id,
        txn_id=held.txn_id,
        edit_sequence=held.edit_sequence,
        customer_list_id=target.customer.list_id,
        txn_date=target.txn_date,
        po_number=as_stored(target.po_number),
        terms=qbxml.Ref(list_id=target.terms.list_id) if target.terms else None,
        due_date=target.due_date,
        memo=_memo(held, target),
        lines=tuple(_line(line, target.tax_code) for line in target.lines),
    )
    return qbxml.render([mod], new_message_set_id=set_id, old_message_set_id=old_set_id or None)


def read_mod(answer: bytes, held: HeldSale) -> Reading:
    """Judge the answer to an update."""

    def accepted(response: qbxml.Response) -> Reading:
        code = response.status.code
        for ret in response.rets:
            if isinstance(ret, qbxml.InvoiceRet) and ret.txn_id == held.txn_id:
                return Reading(event=Event.ACCEPTED, found=found_sale(ret), code=code)
        return Reading(event=Event.SILENCE, code=code)

    reading = judge_write(answer, kind="InvoiceMod", request_id=held.request_id, accepted=accepted)
    return again_if_stale(reading)


def read_stored_mod(answer: bytes, held: HeldSale) -> Reading:
    """The stored answer when there is one."""
    return judge_stored(answer, lambda stored: read_mod(stored, held))


def read_mod_search(answer: bytes, held: HeldSale, target: Posting) -> Reading:
    """Judge the re-read after an update was sent."""
    sale, broken = _one(answer, held)
    if broken is not None:
        return Reading(event=Event.SILENCE, message=broken.message, remedy=broken.remedy)
    if sale is not None and _says(sale, held, target):
        return Reading(event=Event.FOUND_OURS, found=found_sale(sale))
    return why_not(sale, held) or Reading(event=Event.ABSENT_OPEN)


def _memo(held: HeldSale, target: Posting) -> str:
    return as_stored(f"{target.memo} {keys.marker(held.key)}".strip())


def _line(line: PostingLine, tax_code: str) -> qbxml.LineMod:
    new = line_of(line, tax_code)
    return qbxml.LineMod(
        txn_line_id=LINE_INSERTED,
        item_list_id=new.item_list_id,
        desc=new.desc or None,
        quantity=new.quantity,
        rate=new.rate,
        amount=new.amount,
        class_list_id=new.class_list_id,
        service_date=new.service_date,
        sales_tax_code=new.sales_tax_code,
    )


def _same_rate(ours: PostingLine, theirs: qbxml.LineRet) -> bool:
    """Where a rate was sent and one came back; a line sent with its amount has QuickBooks' own."""
    return ours.send_amount or None in {ours.rate, theirs.rate} or ours.rate == theirs.rate


def _same_tax(code: str, theirs: qbxml.LineRet) -> bool:
    named = theirs.sales_tax_code.full_name
    return not code or not named or named.casefold() == code.casefold()


def _says(sale: SaleRet, held: HeldSale, target: Posting) -> bool:
    """Whether it says, field by field, what is wanted."""
    return (
        sale.edit_sequence != held.edit_sequence
        and sale.customer.list_id == target.customer.list_id
        and sale.txn_date == target.txn_date
        and sale.total == target.total
        and same_in_quickbooks(sale.memo, _memo(held, target))
        and same_in_quickbooks(sale.po_number, target.po_number)
        and (target.due_date is None or sale.due_date == target.due_date)
        and (target.terms is None or sale.terms.list_id == target.terms.list_id)
        and len(sale.lines) == len(target.lines)
        and all(
            ours.item.list_id == theirs.item.list_id
            and ours.amount == theirs.amount
            and same_in_quickbooks(ours.description, theirs.desc)
            and (ours.quantity is None or ours.quantity == theirs.quantity)
            and (ours.class_ is None or ours.class_.list_id == theirs.class_.list_id)
            and (ours.service_date is None or ours.service_date == theirs.service_date)
            and _same_rate(ours, theirs)
            and _same_tax(target.tax_code, theirs)
            for ours, theirs in zip(target.lines, sale.lines, strict=True)
        )
    )
