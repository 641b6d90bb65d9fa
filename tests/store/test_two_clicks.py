"""Two people, or two clicks, at the very same moment on PostgreSQL: one wish comes of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from tests import factories as make
from tests.factories import NOW, World
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401

from tieout.service import create_job, keep_job_data, qb_writes, set_up, undo_batch
from tieout.service.access import Access, find_access
from tieout.service.qb_writes import CannotWrite
from tieout.service.set_up import SetUpRefused
from tieout.store.commits import people
from tieout.store.models import (
    Book,
    Company,
    Event,
    JobDataSeen,
    Membership,
    Posting,
    QbWrite,
    SourceJob,
    Task,
)

NAME = "Doe, Jane - Dispatch"
FIELDS = {"job_desc": "ICU Registered Nurse"}


class Desk:
    """Northgate with all that one may wish of QuickBooks."""

    def __init__(self, world: World) -> None:
        self.company: Company = world.northgate
        Company.objects.filter(pk=self.company.pk).update(create_jobs=True, keep_job_data=True)
        Book.objects.filter(company=self.company).update(company_name="Northgate", read_at=NOW)
        client = make.client(self.company)
        make.map_client(client, make.qb_customer(self.company, "Acme Health"))
        here = make.qb_customer(self.company, "Acme Health:Ortiz, Elena - ICU")
        self.job: SourceJob = make.job(client)
        make.map_job(self.job, here)
        make.job(client, "J-9", "Jane Doe")
        make.job(client, "J-10", "Jane Doe")
        self.posting: Posting = make.posting(
            make.invoice(client, standing="exported"), here, state="exported"
        )
        Posting.objects.update(edit_sequence="17", txn_id="1A-1")
        self.seen: Task = Task.objects.create(
            company=self.company, kind=Task.Kind.JOB_DATA, state=Task.State.DONE, created_at=NOW,
            due_at=NOW,
        )  # fmt: skip
        JobDataSeen.objects.create(
            company=self.company, job=self.job, list_id=here.list_id, edit_sequence="1",
            there={}, sent={}, read_at=NOW, proposed_by=self.seen,
        )  # fmt: skip

    def create(self, access: Access, turn: int) -> object:
        return create_job.create_job(access=access, job_key="J-9", name=NAME, now=NOW)

    def create_twins(self, access: Access, turn: int) -> object:
        """Two contractor jobs that would bear one name."""
        key = ("J-9", "J-10")[turn]
        return create_job.create_job(access=access, job_key=key, name=NAME, now=NOW)

    def void(self, access: Access, turn: int) -> object:
        return undo_batch.void(
            access=access, posting_ids=[self.posting.pk], reason="twice", now=NOW
        )

    def send(self, access: Access, turn: int) -> object:
        return keep_job_data.send(
            access=access, chosen={self.job.pk: FIELDS}, seen_task=self.seen.pk, now=NOW
        )

    def stamp(self, access: Access, turn: int) -> object:
        return qb_writes.write_stamp(access=access, now=NOW)


# action -> how many writes one wish is
ACTIONS: dict[str, tuple[Callable[[Desk, Access, int], object], int]] = {
    "create a job": (Desk.create, 1),
    "create two jobs of one name": (Desk.create_twins, 1),
    "void": (Desk.void, 1),
    "send job-level data": (Desk.send, 1),
    "stamp the company file": (Desk.stamp, 2),
}


def at_once(act: Callable[[int], object]) -> list[str]:
    """Do it twice at the very same moment (on SQLite one after the other); what each was told."""
    told: list[str] = []
    ready = threading.Barrier(2)

    def click(turn: int) -> None:
        try:
            if connection.vendor != "sqlite":
                ready.wait(10)
            act(turn)
            told.append("done")
        except (CannotWrite, SetUpRefused) as refused:
            told.append(str(refused))
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        click(0)
        click(1)
    else:
        clicks = [threading.Thread(target=click, args=(turn,)) for turn in (0, 1)]
        for each in clicks:
            each.start()
        for each in clicks:
            each.join(20)
    assert len(told) == 2
    return told


def test_two_super_users_who_remove_each_other_leave_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = world.northgate
    set_up.set_role(company=company, username="bea", role="super_user", now=NOW)
    remove = people.remove_role

    def slow(**given: Any) -> bool:
        threading.Event().wait(0.2)  # the other has counted by now, if nothing holds it
        return remove(**given)

    monkeypatch.setattr(people, "remove_role", slow)
    names = ("sam", "bea")
    told = at_once(
        lambda turn: set_up.set_role(company=company, username=names[turn], role="none", now=NOW)
    )
    assert told.count("done") == 1, told
    assert Membership.objects.filter(company=company, role="super_user").count() == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_one_wish_comes_of_two_clicks(action: str, world: World) -> None:
    if connection.vendor == "sqlite":
        # one writer at a time: the second begins when the first is done
        assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    desk = Desk(world)
    act, writes = ACTIONS[action]
    sam = find_access(user=world.sam, company_id=desk.company.pk)
    assert sam is not None
    told = at_once(lambda turn: act(desk, sam, turn))
    assert told.count("done") == 1, told
    assert QbWrite.objects.count() == writes
    assert Event.objects.filter(verb="queued").count() == writes
