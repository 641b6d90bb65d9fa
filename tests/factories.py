"""Named people and small books for tests: Northgate is ours, Harbor is somebody else's.

Sam is Northgate's Super User, Bea its Biller, Avery its Approver, Vic its Viewer.
Charlie is Harbor's Super User: a stranger to Northgate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from tieout.store.commits import drifts
from tieout.store.models import (
    Book,
    ClientMapping,
    Company,
    Connection,
    ItemMapping,
    JobMapping,
    JobSuggestion,
    Lane,
    Membership,
    Posting,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceInvoice,
    SourceItem,
    SourceJob,
    SourceLine,
    SuggestionState,
    User,
)
from tieout.store.queries import suggestions

NOW = datetime(2026, 10, 19, 14, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


@dataclass
class World:
    """The usual cast."""

    northgate: Company
    harbor: Company
    sam: User
    bea: User
    avery: User
    vic: User
    charlie: User


def company(name: str, *, rehearsal: bool = False) -> Company:
    made = Company.objects.create(name=name, created_at=NOW, rehearsal=rehearsal)
    Lane.objects.create(company=made)
    Connection.objects.create(company=made)
    Book.objects.create(company=made)
    return made


def person(name: str, *, of: Company, role: str) -> User:
    made = User.objects.create_user(username=name, password=PASSWORD, first_name=name.title())
    Membership.objects.create(user=made, company=of, role=role)
    return made


def world() -> World:
    northgate = company("Northgate Staffing", rehearsal=True)
    harbor = company("Harbor Staffing")
    return World(
        northgate=northgate,
        harbor=harbor,
        sam=person("sam", of=northgate, role="super_user"),
        bea=person("bea", of=northgate, role="biller"),
        avery=person("avery", of=northgate, role="approver"),
        vic=person("vic", of=northgate, role="viewer"),
        charlie=person("charlie", of=harbor, role="super_user"),
    )


def client(
    of: Company, key: str = "C-1", name: str = "Acme Health", **more: object
) -> SourceClient:
    return SourceClient.objects.create(company=of, key=key, name=name, **more)


def job(
    of: SourceClient, key: str = "J-1", contractor: str = "Elena Ortiz", **more: object
) -> SourceJob:
    title = str(more.pop("title", "ICU Registered Nurse"))
    search = " ".join([contractor, of.name, title, key]).lower()
    return SourceJob.objects.create(
        company=of.company,
        client=of,
        key=key,
        contractor=contractor,
        title=title,
        search_text=search,
        **more,
    )


def qb_customer(of: Company, full_name: str, list_id: str = "", **more: object) -> QbCustomer:
    """A customer, or a job when the path has a colon (its customer must have been made before)."""
    parent_path, _, name = full_name.rpartition(":")
    parent = QbCustomer.objects.get(company=of, full_name=parent_path) if parent_path else None
    number = QbCustomer.objects.count() + 1
    list_id = list_id or f"8{number:07X}-1735743002"
    return QbCustomer.objects.create(
        company=of,
        list_id=list_id,
        name=name,
        full_name=full_name,
        parent_list_id=parent.list_id if parent else "",
        top_list_id=(parent.top_list_id if parent else list_id),
        sublevel=full_name.count(":"),
        search_text=full_name.lower(),
        **more,
    )


def qb_entry(of: Company, full_name: str, kind: str = "item", **more: object) -> QbEntry:
    number = QbEntry.objects.count() + 1
    return QbEntry.objects.create(
        company=of, kind=kind, list_id=f"8{number:07X}-1735741500", full_name=full_name, **more
    )


def map_job(source: SourceJob, target: QbCustomer) -> JobMapping:
    made = JobMapping.objects.create(
        company=source.company,
        job=source,
        target=target,
        version=1,
        changed_at=NOW,
        remembered_full_name=target.full_name,
        remembered_parent=target.parent_list_id,
        remembered_top=target.top_list_id,
        remembered_active=target.active,
        remembered_job_active=source.active,
        remembered_client=source.client,
    )
    source.map_state = SourceJob.MapState.MAPPED
    source.search_text += " " + target.full_name.lower()
    source.save()
    return made


def suggest(
    source: SourceJob,
    target: QbCustomer | None,
    *,
    score: float = 0.97,
    bucket: str = "Likely",
    safe: bool = True,
    reasons: tuple[str, ...] = ("same person, order swapped",),
) -> JobSuggestion:
    """A stored suggestion that is not stale; without a target: probably none."""
    SuggestionState.objects.get_or_create(company=source.company)
    rank = {
        "list_id": target.list_id if target else "",
        "score": score,
        "bucket": bucket,
        "accepted": safe,
        "reasons": list(reasons),
        "flags": [],
        "fit": score,
        "certain": safe,
        "exact": False,
    }
    source.suggested = target is not None
    source.save()
    made, _ = JobSuggestion.objects.update_or_create(
        company=source.company,
        job=source,
        defaults={
            "target": target,
            "score": round(score * 10_000),
            "bucket": bucket,
            "safe": safe,
            "reasons": list(reasons),
            "ranks": [rank],
            "target_name": target.full_name if target else "",
            "job_mark": suggestions.job_mark(source),
            "books_mark": "",
            "computed_at": NOW,
        },
    )
    return made


def map_client(source: SourceClient, target: QbCustomer) -> ClientMapping:
    return ClientMapping.objects.create(
        company=source.company, client=source, target=target, version=1, changed_at=NOW
    )


def map_item(source: SourceItem, target: QbEntry) -> ItemMapping:
    return ItemMapping.objects.create(
        company=source.company, item=source, target=target, version=1, changed_at=NOW
    )


def item(
    of: Company, key: str = "REG", name: str = "Regular Time", kind: str = "contractor"
) -> SourceItem:
    return SourceItem.objects.create(company=of, key=key, name=name, kind=kind)


def invoice(
    of: SourceClient,
    number: str = "20417",
    *,
    lines: list[tuple[str, str, str]] | None = None,
    on: date = date(2026, 10, 4),
    **more: object,
) -> SourceInvoice:
    """An invoice; each line is (job key, item key, amount)."""
    rows = lines or [("J-1", "REG", "1200.00")]
    made = SourceInvoice.objects.create(
        company=of.company,
        client=of,
        key=f"INV-{number}",
        number=number,
        kind="contractor",
        invoice_date=on,
        total=sum((Decimal(amount) for _, _, amount in rows), Decimal(0)),
        content_hash="0" * 64,
        **more,
    )
    SourceLine.objects.bulk_create(
        SourceLine(
            invoice=made,
            number=n,
            job_key=job_key,
            item_key=item_key,
            amount=Decimal(amount),
            description="Week ending 10/04/2026",
            service_date=on,
        )
        for n, (job_key, item_key, amount) in enumerate(rows, start=1)
    )
    return made


def posting(
    of: SourceInvoice, customer: QbCustomer, *, job_key: str = "J-1", state: str = "exported"
) -> Posting:
    """What an invoice became, by default in QuickBooks already."""
    return Posting.objects.create(
        company=of.company,
        invoice=of,
        job_key=job_key,
        key=f"key{of.number}{job_key}",
        guid="{0}",
        state=state,
        state_at=NOW,
        kind="invoice",
        number=of.number,
        customer=customer,
        txn_date=of.invoice_date,
        total=of.total,
        fingerprint="f",
        content={},
    )


def notice_all(
    *, company_id: int, now: datetime = NOW, task_id: int | None = None
) -> drifts.Noticed:
    """Compare every mapping with what it remembers, as the end of a refresh does in bundles."""
    noticed = drifts.Noticed()
    after: int | None = 0
    while after is not None:
        after = drifts.notice_some(
            company_id=company_id, now=now, task_id=task_id, after=after, noticed=noticed
        )
    return noticed
