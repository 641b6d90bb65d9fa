"""An agency for the benchmarks: its company, people and connection, verified through a connector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import PASSWORD

from tieout.sandbox import CompanyFile
from tieout.service import moments, verify_connection
from tieout.service.access import Access, find_access
from tieout.service.worker import Worker
from tieout.store.models import Book, Company, Connection, Lane, Membership, User

NAME = "Big Staffing"
LISTS: dict[str, Any] = {
    "name": NAME,
    "terms": [{"name": "Net 30", "due_days": 30}],
    "items": [
        {"kind": "Service", "full_name": name, "income_account": "Service Income"}
        for name in ("Regular Hours", "Overtime Hours", "Per Diem")
    ],
}


def make_books(path: Path, customers: int, jobs_each: int) -> None:
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
