"""Job-level data kept in step: proposed, chosen, sent; never over a bookkeeper's later edit."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office

from tieout.service import keep_job_data, moments
from tieout.service.access import find_access
from tieout.service.ask_refresh import ask_refresh
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import (
    Company,
    JobDataSeen,
    JobMapping,
    QbCustomer,
    QbWrite,
    SourceJob,
    Task,
)

ORTIZ = "Acme Health:Ortiz, Elena - ICU"
DESC = {"job_desc": "ICU Nurse"}


@pytest.fixture
def office(office: Office) -> Office:
    """Elena's job is mapped and began on 9/1; QuickBooks knows nothing of it yet."""
    Company.objects.filter(pk=office.company.pk).update(keep_job_data=True)
    SourceJob.objects.update(start_date=date(2026, 9, 1), title="ICU Nurse")
    return office


def read(office: Office) -> Task:
    task = keep_job_data.start(access=office.access, now=moments.now())
    office.work()
    task.refresh_from_db()
    return task


def proposed(office: Office, task: Task) -> dict[str, tuple[str, str, bool]]:
    found = keep_job_data.proposals(
        company_id=office.company.pk, job_ids=keep_job_data.proposed_ids(task=task)
    )
    return {
        change.name: (change.was, change.want, change.edited)
        for proposal in found
        for change in proposal.changes
    }


def send(office: Office, task: Task, *fields: str) -> QbWrite:
    job = SourceJob.objects.get(key="J-1")
    shown = proposed(office, task)
    chosen = {job.pk: {name: shown[name][1] for name in fields}}
    (row,) = keep_job_data.send(
        access=office.access, chosen=chosen, seen_task=task.pk, now=moments.now()
    )
    office.work()
    row.refresh_from_db()
    return row


def there(office: Office) -> tuple[str, str, str, str, str]:
    job = office.rehearsal.books.find_customer(ORTIZ)
    return job.job_status, job.start, job.projected_end, job.end, job.description


def test_only_changed_fields_that_were_chosen_are_sent(office: Office) -> None:
    task = read(office)
    assert (task.state, task.message) == ("done", "1 read, 1 with proposed changes")
    assert proposed(office, task) == {
        "job_status": ("", "InProgress", False),
        "job_start_date": ("", "2026-09-01", False),
        "job_desc": ("", "ICU Nurse", False),
    }
    row = send(office, task, "job_status", "job_start_date")
    assert (row.state, row.problem) == ("exported", "")
    assert there(office) == ("InProgress", "2026-09-01", "", "", "")
    assert set(proposed(office, task)) == {"job_desc"}
    assert b"JobDesc" not in bytes(row.exchanges.get(purpose="write").request)
    again = read(office)
    assert set(proposed(office, again)) == {"job_desc"}


def test_an_answer_that_comes_twice_counts_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = keep_job_data.take

    def twice(*, task: Task, **given: Any) -> object:
        take(task=task, **given)
        return take(task=Task.objects.get(pk=task.pk), **given)

    monkeypatch.setattr(keep_job_data, "take", twice)
    task = read(office)
    assert task.message == "1 read, 1 with proposed changes"


def test_a_hundred_costs_the_same_however_many_were_found(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is no part of what each answer writes."""
    client = office.company.clients.get()
    for number in range(30):
        job = make.job(client, f"N-{number:02}", f"Person {number:02}", title="ICU Nurse")
        name = f"Acme Health:Person {number:02}"
        target = make.qb_customer(office.company, name)
        target.list_id = office.rehearsal.books.add_customer(name)
        target.save()
        make.map_job(job, target)
    monkeypatch.setattr(keep_job_data, "ROWS", 10)
    take, costs = keep_job_data.take, []

    def counted(*, task: Task, **given: Any) -> object:
        with CaptureQueriesContext(connection) as asked:
            trouble = take(task=task, **given)
        costs.append((len(asked), len(json.dumps(Task.objects.get(pk=task.pk).params))))
        return trouble

    monkeypatch.setattr(keep_job_data, "take", counted)
    task = read(office)
    assert task.message == "31 read, 31 with proposed changes", task.problem
    statements, params = zip(*costs, strict=True)
    assert (len(costs), max(params) - min(params) <= 2) == (4, True), costs
    assert len(set(statements)) == 1
    assert len(keep_job_data.proposed_ids(task=task, limit=5)) == 5


def test_a_bookkeepers_later_edit_is_asked_about(office: Office) -> None:
    send(office, read(office), "job_status", "job_start_date", "job_desc")
    office.rehearsal.books.edit_customer(ORTIZ, description="Night shift")
    SourceJob.objects.update(title="Charge nurse", end_date=date(2026, 12, 1))
    task = read(office)
    assert proposed(office, task) == {
        "job_desc": ("Night shift", "Charge nurse", True),
        "job_end_date": ("", "2026-12-01", False),
    }
    row = send(office, task, "job_desc", "job_end_date")  # somebody decided so
    assert row.state == "exported"
    assert there(office)[3:] == ("2026-12-01", "Charge nurse")


def test_an_edit_after_the_look_is_not_overwritten(office: Office) -> None:
    task = read(office)
    office.rehearsal.books.edit_customer(ORTIZ, description="Night shift")
    row = send(office, task, "job_desc")
    assert (row.state, row.writes) == ("needs a person", 0)
    assert "Job Description" in row.problem
    assert there(office)[4] == "Night shift"


def test_an_edit_of_something_else_does_not_matter(office: Office) -> None:
    task = read(office)
    office.rehearsal.books.edit_customer(ORTIZ, job_status="Pending")
    row = send(office, task, "job_desc")
    assert row.state == "exported"
    assert there(office)[0] == "Pending"
    assert there(office)[4] == "ICU Nurse"


def test_an_ended_job_is_closed(office: Office) -> None:
    SourceJob.objects.update(active=False, end_date=date(2026, 10, 1))
    send(office, read(office), "job_status", "job_end_date")
    assert there(office)[0::3] == ("Closed", "2026-10-01")


def test_a_job_that_serves_several_is_left_out(office: Office) -> None:
    other = make.job(office.company.clients.get(), "J-2", "Ben Ortiz")
    make.map_job(other, QbCustomer.objects.get(full_name=ORTIZ))
    assert read(office).message == "0 read, 0 with proposed changes"


def test_after_a_re_map_nothing_of_the_former_job_is_sent(office: Office) -> None:
    task = read(office)
    job = SourceJob.objects.get(key="J-1")
    (row,) = keep_job_data.send(
        access=office.access, chosen={job.pk: DESC}, seen_task=task.pk, now=moments.now()
    )
    JobMapping.objects.update(target=QbCustomer.objects.get(full_name__endswith="Forklift"))
    office.work()
    row.refresh_from_db()
    assert (row.state, row.queued_at) == ("ready", None)
    assert "another QuickBooks job" in row.problem
    assert there(office)[4] == ""
    assert proposed(office, task) == {}


def test_what_was_shown_is_what_is_sent(office: Office) -> None:
    """An import changed the title between the page and the click."""
    task = read(office)
    job = SourceJob.objects.get(key="J-1")
    SourceJob.objects.filter(pk=job.pk).update(title="Night Nurse")
    with pytest.raises(CannotWrite, match="back office says something else of Elena Ortiz"):
        keep_job_data.send(
            access=office.access, chosen={job.pk: DESC}, seen_task=task.pk, now=moments.now()
        )
    assert not QbWrite.objects.exists()


def test_switched_off_while_it_is_queued_nothing_is_sent(office: Office) -> None:
    task = read(office)
    job = SourceJob.objects.get(key="J-1")
    (row,) = keep_job_data.send(
        access=office.access, chosen={job.pk: DESC}, seen_task=task.pk, now=moments.now()
    )
    Company.objects.update(keep_job_data=False)
    office.work()
    row.refresh_from_db()
    assert (row.state, row.queued_at, row.writes) == ("ready", None, 0)
    assert "switched off" in row.problem
    assert there(office)[4] == ""


def test_another_company_file_proves_nothing(office: Office) -> None:
    office.rehearsal.books.set_preference("name", "Harbor Staffing")
    task = read(office)
    assert task.state == "failed"
    assert "Harbor Staffing" in task.problem
    assert not JobDataSeen.objects.exists()


def test_who_may_not_and_when_not(office: Office, world: World) -> None:
    task = read(office)
    job = SourceJob.objects.get(key="J-1")

    def refused(word: str, who: str = "bea", **changes: object) -> None:
        company = world.harbor if who == "charlie" else world.northgate
        access = find_access(user=getattr(world, who), company_id=company.pk)
        assert access is not None
        given = {"chosen": {job.pk: DESC}, "seen_task": task.pk} | changes
        with pytest.raises(CannotWrite, match=word):
            keep_job_data.send(access=access, now=NOW, **given)  # type: ignore[arg-type]

    refused("role", "vic")
    refused("switched off", "charlie")
    refused("read again meanwhile", seen_task=task.pk + 1)
    refused("None of these", chosen={})
    refused("None of these", chosen={job.pk: {"strange": ""}})
    Company.objects.filter(pk=world.harbor.pk).update(keep_job_data=True)
    refused("read again", "charlie")
    keep_job_data.send(
        access=office.access, chosen={job.pk: DESC}, seen_task=task.pk, now=moments.now()
    )
    refused("None of these")  # it is under way
    Company.objects.update(keep_job_data=False)
    refused("switched off")
    assert QbWrite.objects.count() == 1


def test_it_is_read_by_itself_once_the_lists_were_read_whole(office: Office) -> None:
    """What changed since the last time alone asks QuickBooks for no job."""
    of = {"company_id": office.company.pk, "kind": Task.Kind.JOB_DATA}
    ask_refresh(access=office.access, now=moments.now())
    office.work()
    assert not Task.objects.filter(**of).exists()
    ask_refresh(access=office.access, now=moments.now(), full=True)
    office.work()
    task = Task.objects.get(**of)
    assert task.state == Task.State.DONE
    assert "job_start_date" in proposed(office, task)
    assert keep_job_data.differing(company_id=office.company.pk) == (1, False)
    keep_job_data.send(
        access=office.access,
        chosen={SourceJob.objects.get().pk: {n: c[1] for n, c in proposed(office, task).items()}},
        seen_task=task.pk,
        now=moments.now(),
    )
    assert keep_job_data.differing(company_id=office.company.pk) == (0, False)
    office.work()
    assert keep_job_data.differing(company_id=office.company.pk) == (0, False)
    Company.objects.update(keep_job_data=False)
    ask_refresh(access=office.access, now=moments.now(), full=True)
    office.work()
    assert Task.objects.filter(**of).count() == 1
