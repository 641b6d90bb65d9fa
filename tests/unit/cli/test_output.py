"""What every command prints."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests import factories

from tieout.cli import connection, status
from tieout.store.models import Connection, Task, TieOut

EVENING = datetime(2026, 10, 20, 1, 30, 5, 678, tzinfo=UTC)  # of the 19th in New York
THERE = "2026-10-19 21:30:05-04:00"


@pytest.mark.django_db
def test_moments_are_printed_in_the_time_zone_of_the_office(
    capsys: pytest.CaptureFixture[str],
) -> None:
    company = factories.company("Acme Staffing")
    Connection.objects.update_or_create(company=company, defaults={"verified_at": EVENING})
    task = Task.objects.create(
        company=company, kind="tie_out", created_at=EVENING, due_at=EVENING, state="done"
    )
    TieOut.objects.create(company=company, task=task, at=EVENING, complete=True, ours=5, theirs=5)
    assert str(connection.shown(company.pk)["verified_at"]) == THERE
    found = status.standing_of(company)
    assert str(found["tie_out"]["at"]) == THERE
    status._print(found)
    assert "Last tie-out 2026-10-19 21:30: difference 0.00" in capsys.readouterr().out
