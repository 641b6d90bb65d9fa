"""One writer per company: the lane is taken by one, its epoch rises, an old one changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import NOW, World

from tieout.store.commits import lanes, tasks
from tieout.store.models import Lane, Task
from tieout.store.queries import due


def test_only_one_takes_it_and_each_holding_has_a_new_epoch(world: World) -> None:
    company = world.northgate.pk
    first = lanes.take(company_id=company, owner="a", now=NOW)
    assert first == 1
    assert lanes.take(company_id=company, owner="b", now=NOW) is None
    lanes.release(company_id=company, epoch=first, wake_at=None)
    assert lanes.take(company_id=company, owner="b", now=NOW) == 2


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_is_refused(world: World) -> None:
    company = world.northgate.pk
    old = lanes.take(company_id=company, owner="a", now=NOW, lease_s=10)
    assert old is not None
    new = lanes.take(company_id=company, owner="b", now=NOW + timedelta(seconds=11))
    assert new == old + 1
    with pytest.raises(lanes.LaneLost):
        lanes.check(company_id=company, epoch=old)
    with pytest.raises(lanes.LaneLost):
        lanes.renew(company_id=company, epoch=old, now=NOW)
    lanes.release(company_id=company, epoch=old, wake_at=None)
    assert Lane.objects.get(company_id=company).owner == "b"


def test_the_earliest_wish_wakes(world: World) -> None:
    company = world.northgate.pk
    lanes.wake(company_id=company, at=NOW + timedelta(seconds=60))
    lanes.wake(company_id=company, at=NOW)
    lanes.wake(company_id=company, at=NOW + timedelta(seconds=90))
    assert Lane.objects.get(company_id=company).wake_at == NOW


def test_a_wish_that_came_while_working_is_not_lost(world: World) -> None:
    company = world.northgate.pk
    lanes.wake(company_id=company, at=NOW)
    epoch = lanes.take(company_id=company, owner="a", now=NOW)
    assert epoch is not None
    lanes.clear_wish(company_id=company, epoch=epoch)
    lanes.wake(company_id=company, at=NOW)
    lanes.release(company_id=company, epoch=epoch, wake_at=NOW + timedelta(hours=1))
    assert Lane.objects.get(company_id=company).wake_at == NOW


def test_the_lane_due_longest_is_next_and_a_held_one_is_not(world: World) -> None:
    lanes.wake(company_id=world.harbor.pk, at=NOW - timedelta(seconds=5))
    lanes.wake(company_id=world.northgate.pk, at=NOW)
    assert due.next_lane(now=NOW) == world.harbor.pk
    lanes.take(company_id=world.harbor.pk, owner="a", now=NOW)
    assert due.next_lane(now=NOW) == world.northgate.pk


def test_work_whose_wake_up_was_lost_is_found_by_the_sweep(world: World) -> None:
    tasks.request(company_id=world.northgate.pk, kind=Task.Kind.REFRESH, now=NOW)
    Lane.objects.update(wake_at=None)
    assert due.next_lane(now=NOW) is None
    assert due.asleep(now=NOW, sweep_before=NOW - timedelta(minutes=1)) is None
    found = due.asleep(now=NOW + timedelta(minutes=5), sweep_before=NOW + timedelta(minutes=4))
    assert found == world.northgate.pk


def test_a_lane_that_its_worker_left_behind_is_due_since_its_lease_ran_out(world: World) -> None:
    """However busy the others are: on PostgreSQL one without a wish would come after all of them."""
    lanes.take(company_id=world.northgate.pk, owner="dead", now=NOW, lease_s=60)
    Lane.objects.filter(company=world.northgate).update(wake_at=None)
    lanes.wake(company_id=world.harbor.pk, at=NOW + timedelta(seconds=61))
    assert due.next_lane(now=NOW + timedelta(seconds=70)) == world.northgate.pk
    lanes.wake(company_id=world.northgate.pk, at=NOW + timedelta(hours=1))
    assert due.next_lane(now=NOW + timedelta(seconds=70)) == world.northgate.pk


def test_a_lease_is_extended_only_when_half_of_it_is_gone(world: World) -> None:
    """Each extension waits for the disk, and the lane is looked at before every step."""
    company = world.northgate.pk
    epoch = lanes.take(company_id=company, owner="a", now=NOW, lease_s=60)
    assert epoch is not None
    for later_s, ends_s in ((20, 60), (31, 91)):
        now = NOW + timedelta(seconds=later_s)
        lanes.renew(company_id=company, epoch=epoch, now=now, lease_s=60)
        lane = Lane.objects.get(company_id=company)
        assert lane.lease_until == NOW + timedelta(seconds=ends_s)
