"""The sample agency: complete, legal in QuickBooks, the same in CSV and Excel, and as expected."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.unit.sources.sheets.making import read_all

from tieout.core.facts import InvoiceKind, SourceInvoice, WorkerType
from tieout.sandbox.company import CompanyFile
from tieout.sources.sheets import Kind, gather_invoices, read, recognise

ROOT = Path(__file__).resolve().parents[4]
FOLDER = ROOT / "examples" / "northgate"
FILES = {
    Kind.CLIENTS: "clients.csv",
    Kind.JOBS: "contractor_jobs.csv",
    Kind.ITEMS: "pay_bill_items.csv",
    Kind.INVOICES: "invoices.csv",
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def facts(kind: Kind) -> list[Any]:
    rows = read_all(FOLDER / FILES[kind])
    assert [r for r in rows if r.problems or r.skipped] == []
    return list(gather_invoices(rows)) if kind is Kind.INVOICES else [r.fact for r in rows]


@pytest.fixture(scope="module")
def invoices() -> list[SourceInvoice]:
    return facts(Kind.INVOICES)


def test_the_generator_writes_the_committed_files_again(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "tools" / "make_northgate.py"), str(tmp_path)], check=True
    )
    made = {p.name for p in tmp_path.iterdir()}
    assert made == {p.name for p in FOLDER.iterdir()} - {"README.md"}
    for name in sorted(made - {"northgate.xlsx"}):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_every_sheet_is_recognised_and_excel_says_the_same_as_csv() -> None:
    book = recognise(FOLDER / "northgate.xlsx", filename="northgate.xlsx")
    assert [s.kind for s in book.sheets] == list(FILES)
    for sheet in book.sheets:
        assert sheet.kind
        assert sheet.confidence > 0.8
        rows = read(
            FOLDER / "northgate.xlsx", sheet=sheet.name, kind=sheet.kind, columns=sheet.columns
        )
        excel = (
            list(gather_invoices(rows)) if sheet.kind is Kind.INVOICES else [r.fact for r in rows]
        )
        assert excel == facts(sheet.kind)


def test_it_is_as_large_and_as_odd_as_it_says(invoices: list[SourceInvoice]) -> None:
    jobs = {j.key: j for j in facts(Kind.JOBS)}
    assert len(facts(Kind.CLIENTS)) >= 40
    assert len(jobs) >= 250
    assert len(invoices) >= 600
    assert sum(len(i.lines) for i in invoices) >= 1500
    assert {j.worker_type for j in jobs.values()} == {WorkerType.W2, WorkerType.C1099}
    places: dict[str, set[str]] = {}
    for job in jobs.values():
        places.setdefault(job.contractor, set()).add(job.client_key)
    assert sum(len(clients) > 1 for clients in places.values()) >= 8
    used = Counter(line.item_key for i in invoices for line in i.lines)
    assert set(used) == {"REG", "OT", "DT", "HOL", "PD", "EXP", "MIL", "ONC", "DHF", "GUA"}
    assert sum(len({ln.job_key for ln in i.lines}) > 1 for i in invoices) >= 50
    assert sum(not ln.job_key for i in invoices for ln in i.lines) >= 8
    assert any(i.total is not None and i.total < 0 for i in invoices)
    assert any(i.kind is InvoiceKind.DIRECT_HIRE for i in invoices)
    assert {line.job_key for i in invoices for line in i.lines} - {""} <= set(jobs)
    assert max(len(i.number) for i in invoices) > 11


def test_the_company_file_obeys_quickbooks() -> None:
    company = load("quickbooks.json")
    for name, limit in (("customers", 41), ("items", 31), ("classes", 31)):
        seen: set[str] = set()
        for entry in company[name]:
            full_name = entry["full_name"]
            parent = full_name.rpartition(":")[0]
            assert all(0 < len(level) <= limit for level in full_name.split(":"))
            assert full_name == " ".join(full_name.split())
            assert len(full_name) <= 209
            assert not parent or parent.lower() in seen, full_name
            assert full_name.lower() not in seen, full_name
            seen.add(full_name.lower())
    assert any(len(c["full_name"].rpartition(":")[2]) == 41 for c in company["customers"])
    assert sum(not c["active"] for c in company["customers"]) > 50
    accounts = {a["name"] for a in company["accounts"]}
    assert {i["income_account"] for i in company["items"]} <= accounts


def test_a_rehearsal_company_takes_it(tmp_path: Path) -> None:
    description = load("quickbooks.json")
    company = CompanyFile.create(tmp_path / "northgate.sqlite", name="Northgate Staffing")
    counts = company.load(description)
    company.close()
    assert counts["customers"] == len(description["customers"])
    assert counts["invoices"] == len(description["invoices"])


def test_mappings_point_at_records_that_exist() -> None:
    company, answers = load("quickbooks.json"), load("bookkeeper.json")
    names = {e["full_name"] for e in company["customers"]}
    jobs = {j.key for j in facts(Kind.JOBS)}
    truth = {r["job_key"]: r["full_name"] for r in rows_of("truth.csv")}
    mapped = {r["job_key"]: r["full_name"] for r in rows_of("mappings.csv")}
    assert set(truth) == jobs
    assert mapped == {k: v for k, v in truth.items() if v}
    assert set(mapped.values()) <= names
    assert len(set(mapped.values())) == len(mapped)
    assert {r["full_name"] for r in rows_of("client_mappings.csv")} <= names
    assert {r["full_name"] for r in rows_of("item_mappings.csv")} <= {
        e["full_name"] for e in company["items"]
    }
    added = {e["full_name"] for e in (*answers["add_customers"], *answers["add_jobs"])}
    assert not {n.lower() for n in added} & {n.lower() for n in names}
    assert {m["full_name"] for m in answers["mappings"]["jobs"]} <= added
    assert set(answers["reactivate_customers"]) <= names


def test_a_typed_invoice_carries_a_number_of_the_back_office(
    invoices: list[SourceInvoice],
) -> None:
    foreign = {i["number"] for i in load("quickbooks.json")["invoices"]}
    taken = foreign & {i.number for i in invoices}
    expected = load("expected.json")
    assert {e["number"] for e in expected["before"]["number_taken_at_export"]} == taken
    assert len(taken) == 1


def test_what_is_expected_adds_up() -> None:
    expected = load("expected.json")
    for act in ("before", "after"):
        blocked = expected[act]["blocked"]
        assert blocked["invoices"] == sum(r["invoices"] for r in blocked["by_reason"].values())
    before, after = expected["before"], expected["after"]
    assert (
        before["ready"]["invoices"] + before["blocked"]["invoices"]
        == (expected["source"]["invoices"])
    )
    assert (
        after["ready"]["invoices"] + after["blocked"]["invoices"]
        == (before["blocked"]["invoices"])
    )
    per_job = expected["per_quickbooks_job"].values()
    assert sum(j["postings"] for j in per_job) == (
        before["exported"]["postings"] + after["exported"]["postings"]
    )


def test_the_file_with_mistakes_gives_two_invoices_and_names_every_mistake() -> None:
    path = FOLDER / "invoices_with_mistakes.csv"
    outcomes = list(gather_invoices(read_all(path)))
    good = [i for i in outcomes if isinstance(i, SourceInvoice)]
    assert [(i.number, str(sum(ln.amount for ln in i.lines))) for i in good] == [
        ("22001", "3289.50"),
        ("22009", "-12.50"),
    ]
    bad = [i for i in outcomes if not isinstance(i, SourceInvoice)]
    assert {b.key: [(p.line, p.field) for p in b.problems] for b in bad} == {
        "": [(14, "Invoice #")],
        "22002": [(7, "Invoice Date")],
        "22003": [(8, "Quantity")],
        "22004": [(9, "Item ID")],
        "22005": [(10, "Amount")],
        "22006": [(12, "Payment Terms"), (14, "Invoice #")],
        "22007": [(14, "Invoice #"), (16, "Bill Rate")],
        "22008": [(17, "Amount")],
    }
