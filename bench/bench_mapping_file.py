"""A mapping file with 100,000 changed rows: looked at, saved, and undone as one.

    python bench/bench_mapping_file.py            BENCH_JOBS=5000 is a quick look

Of the contractor jobs seven in ten are mapped and lose their association, the others get one.
Nothing of it is done row by row: each bundle of 500 rows is read together, decided one by one by
the rules, and written together, with one event a row in the hash chain.

Baseline, in the same run: what the save left behind (mappings, jobs, events, rows of the file)
written once more by `executemany` into the same tables with the same indexes, 500 rows a
transaction. What Tieout adds is reading the present state, the rules, the chain of hashes, the
words of the search, and drifts.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import harness
from harness import Clock, Limit, apart, fresh_home, pair, ratios

JOBS = int(os.environ.get("BENCH_JOBS", "100000"))
BUNDLE = 500
TABLES = ("store_jobmapping", "store_sourcejob", "store_event", "store_proposedchange")
# A row costs the ORM six objects to read and three to write, an event its JSON and its hash, and
# the index of the search its words.
RATIO_MAX = 30.0
COMMITS_MORE = 3  # than bundles: the wish for suggestions at the end, and its task
MEMORY_MAX = 250.0


def main() -> int:
    with fresh_home() as home:
        apart(_stock, JOBS)
        from tieout.service import moments, propose_mappings, save_proposal
        from tieout.service.access import Access
        from tieout.store.models import Company, User

        access = Access(user=User.objects.get(), company=Company.objects.get(), role="biller")
        path = _file(home)
        idle = harness.resident_bytes()
        with harness.timed() as looked:
            proposal = propose_mappings.receive_now(access, "job", path, moments.now())
        with harness.counted() as counted, harness.timed() as saved:
            save_proposal.save_now(access, proposal, moments.now(), confirm=True)
        # before the baseline, which holds all rows at once
        grown = (harness.resident_bytes(peak=True) - idle) / harness.MIB
        _expect(proposal, "saved")
        bare = _bare(home)
        with harness.timed() as undone:
            save_proposal.undo_now(access, proposal, moments.now())
        _expect(proposal, "undone")
    return _tell(bare, looked, saved, undone, counted.commits, grown)


def _stock(jobs: int) -> None:
    from django.db import transaction

    from big_company import build

    with transaction.atomic():
        build(jobs=jobs)


def _file(home: Path) -> Path:
    """What a person would send who turns everything round."""
    from tieout.store.models import QbCustomer, SourceJob

    jobs = SourceJob.objects.order_by("id").values_list("key", "map_state")
    targets = QbCustomer.objects.exclude(parent_list_id="").order_by("id")
    path = home / "turned.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("job_key,quickbooks_list_id,quickbooks_job\n")
        for (key, state), list_id in zip(
            jobs, targets.values_list("list_id", flat=True), strict=True
        ):
            cells = f"{list_id}," if state == "not_mapped" else ",not mapped"
            file.write(f"{key},{cells}\n")
    return path


def _expect(proposal: Any, state: str) -> None:
    found = proposal.rows.filter(state=state).count()
    if found != JOBS:
        raise RuntimeError(f"{found:,} of {JOBS:,} rows are {state}")


def _bare(home: Path) -> Clock:
    """The same rows once more, without a thought, into the same tables of another file."""
    with closing(sqlite3.connect(home / "tieout.sqlite3")) as made:
        parts = {name: made.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
        schema = made.execute(
            "SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql <> '' "
            f"AND tbl_name IN ({', '.join('?' * len(TABLES))}) ORDER BY type DESC",
            TABLES,
        ).fetchall()
    with closing(sqlite3.connect(home / "bare.sqlite3", isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")
        for (statement,) in schema:
            file.execute(statement)
        with harness.timed() as clock:
            for start in range(0, JOBS, BUNDLE):
                file.execute("BEGIN IMMEDIATE")
                for name, rows in parts.items():
                    places = ", ".join("?" * len(rows[0]))
                    some = rows[start : start + BUNDLE]
                    file.executemany(f"INSERT INTO {name} VALUES ({places})", some)
                file.execute("COMMIT")
    return clock


def _tell(
    bare: Clock, looked: Clock, saved: Clock, undone: Clock, commits: int, grown: float
) -> int:
    harness.table(
        f"A mapping file of {JOBS:,} changed rows, {BUNDLE} in a transaction (wall, processor)",
        [
            ("the same rows, executemany", pair(bare)),
            ("looked at", pair(looked)),
            ("saved", pair(saved)),
            ("  against executemany", ratios(saved, bare)),
            ("undone", pair(undone)),
            ("  against executemany", ratios(undone, bare)),
            ("time for one row saved", f"{saved.cpu_s / JOBS * 1000:.2f} ms"),
            ("transactions of the save", f"{commits}"),
            ("memory over idle", f"{grown:,.0f} MiB"),
        ],
    )
    return harness.verdict(
        [
            Limit("saved", saved.cpu_s / bare.cpu_s, RATIO_MAX),
            Limit("undone", undone.cpu_s / bare.cpu_s, RATIO_MAX),
            Limit(
                "transactions beside the bundles", commits - -(-JOBS // BUNDLE), COMMITS_MORE, ""
            ),
            Limit("memory over idle", grown, MEMORY_MAX, "MiB"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
