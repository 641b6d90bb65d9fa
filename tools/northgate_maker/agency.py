"""The agency's back office: clients, contractor jobs, pay/bill items, weeks of invoices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import TypeVar

from northgate_maker.words import CLIENTS, DIVISIONS, FIRST_NAMES, LAST_NAMES, TITLES

SEED = 20261018
WEEKS = tuple(date(2026, 8, 30) + timedelta(days=7 * n) for n in range(8))
FIRST_NUMBER = 20417
TERMS_DAYS = {"Net 30": 30, "Net 15": 15, "Due on receipt": 0, "Net 45": 45}
T = TypeVar("T")


@dataclass(slots=True)
class Client:
    key: str
    name: str
    city: str
    state: str
    trade: str
    book_name: str
    terms: str
    by_client: bool  # one invoice for all jobs of a week, else one per contract job
    active: bool = True


@dataclass(slots=True)
class Job:
    key: str
    client: Client
    first: str
    last: str
    title: str
    short_title: str
    rate: Decimal
    start: date
    projected_end: date | None
    end: date | None
    status: str
    worker_type: str
    division: str
    po_number: str = ""

    @property
    def contractor(self) -> str:
        return f"{self.first} {self.last}"

    def works(self, week: date) -> bool:
        if self.start > week or (self.end and self.end < week - timedelta(days=6)):
            return False
        return self.status in ("Active", "Reopened") or self.end is not None


@dataclass(slots=True)
class Line:
    job: Job | None
    item: str
    quantity: Decimal | None
    rate: Decimal | None
    amount: Decimal
    week: date
    description: str


@dataclass(slots=True)
class Invoice:
    number: str
    client: Client
    day: date
    lines: list[Line]
    kind: str = "Contractor"
    memo: str = ""
    po_number: str = ""
    printed_total: Decimal | None = None

    @property
    def total(self) -> Decimal:
        lines = sum((line.amount for line in self.lines), Decimal("0.00"))
        return lines if self.printed_total is None else self.printed_total


@dataclass(slots=True)
class Agency:
    clients: list[Client] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)


ITEMS = (  # item id, pay/bill item, invoice type, status
    ("REG", "Regular Time", "Contractor", "Active"),
    ("OT", "Overtime", "Contractor", "Active"),
    ("DT", "Double Time", "Contractor", "Active"),
    ("HOL", "Holiday", "Contractor", "Active"),
    ("PD", "Per Diem", "Contractor", "Active"),
    ("EXP", "Expenses", "Contractor", "Active"),
    ("MIL", "Mileage", "Contractor", "Active"),
    ("ONC", "On-Call", "Contractor", "Active"),
    ("BON", "Completion Bonus", "Contractor", "Inactive"),
    ("DHF", "Direct Hire Fee", "Direct Hire", "Active"),
    ("GUA", "Guarantee Credit", "Direct Hire", "Active"),
)


class Dice:
    """Choices that stay the same on every Python: all are made from `random()` alone."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed).random

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def one(self, options: tuple[T, ...] | list[T]) -> T:
        return options[self.below(len(options))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def cents(self, low: int, high: int, *, step: int = 1) -> Decimal:
        """An amount from low to high dollars, in steps of so many cents."""
        return Decimal(low) + Decimal(self.below((high - low) * 100 // step + 1) * step) / 100


def make_agency() -> Agency:
    dice, agency = Dice(SEED), Agency()
    agency.clients = list(_clients())
    agency.jobs = list(_jobs(dice, agency.clients))
    _oddities(agency)
    _weekly_invoices(dice, agency)
    return agency


def _clients() -> list[Client]:
    made = []
    for at, row in enumerate(CLIENTS.splitlines()):
        name, city, state, trade, book_name = row.split("|")
        terms = "Net 30" if at % 4 else ("Net 15" if at % 8 else "Due on receipt")
        made.append(
            Client(
                key=f"C-{1001 + at}",
                name=name,
                city=city,
                state=state,
                trade=trade,
                book_name=book_name or name,
                terms="Net 45" if name == "Lindqvist Architects" else terms,
                by_client=at % 3 == 1,
                active=name != "Granite Peak Title Company",
            )
        )
    return made


def _jobs(dice: Dice, clients: list[Client]) -> list[Job]:
    people = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    jobs: list[Job] = []
    for number in range(10401, 10661):
        client = clients[(number - 10401) % len(clients)]
        first, last = people.pop(dice.below(len(people)))
        jobs.append(_job(dice, number, client, first, last))
    return jobs


def _job(dice: Dice, number: int, client: Client, first: str, last: str) -> Job:
    title, short, low, high = dice.one(TITLES[client.trade])
    start = date(2025, 9, 1) + timedelta(days=7 * dice.below(52))
    length = timedelta(days=7 * (13 + 13 * dice.below(4)) - 3)
    projected: date | None = start + length
    end: date | None = None
    status = "Active"
    if not client.active or dice.chance(50):
        end = start + timedelta(days=4 + 7 * (4 + dice.below(24)))
        if end > date(2026, 10, 16) or not client.active:
            end = min(end, date(2026, 8, 14)) if not client.active else date(2026, 10, 9)
        status = "Terminated" if dice.chance(25) else "Ended"
        start = min(start, end - timedelta(days=11))
    elif dice.chance(6):
        status = "Reopened"
    elif dice.chance(20):
        projected = None
    return Job(
        key=f"J-{number}",
        client=client,
        first=first,
        last=last,
        title=title,
        short_title=short,
        rate=dice.cents(low, high, step=25),
        start=start,
        projected_end=projected,
        end=end,
        status=status,
        worker_type="1099" if client.trade == "tech" and dice.chance(60) else "W2",
        division=DIVISIONS[client.trade],
        po_number=f"PO-{dice.below(90000) + 10000}" if dice.chance(22) else "",
    )


def _oddities(agency: Agency) -> None:
    """The same contractor at two clients, two people of one name, unusual divisions."""
    jobs = agency.jobs
    for one, other in ((3, 49), (10, 100), (22, 67), (31, 77), (40, 130), (58, 147), (70, 203)):
        jobs[other].first, jobs[other].last = jobs[one].first, jobs[one].last
    for at in (15, 150, 59):  # 15 and 59 stand at one client
        jobs[at].first, jobs[at].last = "Maria", "Garcia"
    jobs[8].last = "Montgomery-Price Vandenberg"
    for at in (1, 45):  # travel nurses: a division that the bookkeeper has no class for
        jobs[at].division = "Travel Nursing"
    for at in (37, 81):
        jobs[at].division = "Legacy Clerical"
    for at in (1, 45, 37, 81, 15, 59, 150):
        jobs[at].status, jobs[at].end = "Active", None


def _weekly_invoices(dice: Dice, agency: Agency) -> None:
    number = FIRST_NUMBER
    idle = {j.key for j in agency.jobs if dice.chance(22)}
    for week in WEEKS:
        for client in agency.clients:
            working = [
                j
                for j in agency.jobs
                if j.client is client and j.works(week) and not (j.key in idle and dice.chance(60))
            ]
            groups = [working] if client.by_client else [[j] for j in working]
            for group in filter(None, groups):
                lines = [line for job in group for line in _hours(dice, job, week)]
                po_number = group[0].po_number if len(group) == 1 else ""
                agency.invoices.append(
                    Invoice(str(number), client, week, lines, po_number=po_number)
                )
                number += 1


def _hours(dice: Dice, job: Job, week: date) -> list[Line]:
    who = f"{job.contractor}, {job.title}, W/E {week:%m/%d/%Y}"
    regular = Decimal("40") if dice.chance(70) else dice.cents(16, 39, step=25)
    lines = [line_of(job, "REG", regular, job.rate, week, who)]
    if regular == 40 and dice.chance(34):
        overtime = (job.rate * 3 / 2).quantize(Decimal("0.001"))
        lines.append(line_of(job, "OT", dice.cents(1, 11, step=25), overtime, week, who))
        if dice.chance(14):
            lines.append(line_of(job, "DT", dice.cents(1, 5, step=50), job.rate * 2, week, who))
    if week == date(2026, 9, 13) and dice.chance(18):
        lines.append(line_of(job, "HOL", Decimal(8), job.rate, week, f"{who}, Labor Day"))
    if job.client.trade == "health" and dice.chance(45):
        lines.append(line_of(job, "PD", Decimal(dice.below(4) + 2), Decimal("59.00"), week, who))
    if job.title == "Network Engineer" and dice.chance(50):
        lines.append(line_of(job, "ONC", Decimal(12), Decimal("6.50"), week, who))
    if dice.chance(7):
        spent = dice.cents(14, 240)
        lines.append(Line(job, "EXP", None, None, spent, week, f"Parking and supplies, {who}"))
    if job.client.trade == "tech" and dice.chance(6):
        miles = Decimal(dice.below(180) + 20)
        lines.append(line_of(job, "MIL", miles, Decimal("0.70"), week, who))
    return lines


def line_of(
    job: Job | None, item: str, quantity: Decimal, rate: Decimal, week: date, description: str
) -> Line:
    amount = (quantity * rate).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return Line(job, item, quantity, rate, amount, week, description)
