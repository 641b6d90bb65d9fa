"""Stamp, missing job, void and job-level data over the Web Connector's road."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import factories as make
from tests.factories import World
from tests.web_connector_double import AnswerLost
from tests.web_connector_office import Desk, open_desk

from tieout.channels.base import Answer
from tieout.core.exporting import Effect
from tieout.service import (
    conversation,
    exporter,
    moments,
    qb_writes,
    undo_batch,
    web_connector,
)
from tieout.service.create_job import create_job
from tieout.service.turns import Trouble, Turn
from tieout.store.models import Book, Company, Exchange, JobMapping, Posting, QbWrite

WRITES = ("<DataExtDefAddRs", "<DataExtAddRs", "<CustomerAddRs", "<TxnVoidRs")
REQUESTS = tuple(each.replace("Rs", "Rq") for each in WRITES)
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


# ------------------------------------------------------------------ our own crashes


class Died(BaseException):
    """The web server is gone in the middle of a call: nothing of it runs any more."""


def _is_write(call_id: str) -> bool:
    return Exchange.objects.filter(call_id=call_id, purpose="write").exists()


def before_the_intent(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    """Within the transaction that notes it."""
    send = exporter._EFFECTS[Effect.SEND]

    def sending(of: exporter.Exporter) -> None:
        send(of)
        die()

    patch.setitem(exporter._EFFECTS, Effect.SEND, sending)


def before_the_bytes_leave(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    rendered = web_connector._rendered

    def rendering(reply: Any, payload: str = "") -> bytes:
        if any(request in payload for request in REQUESTS):
            die()
        return rendered(reply, payload)

    patch.setattr(web_connector, "_rendered", rendering)


def with_the_answer_in_hand(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    keep = conversation.keep_by_call

    def keeping(call_id: str, answer: Answer) -> bool:
        if _is_write(call_id):
            die()
        return keep(call_id, answer)

    patch.setattr(conversation, "keep_by_call", keeping)


def before_acting_on_it(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    apply = conversation.apply_kept

    def applying(turn: Turn, call_id: str, **more: Any) -> Trouble | None:
        if _is_write(call_id):
            die()
        return apply(turn, call_id, **more)

    patch.setattr(conversation, "apply_kept", applying)


@pytest.mark.parametrize(
    "where",
    [before_the_intent, before_the_bytes_leave, with_the_answer_in_hand, before_acting_on_it],
)
def test_we_die_at_every_write_once_and_nothing_is_done_twice(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    where: Callable[[pytest.MonkeyPatch, Callable[[], None]], None],
) -> None:
    """An update later everything is done: after the fence, where nothing tells what became of it."""
    wish_all(desk)
    now, running, ahead = moments.now, moments.uptime, timedelta()
    monkeypatch.setattr(moments, "now", lambda: now() + ahead)

    def uptime() -> moments.Uptime:
        boot, seconds = running()
        return moments.Uptime(boot, seconds + int(ahead.total_seconds()))

    def five_seconds() -> None:
        nonlocal ahead
        ahead += timedelta(seconds=5)

    monkeypatch.setattr(moments, "uptime", uptime)
    desk.connector.sleep = five_seconds  # as long as the real one waits
    struck: set[int] = set()

    def die_once() -> None:
        left = QbWrite.objects.exclude(state="exported").count()
        if left not in struck:
            struck.add(left)
            raise Died

    where(monkeypatch, die_once)
    for _ in WRITES:
        with pytest.raises(Died):
            desk.connector.update()
        ahead += timedelta(minutes=16)
    desk.connector.update()
    assert len(struck) == len(WRITES)
    all_done(desk)
