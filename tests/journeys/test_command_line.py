"""What the screens do for the main job, from a script: no question asked, JSON, exit status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.processes import Run, tieout

from tieout.sandbox import CompanyFile

pytestmark = pytest.mark.journey

MAPPED = "Mercy General Hosp:Med/Surg:Quintero, Tamika - RN Med Surg"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "northgate"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run(tmp_path_factory.mktemp("cli") / "data").start()
    assert tieout(run.home, "verify").returncode == 0
    assert tieout(run.home, "refresh").returncode == 0
    yield run
    run.stop()


def said(home: Path, *arguments: str, status: int = 0) -> Any:
    """What the command prints as JSON."""
    done = tieout(home, *arguments, "--json")
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_one_invoice_is_mapped_exported_and_tied_out(running: Run, tmp_path: Path) -> None:
    home = running.home
    for kind in ("clients", "items", "classes"):
        name = {"clients": "client", "items": "item", "classes": "class"}[kind]
        file = EXAMPLES / f"{name}_mappings.csv"
        assert said(home, "mappings", kind, "import", str(file))["refused"] == 0
    one = tmp_path / "one.csv"
    one.write_text(f'job_key,full_name\nJ-10401,"{MAPPED}"\nJ-10402,No such job\n')
    looked = said(home, "mappings", "jobs", "import", str(one), "--dry-run", status=1)
    assert (looked["ready"], looked["error"]) == (1, 1)
    assert (looked["rows"][0]["from"], looked["rows"][0]["to"]) == ("", MAPPED)
    for times in range(2):  # saved, taken back, and saved again: the preview had changed nothing
        applied = said(home, "mappings", "jobs", "import", str(one), status=1)
        assert (applied["saved"], applied["refused"]) == (1, 1)
        if times == 0:
            number = str(applied["changes"])
            assert said(home, "mappings", "jobs", "undo", number)["undone"] == 1
    assert applied["rows_refused"][0]["line"] == 3
    assert "Refresh QuickBooks" in applied["rows_refused"][0]["remedy"]

    said(home, "plan")
    status = said(home, "status")
    ready = status["invoices"]["ready"]["count"]
    assert ready > 0
    exported = said(home, "export", "--all-ready")
    assert len(exported["exported"]) == ready
    assert exported["not_exported"] == []
    postings = said(home, "status", "--postings")["postings"]
    of_job = [row for row in postings if row["job_key"] == "J-10401"]
    assert of_job
    assert {row["customer"] for row in of_job} == {MAPPED}
    # besides it, only lines without a job can go without a mapping: to their client's customer
    assert all(row["job_key"] == "" for row in postings if row not in of_job)
    assert said(home, "tie-out")["difference"] == "0.00"

    # what is written is what is saved, and reading it back changes nothing
    for name in ("jobs.csv", "jobs.xlsx"):
        file = tmp_path / name
        assert said(home, "mappings", "jobs", "export", str(file))["rows"] == 260
        again = said(home, "mappings", "jobs", "import", str(file))
        assert (again["saved"], again["unchanged"], again["refused"]) == (0, 260, 0)


def test_what_a_bookkeeper_did_is_a_state_after_the_tie_out(running: Run) -> None:
    """Over all processes: the connector, the worker and a script that waits."""
    home = running.home
    first, second, third = said(home, "postings", "--state", "exported")[:3]
    books = CompanyFile(home / "rehearsal" / "northgate.sqlite3")
    try:
        books.void_invoice(first["number"])
        books.delete_invoice(second["number"])
        books.edit_invoice_line(third["number"], 1, amount="1.23")
    finally:
        books.close()
    differing = json.loads(tieout(home, "tie-out", "--json").stdout)
    assert len(differing["findings"]) == 3
    rows = {row["number"]: row for row in said(home, "postings")}
    states = [rows[each["number"]]["state"] for each in (first, second, third)]
    assert states == ["voided", "deleted", "changed in quickbooks"]
    assert all(rows[each["number"]]["remedy"] for each in (first, second, third))


def test_a_blocked_invoice_says_why_it_cannot_be_exported(running: Run) -> None:
    blocked = said(running.home, "export", "--number", "20418", "99999", status=1)
    why = {row["number"]: row["problem"] for row in blocked["not_ready"]}
    assert "the books are closed through 08/31/2026" in why["20418"]
    assert why["99999"] == "There is no such invoice."


def test_importing_the_same_files_again_changes_nothing(running: Run) -> None:
    report = said(running.home, "import", str(EXAMPLES / "clients.csv"))
    assert report["files"][0]["unchanged"] == 44
    assert report["files"][0]["added"] == report["files"][0]["changed"] == 0


def test_people_and_rules_are_set_without_a_question(running: Run) -> None:
    home = running.home
    made = said(home, "person", "create", "nora", "--role", "viewer")
    assert len(made["password"]) >= 16
    assert "nora" in {row["username"] for row in said(home, "person", "list")}
    refused = tieout(home, "export", "--all-ready", "--as", "nora")
    assert refused.returncode == 1
    assert "may not do this" in refused.stderr
    assert said(home, "company", "settings", "--zero-totals", "skip")["zero_totals"] == "skip"
    assert said(home, "company", "settings")["zero_totals"] == "skip"


def test_the_password_of_the_connector_is_never_shown(running: Run) -> None:
    password = (running.home / "rehearsal" / "connector-password.txt").read_text()
    shown = tieout(running.home, "connection", "show", "--json").stdout
    assert json.loads(shown)["password_saved"] is True
    assert password not in shown


def test_the_doctor_finds_a_wrong_password_and_says_who_mends_it(
    running: Run, tmp_path: Path
) -> None:
    home = running.home
    right = home / "rehearsal" / "connector-password.txt"
    wrong = tmp_path / "wrong.txt"
    wrong.write_text("not this one")
    said(home, "connection", "set", "--password-file", str(wrong))
    probes = {row["what"]: row for row in said(home, "doctor", status=1)}
    login = probes["Northgate Staffing: login"]
    assert (login["state"], probes["worker"]["state"]) == ("fail", "ok")
    assert "Super User" in login["remedy"]
    assert probes["Northgate Staffing: test read"]["state"] == "skip"
    said(home, "connection", "set", "--password-file", str(right))
    assert all(row["state"] != "fail" for row in said(home, "doctor"))


def test_taking_over_is_a_super_users_word(running: Run) -> None:
    home = running.home
    said(home, "person", "create", "paul", "--role", "biller")
    refused = tieout(home, "connection", "take-over", "--as", "paul")
    assert refused.returncode == 1
    assert "may not do this" in refused.stderr
    assert said(home, "connection", "take-over") == {"taken_over": True}
    assert said(home, "connection", "show")["held"] == ""


def test_import_says_what_it_cannot_take_before_anything_is_imported(
    running: Run, tmp_path: Path
) -> None:
    good, bare, empty = (tmp_path / name for name in ("good.csv", "bare.csv", "empty.csv"))
    good.write_text("Client ID,Client,Status\nC-NEW,Newcomer,Active\n")
    bare.write_text("Client ID,Colour\nC-1,red\n")
    empty.touch()
    for more, sentence in (
        ((good,), f"FILE {good} is given twice: name it once."),
        (("--kind", "god.csv=clients"), "god.csv is none of the files to import; give one of"),
        (("--kind", "good.csv=client"), "KIND is one of clients, jobs, items, invoices."),
        ((bare,), f"{bare}: its columns do not tell what it holds. Say it with --kind {bare}="),
        ((empty,), f"{empty}: The file is empty. Export it again, and choose that file."),
    ):
        done = tieout(running.home, "import", str(good), *map(str, more))
        assert done.returncode == 2, done.stderr
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1
    (report,) = said(running.home, "import", str(good), "--no-plan")["files"]
    assert report["added"] == 1  # it was not there before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("status", "--company", "Nobody"), "There is no company called Nobody"),
        (("import", "missing.csv"), "There is no file missing.csv"),
        (("mappings", "jobs", "import", "missing.csv"), "missing.csv cannot be read"),
        (("mappings", "jobs", "undo", "9999"), "There are no changes 9999"),
        (("export", "--all-ready", "--as", "ghost"), "ghost does not belong"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(
    running: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    done = tieout(running.home, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
