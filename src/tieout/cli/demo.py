"""`tieout demo`: the main job without a browser, from a fresh company to the tie-out."""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tieout.cli import demo_check, northgate, project
from tieout.cli.connector_child import ConnectorChild
from tieout.cli.output import CommandError, add_json, dollars, emit, table
from tieout.cli.passwords import random_password

WAIT_S = 60.0
RAM_BYTES_MIN = 256 * 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout demo`."""
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep everything in this (new) folder"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """0 = everything came out as expected, 1 = something differs, 2 = could not be tried."""
    with _data_directory(options.keep) as home:
        demo = Demo(home, quiet=options.json)
        with ConnectorChild(home / "rehearsal") as connector:
            differences = demo.play(connector.url)
    if options.json:
        emit({"ok": not differences, "differences": differences, **demo.facts}, as_json=True)
    return 1 if differences else 0


@contextmanager
def _data_directory(keep: Path | None) -> Iterator[Path]:
    """A data directory of its own, with its own database, whatever the environment says."""
    if keep is not None and keep.exists() and any(keep.iterdir()):
        message = f"{keep} is not empty: name a new folder with --keep."
        raise CommandError(message)
    home = keep.absolute() if keep else Path(tempfile.mkdtemp(prefix="tieout-demo-", dir=_ram()))
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "TIEOUT_SECRETS_KEY_PATH"):
        os.environ.pop(name, None)
    os.environ["TIEOUT_HOME"] = str(home)
    try:
        northgate.make_company_file(home / "rehearsal" / "northgate.sqlite3")
        yield home
    finally:
        if keep is None:
            shutil.rmtree(home, ignore_errors=True)


def _ram() -> Path | None:
    """A folder in memory, where there is one: what is thrown away need not survive a power cut."""
    place = Path("/dev/shm")  # noqa: S108 # the folder itself has a random name, 0700
    enough = place.is_dir() and os.access(place, os.W_OK)
    return place if enough and shutil.disk_usage(place).free > RAM_BYTES_MIN else None


class Demo:
    """The two acts, step by step. `facts` is what came out, in the shape of expected.json."""

    def __init__(self, home: Path, *, quiet: bool) -> None:
        self.home = home
        self.quiet = quiet
        self.facts: dict[str, Any] = {}

    def play(self, url: str) -> list[dict[str, str]]:
        """Both acts; what differs from the expected figures."""
        project.start()
        self.access = self._create(url)
        self._verify()
        self._refresh()
        self._import()
        self._map(northgate.folder(), northgate.MAPPINGS)
        self.facts["source"] = demo_check.source(self.access.company.pk)
        self.facts["before"] = self._export_what_is_ready()
        self._compare()
        self._bookkeeper()
        self.facts["after"] = self._export_what_is_ready()
        result = self._compare()
        return self._conclude(result)

    def _show(self, title: str, rows: list[dict[str, Any]]) -> None:
        if not self.quiet:
            table(title, rows)
            sys.stdout.flush()

    def _create(self, url: str) -> Any:
        password = (self.home / "rehearsal" / "password.txt").read_text("utf-8")
        person = northgate.Person(
            username="sam", password=random_password(), full_name="Sam Northgate"
        )
        access = northgate.make_company(person=person, url=url, connector_password=password)
        row = {"company": access.company.name, "person": "sam", "role": access.role_name}
        self._show("Create the company", [{**row, "Remote Connector": url}])
        return access

    def _verify(self) -> None:
        from tieout.cli.verify import climb

        ok, rows = climb(self.access, wait_s=WAIT_S)
        self._show("Verify", [{n: row[n] for n in ("rung", "state", "detail")} for row in rows])
        if not ok:
            message = "The connection to the rehearsal company does not hold."
            raise CommandError(message, status=1)

    def _refresh(self) -> None:
        from tieout.cli.driving import drive, must_succeed
        from tieout.service import moments
        from tieout.service.ask_refresh import ask_refresh

        task = ask_refresh(access=self.access, now=moments.now())
        ended = must_succeed(drive(task, wait_s=WAIT_S))
        seen = ended.result["seen"]
        self._show("Refresh QuickBooks list", [{"list": k, "entries": n} for k, n in seen.items()])

    def _import(self) -> None:
        from tieout.cli.import_files import bring_in

        report = bring_in(self.access, northgate.back_office())
        names = ("filename", "added", "changed", "unchanged", "bad")
        rows = [{name: getattr(each, name) for name in names} for each in report.files]
        self._show("Import", rows)

    def _map(self, folder: Path, files: dict[str, str]) -> None:
        from tieout.cli.import_files import plan_now
        from tieout.cli.mappings import apply_file

        rows = []
        for kind, name in files.items():
            report = apply_file(self.access, kind, folder / name, confirm=True)
            counts = {"saved": report.saved, "unchanged": report.unchanged}
            rows.append({"mappings": kind, **counts, "refused": len(report.refused)})
            if report.refused:
                first = report.refused[0]
                message = f"{name}, line {first.line}: {first.message} {first.remedy}"
                raise CommandError(message, status=1)
        self._show("Map from mapping files", rows)
        planned = plan_now(self.access, wait_s=WAIT_S)
        self._show("Plan", [{"checked": planned.result["planned"]}])

    def _export_what_is_ready(self) -> dict[str, Any]:
        from tieout.cli import export
        from tieout.store.queries import postings

        company_id = self.access.company.pk
        before = demo_check.exported_so_far(company_id)
        ready = demo_check.ready(company_id)
        ids = postings.ready_ids(company_id=company_id)
        outcome = export.see_through(self.access, export.queue(self.access, ids), wait_s=WAIT_S)
        exported = demo_check.exported_since(company_id, before)
        self._show("Export", [{"ready": ready["invoices"], **exported}])
        held = [
            {name: row[name] for name in ("number", "customer", "total", "state", "problem")}
            for row in outcome["not_exported"]
        ]
        if held:
            self._show("Not exported", held)
        return {
            "ready": ready,
            "blocked": demo_check.blocked(company_id),
            "number_taken_at_export": demo_check.number_taken(company_id),
            "exported": exported,
        }

    def _compare(self) -> dict[str, Any]:
        from tieout.cli.tie_out import compare

        found = compare(self.access, wait_s=WAIT_S)
        names = ("postings", "ours", "theirs", "difference", "tied")
        self._show("Tie out", [{name: found[name] for name in names}])
        return found

    def _bookkeeper(self) -> None:
        done = northgate.play_bookkeeper(self.home / "rehearsal" / "northgate.sqlite3")
        self._show("The bookkeeper answers", done)
        self._refresh()
        files: dict[str, str] = {}
        for kind, rows in northgate.load("bookkeeper.json")["mappings"].items():
            if rows:
                files[kind] = f"bookkeeper_{kind}.csv"
                _write_csv(self.home / files[kind], rows)
        self._map(self.home, files)

    def _conclude(self, result: dict[str, Any]) -> list[dict[str, str]]:
        company_id = self.access.company.pk
        self.facts["per_quickbooks_job"] = demo_check.per_job(company_id)
        differences = demo_check.differences(northgate.load("expected.json"), self.facts)
        differences += demo_check.book_differences(
            self.home / "rehearsal" / "northgate.sqlite3", self.facts["per_quickbooks_job"]
        )
        self._show("Both books, per QuickBooks job", _job_rows(result["jobs"]))
        blocked = self.facts["after"]["blocked"]
        rows = [
            {"still blocked": name, "invoices": each["invoices"], "dollars": each["total"]}
            for name, each in blocked["by_reason"].items()
        ]
        self._show("Still blocked, by first reason", rows)
        if result["findings"]:
            self._show("The books differ", result["findings"])
            differences.append(
                {"what": "tie-out", "expected": "0.00", "got": result["difference"]}
            )
        if differences:
            self._show("Not as expected", differences)
        if not self.quiet:
            _last_lines(result, self.facts["after"], differences)
        return differences


def _last_lines(
    result: dict[str, Any], after: dict[str, Any], differences: list[dict[str, str]]
) -> None:
    blocked, taken = after["blocked"], after["number_taken_at_export"]
    print(f"\nStill blocked: {blocked['invoices']} invoices, ${written(blocked['total'])}")
    for row in taken:
        print(f"For a person: number {row['number']} is taken, ${written(row['total'])}")
    if differences:
        print(f"{len(differences)} figures are not as expected.")
    else:
        print("Every figure is as expected.")
    print(f"difference {result['difference']} over exported invoices ({result['postings']})")


def written(text: str) -> str:
    """A decimal text with thousands separators; no binary fraction is ever involved."""
    from decimal import Decimal

    return dollars(Decimal(text))


def _job_rows(jobs: list[dict[str, str]]) -> list[dict[str, str]]:
    names = {"customer": "Customer:Job", "ours": "Tieout", "theirs": "QuickBooks"}
    rows = [
        {shown: row[name] for name, shown in names.items()} | {"difference": row["difference"]}
        for row in sorted(jobs, key=lambda row: row["customer"])
    ]
    for row in rows:
        for name in ("Tieout", "QuickBooks", "difference"):
            row[name] = written(row[name]).rjust(12)
    return rows


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
