from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.sources.sheets.making import INVOICES, csv_file, xlsx_file

from tieout.sources.sheets import Kind, SheetRefused, recognise
from tieout.sources.sheets.recognising import header_labels


def test_a_file_is_looked_at_before_it_is_read(tmp_path: Path) -> None:
    book = recognise(csv_file(tmp_path, INVOICES, name="upload-7f3a"), filename="October.csv")
    assert (book.filename, book.format, book.encoding, book.delimiter) == (
        "October.csv",
        "csv",
        "utf-8",
        ",",
    )
    (sheet,) = book.sheets
    assert (sheet.name, sheet.kind, sheet.header_line) == ("October", Kind.INVOICES, 1)
    assert sheet.confidence > 0.8
    assert sheet.columns["number"] == "Invoice #"
    assert sheet.preview[0][:3] == ("20417", "C-1", "10/18/2026")
    assert sheet.missing == ()


def test_title_rows_above_the_header_are_passed_over(tmp_path: Path) -> None:
    text = "Northgate Staffing\nInvoice register,,10/19/2026\n\n" + INVOICES
    (sheet,) = recognise(csv_file(tmp_path, text), filename="a.csv").sheets
    assert sheet.header_line == 4
    assert sheet.preview[0][0] == "20417"


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Client ID,Client,Status", Kind.CLIENTS),
        ("Customer", Kind.CLIENTS),
        ("Job ID,Client,Contractor,Job Title,Start Date,Status", Kind.JOBS),
        ("Item Code,Pay/Bill Item,Type", Kind.ITEMS),
        ("Inv No,Date,Client,Job,Item,Hours,Rate,Amount", Kind.INVOICES),
    ],
)
def test_the_kind_is_guessed_from_the_columns(tmp_path: Path, header: str, kind: Kind) -> None:
    path = csv_file(tmp_path, header + "\n" + ",".join("x" * (header.count(",") + 1)) + "\n")
    (sheet,) = recognise(path, filename="export.csv").sheets
    assert sheet.kind is kind


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Contractor,Client", Kind.JOBS),
        ("Client ID,Client,Contractor,Title", Kind.JOBS),
        ("Client,Invoice #,Date,Amount", Kind.INVOICES),
        ("Client ID,Client,Terms,Type", Kind.CLIENTS),
        ("Client,Date,Phone", Kind.CLIENTS),
    ],
)
def test_who_stands_beside_the_clients_says_more_than_the_name_of_the_file(
    tmp_path: Path, header: str, kind: Kind
) -> None:
    path = csv_file(tmp_path, header + "\n" + ",".join("x" * (header.count(",") + 1)) + "\n")
    (sheet,) = recognise(path, filename="clients.csv").sheets
    assert sheet.kind is kind


def test_jobs_without_their_ids_are_jobs_that_lack_a_column(tmp_path: Path) -> None:
    text = "Contractor,Client\nElena Ortiz,Acme Health\n"
    (sheet,) = recognise(csv_file(tmp_path, text), filename="Book1.csv").sheets
    assert (sheet.kind, sheet.missing) == (Kind.JOBS, ("key",))


def test_what_is_missing_or_unknown_is_said(tmp_path: Path) -> None:
    text = "Invoice #,Invoice Date,Item ID,Amount,Zodiac\n1,10/18/2026,REG,5,Leo\n"
    (sheet,) = recognise(csv_file(tmp_path, text), filename="invoices.csv").sheets
    assert sheet.kind is Kind.INVOICES
    assert sheet.missing == ("client_key",)
    assert sheet.unmatched == ("Zodiac",)


def test_a_sheet_of_something_else_has_no_kind(tmp_path: Path) -> None:
    text = "Planet,Moons\nMars,2\nJupiter,95\n"
    (sheet,) = recognise(csv_file(tmp_path, text), filename="planets.csv").sheets
    assert sheet.kind is None


def test_a_column_name_used_twice_is_told_apart(tmp_path: Path) -> None:
    text = "Client ID,Client,Status,Status\nC-1,Acme,Active,Gold\n"
    (sheet,) = recognise(csv_file(tmp_path, text), filename="clients.csv").sheets
    assert sheet.headers == ("Client ID", "Client", "Status", "Status (2)")
    assert sheet.columns["active"] == "Status"
    assert "Status (2)" in sheet.notes[0]


def test_only_a_header_is_a_sheet_without_rows(tmp_path: Path) -> None:
    (sheet,) = recognise(
        csv_file(tmp_path, INVOICES.splitlines()[0]), filename="invoices.csv"
    ).sheets
    assert sheet.kind is Kind.INVOICES
    assert sheet.preview == ()


def test_every_sheet_of_a_workbook_is_listed(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, [line.split(",") for line in INVOICES.splitlines()[:1]])
    book = recognise(path, filename="book.xlsx")
    assert [(s.name, s.kind) for s in book.sheets] == [("Invoices", Kind.INVOICES)]
    assert (book.format, book.encoding, book.delimiter) == ("xlsx", "", "")


def test_an_empty_sheet_is_listed_without_a_header(tmp_path: Path) -> None:
    (sheet,) = recognise(xlsx_file(tmp_path, []), filename="book.xlsx").sheets
    assert (sheet.kind, sheet.header_line) == (None, 0)
    assert "No row of column names" in sheet.notes[0]


def test_markup_in_names_stays_text(tmp_path: Path) -> None:
    text = "Client ID,Client\nC-1,<script>alert(1)</script>\n"
    (sheet,) = recognise(csv_file(tmp_path, text), filename="c.csv").sheets
    assert sheet.preview[0][1] == "<script>alert(1)</script>"


def test_header_labels_drop_empty_tails() -> None:
    assert header_labels(["A", None, " b  c ", "", None]) == ("A", "", "b c")


def test_refusals_say_what_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as caught:
        recognise(csv_file(tmp_path, ""), filename="x.csv")
    assert str(caught.value) == "The file is empty. Export it again, and choose that file."
