"""Stamp, missing job, void and job-level data over the Web Connector's road."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests import factories as make
from tests.factories import World
from tests.web_connector_double import AnswerLost
from tests.web_connector_office import Desk, open_desk

from tieout.service import moments, qb_writes, undo_batch
from tieout.service.create_job import create_job
from tieout.store.models import Book, Company, JobMapping, Posting, QbWrite

WRITES = ("<DataExtDefAddRs", "<DataExtAddRs", "<CustomerAddRs", "<TxnVoidRs")
NEW = "Acme Health:Doe, Jane - Dispatch"


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    """Verified and refreshed, one invoice exported, creating jobs switched on."""
    made = open_desk(world, tmp_path)
    made.refresh()
    made.make_ready("20417")
    made.queue()
    made.connector.update()
    assert made.states() == {"20417": "exported"}
    Company.objects.filter(pk=made.company.pk).update(create_jobs=True)
    make.job(made.company.clients.get(), "J-9", "Jane Doe", title="Dispatch")
    return made


def wish_all(desk: Desk) -> None:
    """A stamp, a job and a void, one after the other."""
    now = moments.now()
    qb_writes.write_stamp(access=desk.access, now=now)
    create_job(access=desk.access, job_key="J-9", name="Doe, Jane - Dispatch", now=now)
    ids = [Posting.objects.get().pk]
    undo_batch.void(access=desk.access, posting_ids=ids, reason="wrong", now=now)


def all_done(desk: Desk) -> None:
    assert set(QbWrite.objects.values_list("state", flat=True)) == {"exported"}
    assert Book.objects.get(company=desk.company).stamp == str(desk.company.guid)
    names = [job.full_name for job in desk.books.list_customers()]
    assert names.count(NEW) == 1
    assert JobMapping.objects.filter(job__key="J-9", target__full_name=NEW).exists()
    assert [str(row.total) for row in desk.books.list_invoices()] == ["0.00"]
    assert Posting.objects.get().state == "voided"


def test_each_is_carried_once(desk: Desk) -> None:
    wish_all(desk)
    desk.connector.update()
    all_done(desk)
    assert desk.connector.update() == "none"


def test_every_answer_lost_once_and_nothing_done_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stored answer, under the same application name, settles each of them."""
    wish_all(desk)
    real, ahead, lost = moments.now, timedelta(), set[str]()
    monkeypatch.setattr(moments, "now", lambda: real() + ahead)

    def lose_each_write_once(answer: str) -> str:
        tag = next((each for each in WRITES if each in answer and each not in lost), "")
        if tag:
            lost.add(tag)
            raise AnswerLost
        return answer

    def five_seconds() -> None:
        nonlocal ahead
        ahead += timedelta(seconds=5)

    desk.connector.sleep = five_seconds  # as long as the real one waits
    desk.connector.before_bring = lose_each_write_once
    for _ in WRITES:
        with pytest.raises(AnswerLost):
            desk.connector.update()
        unsettled = QbWrite.objects.filter(state__in=["sending", "unconfirmed"])
        assert unsettled.count() == 1  # the rest waits
        ahead += timedelta(minutes=11)  # the dead session's ticket is over
    desk.connector.update()
    assert lost == set(WRITES)
    all_done(desk)
