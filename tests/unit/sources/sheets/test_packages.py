from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests.unit.sources.sheets.making import part_replaced, xlsx_file

from tieout.sources.sheets.packages import check_package
from tieout.sources.sheets.shapes import PARTS_MAX, SheetRefused

SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(rows: str) -> bytes:
    start = '<?xml version="1.0"?><worksheet xmlns="x"><sheetData>'
    return (start + rows + "</sheetData></worksheet>").encode()


def refusal(path: Path) -> str:
    with pytest.raises(SheetRefused) as caught:
        check_package(path)
    return caught.value.message


def with_sheet(tmp_path: Path, rows: str) -> Path:
    good = xlsx_file(tmp_path, [["A"]], name="good.xlsx")
    return part_replaced(good, tmp_path / "bad.xlsx", SHEET, sheet_xml(rows))


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("photo.jpg", b"x")
    assert "not an Excel workbook" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = xlsx_file(tmp_path, [["A"]], name="good.xlsx")
    bomb = part_replaced(good, tmp_path / "bomb.xlsx", "xl/media/z.bin", b"\0" * 60_000_000)
    assert bomb.stat().st_size < 200_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    assert "unpacks to 60," in refusal(bomb)


def test_too_many_parts(tmp_path: Path) -> None:
    path = tmp_path / "many.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        for n in range(PARTS_MAX):
            package.writestr(f"p{n}", b"")
    assert "damaged" in refusal(path)


def test_a_part_whose_declared_size_lies(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, [["A" * 50]] * 40)
    raw = bytearray(path.read_bytes())
    entry = raw.rfind(b"PK\x01\x02", 0, raw.rfind(SHEET.encode()))
    raw[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(raw))
    assert "damaged" in refusal(path)


def test_a_truncated_workbook(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, [["A" * 50]] * 400)
    path.write_bytes(path.read_bytes()[:-300])
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"/></row>',
        '<row r="1"><c r="XFD1"><v>1</v></c></row>',
        "<row r='1'><c  r = 'XFD1'><v>1</v></c></row>",
        '<row r="249999"><c r="GR249999"><v>1</v></c></row>',
        "<row><c><v>1</v></c></row>" * 250_001,
    ],
)
def test_a_far_cell_is_refused_rather_than_reserved(tmp_path: Path, rows: str) -> None:
    assert "are the most" in refusal(with_sheet(tmp_path, rows))


def test_a_doctype_in_the_directory_is_refused(tmp_path: Path) -> None:
    good = xlsx_file(tmp_path, [["A"]], name="good.xlsx")
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><workbook>&b;</workbook>'
    path = part_replaced(good, tmp_path / "dtd.xlsx", "xl/workbook.xml", lol)
    assert "damaged" in refusal(path)


@pytest.mark.parametrize(
    "content", [b"<workbook", b'<?xml version="1.0" encoding="UTx-8"?><workbook/>', b"\xff\xfe\0"]
)
def test_a_directory_that_is_no_xml(tmp_path: Path, content: bytes) -> None:
    good = xlsx_file(tmp_path, [["A"]], name="good.xlsx")
    path = part_replaced(good, tmp_path / "no.xlsx", "xl/workbook.xml", content)
    assert "damaged" in refusal(path)


def test_errors_and_unsaved_formulas_are_marked_where_they_stand(tmp_path: Path) -> None:
    rows = (
        '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2"><v>1</v></c>'
        '<c r="C2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="3"><c r="A3"><f>B2*2</f></c><c r="B3"><f>B2*2</f><v>2</v></c>'
        '<c r="C3"><f>B2</f><v></v></c><c r="D3"><f>B2</f><v/></c></row>'
    )
    marked = check_package(with_sheet(tmp_path, rows))["Invoices"]
    assert marked == {
        (1, 0): "#REF!",
        (1, 2): "#DIV/0!",
        (2, 0): "#FORMULA!",
        (2, 2): "#FORMULA!",
        (2, 3): "#FORMULA!",
    }


def test_marks_are_found_across_the_pieces_in_which_a_sheet_is_read(tmp_path: Path) -> None:
    filler = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 60_000))
    rows = filler + '<row r="60000"><c r="B60000" t="e"><v>#N/A</v></c></row>'
    assert check_package(with_sheet(tmp_path, rows))["Invoices"] == {(59_999, 1): "#N/A"}
