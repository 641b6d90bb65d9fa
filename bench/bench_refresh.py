"""Refresh QuickBooks list: 100,000 customers and jobs through a real connector.

Baseline, in the same run: the very same answers, already in memory, parsed with bare lxml
(`etree.fromstring` a page, `findtext` a field) and inserted by one executemany in one
transaction. It is measured twice: into a plain table of the same columns with no index at all,
which is what the limit is held against, and into the product's own table in an empty database,
with its indexes. Neither asks what is there already, notices changes, or keeps its place.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from dataclasses import asdict
from pathlib import Path

from lxml import etree

import harness
from harness import Clock, Limit, apart, fresh_home, pair, ratios, seconds

CUSTOMERS, JOBS_EACH = 1000, 99
RATIO_MAX = 3.0
MEMORY_MAX = 150.0
PAGE = 1000
FIELDS = (
    "ListID", "Name", "FullName", "Sublevel", "IsActive", "EditSequence", "TimeModified",
    "JobStatus",
)  # fmt: skip


def main() -> int:
    with fresh_home() as home:
        books = home / "company.sqlite3"
        apart(_make_books, books)
        product = Refresh(home, books)
        first = product.run()
        again = product.run(full=True)
        apart(_change_some, books)
        changed = product.run()
        product.close()
        answers = home / "answers"
        apart(_keep_answers, books, answers)
        figures = home / "baseline"
        apart(_baseline, answers, home, figures)
        parsing, plain, indexed = (
            Clock(**each) for each in json.loads(figures.read_text("ascii"))
        )
    return _tell(first, again, changed, (parsing, plain, indexed))


def _make_books(path: Path) -> None:
    from office import make_books

    make_books(
        path, customers=int(os.environ.get("BENCH_CUSTOMERS", CUSTOMERS)), jobs_each=JOBS_EACH
    )


def _change_some(path: Path) -> None:
    """A day later: all of it is old but one in a hundred, which the bookkeeper edited."""
    from tieout.sandbox import CompanyFile

    disk = sqlite3.connect(path)
    disk.execute("UPDATE entry SET modified = modified - 86400")
    disk.commit()
    disk.close()
    from_connector = CompanyFile(path)
    jobs = [each.full_name for each in from_connector.list_customers() if ":" in each.full_name]
    for full_name in jobs[::100]:
        from_connector.edit_customer(full_name, notes="Looked at.")
    from_connector.close()


class Refresh:
    """The product: a connector process, and the worker's steps in this process."""

    def __init__(self, home: Path, books: Path) -> None:
        from office import open_company

        self.home, self.books = home, books
        connector = harness.Connector(books=books, home=home)
        self.company = open_company(connector.url)
        connector.stop()

    def run(self, *, full: bool = False) -> dict[str, float]:
        """One refresh from the click to *Done*, of what changed or of everything."""
        from office import access_to
        from tieout.service import moments
        from tieout.service.ask_refresh import ask_refresh
        from tieout.service.worker import Worker
        from tieout.store.models import Connection, QbCustomer, Task

        connector = harness.Connector(books=self.books, home=self.home)
        Connection.objects.update(url=connector.url)
        idle = harness.resident_bytes()
        task = ask_refresh(access=access_to(self.company), now=moments.now(), full=full)
        with harness.timed() as clock:
            worker = Worker()
            while worker.do_lane():  # planning and suggestions come afterwards, beside the lane
                pass
        grown = harness.resident_bytes(peak=True) - idle
        measured = connector.stop()
        task.refresh_from_db()
        if task.state != Task.State.DONE:
            raise RuntimeError(f"the refresh is {task.state}: {task.problem}")
        return {
            **measured,
            "wall_s": clock.wall_s,
            "worker_cpu_s": clock.cpu_s,
            "memory": grown / harness.MIB,
            "rows": QbCustomer.objects.count(),
            "read": task.result["seen"]["customer"],
        }

    def close(self) -> None:
        from django.db import connections

        connections.close_all()


# ------------------------------------------------------------------ the baseline


def _keep_answers(books: Path, folder: Path) -> None:
    """The company's own answers to the same query, in pages of the same size."""
    from tieout.quickbooks import qbxml
    from tieout.sandbox import CompanyFile
    from tieout.service.refresh_pages import CUSTOMER_FIELDS

    folder.mkdir()
    session = CompanyFile(books).open_session(app_name="bench")
    iterate, place = qbxml.Iterate("Start"), 0
    while True:
        query = qbxml.CustomerQuery(
            request_id="c", iterator=iterate, max_returned=PAGE, include=CUSTOMER_FIELDS
        )
        answer = session.process(qbxml.render([query]).decode())
        (folder / f"{place:05d}.xml").write_text(answer, "utf-8")
        response = etree.fromstring(answer.encode())[0][0]
        place += 1
        if response.get("iteratorRemainingCount") == "0":
            return
        iterate = qbxml.Iterate("Continue", response.get("iteratorID", ""))


def _baseline(answers: Path, home: Path, figures: Path) -> None:
    pages = [path.read_bytes() for path in sorted(answers.iterdir())]
    with harness.timed() as parsing:
        rows = [row for page in pages for row in _parsed(page)]
    plain = _insert(home / "plain.sqlite3", rows, make=True)
    os.environ["TIEOUT_HOME"] = str(home / "indexed")
    (home / "indexed").mkdir()
    apart(harness.migrate)
    indexed = _insert(home / "indexed" / "tieout.sqlite3", rows, make=False)
    figures.write_text(json.dumps([asdict(each) for each in (parsing, plain, indexed)]), "ascii")


def _parsed(page: bytes) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for ret in etree.fromstring(page).iter("CustomerRet"):
        find = ret.findtext
        list_id, name, full_name, level, active, edit, modified, status = map(find, FIELDS)
        parent = find("ParentRef/ListID") or ""
        rows.append(
            (
                1, list_id, name, full_name, parent, parent or list_id, int(level or 0),
                active == "true", None, edit, modified, status or "", "", "", 1,
                (full_name or "").lower(),
            )
        )  # fmt: skip
    return rows


COLUMNS = (
    "company_id", "list_id", "name", "full_name", "parent_list_id", "top_list_id", "sublevel",
    "active", "gone_at", "edit_sequence", "time_modified", "job_status", "merged_into",
    "merged_proof", "seen_pass", "search_text",
)  # fmt: skip


def _insert(path: Path, rows: list[tuple[object, ...]], *, make: bool) -> Clock:
    disk = sqlite3.connect(path, isolation_level=None)
    disk.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000"
    )
    names = ", ".join(COLUMNS)
    if make:
        disk.execute(f"CREATE TABLE store_qbcustomer (id INTEGER PRIMARY KEY, {names})")
    marks = ", ".join("?" * len(COLUMNS))
    with harness.timed() as clock:
        disk.execute("BEGIN IMMEDIATE")
        disk.executemany(f"INSERT INTO store_qbcustomer ({names}) VALUES ({marks})", rows)
        disk.execute("COMMIT")
    disk.close()
    return clock


# ------------------------------------------------------------------ the figures


def _tell(
    first: dict[str, float],
    again: dict[str, float],
    changed: dict[str, float],
    bare: tuple[Clock, Clock, Clock],
) -> int:
    parsing, plain, indexed = bare
    without, with_ = parsing + plain, parsing + indexed
    harness.table(
        "Bare baseline (wall, processor)",
        [
            ("lxml parsing", pair(parsing)),
            ("one insert, table without any index", pair(plain)),
            ("one insert, the product's table with its indexes", pair(indexed)),
        ],
    )
    for title, run in (("First refresh", first), ("Again, nothing changed", again)):
        own = _own(run)
        harness.table(
            f"{title}: {run['rows']:,.0f} rows in {run['calls']:.0f} calls (wall, processor)",
            [
                ("from click to done", seconds(run["wall_s"])),
                ("of it inside the rehearsal company", seconds(run["inside_s"])),
                ("Tieout and connector together", pair(own)),
                ("  against parsing + insert with the indexes", ratios(own, with_)),
                ("  against parsing + insert without any index", ratios(own, without)),
                ("memory over idle", f"{run['memory']:,.0f} MiB"),
            ],
        )
    share = changed["read"] / changed["rows"]
    harness.table(
        f"1 % changed: {changed['read']:,.0f} of {changed['rows']:,.0f} rows read in "
        f"{changed['calls']:.0f} calls (wall, processor)",
        [
            ("from click to done", seconds(changed["wall_s"])),
            ("against everything, from click to done", ratio(changed["wall_s"], again["wall_s"])),
            ("Tieout and connector together", pair(_own(changed))),
            ("  against everything", ratios(_own(changed), _own(again))),
        ],
    )
    fattest = max(first["memory"], again["memory"])
    return harness.verdict(
        [
            Limit("first refresh", _own(first).wall_s / without.wall_s, RATIO_MAX),
            Limit("a refresh again", _own(again).wall_s / without.wall_s, RATIO_MAX),
            Limit("1 % changed against everything", changed["wall_s"] / again["wall_s"], 0.25),
            Limit("share of rows read for 1 %", share, 0.02),
            Limit("memory over idle", fattest, MEMORY_MAX, "MiB"),
        ]
    )


def ratio(part: float, whole: float) -> str:
    return f"{part / whole:.3f} x"


def _own(run: dict[str, float]) -> Clock:
    """What is Tieout's and the connector's, the rehearsal company left out."""
    connector_cpu_s = run["cpu_s"] - run["inside_cpu_s"]
    return Clock(run["wall_s"] - run["inside_s"], run["worker_cpu_s"] + connector_cpu_s)


if __name__ == "__main__":
    sys.exit(main())
