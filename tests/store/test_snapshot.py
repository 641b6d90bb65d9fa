"""What many tests begin with is written back as it was made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from tests import factories, snapshot

from tieout.store.commits import events
from tieout.store.commits.events import chained_hash
from tieout.store.models import Company, Event


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            if table.startswith("store_"):
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                found[table] = cursor.fetchall()
    return found


def test_every_row_comes_back_with_its_id_and_its_values(db: None) -> None:
    with transaction.atomic():
        world = factories.world()
        client = factories.client(world.northgate, name='O\'Hara "quoted" \\ 100% {x} – é')
        factories.item(world.northgate)
        target = factories.qb_customer(world.northgate, "Acme")
        factories.suggest(factories.job(client), target)
        factories.invoice(client, lines=[("J-1", "REG", "-0.10"), ("J-1", "REG", "99999.99")])
        before = rows()
        taken = snapshot.take(began=datetime.now(UTC))
        transaction.set_rollback(True)
    assert not any(rows().values())
    taken.restore()
    assert rows() == before
    assert sum(map(len, before.values())) > 20
    made = factories.client(world.northgate, key="C-2")
    assert made.pk not in {row[0] for row in before["store_sourceclient"]}


def test_what_it_replaces_goes_and_a_text_can_be_another(db: None) -> None:
    with transaction.atomic():
        company = factories.company("Northgate")
        before = snapshot.take(began=datetime.now(UTC))
        factories.client(company, name="at http://127.0.0.1:1")
        after = snapshot.take(began=datetime.now(UTC))
        transaction.set_rollback(True)
    before.restore()
    with pytest.raises(IntegrityError), transaction.atomic():
        after.restore()
    other = factories.company("Harbor")
    with pytest.raises(AssertionError, match="store_company was written to"), transaction.atomic():
        after.restore(over=before)
    Company.objects.filter(pk=other.pk).delete()
    after.restore(over=before, said={"http://127.0.0.1:1": "http://127.0.0.1:2"})
    assert [one.name for one in company.clients.all()] == ["at http://127.0.0.1:2"]


def test_a_moment_is_as_old_as_it_was_and_the_log_still_holds(db: None) -> None:
    began = datetime.now(UTC)
    with transaction.atomic():
        company = factories.company("Northgate")
        Company.objects.update(created_at=datetime.now(UTC))
        entry = events.Entry(subject="company", subject_key="1", verb="made")
        events.append(company_id=company.pk, at=datetime.now(UTC), entries=[entry])
        was = Company.objects.get().created_at
        taken = snapshot.take(began=began)
        transaction.set_rollback(True)
    first = datetime.now(UTC)
    taken.restore()
    last = datetime.now(UTC)
    moved = Company.objects.get().created_at - was
    assert first - taken.taken <= moved <= last - taken.taken
    event = Event.objects.get()
    assert event.hash == chained_hash(event)
