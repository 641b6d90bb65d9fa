"""Which of many exported invoices and credit memos QuickBooks still holds, asked by their ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tieout.core.exporting import Event
from tieout.core.facts import PostingKind
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.readings import Found, Reading, answered, inconclusive
from tieout.quickbooks.translate import found_sale, is_voided
from tieout.quickbooks.translate_stamp import OWNER, stamp_of

# the names of the questions
COMPANY, ACTIVITY, INVOICES, CREDITS = "company", "activity", "invoices", "credits"
INCLUDE = (
    "TxnID", "TimeCreated", "TimeModified", "EditSequence", "CustomerRef", "TxnDate", "RefNumber",
    "Subtotal", "SalesTaxTotal", "Memo", "TotalAmount",
)  # fmt: skip
# by how much a restore that QuickBooks dates may lie after what it says: its wall clock may stand
# an hour off in summer, and where it names no offset, any time zone is possible
_CLOCK_OFF = timedelta(hours=2)
_ANY_ZONE = timedelta(hours=16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is there, and in which company file. `broken`: why nothing is to be concluded."""

    sales: Mapping[str, Found]  # by TxnID
    voided: frozenset[str]  # those of them that are worth nothing any more
    company_name: str
    stamp: str
    last_restore_time: str  # raw text
    broken: str = ""

    @property
    def txn_ids(self) -> frozenset[str]:
        """Which of them are there."""
        return frozenset(self.sales)

    def restored_since(self, moment: datetime) -> bool:
        """Whether a backup may have been restored after that moment: what is gone may be that."""
        try:
            restored = datetime.fromisoformat(self.last_restore_time)
        except ValueError:
            return bool(self.last_restore_time)
        if restored.tzinfo is None:
            restored = restored.replace(tzinfo=moment.tzinfo) + _ANY_ZONE
        return restored + _CLOCK_OFF >= moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An invoice or credit memo as Tieout left it in QuickBooks."""

    number: str
    customer_list_id: str
    txn_date: date
    total: Decimal
    edit_sequence: str


def became(left: Left, found: Found | None, *, voided: bool) -> Event:
    """What has become of it. EditSequence alone says little: a payment that is applied moves it."""
    if found is None:
        return Event.DELETED
    if voided:
        return Event.VOIDED
    differs = (
        found.number != left.number
        or found.customer_list_id != left.customer_list_id
        or found.txn_date != left.txn_date
        or found.total != left.total
    )
    edited = found.edit_sequence != left.edit_sequence
    return Event.CHANGED_THERE if differs and edited else Event.STANDS_AGAIN


def render(sales: Sequence[tuple[PostingKind, str]]) -> bytes:
    """Ask for these ids; which company file answers is asked in the same set."""
    invoices = tuple(txn_id for kind, txn_id in sales if kind is PostingKind.INVOICE)
    credits_ = tuple(txn_id for kind, txn_id in sales if kind is PostingKind.CREDIT_MEMO)
    requests: list[qbxml.Request] = [
        qbxml.CompanyQuery(request_id=COMPANY, owner_ids=(OWNER,)),
        qbxml.CompanyActivityQuery(request_id=ACTIVITY),
    ]
    if invoices:
        requests.append(qbxml.InvoiceQuery(request_id=INVOICES, txn_ids=invoices, include=INCLUDE))
    if credits_:
        requests.append(
            qbxml_credits.CreditMemoQuery(request_id=CREDITS, txn_ids=credits_, include=INCLUDE)
        )
    return qbxml.render(requests, on_error="continueOnError")


def read(answer: bytes, kinds: Collection[PostingKind]) -> Presence:
    """Which of them are there; raises MalformedResponse when it cannot be read."""
    asked = [(qbxml.CompanyQuery.KIND, COMPANY), (qbxml.CompanyActivityQuery.KIND, ACTIVITY)]
    asked += [(qbxml.InvoiceQuery.KIND, INVOICES)] if PostingKind.INVOICE in kinds else []
    if PostingKind.CREDIT_MEMO in kinds:
        asked += [(qbxml_credits.CreditMemoQuery.KIND, CREDITS)]
    responses, broken = answered(answer, *asked)
    rets = [ret for each in responses for ret in each.rets]
    company = next((ret for ret in rets if isinstance(ret, qbxml.CompanyRet)), None)
    activity = next((ret for ret in rets if isinstance(ret, qbxml.CompanyActivityRet)), None)
    if broken is None and (company is None or activity is None):
        broken = inconclusive(None)
    sales = [ret for ret in rets if isinstance(ret, qbxml.InvoiceRet | qbxml.CreditMemoRet)]
    return Presence(
        sales={sale.txn_id: found_sale(sale) for sale in sales},
        voided=frozenset(sale.txn_id for sale in sales if is_voided(sale)),
        company_name=company.company_name if company else "",
        stamp=stamp_of(company) if company else "",
        last_restore_time=activity.last_restore_time if activity else "",
        broken=_why(broken),
    )


def _why(broken: Reading | None) -> str:
    if broken is None:
        return ""
    return f"QuickBooks did not answer what it was asked. {broken.message}".strip()
