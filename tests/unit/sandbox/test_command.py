"""`tieout sandbox` as a person or a script calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.sandbox.caller import Caller, invoice

from tieout.cli.main import main
from tieout.sandbox import CompanyFile

JOB = "Acme Health:RN Ortiz - ICU"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(company: CompanyFile, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["sandbox", str(company.path), *arguments])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return call


def test_a_company_is_made_and_filled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "books.json"
    source.write_text(json.dumps({"customers": ["Acme"]}))
    target = tmp_path / "new.qbs"
    arguments = ["sandbox", str(target), "create", "--name", "New Agency", "--from", str(source)]
    assert main(arguments) == 0
    assert "C:\\Books\\New Agency.QBW" in capsys.readouterr().out
    assert main(arguments) == 2
    assert "already a file" in capsys.readouterr().err


def test_jobs(run: Run, company: CompanyFile) -> None:
    assert run("jobs", "add", "Beacon Clinic:RN Kim", "--start", "2026-03-01")[0] == 0
    assert run("jobs", "rename", "Beacon Clinic:RN Kim", "RN Kim - ER")[1] == "Done.\n"
    assert run("jobs", "move", "Beacon Clinic:RN Kim - ER", "Acme Health")[0] == 0
    assert run("jobs", "inactivate", "Acme Health:RN Kim - ER")[0] == 0
    listed = json.loads(run("jobs", "list", "--inactive", "--json")[1])
    assert [row["full_name"] for row in listed] == [
        "Acme Health:RN Kim - ER",
        "Acme Health:RN Walsh",
    ]
    assert run("jobs", "reactivate", "Acme Health:RN Kim - ER")[0] == 0
    assert run("jobs", "merge", "Acme Health:RN Kim - ER", JOB)[0] == 0
    assert run("jobs", "delete", "Acme Health:RN Walsh")[0] == 0
    status, shown, _ = run("jobs", "list")
    assert status == 0
    assert [line.split()[0] for line in shown.splitlines()[:1]] == ["list_id"]
    assert len(company.list_customers()) == 3


def test_invoices_and_totals(run: Run, qb: Caller) -> None:
    qb.ask(invoice(number="T-1"))
    added = run(
        "invoices", "add", JOB, "--line", "item=Regular Hours,quantity=2,rate=50", "--number", "9"
    )
    assert added[0] == 0
    assert run("invoices", "edit", "9", "--memo", "by hand")[0] == 0
    assert run("invoices", "edit", "9", "--line", "1", "--quantity", "3")[0] == 0
    assert run("invoices", "renumber", "9", "10")[0] == 0
    assert run("invoices", "move", "10", "Beacon Clinic")[0] == 0
    assert run("payments", "add", "10", "--amount", "50.00")[0] == 0
    shown = run("invoices", "show", "10")[1]
    assert "by hand" in shown
    assert "100.00" in shown
    totals = json.loads(run("totals", "--json")[1])
    assert {row["full_name"]: row["total"] for row in totals} == {
        JOB: "400.00",
        "Beacon Clinic": "150.00",
        "TOTAL": "550.00",
    }
    assert run("invoices", "void", "T-1")[0] == 0
    assert run("invoices", "delete", "T-1")[0] == 0
    listed = json.loads(run("invoices", "list", "--job", "Beacon Clinic", "--json")[1])
    assert [row["number"] for row in listed] == ["10"]


def test_lists_preferences_faults_and_backups(run: Run, tmp_path: Path) -> None:
    assert run("items", "add", "Mileage", "--price", "0.67")[0] == 0
    assert run("classes", "inactivate", "Nursing:ICU")[0] == 0
    assert run("terms", "add", "Net 45", "--due-days", "45")[0] == 0
    assert run("accounts", "list")[0] == 0
    assert run("closing-date", "2026-01-31")[0] == 0
    shown = json.loads(run("preferences", "user_mode=singleuser", "--json")[1])
    assert (shown["user_mode"], shown["closing_date"]) == ("SingleUser", "2026-01-31")
    assert run("faults", "raise", "dialog", "--times", "2")[0] == 0
    assert json.loads(run("--json", "faults", "list")[1])[0]["kind"] == "dialog"
    assert "crash_after_save" in run("faults", "kinds")[1]
    assert run("faults", "clear", "dialog")[0] == 0
    assert run("backup", str(tmp_path / "b.qbs"))[0] == 0
    assert run("restore", str(tmp_path / "b.qbs"))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("jobs", "add", "Nope:X"), 1, "There is no customer called"),
        (("jobs", "add", "Acme Health"), 1, "already in use"),
        (("jobs", "rename", "Beacon Clinic", "A:B"), 1, "colon"),
        (("invoices", "show", "404"), 1, 'no invoice "404"'),
        (("invoices", "add", JOB, "--line", "colour=blue"), 2, "is not a field of a line"),
        (("closing-date", "soon"), 1, "not a date"),
        (("preferences", "nope=1"), 2, "no preference called nope"),
        (("load", "/missing.json"), 2, "cannot be read"),
        (("restore", "/missing.qbs"), 2, "no company file"),
    ],
)
def test_a_refusal_is_one_sentence_with_an_exit_status(
    run: Run, arguments: tuple[str, ...], status: int, words: str
) -> None:
    found, _, errors = run(*arguments)
    assert found == status
    assert words in errors
    assert errors.count("\n") == 1


def test_a_missing_or_foreign_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", str(tmp_path / "none"), "totals"]) == 2
    assert "no company file" in capsys.readouterr().err
    (tmp_path / "text").write_text("words " * 1000)
    assert main(["sandbox", str(tmp_path / "text"), "totals"]) == 2
    assert "not a rehearsal company" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["jobs"], ["jobs", "add"], ["invoices", "add"], ["faults", "raise"]]
)
def test_help_everywhere(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["sandbox", "file", *arguments, "--help"])
    assert caught.value.code == 0
    assert "usage" in capsys.readouterr().out


def test_django_and_the_rest_of_the_product_stay_out() -> None:
    code = (
        "import sys, tieout.cli.sandbox;"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'lxml')"
        " or m.startswith('tieout.') and m.split('.')[1] not in ('sandbox', 'cli')])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
