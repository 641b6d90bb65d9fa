"""What the preview of an import finds is what the import leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.factories import NOW, World

from tieout.service import check_import, import_source, uploads
from tieout.service.access import Access
from tieout.store.models import Import, ImportProblem, SourceClient, SourceInvoice

CLIENTS = "Client ID,Client\nC-1,Acme Health\n"
ITEMS = "Item ID,Item,Kind\nREG,Regular Time,Contractor\n"
INVOICES = (
    "Invoice Number,Invoice Date,Client ID,Item ID,Quantity,Rate,Amount\n"
    "20417,10/05/2026,C-1,REG,40,30.00,1200.00\n"
    "20418,31/31/2026,C-1,REG,40,30.00,1200.00\n"
    "20419,10/05/2026,C-1,REG,40,30.00,twelve\n"
    "20420,10/05/2026,C-1,NOPE,40,30.00,1200.00\n"
)


@pytest.fixture
def access(world: World) -> Access:
    return Access(user=world.bea, company=world.northgate, role="biller")


def received(access: Access, folder: Path, **texts: str) -> list[Import]:
    rows = []
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        rows.append(import_source.receive(access, path, path.name, NOW))
    return rows


def test_dates_money_and_ids_are_checked_before_anything_is_written(
    access: Access, tmp_path: Path
) -> None:
    files = received(access, tmp_path, invoices=INVOICES, items=ITEMS, clients=CLIENTS)
    checked = check_import.check(access, files)
    assert (checked.good, checked.left_out, checked.whole) == (3, 3, True)
    said = [(one.problem.line, one.problem.field, one.problem.value) for one in checked.found]
    assert said == [
        (3, "Invoice Date", "31/31/2026"),
        (4, "Amount", "twelve"),
        (5, "Item ID", "NOPE"),
    ]
    assert all(one.problem.remedy for one in checked.found)
    assert not SourceClient.objects.exists()
    import_source.import_now(
        access, [tmp_path / f"{n}.csv" for n in ("invoices", "items", "clients")], now=NOW
    )
    assert SourceInvoice.objects.count() == 1
    left_out = ImportProblem.objects.order_by("line").values_list("line", "field", "message")
    assert list(left_out) == [
        (one.problem.line, one.problem.field, one.problem.message) for one in checked.found
    ]


def test_what_the_same_upload_brings_is_found_by_its_name_unless_two_bear_it(
    access: Access, tmp_path: Path
) -> None:
    texts = {
        "clients": "Client ID,Client\nC-1,Acme Health\nC-2,Birch\nC-3,Birch\n",
        "items": ITEMS,
        "invoices": "Invoice Number,Invoice Date,Client,Item,Amount\n"
        "20417,10/05/2026,Acme Health,Regular Time,1200.00\n"
        "20418,10/05/2026,Birch,Regular Time,1200.00\n",
    }
    checked = check_import.check(access, received(access, tmp_path, **texts))
    said = [(one.problem.line, one.problem.field, one.problem.value) for one in checked.found]
    assert said == [(3, "Client ID", "Birch")]
    import_source.import_now(access, [tmp_path / f"{name}.csv" for name in texts], now=NOW)
    assert [row.client.key for row in SourceInvoice.objects.all()] == ["C-1"]
    assert list(ImportProblem.objects.values_list("line", "field", "value")) == said


def test_of_a_large_file_the_first_rows_are_looked_at_and_the_first_problems_shown(
    access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_import, "ROWS_MAX", 3)
    monkeypatch.setattr(check_import, "PROBLEMS_MAX", 1)
    files = received(access, tmp_path, clients="Client ID,Client\n" + "C-1,\n" * 9)
    checked = check_import.check(access, files)
    assert (checked.rows, checked.left_out, checked.problems) == (3, 3, 3)
    assert (checked.whole, len(checked.found)) == (False, 1)


def test_a_sheet_without_a_needed_column_and_a_lost_file_are_no_fault(
    access: Access, tmp_path: Path
) -> None:
    odd, good = received(access, tmp_path, jobs="Contractor Job ID\nJ-1\n", clients=CLIENTS)
    import_source.choose(
        access, odd.pk, [import_source.SheetChoice(sheet="jobs", kind=import_source.Kind.JOBS)]
    )
    files = list(Import.objects.order_by("id"))
    assert check_import.check(access, files).rows == 1
    uploads.remove(good.path)
    assert "clients.csv is no longer here." in check_import.check(access, files).refused


def test_problems_stand_in_the_order_of_the_file(access: Access, tmp_path: Path) -> None:
    nameless = INVOICES + ",10/05/2026,C-1,REG,40,30.00,1200.00\n"
    files = received(access, tmp_path, invoices=nameless, items=ITEMS, clients=CLIENTS)
    lines = [one.problem.line for one in check_import.check(access, files).found]
    assert lines == sorted(lines)
    assert lines[-1] == 6
