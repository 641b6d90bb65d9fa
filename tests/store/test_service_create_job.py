"""No such job yet: created in QuickBooks exactly once, where the company allows it, then mapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office, connect, open_rehearsal, stock

from tieout.service import moments, qb_writes
from tieout.service.access import Access, find_access
from tieout.service.create_job import create_job
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import (
    ClientMapping,
    Company,
    Event,
    JobMapping,
    Lane,
    QbCustomer,
    QbWrite,
    SourceClient,
    SourceJob,
)

NAME = "Doe, Jane - Dispatch"
NEW = f"Acme Health:{NAME}"


def access_of(world: World, name: str, company: Company) -> Access:
    found = find_access(user=getattr(world, name), company_id=company.pk)
    assert found is not None
    return found


@pytest.fixture
def bea(world: World) -> Access:
    """Northgate allows it; its client Acme Health is mapped."""
    company = world.northgate
    Company.objects.filter(pk=company.pk).update(create_jobs=True)
    customer = make.qb_customer(company, "Acme Health")
    make.qb_customer(company, "Acme Health:Ortiz, Elena - ICU")
    client = make.client(company)
    make.map_client(client, customer)
    make.job(client, "J-9", "Jane Doe", title="Dispatch")
    return access_of(world, "bea", company)


def create(access: Access, name: str = NAME, key: str = "J-9") -> QbWrite:
    return create_job(access=access, job_key=key, name=name, now=NOW)


def test_the_wish_says_all_and_wakes_the_lane(bea: Access) -> None:
    row = create(bea)
    assert (row.title, row.state) == (f"Create job {NEW}", "ready")
    assert row.content["name"] == NAME
    assert row.content["data"]["job_status"] == ""  # job-level data is not kept in step
    assert Lane.objects.get(company=bea.company).wake_at == NOW
    assert Event.objects.get(verb="queued").after["job"] == "J-9"
    with pytest.raises(CannotWrite, match="created already"):
        create(bea)
    assert QbWrite.objects.count() == 1


def test_job_level_data_goes_with_it_where_that_is_kept_in_step(bea: Access) -> None:
    Company.objects.update(keep_job_data=True)
    data = create(bea).content["data"]
    assert (data["job_status"], data["job_desc"]) == ("InProgress", "Dispatch")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "enter the name"),
        ("x" * 42, "cut to 41"),
        ("Doe: Jane", "colon"),
        ("Dœ, Jane", "oe"),
        ("ortiz, elena - icu", "stands in QuickBooks already"),
    ],
)
def test_a_name_that_does_not_do_says_what_and_why(bea: Access, name: str, word: str) -> None:
    with pytest.raises(CannotWrite, match=word):
        create(bea, name)
    assert not QbWrite.objects.exists()


def test_it_must_be_switched_on_by_a_super_user(bea: Access) -> None:
    Company.objects.update(create_jobs=False)
    with pytest.raises(CannotWrite, match="Super User"):
        create(bea)


def test_who_may_not(bea: Access, world: World) -> None:
    for name in ("vic", "avery"):
        with pytest.raises(CannotWrite, match="role"):
            create(access_of(world, name, world.northgate))
    Company.objects.update(create_jobs=True)
    with pytest.raises(CannotWrite, match="not known here"):
        create(access_of(world, "charlie", world.harbor))
    assert not QbWrite.objects.exists()


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ("no client", "Map the client"),
        ("inactive", "inactive"),
        ("gone", "gone"),
        ("deep", "deep"),
    ],
)
def test_the_customer_must_be_fit(bea: Access, broken: str, word: str) -> None:
    acme = QbCustomer.objects.filter(full_name="Acme Health")
    if broken == "no client":
        ClientMapping.objects.all().delete()
    elif broken == "inactive":
        acme.update(active=False)
    elif broken == "gone":
        acme.update(gone_at=NOW)
    else:
        acme.update(sublevel=4)
    with pytest.raises(CannotWrite, match=word):
        create(bea)


def test_a_mapped_job_needs_none(bea: Access) -> None:
    make.map_job(
        SourceJob.objects.get(key="J-9"), QbCustomer.objects.get(full_name__endswith="ICU")
    )
    with pytest.raises(CannotWrite, match="mapped to Acme Health:Ortiz"):
        create(bea)


# ------------------------------------------------------------------ with a real connector


@pytest.fixture
def office(world: World, tmp_path: Path) -> Iterator[Office]:
    rehearsal = open_rehearsal(tmp_path)
    try:
        made = connect(world, rehearsal)
        stock(made)
        Company.objects.filter(pk=made.company.pk).update(create_jobs=True)
        make.job(SourceClient.objects.get(), "J-9", "Jane Doe", title="Dispatch")
        yield made
    finally:
        rehearsal.stop()
        rehearsal.books.close()


def there(office: Office) -> list[str]:
    return [job.full_name for job in office.rehearsal.books.list_customers()]


def test_it_stands_there_once_and_the_contractor_job_is_mapped(office: Office) -> None:
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    office.work()
    row.refresh_from_db()
    assert (row.state, row.problem) == ("exported", "")
    assert there(office).count(NEW) == 1
    mapping = JobMapping.objects.get(job__key="J-9")
    assert mapping.target is not None
    assert (mapping.target.full_name, mapping.target.list_id) == (NEW, row.qb_id)
    assert SourceJob.objects.get(key="J-9").map_state == "mapped"
    said = Event.objects.filter(subject="job_mapping").latest("id")
    assert (said.after["how"], said.actor) == ("created by Tieout", office.clerk)


def test_one_that_stands_there_already_is_linked_by_a_person(office: Office) -> None:
    """Somebody was faster in QuickBooks: the lists of Tieout do not know it yet."""
    office.rehearsal.books.add_customer(NEW)
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    office.work()
    row.refresh_from_db()
    assert row.state == "needs a person"
    assert NEW in row.problem
    assert "link it" in row.remedy
    assert row.writes == 0
    assert not JobMapping.objects.filter(job__key="J-9").exists()
    linked = qb_writes.link(access=office.access, write_id=row.pk, now=moments.now())
    assert (linked.state, linked.problem) == ("exported", "")
    mapping = JobMapping.objects.get(job__key="J-9")
    assert mapping.target is not None
    assert mapping.target.full_name == NEW
    assert there(office).count(NEW) == 1


def test_a_job_that_was_mapped_meanwhile_is_not_created(office: Office) -> None:
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    make.map_job(
        SourceJob.objects.get(key="J-9"), QbCustomer.objects.get(full_name__endswith="Forklift")
    )
    office.work()
    row.refresh_from_db()
    assert (row.state, row.queued_at) == ("ready", None)
    assert "mapped meanwhile" in row.problem
    assert NEW not in there(office)


def test_a_renamed_customer_is_explained(office: Office) -> None:
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    office.rehearsal.books.rename_customer("Acme Health", "Acme Group")
    office.work()
    row.refresh_from_db()
    assert row.state == "needs a person"
    assert "Acme Group" in row.problem
    assert "Refresh QuickBooks list" in row.remedy


def test_a_refusal_creates_nothing_and_names_the_remedy(office: Office) -> None:
    office.rehearsal.books.raise_fault("refuse", target="CustomerAdd", times=1)
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    office.work()
    row.refresh_from_db()
    assert (row.state, bool(row.remedy)) == ("refused", True)
    qb_writes.try_again(access=office.access, write_id=row.pk, now=moments.now())
    office.work()
    row.refresh_from_db()
    assert row.state == "exported"
    assert there(office).count(NEW) == 1


def test_two_people_ask_and_one_job_is_created(office: Office, world: World) -> None:
    create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    sam = access_of(world, "sam", office.company)
    with pytest.raises(CannotWrite, match="created already"):
        create_job(access=sam, job_key="J-9", name="Doe, J.", now=moments.now())
    office.work()
    assert there(office).count(NEW) == 1
