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
from tieout.quickbooks.readings import Found, failed
from tieout.quickbooks.translate import found_sale, is_voided
from tieout.quickbooks.translate_stamp import OWNER, stamp_of

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
    """What is there, and in which company file. `broken`: a part that was not answered."""

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
        qbxml.CompanyQuery(request_id="company", owner_ids=(OWNER,)),
        qbxml.CompanyActivityQuery(request_id="activity"),
    ]
    if invoices:
        requests.append(
            qbxml.InvoiceQuery(request_id="invoices", txn_ids=invoices, include=INCLUDE)
        )
    if credits_:
        requests.append(
            qbxml_credits.CreditMemoQuery(request_id="credits", txn_ids=credits_, include=INCLUDE)
        )
    return qbxml.render(requests, on_error="continueOnError")


def read(answer: bytes, kinds: Collection[PostingKind]) -> Presence:
    """Which of them are there; raises MalformedResponse when it cannot be read."""
    responses = {each.request_id: each for each in qbxml.parse_response(answer).responses}
    asked = ["company", "activity"]
    asked += ["invoices"] if PostingKind.INVOICE in kinds else []
    asked += ["credits"] if PostingKind.CREDIT_MEMO in kinds else []
    broken = [name for name in asked if name not in responses or failed(responses[name])]
    rets = [ret for each in responses.values() for ret in each.rets]
    company = next((ret for ret in rets if isinstance(ret, qbxml.CompanyRet)), None)
    activity = next((ret for ret in rets if isinstance(ret, qbxml.CompanyActivityRet)), None)
    sales = [ret for ret in rets if isinstance(ret, qbxml.InvoiceRet | qbxml.CreditMemoRet)]
    said = responses[broken[0]].status.message if broken and broken[0] in responses else ""
    return Presence(
        sales={sale.txn_id: found_sale(sale) for sale in sales},
        voided=frozenset(sale.txn_id for sale in sales if is_voided(sale)),
        company_name=company.company_name if company else "",
        stamp=stamp_of(company) if company else "",
        last_restore_time=activity.last_restore_time if activity else "",
        broken=f"QuickBooks did not answer about {broken[0]}. {said}".strip() if broken else "",
    )
