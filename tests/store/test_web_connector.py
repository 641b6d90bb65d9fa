"""The Web Connector's rows: sessions, answers in parts, what waits, and what is forgotten."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories import NOW, World

from tieout.quickbooks.qbwc import Phase, SessionState, Work, begin
from tieout.service import change_of_way
from tieout.store.commits import lanes
from tieout.store.commits import web_connector as commits
from tieout.store.models import (
    AnswerPart,
    KeptAnswer,
    Lane,
    Task,
    WebConnectorAccount,
    WebConnectorSession,
)
from tieout.store.queries import due, waiting
from tieout.store.queries import web_connector as queries


def opened(world: World, ticket: str = "t-1") -> WebConnectorSession:
    state = begin(ticket=ticket, company_id=world.northgate.pk, now=NOW)
    return commits.add_session(state=state, address="203.0.113.7", app_name="Tieout")


def keep(session: WebConnectorSession, data: bytes, call_id: str = "c-1") -> KeptAnswer | None:
    size = commits.PART_BYTES
    return commits.keep_parts(
        session=session,
        call_id=call_id,
        pieces=[data[at : at + size] for at in range(0, len(data), size)],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        hresult="",
        message="",
        now=NOW,
    )


def test_a_session_comes_back_as_it_was_saved(world: World) -> None:
    row = opened(world)
    state = SessionState(
        ticket="t-1", company_id=world.northgate.pk, opened_at=NOW,
        last_call_at=NOW + timedelta(seconds=1, microseconds=7), phase=Phase.OUTSTANDING,
        epoch=3, outstanding=Work(key="w-2", writes=True), unconfirmed=("w-1",),
        last_work=Work(key="w-1", writes=True), last_answer="ab", replays=1, answered=4,
        progress=40, trusted=True, company_file=r"C:\Books\N.QBW", waits=2, connection_tries=1,
        last_error="Ünïcode",
    )  # fmt: skip
    commits.save_session(session_id=row.pk, state=state, request_ids=[["w-2", "posting-1"]])
    found = queries.session(ticket="t-1")
    assert found is not None
    assert queries.state_of(found) == state
    assert found.request_ids == [["w-2", "posting-1"]]
    assert (found.phase, found.epoch, found.answered) == ("outstanding", 3, 4)


def test_a_big_answer_is_kept_in_order_with_the_hash_of_each_part(world: World) -> None:
    data = bytes(range(256)) * 3000  # three parts
    kept = keep(opened(world), data)
    assert kept is not None
    parts = list(AnswerPart.objects.filter(answer=kept).order_by("number"))
    assert [len(bytes(part.data)) for part in parts] == [262_144, 262_144, 243_712]
    assert all(hashlib.sha256(bytes(p.data)).hexdigest() == p.sha256 for p in parts)
    assert b"".join(queries.parts(answer_id=kept.pk)) == data


def test_the_same_answer_twice_is_kept_once(world: World) -> None:
    row = opened(world)
    first, second = keep(row, b"x" * 10), keep(row, b"x" * 10)
    assert first == second
    assert AnswerPart.objects.count() == 1


def test_answers_to_nothing_asked_are_bounded(world: World) -> None:
    row = opened(world)
    kept = [keep(row, b"%d" % n, call_id="") for n in range(commits.STRAYS_MAX + 3)]
    assert kept[-3:] == [None, None, None]
    assert KeptAnswer.objects.count() == commits.STRAYS_MAX


def test_an_answer_is_taken_by_one_worker_and_again_when_that_one_died(world: World) -> None:
    kept = keep(opened(world), b"x")
    assert commits.claim_answer(now=NOW, lease_s=60) == kept
    assert commits.claim_answer(now=NOW, lease_s=60) is None
    later = NOW + timedelta(seconds=61)
    assert commits.claim_answer(now=later, lease_s=60) == kept
    assert kept is not None
    commits.answer_applied(answer_id=kept.pk, now=later)
    assert commits.claim_answer(now=later + timedelta(hours=1), lease_s=60) is None
    assert not AnswerPart.objects.exists()


@pytest.mark.parametrize("call_id", ["", f"{waiting.VERIFY}1"])
def test_a_worker_leaves_alone_what_is_not_its_own(world: World, call_id: str) -> None:
    row = opened(world)
    keep(row, b"x", call_id=call_id)
    assert commits.claim_answer(now=NOW, lease_s=60) is None
    commits.create_account(company_id=world.northgate.pk, user_name="northgate", now=NOW)
    errand = waiting.errand(company_id=world.northgate.pk)
    assert not errand.with_worker
    keep(row, b"y", call_id="c-1")
    assert waiting.errand(company_id=world.northgate.pk).with_worker


def test_old_sessions_go_unless_an_answer_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "SESSIONS_KEPT", 3)
    first = opened(world, "t-0")
    keep(first, b"x")
    for number in range(1, 7):
        opened(world, f"t-{number}")
    left = set(WebConnectorSession.objects.values_list("ticket", flat=True))
    assert left == {"t-0", "t-4", "t-5", "t-6"}


def test_a_session_that_worked_stays_for_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its write may still be looked for, and others were told to wait meanwhile."""
    opened(world, "worked")
    opened(world, "long ago")
    WebConnectorSession.objects.update(epoch=1)
    monkeypatch.setattr(commits, "SESSIONS_KEPT", 1)
    WebConnectorSession.objects.filter(ticket="long ago").update(
        last_call_at=NOW - timedelta(days=2)
    )
    for number in range(3):
        opened(world, f"busy-{number}")
    left = set(WebConnectorSession.objects.values_list("ticket", flat=True))
    assert left == {"worked", "busy-2"}


def test_a_strangers_session_is_never_ours(world: World) -> None:
    opened(world)
    assert queries.sessions(company_id=world.harbor.pk, limit=10) == []
    assert queries.live_session(company_id=world.harbor.pk) is None
    Lane.objects.filter(company=world.northgate).update(epoch=7)
    assert queries.lane_of_ticket(ticket="t-1") == (7, None)
    assert queries.lane_of_ticket(ticket="forged") is None


def test_what_waits(world: World) -> None:
    def now() -> waiting.Waiting:
        return waiting.of_company(company_id=world.northgate.pk, now=NOW)

    assert now() == waiting.Waiting(tasks=False, unsettled=False, queued=0)
    assert not waiting.on_lane(company_id=world.northgate.pk).anything
    task = Task.objects.create(
        company=world.northgate, kind="refresh", created_at=NOW, due_at=NOW + timedelta(hours=1)
    )
    assert not now().tasks
    Task.objects.filter(pk=task.pk).update(due_at=NOW)
    assert now().tasks
    Task.objects.create(company=world.northgate, kind="export", created_at=NOW, due_at=NOW)
    assert waiting.on_lane(company_id=world.northgate.pk).anything
    assert not waiting.on_lane(company_id=world.harbor.pk).anything


def test_switching_the_road_fences_whoever_holds_the_lane(world: World) -> None:
    company_id = world.northgate.pk
    epoch = lanes.take(company_id=company_id, owner="worker", now=NOW)
    assert epoch is not None
    commits.switch_road(company_id=company_id, road="web connector")
    change_of_way.changed(company_id=company_id, now=NOW)
    with pytest.raises(lanes.LaneLost):
        lanes.renew(company_id=company_id, epoch=epoch, now=NOW + timedelta(seconds=50))
    lane = Lane.objects.get(company_id=company_id)
    assert (lane.epoch, lane.lease_until) == (epoch + 1, None)
    assert due.next_lane(now=NOW) is None
    assert due.asleep(now=NOW, sweep_before=NOW) is None
    commits.switch_road(company_id=company_id, road="remote")
    change_of_way.changed(company_id=company_id, now=NOW)
    assert due.next_lane(now=NOW) == company_id


def test_a_user_name_belongs_to_one_company(world: World) -> None:
    commits.create_account(company_id=world.northgate.pk, user_name="one", now=NOW)
    assert queries.name_taken(user_name="one", company_id=world.harbor.pk)
    assert not queries.name_taken(user_name="one", company_id=world.northgate.pk)
    found = queries.account_named(user_name="one")
    assert found is not None
    assert found.company_id == world.northgate.pk
    assert WebConnectorAccount.objects.get().owner_id != WebConnectorAccount.objects.get().file_id


def test_an_old_epoch_extends_nothing(world: World) -> None:
    company_id = world.northgate.pk
    epoch = lanes.take(company_id=company_id, owner=commits.OWNER, now=NOW, lease_s=600)
    assert epoch is not None
    later = NOW + timedelta(seconds=100)
    commits.extend_lease(company_id=company_id, epoch=epoch - 1, now=later, lease_s=600)
    assert Lane.objects.get(company_id=company_id).lease_until == NOW + timedelta(seconds=600)
    commits.extend_lease(company_id=company_id, epoch=epoch, now=later, lease_s=600)
    assert Lane.objects.get(company_id=company_id).lease_until == later + timedelta(seconds=600)


def test_the_latest_live_session_is_the_rival(world: World) -> None:
    first, second = opened(world, "t-1"), opened(world, "t-2")
    for row in (first, second):
        state = replace(queries.state_of(row), phase=Phase.OPEN)
        commits.save_session(session_id=row.pk, state=state, request_ids=[])
    found = queries.live_session(company_id=world.northgate.pk)
    assert found == second
