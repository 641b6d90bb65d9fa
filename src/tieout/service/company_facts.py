"""Which program and company file answer, and how the company keeps its books: asked and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from tieout.channels.base import Answer
from tieout.quickbooks import qbxml, translate_stamp
from tieout.quickbooks.qbxml import status as codes

T = TypeVar("T")
NOTHING_FOUND = 1
UPDATE = "Update QuickBooks to 2014 or newer."  # the first that speaks qbxml.VERSION


class Refusal(Exception):
    """QuickBooks answered a query with a refusal."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFacts:
    """What one look at QuickBooks says. `refusal`: a part that it would not tell us."""

    product: str
    versions: tuple[str, ...]
    qbxml_version: str  # that which Tieout speaks, "" = QuickBooks does not offer it
    file_mode: str
    company_name: str
    company_file: str
    last_restore_time: str  # raw text
    stamp: str  # our private value on the file, "" = it bears none
    closing_date: date | None
    uses_classes: bool
    uses_sales_tax: bool
    non_taxable_code: str
    multi_currency: bool
    refusal: Refusal | None = None

    @property
    def too_old(self) -> Refusal | None:
        """Why nothing can be said to this QuickBooks, None when it speaks our version."""
        if self.qbxml_version:
            return None
        spoken = ", ".join(self.versions) or "no version that it names"
        message = f"This QuickBooks speaks qbXML {spoken}; Tieout speaks {qbxml.VERSION}."
        return Refusal(message, UPDATE)

    def book_columns(self) -> dict[str, Any]:
        """As the Book row keeps them."""
        return {
            "company_name": self.company_name[:100],
            "company_file": self.company_file[:300],
            "product": self.product[:255],
            "qbxml_version": self.qbxml_version,
            "file_mode": self.file_mode[:12],
            "last_restore_time": self.last_restore_time[:40],
            "stamp": self.stamp[:64],
            "closing_date": self.closing_date,
            "uses_classes": self.uses_classes,
            "uses_sales_tax": self.uses_sales_tax,
            "non_taxable_code": self.non_taxable_code,
            "multi_currency": self.multi_currency,
        }


def request() -> bytes:
    """Program, company, preferences and restores in one message set; a refused part stays alone."""
    return qbxml.render(
        [
            qbxml.HostQuery(request_id="host"),
            qbxml.CompanyQuery(request_id="company", owner_ids=(translate_stamp.OWNER,)),
            qbxml.PreferencesQuery(request_id="preferences"),
            qbxml.CompanyActivityQuery(request_id="activity"),
        ],
        on_error="continueOnError",
    )


def read(answer: Answer) -> CompanyFacts:
    """The facts in the answer to `request`; raises MalformedResponse when it is not qbXML."""
    responses = qbxml.parse_response(answer.qbxml).responses
    host = _first(responses, qbxml.HostRet)
    company = _first(responses, qbxml.CompanyRet)
    preferences = _first(responses, qbxml.PreferencesRet)
    activity = _first(responses, qbxml.CompanyActivityRet)
    versions = host.supported_versions if host else ()
    spoken = {version.removeprefix("US").strip() for version in (*versions, *answer.versions)}
    return CompanyFacts(
        product=host.product_name if host else "QuickBooks",
        versions=versions,
        qbxml_version=qbxml.VERSION if qbxml.VERSION in spoken else "",
        file_mode=host.file_mode if host else "",
        company_name=company.company_name if company else "",
        company_file=answer.company_file,
        last_restore_time=activity.last_restore_time if activity else "",
        stamp=translate_stamp.stamp_of(company) if company else "",
        closing_date=preferences.closing_date if preferences else None,
        uses_classes=bool(preferences and preferences.uses_classes),
        uses_sales_tax=bool(preferences and preferences.sales_tax_on),
        non_taxable_code=_non_taxable(preferences),
        multi_currency=bool(preferences and preferences.multi_currency_on),
        refusal=_refusal(responses, vital=("host", "company", "preferences")),
    )


def read_one_customer(answer: bytes) -> str:
    """The full name of the customer read, "" when there is none; raises Refusal."""
    try:
        responses = qbxml.parse_response(answer).responses
    except qbxml.MalformedResponse as error:
        message = "The test read came back as something that is not qbXML."
        raise Refusal(message, "Verify again; nothing was changed.") from error
    refusal = _refusal(responses, vital=("test-read",))
    if refusal is not None:
        raise refusal
    customer = _first(responses, qbxml.CustomerRet)
    return customer.full_name if customer else ""


def _first(responses: tuple[qbxml.Response, ...], kind: type[T]) -> T | None:
    return next((ret for each in responses for ret in each.rets if isinstance(ret, kind)), None)


def _non_taxable(preferences: qbxml.PreferencesRet | None) -> str:
    name = preferences.default_non_taxable_code.full_name if preferences else ""
    return name[:3] or "Non"


def _refusal(responses: tuple[qbxml.Response, ...], *, vital: tuple[str, ...]) -> Refusal | None:
    answered = {each.request_id for each in responses}
    for response in responses:
        code = response.status.code
        if response.request_id in vital and code not in {0, NOTHING_FOUND}:
            rule = codes.lookup(code, write=False)
            return Refusal(f"QuickBooks says: {response.status.message} ({code})", rule.remedy)
    missing = [name for name in vital if name not in answered]
    if missing:
        return Refusal(f"QuickBooks left a question unanswered: {missing[0]}.", "Verify again.")
    return None
