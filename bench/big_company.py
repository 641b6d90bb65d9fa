"""A company with as many contractor jobs and QuickBooks jobs as wanted, in a fresh SQLite file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from tieout.store.models import (
    Book,
    ClientMapping,
    Company,
    Connection,
    JobMapping,
    JobSuggestion,
    Lane,
    Membership,
    QbCustomer,
    SourceClient,
    SourceJob,
    SuggestionState,
    User,
)
from tieout.store.queries import suggestions

NOW = datetime(2026, 10, 19, 14, 0, tzinfo=UTC)
BATCH = 5000


def _words(text: str) -> list[str]:
    return text.split("|")


FIRST = _words("Ana|Ben|Carla|Dev|Elena|Finn|Grace|Hana|Ivan|Jo|Keisha|Liam|Mona|Nia|Omar|Priya")
SYLLABLES = _words(
    "ba|cor|den|el|far|gon|hul|im|jar|kel|lor|mun|nor|os|pel|quin|ros|sten|tor|ul|vas|wen"
)
TRADES = _words("RN|Phlebotomist|Forklift Operator|Java Developer|Accountant|Welder|LPN|Cook")
PLACES = _words("Health|Medical|Logistics|Foods|Partners|Systems|Clinic|Works|Energy|Labs")


def build(*, jobs: int, seed: int = 1) -> tuple[Company, User]:
    """`jobs` contractor jobs and as many QuickBooks jobs, most of them mapped; bulk inserts."""
    rng = random.Random(seed)
    company = Company.objects.create(name="Big Staffing", created_at=NOW)
    Lane.objects.create(company=company)
    Connection.objects.create(company=company)
    Book.objects.create(company=company, lists_refreshed_at=NOW)
    user = User.objects.create_user(username="bea", password="bench only, never real")
    Membership.objects.create(user=user, company=company, role="biller")
    clients = _clients(company, max(jobs // 40, 1), rng)
    customers = _customers(company, clients)
    _insert(SourceJob, _jobs(company, clients, jobs, rng))
    _insert(QbCustomer, _qb_jobs(company, customers, jobs, rng))
    _map(company, rng)
    _suggest(company, rng)
    return company, user


def _name(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(3)).title()


def _clients(company: Company, count: int, rng: random.Random) -> list[SourceClient]:
    rows = (
        SourceClient(company=company, key=f"C-{n}", name=f"{_name(rng)} {rng.choice(PLACES)}")
        for n in range(count)
    )
    _insert(SourceClient, rows)
    return list(SourceClient.objects.filter(company=company).order_by("id"))


def _customers(company: Company, clients: list[SourceClient]) -> list[QbCustomer]:
    rows = (
        QbCustomer(
            company=company,
            list_id=f"8{n:07X}-1700000000",
            top_list_id=f"8{n:07X}-1700000000",
            name=f"{client.name} {n}"[:41],
            full_name=f"{client.name} {n}"[:41],
            search_text=f"{client.name} {n}"[:41].lower(),
        )
        for n, client in enumerate(clients)
    )
    _insert(QbCustomer, rows)
    made = list(QbCustomer.objects.filter(company=company).order_by("id"))
    links = (
        ClientMapping(company=company, client=client, target=target, version=1)
        for client, target in zip(clients, made, strict=True)
    )
    _insert(ClientMapping, links)
    return made


def _jobs(
    company: Company, clients: list[SourceClient], count: int, rng: random.Random
) -> Iterator[SourceJob]:
    for n in range(count):
        client = clients[n % len(clients)]
        contractor = f"{rng.choice(FIRST)} {_name(rng)}"
        title = rng.choice(TRADES)
        yield SourceJob(
            company=company,
            client=client,
            key=f"J-{100000 + n}",
            contractor=contractor,
            title=title,
            start_date=date(2024, 1, 1) + timedelta(days=rng.randrange(900)),
            active=rng.random() < 0.9,
            worker_type=rng.choice(("W2", "1099")),
            search_text=f"{contractor} {client.name} {title} J-{100000 + n}".lower(),
        )


def _qb_jobs(
    company: Company, customers: list[QbCustomer], count: int, rng: random.Random
) -> Iterator[QbCustomer]:
    for n in range(count):
        parent = customers[n % len(customers)]
        name = f"{_name(rng)}, {rng.choice(FIRST)} - {rng.choice(TRADES)}"[:41]
        full_name = f"{parent.full_name}:{name}"
        yield QbCustomer(
            company=company,
            list_id=f"9{n:07X}-1700000000",
            parent_list_id=parent.list_id,
            top_list_id=parent.list_id,
            sublevel=1,
            name=name,
            full_name=full_name,
            search_text=full_name.lower(),
            active=rng.random() < 0.95,
        )


def _map(company: Company, rng: random.Random) -> None:
    """Seven jobs in ten are mapped, one in a hundred needs attention."""
    targets = QbCustomer.objects.filter(company=company).exclude(parent_list_id="").order_by("id")
    pairs = zip(
        SourceJob.objects.filter(company=company).order_by("id").iterator(BATCH),
        targets.iterator(BATCH),
        strict=True,
    )
    links, changed = [], []
    for job, target in pairs:
        luck = rng.random()
        if luck > 0.7:
            continue
        job.map_state = "attention" if luck < 0.01 else "mapped"
        job.search_text += f" {target.full_name.lower()}"
        changed.append(job)
        links.append(
            JobMapping(
                company=company,
                job=job,
                target=target,
                version=1,
                changed_at=NOW,
                remembered_full_name=target.full_name,
                remembered_parent=target.parent_list_id,
            )
        )
    _insert(JobMapping, iter(links))
    SourceJob.objects.bulk_update(changed, ["map_state", "search_text"], batch_size=500)


REASONS = (
    ["client already mapped", "same person, order swapped", "title matches"],
    ["same client", "nickname", "title fits in part"],
    ["client's name is similar", "one letter differs", "another one fits as well"],
)


def _suggest(company: Company, rng: random.Random) -> None:
    """Every job without a mapping has a suggestion, one in ten that there is probably none.

    They are made up: what the pages cost does not hang on whether they are right.
    """
    SuggestionState.objects.create(company=company, books_mark="m", books_at=NOW, done_at=NOW)
    rows = SourceJob.objects.filter(company=company, map_state="not_mapped").order_by("id")
    free = QbCustomer.objects.filter(company=company, job_mappings=None).exclude(parent_list_id="")
    loaded = rows.select_related("client__mapping__target").iterator(BATCH)
    made, suggested = [], []
    for job, target in zip(loaded, free.order_by("id").iterator(BATCH), strict=False):
        there = rng.random() > 0.1
        score = rng.randrange(6000, 10_000)
        rank = {
            "list_id": target.list_id, "score": score / 10_000, "bucket": "Likely",
            "accepted": score > 8400, "reasons": rng.choice(REASONS), "flags": [],
            "fit": score / 10_000, "certain": True, "exact": False,
        }  # fmt: skip
        made.append(
            JobSuggestion(
                company=company,
                job=job,
                target=target if there else None,
                score=score if there else 0,
                bucket="Likely" if there else "None",
                safe=there and score > 8400,
                reasons=rank["reasons"],
                ranks=[rank] * 3,
                target_name=target.full_name if there else "",
                job_mark=suggestions.job_mark(job),
                books_mark="m",
                computed_at=NOW,
            )
        )
        if there:
            suggested.append(job.pk)
    _insert(JobSuggestion, iter(made))
    for start in range(0, len(suggested), 500):
        SourceJob.objects.filter(id__in=suggested[start : start + 500]).update(suggested=True)


def _insert(model: type, rows: Iterator[object]) -> None:
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)  # type: ignore[attr-defined]
