"""Planning: 10,000 invoices of three lines, from *Being checked* to *Ready*, stored.

Baseline, in the same run: `core.planning.plan` alone on the very same facts, which are already in
memory. What Tieout adds is reading those facts from the database, freezing each posting as JSON,
and writing postings and standings down, bundle by bundle, each in one transaction.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from decimal import Decimal

import harness
from commits import CommitCounter
from harness import Clock, Limit, apart, fresh_home, pair, ratios, seconds

INVOICES, LINES = 10_000, 3
JOBS = 2_000
CUSTOMERS = 50
# The decisions take a tenth of a millisecond an invoice. Around them four rows are read and two of
# some thirty columns are written, each decoded, checked and encoded once by the ORM, and a posting
# is frozen as JSON: four times the decisions would not even pay for making those objects.
RATIO_MAX = 12.0
MEMORY_MAX = 150.0


def main() -> int:
    with fresh_home():
        apart(_stock)
        from tieout.service import plan_export
        from tieout.store.models import Company, Posting

        company_id = Company.objects.values_list("id", flat=True).get()
        pure = _pure(company_id)
        idle = harness.resident_bytes()
        with harness.counted() as counted, harness.timed() as whole:
            planned = plan_export.plan_waiting(company_id=company_id)
        grown = (harness.resident_bytes(peak=True) - idle) / harness.MIB
        postings = Posting.objects.filter(company_id=company_id, state="ready").count()
        if (planned, postings) != (INVOICES, INVOICES):
            raise RuntimeError(f"{planned} planned, {postings} postings")
    return _tell(pure, whole, counted, grown)


def _stock() -> None:
    """The agency's books: clients, jobs, items, all mapped, and the invoices that wait."""
    from office import map_everything, open_company

    company = open_company()
    map_everything(company, customers=CUSTOMERS, jobs=JOBS)
    make_invoices(company.pk, INVOICES, lines=LINES)


def make_invoices(company_id: int, count: int, *, lines: int) -> None:
    """Invoices that wait for a plan, all lines of one job each; needs `map_everything`."""
    from tieout.store.models import SourceInvoice, SourceJob, SourceLine

    jobs = list(SourceJob.objects.filter(company_id=company_id).order_by("id"))
    first_day = date(2026, 8, 3)
    rows = []
    for n in range(count):
        job = jobs[n % len(jobs)]
        row = SourceInvoice(
            company_id=company_id, client_id=job.client_id, key=f"INV-{20000 + n}",
            number=f"{20000 + n}", kind="contractor", invoice_date=first_day + timedelta(n % 60),
            total=lines * Decimal("1500.00"), terms="Net 30", content_hash="0" * 64,
        )  # fmt: skip
        rows.append((row, job))
    SourceInvoice.objects.bulk_create([row for row, _ in rows], batch_size=500)
    SourceLine.objects.bulk_create(
        [
            SourceLine(
                invoice=row, number=n, item_key=("REG", "OT", "PD")[n % 3], job_key=job.key,
                description=f"{job.contractor}, week ending {row.invoice_date:%m/%d/%Y}",
                quantity=Decimal(40), rate=Decimal("37.5"), amount=Decimal("1500.00"),
                service_date=row.invoice_date,
            )
            for row, job in rows
            for n in range(1, lines + 1)
        ],
        batch_size=500,
    )  # fmt: skip


def _pure(company_id: int) -> Clock:
    """The decisions alone, on facts that were read before the clock starts."""
    from tieout.core import planning
    from tieout.store.queries import planning as queries

    spent = Clock()
    last = 0
    while ids := queries.invoices_to_plan(company_id=company_id, after_id=last, limit=300):
        last = ids[-1]
        bundle = queries.bundle(company_id=company_id, invoice_ids=ids)
        with harness.timed() as clock:
            plans = [
                planning.plan(
                    invoice,
                    client=bundle.clients.get(invoice.client_key),
                    jobs=bundle.jobs,
                    items=bundle.items,
                    links=bundle.links,
                    rules=bundle.rules,
                    books=bundle.books,
                    kept={},
                    taken=frozenset(),
                )
                for invoice in bundle.invoices
            ]
        if any(plan.blocks for plan in plans):
            raise RuntimeError(f"blocked: {plans[0].blocks}")
        spent += clock
    return spent


def _tell(pure: Clock, whole: Clock, counted: CommitCounter, grown: float) -> int:
    harness.table(
        f"Planning {INVOICES:,} invoices of {LINES} lines (wall, processor)",
        [
            ("the decisions alone", pair(pure)),
            ("planned and stored", pair(whole)),
            ("  against the decisions alone", ratios(whole, pure)),
            ("invoices a second", f"{INVOICES / whole.wall_s:,.0f}"),
            ("time for one invoice", f"{whole.wall_s / INVOICES * 1000:.2f} ms"),
            ("statements for one invoice", f"{counted.statements / INVOICES:.3f}"),
            ("transactions", f"{counted.commits}"),
            ("memory over idle", f"{grown:,.0f} MiB"),
            ("total", seconds(whole.wall_s)),
        ],
    )
    return harness.verdict(
        [
            Limit("planned and stored", whole.wall_s / pure.wall_s, RATIO_MAX),
            Limit("memory over idle", grown, MEMORY_MAX, "MiB"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
