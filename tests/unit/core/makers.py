"""A small agency to plan with: Acme Corporation (C1), its jobs, and how QuickBooks knows them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tieout.core.facts import (
    BookFacts,
    ExportRules,
    InvoiceKind,
    JobLink,
    Links,
    Plan,
    QbEntry,
    QbJob,
    Reason,
    SourceClient,
    SourceInvoice,
    SourceItem,
    SourceJob,
    SourceLine,
)
from tieout.core.planning import plan

DAY = date(2026, 3, 6)
CONTRACTOR = InvoiceKind.CONTRACTOR

ACME = QbJob(list_id="80-A", full_name="Acme Corporation", top_list_id="80-A")
BETA = QbJob(list_id="80-B", full_name="Beta LLC", top_list_id="80-B")


def qb_job(name: str, *, under: QbJob = ACME, **more: Any) -> QbJob:
    facts = {
        "list_id": f"81-{name}",
        "full_name": f"{under.full_name}:{name}",
        "parent_list_id": under.list_id,
        "top_list_id": under.list_id,
    }
    return QbJob(**(facts | more))


DANA, EVAN = qb_job("Reyes Dana"), qb_job("Cole Evan")
REGULAR = QbEntry(list_id="90-R", full_name="Regular Time")
OVERTIME = QbEntry(list_id="90-O", full_name="Overtime")

CLIENT = SourceClient(key="C1", name="Acme Corp")
JOBS = {
    "J1": SourceJob(key="J1", client_key="C1", contractor="Dana Reyes", title="Welder"),
    "J2": SourceJob(key="J2", client_key="C1", contractor="Evan Cole"),
}
ITEMS = {
    (CONTRACTOR, "REG"): SourceItem(key="REG", name="Regular Time"),
    (CONTRACTOR, "OT"): SourceItem(key="OT", name="Overtime"),
}
JOB_LINKS = {
    "J1": JobLink(job_key="J1", version=4, target=DANA),
    "J2": JobLink(job_key="J2", version=1, target=EVAN),
}
LINKS = Links(
    jobs=JOB_LINKS,
    clients={"C1": ACME},
    items={(CONTRACTOR, "REG"): REGULAR, (CONTRACTOR, "OT"): OVERTIME},
)


def line(number: int, amount: str, job_key: str = "J1", **more: Any) -> SourceLine:
    """A line of Regular Time; quantity and rate may be given as text."""
    for name in ("quantity", "rate"):
        if isinstance(more.get(name), str):
            more[name] = Decimal(more[name])
    more = {"item_key": "REG"} | more
    return SourceLine(number=number, amount=Decimal(amount), job_key=job_key, **more)


def invoice(*lines: SourceLine, **more: Any) -> SourceInvoice:
    facts = {"key": "I1", "number": "1042", "client_key": "C1", "invoice_date": DAY}
    return SourceInvoice(lines=lines, **(facts | more))


def planned(source: SourceInvoice, **more: Any) -> Plan:
    facts: dict[str, Any] = {
        "client": CLIENT,
        "jobs": JOBS,
        "items": ITEMS,
        "links": LINKS,
        "rules": ExportRules(),
        "books": BookFacts(),
        "kept": {},
        "taken": frozenset(),
    }
    return plan(source, **(facts | more))


def reasons(answer: Plan) -> list[Reason]:
    return [block.reason for block in answer.blocks]
