"""Once a night the lists are read whole: once, at night, and only where QuickBooks answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.factories import World

from tieout.service.access import Access
from tieout.service.ask_refresh import ask_refresh
from tieout.service.nightly import ask_nightly, next_nightly
from tieout.store.commits import tasks
from tieout.store.models import Book, Connection, Lane, Task

NIGHT = datetime(2026, 10, 20, 7, 30, tzinfo=UTC)  # 03:30 in the tests' time zone


@pytest.fixture
def old(world: World) -> World:
    Connection.objects.filter(company=world.northgate).update(status="active")
    Book.objects.filter(company=world.northgate).update(lists_full_at=NIGHT - timedelta(hours=21))
    return world


def test_the_lists_are_read_whole_once_a_night(old: World) -> None:
    assert ask_nightly(now=NIGHT) == 1
    task = Task.objects.get()
    assert (task.company, task.kind, task.params) == (old.northgate, "refresh", {"full": True})
    assert ask_nightly(now=NIGHT) == 0
    assert Task.objects.count() == 1


def test_by_day_nothing_is_asked(old: World) -> None:
    assert ask_nightly(now=NIGHT + timedelta(hours=8)) == 0


@pytest.mark.parametrize(
    "columns", [{"lists_full_at": None}, {"lists_full_at": NIGHT - timedelta(hours=3)}]
)
def test_what_was_read_or_never_read_is_left_alone(old: World, columns: dict[str, object]) -> None:
    Book.objects.filter(company=old.northgate).update(**columns)
    assert ask_nightly(now=NIGHT) == 0


def test_a_connection_that_does_not_work_is_left_alone(old: World) -> None:
    Connection.objects.update(status="broken")
    assert ask_nightly(now=NIGHT) == 0


def test_at_night_a_computer_that_restarts_is_waited_for(old: World) -> None:
    ask_nightly(now=NIGHT)
    at, pauses = NIGHT, []
    while True:
        task = Task.objects.get()
        tasks.start(task=task, now=at)
        tasks.postpone_or_fail(task=task, now=at, problem="QuickBooks is closed", remedy="Open it")
        task.refresh_from_db()
        if task.state == Task.State.FAILED:
            break
        pauses.append((task.due_at - at).seconds)
        at = task.due_at
    assert pauses == [10, 20, 40, 80, 160, 320, 640]
    assert task.problem == "QuickBooks is closed"


def test_whoever_waits_is_told_after_five_tries(old: World) -> None:
    access = Access(user=old.bea, company=old.northgate, role="biller")
    ask_refresh(access=access, now=NIGHT)
    pauses = []
    while Task.objects.get().state == Task.State.WAITING:
        tasks.start(task=Task.objects.get(), now=NIGHT)
        task = Task.objects.get()
        tasks.postpone_or_fail(task=task, now=NIGHT, problem="QuickBooks is closed", remedy="")
        pauses.append((Task.objects.get().due_at - NIGHT).seconds)
    assert pauses[:-1] == [10, 20, 30, 40]
    assert Task.objects.get().state == Task.State.FAILED


def test_who_asks_meanwhile_has_it_tried_again_at_once(old: World) -> None:
    ask_nightly(now=NIGHT)
    task = Task.objects.get()
    later = NIGHT + timedelta(minutes=10)
    tasks.postpone(task_id=task.pk, until=later, problem="QuickBooks is closed", remedy="Open it")
    Lane.objects.update(wake_at=later)
    access = Access(user=old.bea, company=old.northgate, role="biller")
    now = NIGHT + timedelta(minutes=1)
    assert ask_refresh(access=access, now=now) == task
    assert Task.objects.get().due_at == now
    assert Lane.objects.get(company=old.northgate).wake_at == now


@pytest.mark.parametrize(
    ("read_hours_ago", "in_hours"),
    [
        (21, 0),  # due now
        (19, 1),  # an hour later it is old enough, and still night
        (17, 21.5),  # old enough only in the morning: the next night, at 01:00
        (2, 21.5),
    ],
)
def test_when_the_next_night_is(read_hours_ago: int, in_hours: float) -> None:
    whole_at = NIGHT - timedelta(hours=read_hours_ago)
    assert next_nightly(whole_at=whole_at, now=NIGHT) == NIGHT + timedelta(hours=in_hours)
    assert next_nightly(whole_at=None, now=NIGHT) is None


def test_what_is_promised_is_asked_for_then_and_not_before(old: World) -> None:
    read_at = NIGHT - timedelta(hours=30)
    Book.objects.filter(company=old.northgate).update(lists_full_at=read_at)
    evening = NIGHT - timedelta(hours=8)
    promised = next_nightly(whole_at=read_at, now=evening)
    assert promised is not None
    assert ask_nightly(now=promised - timedelta(minutes=1)) == 0
    assert ask_nightly(now=promised) == 1
