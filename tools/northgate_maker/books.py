"""The same agency's QuickBooks company, as a bookkeeper has kept it over the years.

`make_books` answers the customers and jobs, the truth (contractor job → Customer:Job) and what
the bookkeeper does later, when asked for what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from northgate_maker.agency import Agency, Client, Dice, Job
from northgate_maker.specials import UNKNOWN_TO_BOOKS

NAME_MAX = 41  # characters of one level of a Customer:Job name
CLOSING_DATE = "2026-08-31"
WARDS = {"ICU": "ICU", "RN Med Surg": "Med/Surg", "CNA": "Med/Surg"}
LEFT_OUT_FOR_GOOD = 2  # missing jobs that the bookkeeper does not add either
ITEM_LINKS = {  # (invoice type, item id) -> QuickBooks item
    ("Contractor", "REG"): "Labor:Regular",
    ("Contractor", "OT"): "Labor:OT",
    ("Contractor", "DT"): "Labor:DT",
    ("Contractor", "HOL"): "Labor:Holiday Worked",
    ("Contractor", "PD"): "Reimb:PerDiem",
    ("Contractor", "EXP"): "Reimb:Out-of-pocket",
    ("Contractor", "ONC"): "Labor:Standby",
    ("Direct Hire", "DHF"): "Perm Placement",
    ("Direct Hire", "GUA"): "Perm Placement Refund",
}
CLASS_LINKS = {
    "Healthcare": "Medical",
    "Light Industrial": "Industrial",
    "Accounting & Finance": "Acctg/Finance",
    "Information Technology": "IT",
    "Office & Administrative": "Office",
    "Legacy Clerical": "Office:Legacy",
}
ITEMS = (  # full name, income account, active
    ("Labor", "Staffing Revenue", True),
    ("Labor:Regular", "Staffing Revenue", True),
    ("Labor:OT", "Staffing Revenue", True),
    ("Labor:DT", "Staffing Revenue", True),
    ("Labor:Holiday Worked", "Staffing Revenue", True),
    ("Labor:Standby", "Staffing Revenue", False),
    ("Labor:Regular 2019", "Staffing Revenue", False),
    ("Reimb", "Reimbursed Expenses", True),
    ("Reimb:PerDiem", "Reimbursed Expenses", True),
    ("Reimb:Out-of-pocket", "Reimbursed Expenses", True),
    ("Reimb:Miles", "Reimbursed Expenses", True),
    ("Perm Placement", "Direct Hire Revenue", True),
    ("Perm Placement Refund", "Direct Hire Revenue", True),
    ("Background Check", "Reimbursed Expenses", True),
)


@dataclass(slots=True)
class Books:
    """The company file, who is who in it, and the bookkeeper's second act."""

    customers: dict[str, dict[str, Any]] = field(default_factory=dict)  # folded path → entry
    truth: dict[str, str] = field(default_factory=dict)  # job key → full name there, or ""
    later: dict[str, str] = field(default_factory=dict)  # missing job key → name it will get
    to_reactivate: list[str] = field(default_factory=list)

    def add(self, full_name: str, *, active: bool = True, **more: Any) -> bool:
        """Add unless the name is taken; every level within 41 characters."""
        assert all(0 < len(level) <= NAME_MAX for level in full_name.split(":")), full_name
        if full_name.lower() in self.customers:
            return False
        self.customers[full_name.lower()] = {"full_name": full_name, "active": active, **more}
        return True


def make_books(agency: Agency) -> Books:
    dice, books = Dice(41), Books()
    for client in agency.clients:
        if client.name != UNKNOWN_TO_BOOKS:
            books.add(client.book_name, active=client.active)
    for ward in ("ICU", "Med/Surg"):
        books.add(f"Mercy General Hosp:{ward}")
    billed = _billed(agency)
    missing = _missing(agency, billed)
    names = _names(dice, agency)
    for job in agency.jobs:
        full_name = names[job.key]
        if job.key in missing or job.client.name == UNKNOWN_TO_BOOKS:
            books.truth[job.key], books.later[job.key] = "", full_name
            continue
        books.truth[job.key] = full_name
        books.add(full_name, active=_still_active(dice, job), **_job_data(job))
    _inactive_by_mistake(agency, books, billed)
    _near_namesakes(dice, agency, books)
    _former_jobs(dice, agency, books)
    return books


def _billed(agency: Agency) -> dict[str, int]:
    """Job key → how many lines bill it."""
    count: dict[str, int] = {}
    for invoice in agency.invoices:
        for line in invoice.lines:
            if line.job:
                count[line.job.key] = count.get(line.job.key, 0) + 1
    return count


def _missing(agency: Agency, billed: dict[str, int]) -> list[str]:
    """Jobs that nobody has entered in QuickBooks yet: the newest that are billed, one in eight."""
    known = [j for j in agency.jobs if j.client.name != UNKNOWN_TO_BOOKS and billed.get(j.key)]
    newest = sorted(known, key=lambda j: (j.start, j.key), reverse=True)
    return [j.key for j in newest[3::9]][:9]


def _names(dice: Dice, agency: Agency) -> dict[str, str]:
    names: dict[str, str] = {}
    taken: set[str] = set()
    for job in agency.jobs:
        parent = _parent(job)
        for candidate in _spellings(dice, job):
            leaf = candidate.replace(":", " ")[:NAME_MAX].rstrip(" -,")
            full_name = f"{parent}:{leaf}"
            if full_name.lower() not in taken:
                taken.add(full_name.lower())
                names[job.key] = full_name
                break
    return names


def _parent(job: Job) -> str:
    name = job.client.book_name
    if name == "Mercy General Hosp" and job.short_title in WARDS:
        return f"{name}:{WARDS[job.short_title]}"
    return name


def _spellings(dice: Dice, job: Job) -> list[str]:
    """How a bookkeeper may have typed this job: the first is used unless it is taken."""
    styles = (
        (40, f"{job.last}, {job.first} - {job.short_title}"),
        (58, f"{job.last}, {job.first} - {job.title}"),
        (72, f"{job.last}, {job.first}"),
        (82, f"{job.first} {job.last} - {job.short_title}"),
        (89, f"{job.last}, {job.first[0]}. - {job.short_title}"),
        (94, f"{job.last} {job.first} {job.short_title}".upper()),
        (97, f"{job.first} {job.last}"),
        (100, f"{job.last}-Renner, {job.first} - {job.short_title}"),  # married since
    )
    roll = dice.below(100)
    first = next(text for limit, text in styles if roll < limit)
    return [first, f"{job.last}, {job.first} - {job.title}", f"{job.last}, {job.first} {job.key}"]


def _still_active(dice: Dice, job: Job) -> bool:
    ended = job.end is not None and job.end < date(2026, 8, 1)
    return job.client.active and not (ended and dice.chance(70))


def _job_data(job: Job) -> dict[str, str]:
    data = {"job_status": "Closed" if job.end and job.end < date(2026, 8, 1) else "InProgress"}
    data["start"] = job.start.isoformat()
    if job.projected_end:
        data["projected_end"] = job.projected_end.isoformat()
    if job.end and job.end < date(2026, 8, 1):
        data["end"] = job.end.isoformat()
    data["description"] = job.title
    return data


def _inactive_by_mistake(agency: Agency, books: Books, billed: dict[str, int]) -> None:
    """Three jobs that are billed, but were made inactive; two are reactivated when asked."""
    billed_jobs = [j for j in agency.jobs if billed.get(j.key, 0) > 8 and books.truth[j.key]]
    for at, job in enumerate(billed_jobs[7:60:20][:3]):
        full_name = books.truth[job.key]
        books.customers[full_name.lower()]["active"] = False
        if at < 2:
            books.to_reactivate.append(full_name)


def _near_namesakes(dice: Dice, agency: Agency, books: Books) -> None:
    """The same person's name under another customer, and an old twin beside the right job."""
    active = [j for j in agency.jobs if books.truth[j.key] and not j.end]
    others: list[Client] = [c for c in agency.clients if c.name != UNKNOWN_TO_BOOKS and c.active]
    for job in active[5::14]:
        other = dice.one(others)
        if other is not job.client:
            leaf = f"{job.last}, {job.first} - {job.short_title}"[:NAME_MAX].rstrip(" -,")
            books.add(f"{other.book_name}:{leaf}", active=dice.chance(60), job_status="Closed")
    for job in active[11::19]:
        leaf = f"{job.last}, {job.first} (old)"[:NAME_MAX]
        books.add(f"{job.client.book_name}:{leaf}", active=False, job_status="Closed")


def _former_jobs(dice: Dice, agency: Agency, books: Books) -> None:
    """Placements of earlier years that the back office no longer knows, and private customers."""
    for _ in range(45):
        job = dice.one(agency.jobs)
        if job.client.name == UNKNOWN_TO_BOOKS:
            continue
        other = dice.one(agency.jobs)
        leaf = f"{other.last}, {job.first} - {job.short_title}"[:NAME_MAX].rstrip(" -,")
        start = date(2022, 1, 3) + timedelta(days=7 * dice.below(150))
        books.add(
            f"{job.client.book_name}:{leaf}",
            active=False,
            job_status="Closed",
            start=start.isoformat(),
            end=(start + timedelta(days=182)).isoformat(),
        )
    for name in ("Northgate (internal)", "Cash Customer", "Mercy General Hospital - do not use"):
        books.add(name, active=name != "Mercy General Hospital - do not use")
