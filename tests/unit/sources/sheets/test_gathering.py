from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.sources.sheets.making import INVOICES, csv_file, invoices_of, read_all

from tieout.core.facts import InvoiceKind, SourceInvoice
from tieout.sources.sheets import BadInvoice, gather_invoices

HEADER = (
    "Invoice #,Client ID,Invoice Date,Line,Contractor Job ID,Item ID,Amount,Terms,Approved,Memo\n"
)


def gathered(tmp_path: Path, rows: str) -> list[SourceInvoice | BadInvoice]:
    return invoices_of(csv_file(tmp_path, HEADER + rows))


def test_lines_become_invoices(tmp_path: Path) -> None:
    one, two = invoices_of(csv_file(tmp_path, INVOICES))
    assert (one.key, one.number, one.client_key) == ("20417", "20417", "C-1")
    assert [(ln.number, ln.item_key, ln.amount) for ln in one.lines] == [
        (1, "REG", Decimal("2085.20")),
        (2, "OT", Decimal("156.39")),
    ]
    assert (one.kind, one.approved, one.total) == (InvoiceKind.CONTRACTOR, True, None)
    assert len(two.lines) == 1


def test_lines_of_one_invoice_need_not_stand_together(tmp_path: Path) -> None:
    found = gathered(
        tmp_path,
        "1,C,10/18/2026,2,J,REG,5,,,\n2,C,10/18/2026,,J,REG,5,,,\n1,C,10/18/2026,1,J,OT,6,,,\n",
    )
    assert [i.key for i in found] == ["1", "2"]
    assert [ln.item_key for ln in found[0].lines] == ["OT", "REG"]


def test_what_one_line_leaves_empty_another_fills(tmp_path: Path) -> None:
    (one,) = gathered(
        tmp_path, "1,C,10/18/2026,1,J,REG,5,,,\n1,C,10/18/2026,2,J,OT,6,Net 30,No,thanks\n"
    )
    assert (one.terms, one.approved, one.memo) == ("Net 30", False, "thanks")


def test_an_invoice_with_one_bad_line_does_not_go_in_and_all_bad_lines_are_listed(
    tmp_path: Path,
) -> None:
    bad, good = gathered(
        tmp_path,
        "1,C,10/18/2026,1,J,REG,5,,,\n1,C,10/18/2026,2,J,,6,,,\n2,C,10/18/2026,1,J,REG,5,,,\n"
        "1,C,10/18/2026,3,J,OT,x,,,\n",
    )
    assert isinstance(bad, BadInvoice)
    assert [(p.line, p.field) for p in bad.problems] == [(3, "Item ID"), (5, "Amount")]
    assert isinstance(good, SourceInvoice)


@pytest.mark.parametrize(
    ("second", "field"),
    [
        ("1,D,10/18/2026,2,J,OT,6,Net 30,Yes,\n", "Client ID"),
        ("1,C,10/11/2026,2,J,OT,6,Net 30,Yes,\n", "Invoice Date"),
        ("1,C,10/18/2026,2,J,OT,6,Net 15,Yes,\n", "Payment Terms"),
        ("1,C,10/18/2026,2,J,OT,6,Net 30,No,\n", "Approved"),
    ],
)
def test_lines_that_contradict_each_other_are_reported(
    tmp_path: Path, second: str, field: str
) -> None:
    (bad,) = gathered(tmp_path, "1,C,10/18/2026,1,J,REG,5,Net 30,Yes,\n" + second)
    assert isinstance(bad, BadInvoice)
    assert [(p.line, p.field) for p in bad.problems] == [(3, field)]
    assert "on line 2" in bad.problems[0].message


def test_a_line_number_used_twice_is_reported(tmp_path: Path) -> None:
    (bad,) = gathered(tmp_path, "1,C,10/18/2026,1,J,REG,5,,,\n1,C,10/18/2026,1,J,REG,5,,,\n")
    assert isinstance(bad, BadInvoice)
    assert [(p.line, p.field, p.value) for p in bad.problems] == [(3, "Line", "1")]


def test_lines_numbered_here_and_there_are_counted_in_file_order(tmp_path: Path) -> None:
    (one,) = gathered(tmp_path, "1,C,10/18/2026,5,J,REG,5,,,\n1,C,10/18/2026,,J,OT,6,,,\n")
    assert [(ln.number, ln.item_key) for ln in one.lines] == [(1, "REG"), (2, "OT")]


def test_a_line_without_a_number_holds_back_its_neighbours_only(tmp_path: Path) -> None:
    found = gathered(
        tmp_path,
        "1,C,10/18/2026,,J,REG,5,,,\n,C,10/18/2026,,J,REG,5,,,\n2,C,10/18/2026,,J,REG,5,,,\n"
        "3,C,10/18/2026,,J,REG,5,,,\n",
    )
    assert [(i.key, isinstance(i, BadInvoice)) for i in found] == [
        ("", True),
        ("1", True),
        ("2", True),
        ("3", False),
    ]


def test_a_line_without_a_number_inside_an_invoice_is_told_once(tmp_path: Path) -> None:
    lost, one = gathered(
        tmp_path,
        "1,C,10/18/2026,,J,REG,5,,,\n,C,10/18/2026,,J,REG,5,,,\n1,C,10/18/2026,,J,REG,5,,,\n",
    )
    assert isinstance(lost, BadInvoice)
    assert isinstance(one, BadInvoice)
    assert [p.line for p in one.problems] == [3]


def test_progress_is_counted_by_the_caller(tmp_path: Path) -> None:
    rows = read_all(csv_file(tmp_path, INVOICES))
    seen = []
    list(gather_invoices(seen.append(r.line) or r for r in rows))
    assert seen == [2, 3, 4]
