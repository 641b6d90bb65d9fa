from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieout.core.facts import InvoiceKind, SourceClient, SourceItem, SourceJob, WorkerType
from tieout.sources.sheets.columns import labels
from tieout.sources.sheets.facts import Cells, build, key_of
from tieout.sources.sheets.shapes import InvoiceLineRow, Kind

LINE = {
    "number": "20417",
    "client_key": "C-1",
    "invoice_date": "10/18/2026",
    "item_key": "REG",
    "quantity": "40",
    "rate": "52.13",
    "amount": "2,085.20",
}


def made(sheet: Kind, /, **values: Any) -> tuple[Any, list[tuple[str, str, str]]]:
    cells = Cells(line=7, values=values, labels=labels(sheet))
    fact = build(sheet, cells)
    return fact, [(p.field, p.value, p.message) for p in cells.problems]


def test_a_client() -> None:
    fact, problems = made(Kind.CLIENTS, key="C-1", name=" Acme  Health ", active="Inactive")
    assert (fact, problems) == (SourceClient(key="C-1", name="Acme Health", active=False), [])


def test_a_client_without_an_id_is_known_by_its_name() -> None:
    fact, _ = made(Kind.CLIENTS, name="Acme Health")
    assert (fact.key, fact.active) == ("Acme Health", True)


def test_a_job() -> None:
    fact, problems = made(
        Kind.JOBS,
        key="J-10421",
        client_key="C-1",
        contractor="Elena Ortiz",
        title="Registered Nurse - ICU",
        start_date="3/2/26",
        end_date="Oct 9, 2026",
        active="Reopened",
        worker_type="2",
        class_value="Healthcare",
        po_number="PO-1",
    )
    assert problems == []
    assert fact == SourceJob(
        key="J-10421",
        client_key="C-1",
        contractor="Elena Ortiz",
        title="Registered Nurse - ICU",
        start_date=date(2026, 3, 2),
        end_date=date(2026, 10, 9),
        worker_type=WorkerType.C1099,
        class_value="Healthcare",
        po_number="PO-1",
    )


def test_a_job_that_ends_before_it_starts() -> None:
    _, problems = made(
        Kind.JOBS,
        key="J-1",
        client_key="C",
        contractor="A",
        start_date="10/18/2026",
        end_date="10/11/2026",
    )
    assert problems[0][0] == "End Date"


def test_an_item() -> None:
    fact, _ = made(Kind.ITEMS, key="DHF", name="Direct Hire Fee", kind="Direct Hire")
    assert fact == SourceItem(key="DHF", name="Direct Hire Fee", kind=InvoiceKind.DIRECT_HIRE)


def test_an_invoice_line() -> None:
    fact, problems = made(Kind.INVOICES, **LINE, kind="Direct Hire", approved="No", line_number=3)
    assert problems == []
    assert isinstance(fact, InvoiceLineRow)
    assert fact.header.key == fact.header.number == "20417"
    assert fact.header.kind is InvoiceKind.DIRECT_HIRE
    assert fact.header.approved is False
    assert (fact.line.number, fact.line.amount) == (3, Decimal("2085.20"))
    assert (fact.line.quantity, fact.line.rate) == (Decimal(40), Decimal("52.13"))


def test_a_missing_amount_is_computed_half_a_cent_up() -> None:
    fact, problems = made(
        Kind.INVOICES, **{**LINE, "quantity": "0.5", "rate": "78.19", "amount": ""}
    )
    assert (fact.line.amount, problems) == (Decimal("39.10"), [])


def test_a_zero_amount_stays_zero() -> None:
    fact, problems = made(Kind.INVOICES, **{**LINE, "amount": "0.00"})
    assert (fact.line.amount, problems) == (Decimal("0.00"), [])


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"number": ""}, "Invoice #", ""),
        ({"client_key": None}, "Client ID", ""),
        ({"invoice_date": "someday"}, "Invoice Date", "someday"),
        ({"item_key": "  "}, "Item ID", "  ".strip()),
        ({"amount": "12.345"}, "Amount", "12.345"),
        ({"amount": "", "rate": ""}, "Amount", ""),
        ({"amount": "", "quantity": "999999999", "rate": "999"}, "Amount", ""),
        ({"rate": "52.130001"}, "Bill Rate", "52.130001"),
        ({"quantity": "10%"}, "Quantity", "10%"),
        ({"line_number": "0"}, "Line", "0"),
        ({"line_number": "1.5"}, "Line", "1.5"),
        ({"total": "lots"}, "Invoice Total", "lots"),
        ({"due_date": "#REF!"}, "Due Date", "#REF!"),
    ],
)
def test_each_bad_cell_is_named(change: dict[str, Any], field: str, value: str) -> None:
    _, problems = made(Kind.INVOICES, **{**LINE, **change})
    assert [(f, v) for f, v, _ in problems] == [(field, value)]


def test_every_bad_cell_of_a_row_is_reported_at_once() -> None:
    _, problems = made(Kind.INVOICES, number="1", invoice_date="x", amount="y", quantity="z")
    assert {f for f, *_ in problems} == {
        "Client ID",
        "Invoice Date",
        "Item ID",
        "Amount",
        "Quantity",
    }


def test_the_key_of_a_bad_row_is_still_known() -> None:
    def key(kind: Kind, **values: Any) -> str:
        return key_of(kind, Cells(line=1, values=values, labels={}))

    assert key(Kind.INVOICES, number="20417") == "20417"
    assert key(Kind.INVOICES, key="inv-1", number="20417") == "inv-1"
    assert key(Kind.INVOICES, key="#REF!", number="20417") == "20417"
    assert key(Kind.CLIENTS, name="Acme") == "Acme"
    assert key(Kind.JOBS, contractor="Acme") == ""
