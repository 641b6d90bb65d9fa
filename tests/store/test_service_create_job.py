"""No such job yet: created in QuickBooks exactly once, where the company allows it, then mapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office, stock
from tests.web_connector_office import open_desk

from tieout.sandbox import CompanyFile
from tieout.service import keep_job_data, moments, qb_writes
from tieout.service.access import Access, find_access
from tieout.service.create_job import create_job
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import (
    ClientMapping,
    Company,
    Event,
    Exchange,
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


def test_a_name_that_is_being_created_is_taken(bea: Access) -> None:
    create(bea)
    make.job(SourceClient.objects.get(), "J-10", "Jane Doe", title="Dispatch")
    with pytest.raises(CannotWrite, match="for another contractor job"):
        create(bea, NAME.upper(), "J-10")
    assert QbWrite.objects.count() == 1


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
def office(office: Office) -> Office:
    """With Jane's job, which QuickBooks does not have yet."""
    Company.objects.filter(pk=office.company.pk).update(create_jobs=True)
    make.job(SourceClient.objects.get(), "J-9", "Jane Doe", title="Dispatch")
    return office


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


def test_what_it_was_created_with_is_tieouts_own_writing(office: Office) -> None:
    """Not a bookkeeper's, who would be asked before it is replaced."""
    Company.objects.filter(pk=office.company.pk).update(keep_job_data=True)
    create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    office.work()
    SourceJob.objects.filter(key="J-9").update(title="Night dispatch", active=False)
    task = keep_job_data.start(access=office.access, now=moments.now())
    office.work()
    job = SourceJob.objects.get(key="J-9")
    (found,) = keep_job_data.proposals(company_id=office.company.pk, job_ids=[job.pk])
    assert {each.name: (each.was, each.want, each.edited) for each in found.changes} == {
        "job_status": ("InProgress", "Closed", False),
        "job_desc": ("Dispatch", "Night dispatch", False),
    }
    assert job.pk in keep_job_data.proposed_ids(task=task)


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


def test_switched_off_meanwhile_nothing_is_created(office: Office) -> None:
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    Company.objects.update(create_jobs=False)
    office.work()
    row.refresh_from_db()
    assert (row.state, row.queued_at) == ("ready", None)
    assert "switched off" in row.problem
    assert NEW not in there(office)


def test_a_mapping_saved_while_it_was_on_its_way_stays(office: Office) -> None:
    """The answer was lost; meanwhile a person mapped the contractor job to another one."""
    office.rehearsal.books.raise_fault("drop_reply", times=1, skip=2)
    row = create_job(access=office.access, job_key="J-9", name=NAME, now=moments.now())
    office.work()
    row.refresh_from_db()
    assert row.state == "unconfirmed"
    reed = QbCustomer.objects.get(full_name__endswith="Forklift")
    make.map_job(SourceJob.objects.get(key="J-9"), reed)
    QbWrite.objects.update(due_at=NOW)
    Lane.objects.update(wake_at=NOW)
    office.work()
    row.refresh_from_db()
    assert (row.state, there(office).count(NEW)) == ("exported", 1)
    assert "was not mapped" in row.problem
    assert JobMapping.objects.get(job__key="J-9").target == reed


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


# ------------------------------------------------------------------ saved late and renamed


@dataclass
class Late:
    """A job that was sent while QuickBooks was busy dying; a person looks at it."""

    row: QbWrite
    access: Access
    books: CompanyFile
    work: Callable[[], object]

    def save_now(self, called: str) -> None:
        """QuickBooks saves it at last, and a bookkeeper gives it another name at once."""
        write = Exchange.objects.get(qb_write=self.row, purpose="write")
        session = self.books.open_session(
            app_name=write.app_name, company_file="", mode="do_not_care"
        )
        answer = session.process(bytes(write.request).decode())
        session.close()
        assert 'statusCode="0"' in answer
        self.books.rename_customer(NEW, called)

    def names(self) -> list[str]:
        """The jobs of Jane Doe in QuickBooks."""
        below = [job.full_name.rpartition(":")[2] for job in self.books.list_customers()]
        return [name for name in below if "Doe" in name]

    def finish(self) -> QbWrite:
        """Let everything that is due go on; the row as it is then."""
        QbWrite.objects.exclude(due_at=None).update(due_at=NOW)
        Lane.objects.update(wake_at=NOW)
        self.work()
        return QbWrite.objects.latest("id")


@pytest.fixture(params=["remote", "web connector"])
def late(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Late:
    if request.param == "remote":
        made: Office = request.getfixturevalue("office")
        access, books, work = made.access, made.rehearsal.books, made.work
    else:
        desk = open_desk(world, tmp_path)
        desk.refresh()
        stock(desk)  # type: ignore[arg-type]
        Company.objects.filter(pk=desk.company.pk).update(create_jobs=True)
        make.job(SourceClient.objects.get(), "J-9", "Jane Doe", title="Dispatch")
        access, books, work = desk.access, desk.books, desk.connector.update
    row = create_job(access=access, job_key="J-9", name=NAME, now=moments.now())
    books.raise_fault("crash_before_save", times=1)
    work()
    row.refresh_from_db()
    assert (row.state, row.writes) == ("unconfirmed", 1)
    found = Late(row, access, books, work)
    assert found.names() == []
    QbWrite.objects.update(state="needs a person", call_over=True, holds_queue=False)
    return found


def test_a_job_saved_late_and_renamed_is_not_created_again(late: Late) -> None:
    late.save_now("Doe, J. (Dispatch)")
    qb_writes.try_again(access=late.access, write_id=late.row.pk, now=moments.now())
    row = late.finish()
    assert late.names() == ["Doe, J. (Dispatch)"]
    assert (row.state, row.problem) == ("exported", "")
    target = JobMapping.objects.get(job__key="J-9").target
    assert target is not None
    assert (target.list_id, target.name) == (row.qb_id, "Doe, J. (Dispatch)")


def test_nor_by_a_tieout_that_forgot_that_it_sent_it(late: Late) -> None:
    """Its database was restored: the wish is there, the writes are not."""
    late.save_now("Doe, J. (Dispatch)")
    Exchange.objects.filter(qb_write=late.row).delete()
    QbWrite.objects.update(
        state="ready", writes=0, set_id="", queued_at=NOW, call_over=False, due_at=None
    )
    row = late.finish()
    assert late.names() == ["Doe, J. (Dispatch)"]
    assert (row.state, row.problem) == ("exported", "")


def test_nor_by_a_new_wish_after_it_was_set_aside(late: Late, world: World) -> None:
    """A person says if what the wish that was given up made after all is the one."""
    sam = access_of(world, "sam", late.access.company)
    qb_writes.set_aside(access=sam, write_id=late.row.pk, reason="never came", now=moments.now())
    create_job(access=late.access, job_key="J-9", name="Doe, Jane", now=moments.now())
    late.save_now("Doe, J. (Dispatch)")
    row = late.finish()
    assert late.names() == ["Doe, J. (Dispatch)"]
    assert (row.state, row.writes) == ("needs a person", 0)
    assert "earlier wish" in row.problem
    assert "Doe, J. (Dispatch)" in row.problem
    linked = qb_writes.link(access=late.access, write_id=row.pk, now=moments.now())
    assert (linked.state, linked.problem) == ("exported", "")


def test_one_that_was_moved_to_another_customer_is_not_mapped_by_itself(late: Late) -> None:
    late.save_now(NAME)
    late.books.add_customer("Beta")
    late.books.move_customer(NEW, "Beta")
    qb_writes.try_again(access=late.access, write_id=late.row.pk, now=moments.now())
    row = late.finish()
    assert late.names() == [NAME]
    assert row.state == "exported"
    assert "was not mapped" in row.problem
    assert not JobMapping.objects.filter(job__key="J-9").exists()
