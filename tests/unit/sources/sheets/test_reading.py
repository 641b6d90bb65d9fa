from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.unit.sources.sheets.making import INVOICES, csv_file, invoices_of, read_all, xlsx_file

from tieout.sources.sheets import Kind, SheetRefused, read, recognise

CLIENTS = "Client ID,Client,Status\nC-1,Acme,Active\nC-2,Boyd,Inactive\n"


def test_good_rows_and_bad_rows_come_in_order_with_their_lines(tmp_path: Path) -> None:
    text = INVOICES.replace("20418,C-2,10/18/2026", "20418,C-2,18/18/2026")
    rows = read_all(csv_file(tmp_path, text))
    assert [(r.line, r.key, bool(r.fact)) for r in rows] == [
        (2, "20417", True),
        (3, "20417", True),
        (4, "20418", False),
    ]
    (problem,) = rows[2].problems
    assert (problem.line, problem.field, problem.value) == (4, "Invoice Date", "18/18/2026")


def test_columns_can_be_chosen_by_hand(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Nr,Who\nC-1,Acme\n")
    rows = list(read(path, sheet="in", kind=Kind.CLIENTS, columns={"key": "Nr", "name": "Who"}))
    assert [r.key for r in rows] == ["C-1"]


def test_a_column_can_be_left_out(tmp_path: Path) -> None:
    path = csv_file(tmp_path, CLIENTS)
    columns = {"key": "Client ID", "name": "Client", "active": ""}
    rows = list(read(path, sheet="", kind=Kind.CLIENTS, columns=columns))
    assert all(r.fact.active for r in rows if r.fact)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"key": "Client ID"}, "no column for Client"),
        ({"name": "Client", "zodiac": "Status"}, "unknown: zodiac"),
        ({"name": "Customer"}, "no column named Customer"),
    ],
)
def test_columns_that_do_not_fit_are_refused_before_the_first_row(
    tmp_path: Path, columns: dict[str, str], says: str
) -> None:
    path = csv_file(tmp_path, CLIENTS)
    with pytest.raises(SheetRefused) as caught:
        read(path, sheet="", kind=Kind.CLIENTS, columns=columns)
    assert says in caught.value.message


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, [["Client"], ["Acme"]])
    with pytest.raises(SheetRefused, match="Invoices"):
        read(path, sheet="Clients", kind=Kind.CLIENTS, columns={"name": "Client"})


def test_blank_lines_totals_footers_and_repeated_headers_are_no_problems(tmp_path: Path) -> None:
    header, *lines = INVOICES.splitlines()
    text = "\n".join(
        [
            "Invoice register",
            "",
            header,
            lines[0],
            "",
            ",,,,,,,",
            header,
            lines[1],
            lines[2],
            'Grand Total,,,,,,,"$3,381.59"',
            "Report generated 10/19/2026 08:00",
        ]
    )
    rows = read_all(csv_file(tmp_path, text))
    assert [r.line for r in rows if r.fact] == [4, 8, 9]
    assert [(r.line, r.skipped) for r in rows if r.skipped] == [
        (7, "the column names again"),
        (10, "a totals row"),
        (11, "a note below the list"),
    ]
    assert not any(r.problems for r in rows)


def test_a_client_whose_name_begins_with_total_is_a_client(tmp_path: Path) -> None:
    rows = read_all(csv_file(tmp_path, "Client ID,Client\nC-9,Total Care Clinic\n"))
    assert [r.fact.name for r in rows if r.fact] == ["Total Care Clinic"]
    rows = read_all(csv_file(tmp_path, "Client\nTotal Care Clinic\nPage Memorial Hospital\n"))
    assert [r.fact.name for r in rows if r.fact] == ["Total Care Clinic", "Page Memorial Hospital"]


def test_a_record_listed_twice_must_say_the_same(tmp_path: Path) -> None:
    rows = read_all(csv_file(tmp_path, CLIENTS + "C-1,Acme,Active\nC-2,Boyd & Sons,Active\n"))
    assert [bool(r.fact) for r in rows] == [True, True, True, False]
    assert "also on line 3" in rows[3].problems[0].message


def test_the_same_item_may_serve_both_kinds(tmp_path: Path) -> None:
    text = (
        "Item ID,Pay/Bill Item,Invoice Type\nEXP,Expenses,Contractor\nEXP,Expenses,Direct Hire\n"
    )
    assert all(r.fact for r in read_all(csv_file(tmp_path, text)))


def test_a_quotation_mark_that_is_never_closed_loses_nothing_silently(tmp_path: Path) -> None:
    text = 'Client ID,Client\nC-1,"Acme\n' + "C-2,Boyd\n" * 20_000
    rows = read_all(csv_file(tmp_path, text), kind=Kind.CLIENTS)
    assert rows[0].problems
    assert "quotation mark" in rows[0].problems[0].remedy or "most" in rows[0].problems[0].message


def test_excel_values_errors_and_formulas(tmp_path: Path) -> None:
    header = INVOICES.splitlines()[0].split(",")
    day = date(2026, 10, 18)
    path = xlsx_file(
        tmp_path,
        [
            header,
            [20417, "C-1", day, "J-1", "REG", 40, 52.13, ("=F2*G2", 2085.2000000000003)],
            [20418, "C-1", day, "J-1", "REG", 40, ("=1/0", "#DIV/0!"), 5],
            [20419.0, "C-1", 46313, "J-1", "REG", 40, 2, ("=NOPE()", "#NAME?")],
        ],
    )
    one, two, three = invoices_of(path)
    assert (one.number, one.invoice_date, str(one.lines[0].amount)) == ("20417", day, "2085.20")
    assert [(p.line, p.field, p.value) for p in two.problems] == [(3, "Bill Rate", "#DIV/0!")]
    assert [(p.line, p.field, p.value) for p in three.problems] == [(4, "Amount", "#NAME?")]


def test_a_file_is_not_kept_open_or_changed(tmp_path: Path) -> None:
    path = csv_file(tmp_path, INVOICES)
    before = path.read_bytes()
    read_all(path)
    path.rename(tmp_path / "moved.csv")
    assert (tmp_path / "moved.csv").read_bytes() == before


def test_fifty_thousand_rows_stream(tmp_path: Path) -> None:
    header, line, *_ = INVOICES.splitlines()
    text = header + "\n" + "".join(f"{n}{line[5:]}\n" for n in range(50_000))
    path = csv_file(tmp_path, text)
    sheet = recognise(path, filename="invoices.csv").sheets[0]
    rows = read(path, sheet=sheet.name, kind=Kind.INVOICES, columns=sheet.columns)
    assert next(rows).line == 2  # the first row is there before the last one is read
    assert sum(1 for r in rows if r.fact) == 49_999
