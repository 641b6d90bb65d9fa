"""Asking for background work: once, however often it is asked."""

from __future__ import annotations

from tests.factories import NOW, World

from tieout.service.access import Access
from tieout.service.ask_refresh import ask_refresh
from tieout.service.plan_wish import want_planning
from tieout.store.models import Event, Lane, Task


def test_one_refresh_is_open_at_a_time(world: World) -> None:
    access = Access(user=world.bea, company=world.northgate, role="biller")
    first = ask_refresh(access=access, now=NOW)
    assert ask_refresh(access=access, now=NOW) == first
    assert Lane.objects.get(company=world.northgate).wake_at == NOW
    Task.objects.filter(pk=first.pk).update(state=Task.State.RUNNING)
    assert ask_refresh(access=access, now=NOW) == first
    Task.objects.filter(pk=first.pk).update(state=Task.State.DONE)
    assert ask_refresh(access=access, now=NOW) != first
    assert list(Event.objects.values_list("verb", "actor_name")) == [("asked", "bea")] * 2


def test_one_plan_waits_at_a_time_and_a_running_one_does_not_count(world: World) -> None:
    first = want_planning(world.northgate.pk, NOW, world.bea)
    assert want_planning(world.northgate.pk, NOW) == first
    assert not first.on_lane
    Task.objects.filter(pk=first.pk).update(state=Task.State.RUNNING)
    second = want_planning(world.northgate.pk, NOW)
    assert second != first
    assert want_planning(world.northgate.pk, NOW) == second
