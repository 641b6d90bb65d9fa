"""The page Job-level data: what is proposed, what is chosen for you, who sends."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests import factories as make
from tests.factories import NOW, World

from tieout.store.models import Company, JobDataSeen, QbWrite, SourceJob, Task


def address(world: World, rest: str = "") -> str:
    return f"/c/{world.northgate.pk}/settings/integrations/job-data/{rest}"


@pytest.fixture
def read(world: World) -> Task:
    """Elena's job differs in three fields; a bookkeeper wrote its description."""
    company = world.northgate
    Company.objects.filter(pk=company.pk).update(keep_job_data=True)
    client = make.client(company)
    make.qb_customer(company, "Acme Health")
    target = make.qb_customer(company, "Acme Health:Ortiz, Elena")
    job = make.job(client, title="ICU Nurse", start_date=date(2026, 9, 1))
    make.map_job(job, target)
    task = Task.objects.create(
        company=company,
        kind="job_data",
        state="done",
        created_at=NOW,
        finished_at=NOW,
        due_at=NOW,
        message="1 read, 1 with proposed changes",
    )
    JobDataSeen.objects.create(
        company=company,
        job=job,
        list_id=target.list_id,
        there={"job_desc": "Night shift"},
        read_at=NOW,
        proposed_by=task,
    )
    return task


def test_who_sees_it(as_person, world: World, read: Task) -> None:
    for name in ("sam", "bea", "avery", "vic"):
        html = as_person(name).get(address(world)).content.decode()
        assert "Night shift" in html
        assert ("Send selected" in html) is (name in {"sam", "bea"})
        assert ("Tick the changes to send." in html) is (name in {"sam", "bea"})
    assert as_person("charlie").get(address(world)).status_code == 404
    assert Client().get(address(world))["Location"] == f"/sign-in/?next={address(world)}"


def test_the_first_screen_says_that_a_job_differs(as_person, world: World, read: Task) -> None:
    home = f"/c/{world.northgate.pk}/"
    assert f'<a href="{address(world)}">1 job differs</a>' in (
        as_person("vic").get(home).content.decode()
    )
    Company.objects.update(keep_job_data=False)
    assert "1 job differs" not in as_person("vic").get(home).content.decode()


def test_what_somebody_edited_there_is_not_chosen_for_you(
    as_person, world: World, read: Task
) -> None:
    html = as_person("bea").get(address(world)).content.decode()
    job = SourceJob.objects.get()
    assert f'value="{job.pk}:job_status:InProgress" checked' in html
    assert f'value="{job.pk}:job_desc:{job.title}" aria-label' in html
    assert "edited in QuickBooks" in html
    assert "09/01/2026" in html
    assert "In progress" in html


def test_only_who_works_reads_and_sends(as_person, world: World, read: Task) -> None:
    for rest in ("read/", "send/"):
        for name, status in (("vic", 403), ("avery", 403), ("charlie", 404)):
            assert as_person(name).post(address(world, rest)).status_code == status
        assert Client().post(address(world, rest)).status_code == 302
    assert not QbWrite.objects.exists()
    assert Task.objects.count() == 1


def test_chosen_fields_are_queued_and_shown_as_under_way(
    as_person, world: World, read: Task
) -> None:
    job = SourceJob.objects.get()
    given = {
        "seen": read.pk,
        "change": [f"{job.pk}:job_status:InProgress", "x:y", f"{job.pk}:strange"],
    }
    reply = as_person("bea").post(address(world, "send/"), given, follow=True)
    html = reply.content.decode()
    assert "1 job is queued" in html
    assert "Being sent" in html
    row = QbWrite.objects.get()
    assert row.content["want"] == {"job_status": "InProgress"}
    reply = as_person("bea").post(address(world, "send/"), given, follow=True)
    assert "Nothing was sent" in reply.content.decode()
    assert QbWrite.objects.count() == 1


def test_an_older_screen_sends_nothing(as_person, world: World, read: Task) -> None:
    job = SourceJob.objects.get()
    given = {"seen": "999", "change": [f"{job.pk}:job_status"]}
    reply = as_person("bea").post(address(world, "send/"), given, follow=True)
    assert "read again meanwhile" in reply.content.decode()


def test_switched_off_it_says_where_to_switch_it_on(as_person, world: World) -> None:
    html = as_person("bea").get(address(world)).content.decode()
    assert "Switched off" in html
    reply = as_person("bea").post(address(world, "read/"), follow=True)
    assert "switched off" in reply.content.decode()
    assert not Task.objects.exists()
