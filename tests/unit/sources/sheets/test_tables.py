from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.sources.sheets.making import INVOICES, csv_file, invoices_of, xlsx_file

from tieout.sources.sheets.shapes import FILE_BYTES_MAX, ROWS_MAX, SheetRefused
from tieout.sources.sheets.tables import TornRow, open_tables


def refusal(path: Path) -> str:
    def walk() -> None:
        for table in open_tables(path, filename=path.name).tables:
            list(table.rows())

    with pytest.raises(SheetRefused) as caught:
        walk()
    assert caught.value.remedy.endswith(".")
    return caught.value.message


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
)
def test_every_encoding_gives_the_same_cells(tmp_path: Path, encoding: str) -> None:
    text = INVOICES.replace("C-2", "Café “Zoë” – Ohio")
    path = csv_file(tmp_path, text, encoding=encoding)
    found = invoices_of(path)
    assert [i.number for i in found] == ["20417", "20418"]
    assert found[1].client_key == "Café “Zoë” – Ohio"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = ["Client ID|Client", "C-1|Boyd, Hale & Co", "C-2|A; B"]
    text = "\n".join(
        delimiter.join(f'"{c}"' if delimiter in c else c for c in row.split("|")) for row in rows
    )
    opened = open_tables(csv_file(tmp_path, text), filename="c.csv")
    assert opened.delimiter == delimiter
    assert [cells for _, cells in opened.tables[0].rows()][1] == ["C-1", "Boyd, Hale & Co"]


def test_excels_separator_line_is_obeyed_and_not_a_row(tmp_path: Path) -> None:
    opened = open_tables(csv_file(tmp_path, "sep=;\nA,B;C\n"), filename="c.csv")
    assert list(opened.tables[0].rows()) == [(2, ["A,B", "C"])]


def test_lines_are_counted_as_the_file_shows_them(tmp_path: Path) -> None:
    opened = open_tables(csv_file(tmp_path, 'A,B\n"one\ntwo",2\n\nC,3\n'), filename="c.csv")
    assert [line for line, cells in opened.tables[0].rows() if cells] == [1, 2, 5]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\r\n \n,,,\n", "no data"),
        (b"MZ\x90\x00\x03" + b"\x00" * 200, "Windows program"),
        (b"\x7fELF\x02", "program"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "97–2003"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (bytes(range(1, 32)) * 40, "binary data"),
        (b"a,b\n" + b"\x00" * 300 + b"\n", "binary data"),
        (b"PK\x03\x04 and nothing else", "damaged"),
    ],
)
@pytest.mark.parametrize("name", ["invoices.xlsx", "invoices.csv"])
def test_what_is_no_spreadsheet_is_refused_by_content(
    tmp_path: Path, content: bytes, says: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert says in refusal(path)


def test_two_hundred_megabytes_are_refused_before_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.write(b"Invoice #,Client\n")
        stream.truncate(FILE_BYTES_MAX + 1)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was opened"))
    assert "200 MB" in refusal(path)


def test_too_many_lines_are_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "A,B\n" + "1,2\n" * ROWS_MAX)
    assert "250,000" in refusal(path)


def test_a_line_with_too_many_cells_or_a_giant_cell_is_torn_and_the_rest_is_read(
    tmp_path: Path,
) -> None:
    text = "A,B\n" + "x," * 500 + "x\n" + f'"{"y" * 140_000}",1\n' + "1,2\n"
    rows = [c for _, c in open_tables(csv_file(tmp_path, text), filename="c").tables[0].rows()]
    assert isinstance(rows[1], TornRow)
    assert isinstance(rows[2], TornRow)
    assert rows[-1] == ["1", "2"]


def test_empty_cells_after_the_last_column_are_dropped(tmp_path: Path) -> None:
    rows = list(
        open_tables(csv_file(tmp_path, "A,B" + "," * 500 + "\n"), filename="c").tables[0].rows()
    )
    assert rows == [(1, ["A", "B", *[""] * 198])]


def test_excel_lines_count_from_the_top_of_the_sheet(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, [[], [], [None, "A", "B"], [], [None, 1, 2.5]])
    rows = list(open_tables(path, filename="x.xlsx").tables[0].rows())
    assert [(line, cells) for line, cells in rows if any(cells)] == [
        (3, ["A", "B"]),
        (5, [1.0, 2.5]),
    ]


def test_rows_can_be_walked_twice(tmp_path: Path) -> None:
    for path in (csv_file(tmp_path, INVOICES), xlsx_file(tmp_path, [["A"], ["b"]])):
        table = open_tables(path, filename=path.name).tables[0]
        assert list(table.rows()) == list(table.rows())
