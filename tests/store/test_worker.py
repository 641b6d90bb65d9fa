"""Two workers, a paused one, a failing task: the rows tell the truth."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests import factories as make
from tests.factories import World
from tests.rehearsal import Office

from tieout.channels.base import Answer, Delivery, Outcome
from tieout.channels.remote import RemoteChannel
from tieout.service import (
    advance,
    import_source,
    moments,
    nightly,
    plan_export,
    run_export,
    take_over,
    verify_connection,
    worker,
)
from tieout.service.access import Access
from tieout.store import secrets
from tieout.store.commits import lanes, source, tasks
from tieout.store.models import Connection, Event, Import, Lane, Posting, SourceClient, Task


def queue_one(office: Office) -> Posting:
    made = make.invoice(office.company.clients.get())
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[made.pk], now=moments.now())
    return Posting.objects.get()


def test_a_company_that_is_being_worked_on_is_left_to_its_worker(office: Office) -> None:
    queue_one(office)
    lanes.take(company_id=office.company.pk, owner="another", now=moments.now())
    assert advance.advance(company_id=office.company.pk, owner="me") is False
    assert office.rehearsal.books.list_invoices() == []


def test_the_connector_refuses_a_write_with_an_old_epoch(
    office: Office, sam: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paused between its commit and the connector, the old worker is stopped by the fence."""
    queue_one(office)
    deliver = RemoteChannel.deliver
    refused: list[Answer] = []

    def overtaken(channel: RemoteChannel, delivery: Delivery) -> Answer:
        if delivery.writes and not refused:
            # the connector has seen a newer writer before this one's bytes arrive
            newer = Delivery(
                call_id=moments.call_id(),
                qbxml=b'<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq '
                b'onError="stopOnError"><TxnVoidRq requestID="1"><TxnVoidType>Invoice'
                b"</TxnVoidType><TxnID>FFFF-1</TxnID></TxnVoidRq></QBXMLMsgsRq></QBXML>",
                writes=True,
                company_file=delivery.company_file,
                app_name=delivery.app_name,
                expected_company=delivery.expected_company,
                installation_id=delivery.installation_id,
                epoch=delivery.epoch + 5,
                timeout_s=30,
            )
            deliver(channel, newer)
            refused.append(deliver(channel, delivery))
            return refused[0]
        return deliver(channel, delivery)

    monkeypatch.setattr(RemoteChannel, "deliver", overtaken)
    office.work()
    assert refused[0].outcome is Outcome.FENCED
    assert office.rehearsal.books.list_invoices() == []
    assert Posting.objects.get().state == "ready"
    lane = Lane.objects.get(company=office.company)
    assert lane.held_reason
    task = Task.objects.get(kind="export")
    assert (task.state, task.problem) == ("waiting", lane.held_reason)

    with pytest.raises(take_over.CannotTakeOver, match="Super User"):
        take_over.take_over(access=office.access, now=moments.now())
    atomic: list[bool] = []
    ask = RemoteChannel.take_over

    def asked(channel: RemoteChannel, **more: Any) -> Answer | None:
        atomic.append(len(connection.savepoint_ids) > before)
        return ask(channel, **more)

    before = len(connection.savepoint_ids)
    monkeypatch.setattr(RemoteChannel, "take_over", asked)
    take_over.take_over(access=sam, now=moments.now())
    take_over.take_over(access=sam, now=moments.now())  # a second click
    assert atomic == [False, False]  # nobody waits on the database for the connector
    office.work()
    assert len(office.rehearsal.books.list_invoices()) == 1
    assert Posting.objects.get().state == "exported"
    task.refresh_from_db()
    assert (task.state, task.problem) == ("done", "")


def test_taking_over_ends_no_update_of_the_web_connector(office: Office, sam: Access) -> None:
    """There is no fence on that road: nothing is to be raised above it."""
    Connection.objects.update(road="web connector")
    epoch = lanes.take(company_id=office.company.pk, owner="web connector", now=moments.now())
    with pytest.raises(take_over.CannotTakeOver, match="Web Connector"):
        take_over.take_over(access=sam, now=moments.now())
    assert Lane.objects.get(company=office.company).epoch == epoch


def test_verify_frees_a_lane_that_another_company_file_held(office: Office, sam: Access) -> None:
    queue_one(office)
    office.rehearsal.books.set_preference("name", "Harbor Staffing")
    office.work()
    assert Lane.objects.get(company=office.company).held_reason
    office.rehearsal.books.set_preference("name", "Northgate Staffing")
    verify_connection.start(access=sam, now=moments.now())
    office.work()
    assert Lane.objects.get(company=office.company).held_reason == ""
    assert Posting.objects.get().state == "exported"


def test_the_only_worker_does_not_wait_for_a_dead_one(office: Office) -> None:
    """Killed with the lane and an import in hand; the next one goes on at once."""
    queue_one(office)
    company_id = office.company.pk
    lanes.take(company_id=company_id, owner="dead", now=moments.now(), lease_s=600)
    Lane.objects.update(wake_at=None)
    wish = tasks.request(
        company_id=company_id, kind=Task.Kind.PLAN, now=moments.now(), on_lane=False
    )
    tasks.claim_beside_lane(now=moments.now(), lease_s=600)
    office.work()
    assert office.rehearsal.books.list_invoices() == []
    runner = worker.Worker()
    runner.bury_the_dead()
    runner.run_until_idle()
    assert len(office.rehearsal.books.list_invoices()) == 1
    wish.refresh_from_db()
    assert wish.state == "done"


def test_a_busy_lane_keeps_neither_the_night_nor_a_sleeping_one_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harbor is due at every look; what Northgate waits for has no wake-up."""
    runner = worker.Worker()
    past = moments.now() - timedelta(minutes=5)
    tasks.request(company_id=world.northgate.pk, kind=Task.Kind.REFRESH, now=past)
    Lane.objects.update(wake_at=None)
    lanes.wake(company_id=world.harbor.pk, at=past)
    advanced: list[int] = []
    nights: list[object] = []

    def step(*, company_id: int, owner: str) -> bool:
        advanced.append(company_id)
        return True

    monkeypatch.setattr(advance, "advance", step)
    monkeypatch.setattr(nightly, "ask_nightly", lambda **more: nights.append(more))
    assert runner.do_lane()
    assert runner.do_lane()
    assert advanced == [world.northgate.pk, world.harbor.pk]
    assert len(nights) == 1  # not at every look


def test_a_long_plan_keeps_its_lease(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    task = tasks.request(
        company_id=world.northgate.pk, kind=Task.Kind.PLAN, now=moments.now(), on_lane=False
    )

    def slow(*, company_id: int, progress: Any) -> int:
        Task.objects.filter(pk=task.pk).update(lease_until=moments.now())
        progress(300, 100_000)
        return 100_000

    monkeypatch.setattr(plan_export, "plan_waiting", slow)
    assert worker.Worker().do_task()
    later = moments.now() + timedelta(seconds=worker.BESIDE_LANE_LEASE_S / 2)
    assert Task.objects.get(pk=task.pk).lease_until > later


@pytest.mark.django_db
def test_a_worker_looks_more_often_for_a_moment_after_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: clock[0])
    runner = worker.Worker()
    clock[0] += 60.0
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += 2.0

    monkeypatch.setattr(runner.stopping, "wait", wait)
    found = iter([False, True, False, False, False])

    def look() -> bool:
        worked = next(found, None)
        if worked is None:
            runner.stop()
        return bool(worked)

    runner._loop(look)
    assert waits[:4] == [0.5, 0.1, 0.1, 0.5]


def test_a_task_that_breaks_is_tried_again_and_then_says_why(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(task: Task) -> None:
        message = "the disk is full"
        raise OSError(message)

    monkeypatch.setitem(worker.BESIDE_LANE, "plan", broken)
    task = tasks.request(
        company_id=world.northgate.pk, kind=Task.Kind.PLAN, now=moments.now(), on_lane=False
    )
    runner = worker.Worker()
    for _ in range(tasks.TRIES_MAX):
        Task.objects.update(due_at=moments.now())
        assert runner.do_task()
    task.refresh_from_db()
    assert task.state == "failed"
    assert "the disk is full" in task.problem
    assert not runner.do_task()


def test_an_import_that_is_given_up_says_so_on_its_files(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file went in, the second breaks each time: neither stays Running for ever."""
    (tmp_path / "clients.csv").write_text("Client ID,Client\nC-1,Acme\n", encoding="utf-8")
    (tmp_path / "items.csv").write_text("Item ID,Pay/Bill Item\nR,Regular\n", encoding="utf-8")
    access = Access(user=world.bea, company=world.northgate, role="biller")
    received = [
        import_source.receive(access, tmp_path / name, name, moments.now())
        for name in ("clients.csv", "items.csv")
    ]
    task = import_source.start(access, [row.pk for row in received], moments.now())

    def full(**_: object) -> None:
        message = "the disk is full"
        raise OSError(message)

    monkeypatch.setattr(source, "upsert_items", full)
    runner = worker.Worker()
    for tries in range(1, tasks.TRIES_MAX + 1):
        Task.objects.filter(pk=task.pk).update(due_at=moments.now())
        assert runner.do_task()
        states = set(Import.objects.values_list("state", flat=True))
        assert states == ({"failed"} if tries == tasks.TRIES_MAX else {"running"})
    assert all("the disk is full" in row.problem for row in Import.objects.all())
    assert SourceClient.objects.count() == 1
    failed = Event.objects.filter(verb="import failed", actor_name="bea")
    assert [event.subject_key for event in failed.order_by("sequence")] == [
        str(row.pk) for row in received
    ]


def test_a_lost_key_file_is_said_and_the_password_entered_again_mends_it(
    office: Office, tmp_path: Path, settings
) -> None:
    queue_one(office)
    right, other = settings.SECRETS_KEY_FILE, tmp_path / "other.key"
    secrets.create_key_file(other)
    settings.SECRETS_KEY_FILE = str(other)
    office.work()
    task = Task.objects.get(kind="export")
    assert "another key" in task.problem
    assert "enter the password" in task.remedy
    assert Lane.objects.get(company=office.company).owner == ""
    settings.SECRETS_KEY_FILE = right
    Task.objects.filter(state="waiting").update(due_at=moments.now())
    Lane.objects.update(wake_at=moments.now())
    office.work()
    assert Posting.objects.get().state == "exported"


def test_a_task_that_ends_its_worker_every_time_is_given_up(world: World) -> None:
    task = tasks.request(
        company_id=world.northgate.pk, kind=Task.Kind.PLAN, now=moments.now(), on_lane=False
    )
    for _ in range(tasks.TRIES_MAX):  # claimed, and never heard of again
        assert tasks.claim_beside_lane(now=moments.now(), lease_s=-1) is not None
    assert worker.Worker().do_task()
    task.refresh_from_db()
    assert (task.state, "ended every time" in task.problem) == ("failed", True)
