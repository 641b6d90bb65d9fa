"""Sends requests to a sandbox session and reads the answers; every answer must fit the schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from lxml import etree
from tests.specs import SPECS

from tieout.sandbox import CompanyFile, Session

PROLOG = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?>'


class MovableClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 2, 10, 14, 0, 44, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> None:
        self.moment += timedelta(**span)


@cache
def schema() -> Any:
    if not SPECS.is_dir():
        return None
    return etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))


class Caller:
    """One session. `ask` returns the Rs elements, `send` the QBXMLMsgsRs element."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def send(self, requests: str, **attributes: str) -> Any:
        reply = self.session.process(envelope(requests, **attributes))
        root = etree.fromstring(reply.encode("ascii"))
        rules = schema()
        # Queries with IncludeRetElement leave out children that the schema calls mandatory.
        if rules is not None and "IncludeRetElement" not in requests:
            assert rules.validate(root), (rules.error_log, reply)
        return root[0]

    def ask(self, request: str, **attributes: str) -> Any:
        return self.send(request, **attributes)[0]

    def code(self, request: str, **attributes: str) -> int:
        return int(self.ask(request, **attributes).get("statusCode"))


def envelope(requests: str, **attributes: str) -> str:
    given = {"onError": "stopOnError", **attributes}
    head = " ".join(f'{name}="{value}"' for name, value in given.items())
    return f"{PROLOG}<QBXML><QBXMLMsgsRq {head}>{requests}</QBXMLMsgsRq></QBXML>"


def line(item: str = "Regular Hours", **fields: str) -> str:
    """Write an InvoiceLineAdd; fields in the order of the schema."""
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    ref = f"<ItemRef><FullName>{item}</FullName></ItemRef>" if item else ""
    return f"<InvoiceLineAdd>{ref}{inner}</InvoiceLineAdd>"


def invoice(
    customer: str = "Acme Health:RN Ortiz - ICU",
    *lines: str,
    number: str | None = "T-1",
    date: str = "2026-02-09",
    before: str = "",
    after: str = "",
) -> str:
    """Write an InvoiceAddRq with one line of 8 × 50.00 unless lines are given."""
    ref = "" if number is None else f"<RefNumber>{number}</RefNumber>"
    body = "".join(lines) or line(Quantity="8", Rate="50")
    return (
        "<InvoiceAddRq><InvoiceAdd>"
        f"<CustomerRef><FullName>{customer}</FullName></CustomerRef>{before}"
        f"<TxnDate>{date}</TxnDate>{ref}{after}{body}</InvoiceAdd></InvoiceAddRq>"
    )


def customer(name: str, *, parent: str = "", after: str = "") -> str:
    """Write a CustomerAddRq."""
    ref = f"<ParentRef><FullName>{parent}</FullName></ParentRef>" if parent else ""
    return f"<CustomerAddRq><CustomerAdd><Name>{name}</Name>{ref}{after}</CustomerAdd></CustomerAddRq>"


def totals(company: CompanyFile) -> dict[str, str]:
    """Return what stands on each job, as text."""
    return {row.full_name: str(row.total) for row in company.totals_per_job()}
