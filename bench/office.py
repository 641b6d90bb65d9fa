"""An agency for the benchmarks: its company, people and connection, verified through a connector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import PASSWORD
from tieout.sandbox import CompanyFile
from tieout.service import moments, verify_connection
from tieout.service.access import Access, find_access
from tieout.service.worker import Worker
from tieout.store.models import (
    Book,
    ClientMapping,
    Company,
    Connection,
    ItemMapping,
    JobMapping,
    Lane,
    Membership,
    QbCustomer,
    QbEntry,
    SourceClient,
    SourceItem,
    SourceJob,
    User,
)

NAME = "Big Staffing"
LISTS: dict[str, Any] = {
    "name": NAME,
    "terms": [{"name": "Net 30", "due_days": 30}],
    "items": [
        {"kind": "Service", "full_name": name, "income_account": "Service Income"}
        for name in ("Regular Hours", "Overtime Hours", "Per Diem")
    ],
}


def make_books(path: Path, *, customers: int, jobs_each: int) -> None:
    """A rehearsal company file with this many customers and jobs under each of them."""
    books = CompanyFile.create(path, name=NAME)
    rows = [
        {
            "full_name": f"Customer {n:04d} Medical Staffing",
            "jobs": [
                {"full_name": f"{j:03d} Contractor {n * 7919 % 9973:04d}, Nurse ICU"}
                for j in range(jobs_each)
            ],
        }
        for n in range(customers)
    ]
    books.load({**LISTS, "customers": rows})
    books.close()


def open_company(url: str = "") -> Company:
    """The company with its connection; verified when there is an address."""
    now = moments.now()
    company = Company.objects.create(name=NAME, created_at=now)
    Lane.objects.create(company=company)
    Book.objects.create(company=company)
    connection = Connection(company=company, url=url, username="tieout", updated_at=now)
    connection.password = PASSWORD
    connection.save()
    user = User.objects.create_user(username="sam", password=PASSWORD)
    Membership.objects.create(user=user, company=company, role="super_user")
    if url:
        verify_connection.start(access=access_to(company), now=now)
        Worker().run_until_idle()
        connection.refresh_from_db()
        if connection.status != Connection.Status.ACTIVE:
            raise RuntimeError(f"Verify failed: {connection.ladder}")
    return company


def access_to(company: Company) -> Access:
    """Sam, who may do everything."""
    found = find_access(user=User.objects.get(username="sam"), company_id=company.pk)
    if found is None:
        raise RuntimeError("Sam has no access")
    return found


def map_everything(company: Company, *, customers: int, jobs: int) -> None:
    """Clients, contractor jobs and items of the back office, each linked to its own in QuickBooks.

    Customers, jobs and items that were read from QuickBooks are used; without any they are made
    up, so that a plan can be tried without a connector.
    """
    if not QbCustomer.objects.filter(company=company).exists():
        _make_up_lists(company, customers, jobs)
    roots = list(QbCustomer.objects.filter(company=company, sublevel=0).order_by("id"))
    clients = SourceClient.objects.bulk_create(
        SourceClient(company=company, key=f"C-{n}", name=root.name) for n, root in enumerate(roots)
    )
    ClientMapping.objects.bulk_create(
        ClientMapping(company=company, client=client, target=root, version=1)
        for client, root in zip(clients, roots, strict=True)
    )
    by_root = dict(zip((root.list_id for root in roots), clients, strict=True))
    targets = list(QbCustomer.objects.filter(company=company, sublevel=1).order_by("id")[:jobs])
    made = SourceJob.objects.bulk_create(
        SourceJob(
            company=company, client=by_root[target.top_list_id], key=f"J-{n}",
            contractor=target.name, title="Registered Nurse", map_state="mapped",
            search_text=target.full_name.lower(),
        )
        for n, target in enumerate(targets)
    )  # fmt: skip
    JobMapping.objects.bulk_create(
        JobMapping(
            company=company, job=job, target=target, version=1, changed_at=moments.now(),
            remembered_full_name=target.full_name, remembered_parent=target.parent_list_id,
        )
        for job, target in zip(made, targets, strict=True)
    )  # fmt: skip
    _map_items(company)


def _map_items(company: Company) -> None:
    names = {"REG": "Regular Hours", "OT": "Overtime Hours", "PD": "Per Diem"}
    for key, name in names.items():
        item = SourceItem.objects.create(company=company, key=key, name=name, kind="contractor")
        target = QbEntry.objects.get(company=company, kind="item", full_name=name)
        ItemMapping.objects.create(company=company, item=item, target=target, version=1)


def _make_up_lists(company: Company, customers: int, jobs: int) -> None:
    roots = QbCustomer.objects.bulk_create(
        QbCustomer(
            company=company, list_id=f"8{n:07X}-1", top_list_id=f"8{n:07X}-1",
            name=f"Customer {n:04d}", full_name=f"Customer {n:04d}",
        )
        for n in range(customers)
    )  # fmt: skip
    QbCustomer.objects.bulk_create(
        QbCustomer(
            company=company, list_id=f"9{n:07X}-1", parent_list_id=roots[n % customers].list_id,
            top_list_id=roots[n % customers].list_id, name=f"{n:04d} Contractor, Nurse", sublevel=1,
            full_name=f"{roots[n % customers].name}:{n:04d} Contractor, Nurse",
        )
        for n in range(jobs)
    )  # fmt: skip
    lists = [("item", item["full_name"]) for item in LISTS["items"]] + [("terms", "Net 30")]
    QbEntry.objects.bulk_create(
        QbEntry(company=company, kind=kind, list_id=f"A{n:07X}-1", full_name=name)
        for n, (kind, name) in enumerate(lists)
    )
