"""Mapping files out: what is on screen, as CSV and Excel, harmless to a spreadsheet program."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import factories
from tests.factories import World

from tieout.service import mapping_files
from tieout.service.mapping_columns import FORMULA, safe, unsafe
from tieout.store.models import ClassMapping
from tieout.store.queries.jobs import JobFilter


@pytest.fixture
def acme(world: World) -> World:
    client = factories.client(world.northgate)
    factories.job(client, "J-1")
    factories.job(client, "007", "=cmd|' /C calc'!A0")
    factories.map_client(client, factories.qb_customer(world.northgate, "Acme"))
    factories.qb_customer(world.northgate, "Acme:Ortiz, Elena")
    return world


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_a_download_obeys_the_filter_on_screen(acme: World, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    company = acme.northgate.pk
    assert mapping_files.write_mappings("job", company, path) == 2
    wanted = JobFilter(search="ortiz")
    assert mapping_files.write_mappings("job", company, path, wanted=wanted) == 1


def test_a_cell_that_a_spreadsheet_would_run_begins_with_an_apostrophe(
    acme: World, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    mapping_files.write_mappings("job", acme.northgate.pk, path)
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=cmd|' /C calc'!A0" in cells
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []


def test_every_cell_of_the_workbook_is_text_and_none_a_formula(
    acme: World, tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    mapping_files.write_mappings("job", acme.northgate.pk, path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    rows = [[cell for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr"}
    hostile = next(c for row in rows for c in row if c.value == "=cmd|' /C calc'!A0")
    assert hostile.quotePrefix
    assert "007" in [cell.value for row in rows for cell in row], "leading zeros stay"


@pytest.mark.parametrize("kind", ["client", "item", "class"])
def test_the_sisters_are_written_with_their_version(
    acme: World, tmp_path: Path, kind: mapping_files.Kind
) -> None:
    company = acme.northgate
    factories.map_item(factories.item(company), factories.qb_entry(company, "Labor"))
    ClassMapping.objects.create(company=company, kind="contractor", value="Care", version=1)
    path = tmp_path / "out.csv"
    assert mapping_files.write_mappings(kind, company.pk, path) == 1
    with path.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["version"] == "1"
    assert row["reason"] == ""


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝ab 1"), max_size=8))
def test_what_was_made_harmless_is_read_back_unharmed(cell: str) -> None:
    assert unsafe(safe(cell)) == cell
    assert not safe(cell).startswith(FORMULA)


def test_a_stranger_company_has_no_row_in_it(acme: World, tmp_path: Path) -> None:
    assert mapping_files.write_mappings("job", acme.harbor.pk, tmp_path / "out.csv") == 0
