"""The file itself: backup and restore, kills in the middle of writing, several processes at once."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock, envelope, invoice, line, totals

from tieout.sandbox import BookError, CompanyFile, HResult

JOB = "Acme Health:RN Ortiz - ICU"
WRITER = """
    import sys
    from pathlib import Path
    from tieout.sandbox import CompanyFile
    path, first, count, document, set_id = sys.argv[1:6]
    session = CompanyFile(Path(path)).open_session(app_name="Writer" + first)
    for number in range(int(first), int(first) + int(count)):
        text = document.replace("NUMBER", str(number)).replace("SETID", f"{set_id}-{number}")
        session.process(text)
        print(number, flush=True)
"""


def writer(path: Path, first: int, count: int, set_id: str) -> subprocess.Popen[str]:
    document = envelope(
        invoice(JOB, line(Amount="1.00"), number="NUMBER"), newMessageSetID="SETID"
    )
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(path), str(first), str(count)]
    return subprocess.Popen([*command, document, set_id], stdout=subprocess.PIPE, text=True)


def sound(path: Path) -> bool:
    connection = sqlite3.connect(path)
    try:
        checked: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()
    return checked == "ok"


def test_two_processes_write_at_once_and_nothing_is_lost(company: CompanyFile) -> None:
    writers = [writer(company.path, first, 25, "w") for first in (1000, 2000)]
    company.add_customer("Added meanwhile")
    for process in writers:
        process.communicate(timeout=60)
        assert process.returncode == 0
    found = company.list_invoices()
    assert len(found) == len({row.number for row in found}) == 50
    assert len({row.txn_id for row in found}) == 50
    assert totals(company) == {JOB: "50.00"}
    assert str(company.find_customer("Acme Health").total_balance) == "50.00"


@pytest.mark.parametrize("after", [1, 7])
def test_a_kill_in_the_middle_of_writing_leaves_a_sound_file(
    company: CompanyFile, after: int
) -> None:
    process = writer(company.path, 1, 5000, "k")
    assert process.stdout is not None
    for _ in range(after):
        confirmed = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close()
    assert sound(company.path)
    numbers = [int(row.number) for row in company.list_invoices()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= confirmed
    assert str(company.grand_total()) == f"{len(numbers)}.00"
    assert str(company.find_customer(JOB).balance) == f"{len(numbers)}.00"


@pytest.mark.parametrize(
    ("kind", "invoices", "state"),
    [("kill_before_save", 0, "600"), ("kill_after_save", 1, "600"), ("kill_after_state", 1, "0")],
)
def test_a_fault_really_kills_the_hosting_process(
    company: CompanyFile, new_caller: Callable[..., Caller], kind: str, invoices: int, state: str
) -> None:
    company.raise_fault(kind, times=1)
    process = writer(company.path, 1, 1, "set")
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert sound(company.path)
    assert len(company.list_invoices()) == invoices
    caller = new_caller("Writer1")
    answer = caller.send("", oldMessageSetID="set-1", newMessageSetID="set-1")
    assert answer.get("messageSetStatusCode") == state
    assert company.list_faults() == []


def test_a_restore_brings_everything_back_and_forgets_recovery_records(
    qb: Caller,
    company: CompanyFile,
    clock: MovableClock,
    new_caller: Callable[..., Caller],
    tmp_path: Path,
) -> None:
    qb.send(invoice(number="1"), newMessageSetID="ti-1")
    company.backup(tmp_path / "backup.qbs")
    qb.send(invoice(number="2"), newMessageSetID="ti-2")
    company.add_customer("Late Customer")
    clock.advance(hours=2)
    company.restore(tmp_path / "backup.qbs")
    assert [row.number for row in company.list_invoices()] == ["1"]
    assert str(company.find_customer(JOB).balance) == "400.00"
    with pytest.raises(BookError):
        company.find_customer("Late Customer")
    with pytest.raises(HResult) as caught:
        qb.session.process(envelope("<HostQueryRq/>"))
    assert caught.value.code == 0x8004040D
    fresh = new_caller()
    answer = fresh.send("", oldMessageSetID="ti-1", newMessageSetID="ti-1")
    assert answer.get("messageSetStatusCode") == "600"
    ask = "<CompanyActivityQueryRq/>"
    restored = fresh.ask(ask).findtext("CompanyActivityRet/LastRestoreTime")
    assert restored == "2026-02-10T10:00:44-06:00"


def test_no_id_is_given_twice_when_a_restore_takes_no_time(
    qb: Caller, company: CompanyFile, new_caller: Callable[..., Caller], tmp_path: Path
) -> None:
    """The clock stands still here: what is new after the restore must not look like what was lost."""
    company.backup(tmp_path / "backup.qbs")
    lost = {
        qb.ask(invoice(number="2")).findtext("InvoiceRet/TxnID"),
        company.add_customer("Late Customer"),
    }
    company.restore(tmp_path / "backup.qbs")
    given = {
        new_caller().ask(invoice(number="2")).findtext("InvoiceRet/TxnID"),
        company.add_customer("Late Customer"),
    }
    assert None not in lost | given
    assert not lost & given


def test_a_file_that_never_was_restored_says_so(qb: Caller) -> None:
    found = qb.ask("<CompanyActivityQueryRq/>").findtext("CompanyActivityRet/LastRestoreTime")
    assert found == "1970-01-01T00:00:00"


def test_backups_never_overwrite_and_strangers_are_not_restored(
    company: CompanyFile, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("hello")
    with pytest.raises(BookError):
        company.backup(tmp_path / "taken")
    with pytest.raises(BookError):
        company.restore(tmp_path / "taken")
    with pytest.raises(BookError):
        company.restore(tmp_path / "missing")


def test_a_company_is_not_made_over_a_file(company: CompanyFile) -> None:
    with pytest.raises(BookError):
        CompanyFile.create(company.path, name="Again")


def test_a_page_of_many_customers_walks_an_index(company: CompanyFile, qb: Caller) -> None:
    company.load({"customers": [f"Customer {number:05d}" for number in range(3000)]})
    seen: list[str] = []
    company_books = qb.session._books
    company_books.connection.set_trace_callback(seen.append)
    size = "<MaxReturned>1000</MaxReturned>"
    started = qb.ask(f"<CustomerQueryRq iterator='Start'>{size}</CustomerQueryRq>")
    more = f"iterator='Continue' iteratorID='{started.get('iteratorID')}'"
    qb.ask(f"<CustomerQueryRq {more}>{size}</CustomerQueryRq>")
    company_books.connection.set_trace_callback(None)
    pages = [sql for sql in seen if "ORDER BY path_key" in sql]
    assert len(pages) == 2
    for sql in pages:
        plan = company_books.connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        assert "TEMP B-TREE" not in str(plan)
        assert "entry_path" in str(plan)


def test_the_facts_of_host_company_and_preferences(qb: Caller, company: CompanyFile) -> None:
    host = qb.ask(
        "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity>"
        "</IncludeListMetaData></HostQueryRq>"
    )[0]
    assert "13.0" in [node.text for node in host.findall("SupportedQBXMLVersion")]
    assert host.findtext("QBFileMode") == "MultiUser"
    assert int(host.findtext("ListMetaData/EntityMetaData/MaxCapacity")) > 100_000
    assert qb.ask("<CompanyQueryRq/>").findtext("CompanyRet/CompanyName") == "Northgate Staffing"
    company.set_closing_date("2025-12-31")
    company.set_preference("sales_tax", "on")
    preferences = qb.ask("<PreferencesQueryRq/>")[0]
    assert preferences.findtext("AccountingPreferences/ClosingDate") == "2025-12-31"
    assert preferences.findtext("AccountingPreferences/IsUsingClassTracking") == "true"
    assert preferences.find("SalesTaxPreferences") is not None


@pytest.mark.parametrize(
    ("request_name", "ret", "first"),
    [
        ("ItemQuery", "ItemDiscountRet", "Loyalty"),
        ("ItemServiceQuery", "ItemServiceRet", "Overtime Hours"),
        ("ClassQuery", "ClassRet", "Nursing"),
        ("TermsQuery", "StandardTermsRet", "Due on receipt"),
        ("StandardTermsQuery", "StandardTermsRet", "Due on receipt"),
        ("AccountQuery", "AccountRet", "Accounts Receivable"),
        ("SalesTaxCodeQuery", "SalesTaxCodeRet", "Non"),
        ("TemplateQuery", "TemplateRet", "Custom Credit Memo"),
    ],
)
def test_every_list_can_be_read(qb: Caller, request_name: str, ret: str, first: str) -> None:
    found = qb.ask(f"<{request_name}Rq/>")[0]
    assert (found.tag, found.findtext("Name")) == (ret, first)


def test_accounts_by_type(qb: Caller) -> None:
    text = "<AccountQueryRq><AccountType>AccountsReceivable</AccountType></AccountQueryRq>"
    assert [ret.findtext("Name") for ret in qb.ask(text)] == ["Accounts Receivable"]
