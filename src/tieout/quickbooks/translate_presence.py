"""Which of many exported invoices and credit memos QuickBooks still holds, asked by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.core.facts import PostingKind
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.readings import failed
from tieout.quickbooks.translate import is_voided
from tieout.quickbooks.translate_stamp import OWNER, stamp_of

INCLUDE = (
    "TxnID", "TimeCreated", "TimeModified", "EditSequence", "RefNumber", "Subtotal",
    "SalesTaxTotal", "Memo", "TotalAmount",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is there, and in which company file. `broken`: a part that was not answered."""

    txn_ids: frozenset[str]
    voided: frozenset[str]  # those of them that are worth nothing any more
    company_name: str
    stamp: str
    last_restore_time: str  # raw text
    broken: str = ""


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


def read(answer: bytes, asked_for: Sequence[tuple[PostingKind, str]]) -> Presence:
    """Which of them are there; raises MalformedResponse when it cannot be read."""
    responses = {each.request_id: each for each in qbxml.parse_response(answer).responses}
    kinds = {kind for kind, _ in asked_for}
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
        txn_ids=frozenset(sale.txn_id for sale in sales),
        voided=frozenset(sale.txn_id for sale in sales if is_voided(sale)),
        company_name=company.company_name if company else "",
        stamp=stamp_of(company) if company else "",
        last_restore_time=activity.last_restore_time if activity else "",
        broken=f"QuickBooks did not answer about {broken[0]}. {said}".strip() if broken else "",
    )
