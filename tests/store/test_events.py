"""The log is a chain, and the database itself refuses to change it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from tests.factories import NOW, World

from tieout.store.commits import events
from tieout.store.models import Event


def test_events_are_chained_per_company(world: World) -> None:
    with transaction.atomic():
        events.append(
            company_id=world.northgate.pk,
            at=NOW,
            actor=world.bea,
            entries=[
                events.Entry(verb="mapped", subject="job_mapping", subject_key="J-1"),
                events.Entry(verb="removed", subject="job_mapping", subject_key="J-1"),
            ],
        )
        events.append(
            company_id=world.harbor.pk,
            at=NOW,
            entries=[events.Entry(verb="made", subject="company")],
        )
    first, second, other = Event.objects.order_by("id")
    assert (first.sequence, second.sequence, other.sequence) == (1, 2, 1)
    assert second.previous_hash == first.hash
    assert other.previous_hash == ""
    assert events.chained_hash(Event.objects.get(pk=second.pk)) == second.hash


def test_what_is_longer_than_its_column_is_cut(world: World) -> None:
    """PostgreSQL would refuse it, and with it what the reason was given for."""
    entry = events.Entry(
        verb="removed", subject="person", subject_key="n" * 150, reason="because " * 100
    )
    with transaction.atomic():
        events.append(company_id=world.northgate.pk, at=NOW, entries=[entry])
    event = Event.objects.get()
    assert (len(event.subject_key), len(event.reason)) == (120, 500)
    assert events.chained_hash(event) == event.hash


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_changes(world: World, change: str) -> None:
    events.append(
        company_id=world.northgate.pk,
        at=NOW,
        entries=[events.Entry(verb="made", subject="company")],
    )
    rows = Event.objects.filter(company=world.northgate)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(verb="unmade") if change == "update" else rows._raw_delete(rows.db)
