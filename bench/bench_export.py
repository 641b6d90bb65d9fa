"""Export: 1,000 invoices of three lines, one by one, through a real connector.

Baseline, in the same run: the rehearsal company's own time for the very same message sets (a probe
and a write for each invoice), replayed in one process on a copy of the company file as it was
before. What Tieout adds is durability on both sides: intent, answer and result are committed to
disk, each before the next step, and the connector's journal does the same.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import harness
from harness import Clock, Limit, apart, fresh_home, pair, ratios, seconds

INVOICES, LINES = 1000, 3
CUSTOMERS, JOBS_EACH = 50, 20
# The company alone needs two or three milliseconds for an invoice, less than the disk needs for one
# fsync; Tieout and the connector wait for eleven of them, one after the other. The ratio therefore
# says little about a real QuickBooks, which takes a second or more. What must not grow unnoticed
# is what the last two limits count, whatever the machine is.
RATIO_MAX = 30.0
COMMITS_MAX = 7.5
STATEMENTS_MAX = 44.0


def main() -> int:
    with fresh_home() as home:
        books = home / "company.sqlite3"
        apart(_make_books, books)
        connector = harness.Connector(books=books, home=home)
        company_id = _prepare(connector.url)
        connector.stop()
        _copy(books, home / "before.sqlite3")
        whole, counter, measured = _export(home, books, company_id)
        replayed = _replay(home / "before.sqlite3")
        _same_books(books, home / "before.sqlite3")
    return _tell(whole, counter, measured, replayed)


def _make_books(path: Path) -> None:
    from office import make_books

    make_books(path, customers=CUSTOMERS, jobs_each=JOBS_EACH)


def _prepare(url: str) -> int:
    """Verify, refresh, map, import and plan: everything up to the click on Export."""
    from bench_planning import make_invoices
    from office import access_to, map_everything, open_company
    from tieout.service import moments, plan_export
    from tieout.service.ask_refresh import ask_refresh
    from tieout.service.worker import Worker

    company = open_company(url)
    ask_refresh(access=access_to(company), now=moments.now())
    Worker().run_until_idle()
    map_everything(company, customers=CUSTOMERS, jobs=CUSTOMERS * JOBS_EACH)
    make_invoices(company.pk, INVOICES, lines=LINES)
    plan_export.plan_waiting(company_id=company.pk)
    return company.pk


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _export(
    home: Path, books: Path, company_id: int
) -> tuple[Clock, harness.CommitCounter, dict[str, float]]:
    """From the click to the last invoice's result."""
    from office import access_to
    from tieout.service import moments, run_export
    from tieout.service.worker import Worker
    from tieout.store.models import Company, Connection, Posting, SourceInvoice

    connector = harness.Connector(books=books, home=home, count=True)
    Connection.objects.update(url=connector.url)
    access = access_to(Company.objects.get(pk=company_id))
    ids = list(SourceInvoice.objects.values_list("id", flat=True))
    run_export.start(access=access, invoice_ids=ids, now=moments.now())
    with harness.counted() as counter, harness.timed() as clock:
        Worker().run_until_idle()
    measured = connector.stop()
    states = dict.fromkeys(Posting.objects.values_list("state", flat=True))
    if list(states) != ["exported"] or Posting.objects.count() != INVOICES:
        raise RuntimeError(f"not everything was exported: {sorted(states)}")
    return clock, counter, measured


def _replay(books: Path) -> Clock:
    """The same bytes in the same order, against the company alone."""
    from tieout.sandbox import CompanyFile
    from tieout.store.models import Exchange

    exchanges = Exchange.objects.order_by("id").values_list("request", "posting__app_name")
    sets = [(bytes(request).decode(), name) for request, name in exchanges]
    company = CompanyFile(books)
    session = company.open_session(app_name=sets[0][1])
    with harness.timed() as clock:
        for request, _ in sets:
            session.process(request)
    session.close()
    company.close()
    return clock


def _same_books(one: Path, other: Path) -> None:
    """Both company files hold the same invoices: the replay did the same work."""
    from tieout.sandbox import CompanyFile

    held = []
    for path in (one, other):
        company = CompanyFile(path)
        held.append([(row.number, row.customer, row.total) for row in company.list_invoices()])
        company.close()
    if held[0] != held[1] or len(held[0]) != INVOICES:
        raise RuntimeError(f"the replay differs: {len(held[0])} and {len(held[1])} invoices")


def _tell(
    whole: Clock,
    counter: harness.CommitCounter,
    measured: dict[str, float],
    replayed: Clock,
) -> int:
    connector_cpu_s = measured["cpu_s"] - measured["inside_cpu_s"]
    own = Clock(whole.wall_s - measured["inside_s"], whole.cpu_s + connector_cpu_s)
    harness.table(
        f"Export of {INVOICES:,} invoices of {LINES} lines (wall, processor)",
        [
            ("the company alone, same message sets", pair(replayed)),
            ("from click to done", seconds(whole.wall_s)),
            ("of it inside the company", seconds(measured["inside_s"])),
            ("Tieout and connector together", pair(own)),
            ("  against the company alone", ratios(own, replayed)),
            ("  of it the worker's processor time", seconds(whole.cpu_s)),
            ("  of it the connector's processor time", seconds(connector_cpu_s)),
            ("Tieout and connector for one invoice", f"{own.wall_s / INVOICES * 1000:.1f} ms"),
        ],
    )
    harness.table(
        "Durable commits for one invoice",
        [
            ("Tieout", f"{counter.commits / INVOICES:.2f}"),
            ("connector's journal", f"{measured['journal_commits'] / INVOICES:.2f}"),
            ("the company itself", f"{measured['company_commits'] / INVOICES:.2f}"),
            ("statements of Tieout", f"{counter.statements / INVOICES:.1f}"),
        ],
    )
    return harness.verdict(
        [
            Limit("Tieout and connector", own.wall_s / replayed.wall_s, RATIO_MAX),
            Limit("commits of Tieout", counter.commits / INVOICES, COMMITS_MAX, "an invoice"),
            Limit("statements", counter.statements / INVOICES, STATEMENTS_MAX, "an invoice"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
