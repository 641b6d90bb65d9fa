"""What nobody needs any more goes once a day; what proves or settles something stays."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from tests import factories as make
from tests.rehearsal import Office
from tests.store.test_service_tie_out import exported, tie

from tieout.service import import_source, moments, retention, uploads, worker
from tieout.service.retention import Retention
from tieout.store.models import Exchange, Import, Posting

OLD = timedelta(days=100)


def purposes() -> list[str]:
    return list(Exchange.objects.order_by("id").values_list("purpose", flat=True))


def age(**columns: object) -> None:
    Exchange.objects.update(created_at=moments.now() - OLD, **columns)


def tidy() -> None:
    walk = Retention(due_at=moments.now())
    while walk.some(now=walk.due_at):
        pass


def test_looks_before_a_write_go_and_the_write_stays(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    exported(office, "20417", "20418")
    assert purposes() == ["probe", "write"] * 2
    tidy()
    assert purposes() == ["probe", "write"] * 2  # of today
    age()
    with caplog.at_level(logging.INFO, logger="tieout.worker"):
        tidy()
    assert purposes() == ["write", "write"]
    assert "removed 2 old looks in QuickBooks (kept for 90 days) and 0 uploads" in caplog.text
    assert tie(office).verdicts == {}


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "unconfirmed"},
        {"state": "sending"},
        {"state": "needs a person", "holds_queue": True},
    ],
)
def test_nothing_goes_while_the_outcome_of_a_write_is_not_known(
    office: Office, columns: dict[str, object]
) -> None:
    exported(office, "20417", "20418")
    age()
    Posting.objects.filter(number="20418").update(**columns)
    tidy()
    assert purposes() == ["probe", "write"] * 2


def test_what_is_not_settled_what_was_not_sent_and_what_nobody_acted_on_stays(
    office: Office,
) -> None:
    exported(office, "20417", "20418", "20419")
    age()
    Posting.objects.filter(number="20417").update(state="set aside")
    Exchange.objects.filter(posting__number="20418", purpose="write").delete()  # found there
    Exchange.objects.filter(posting__number="20419", purpose="probe").update(applied_at=None)
    tidy()
    assert purposes().count("probe") == 3


def test_a_walk_goes_bundle_by_bundle_and_once_a_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BUNDLE", 2)
    exported(office, "20417", "20418", "20419")
    age()
    now = moments.now()
    walk = Retention(due_at=now)
    assert walk.some(now=now)
    assert purposes().count("probe") == 1
    assert not walk.some(now=now)  # others come first
    assert walk.some(now=walk.due_at)
    assert "probe" not in purposes()
    assert walk.due_at - now >= timedelta(days=1)


def test_the_worker_removes_an_upload_that_nobody_started_with_its_file(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RETENTION_AFTER", timedelta(0))
    path = tmp_path / "clients.csv"
    path.write_text("Client ID,Client Name\nC-9,Zenith\n")
    rows = [
        import_source.receive(office.access, path, name, make.NOW) for name in ("a.csv", "b.csv")
    ]
    Import.objects.update(created_at=moments.now() - timedelta(days=31))
    Import.objects.filter(pk=rows[1].pk).update(created_at=moments.now() - timedelta(days=29))
    office.work()
    assert list(Import.objects.values_list("filename", flat=True)) == ["b.csv"]
    assert not (uploads.root() / rows[0].path).exists()
    assert (uploads.root() / rows[1].path).exists()
