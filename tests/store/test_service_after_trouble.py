"""What waits goes on as soon as it can: no pause outlives the trouble that it was for."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from tests.rehearsal import Office
from tests.store.test_service_run_export import due_now, export, in_quickbooks, invoices

from tieout.channels.base import Answer, Outcome
from tieout.core.exporting import RESENDS_MAX
from tieout.service import advance, moments, verify_connection
from tieout.service.turns import Message, Turn
from tieout.service.worker import Worker
from tieout.store.commits import lanes
from tieout.store.models import Exchange, Lane, Posting

SILENT = Answer(outcome=Outcome.UNKNOWN, message="The line broke.")


def test_a_write_refused_by_the_fence_whose_answer_got_lost_is_sent_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal says for ever that it was refused: that must not be asked for ever."""
    deliver = advance._deliver

    def refused_unheard(turn: Turn, line: Any, message: Message) -> Answer:
        if message.recall:
            return Answer(outcome=Outcome.FENCED, highest_epoch=1, money_affected=False)
        if message.writes and Exchange.objects.filter(purpose="write").count() == 1:
            return SILENT
        return deliver(turn, line, message)

    monkeypatch.setattr(advance, "_deliver", refused_unheard)
    export(office, invoices(office, "20417"))
    due_now()
    office.work()
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1
    assert set(Exchange.objects.values_list("purpose", flat=True)) >= {"status", "search"}


def _cut_off(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that nothing was heard of, and then nobody is reached for a long time."""
    deliver = advance._deliver

    def no_line(turn: Turn, line: Any, message: Message) -> Answer:
        written = Exchange.objects.filter(purpose="write").exists()
        return SILENT if written else deliver(turn, line, message)

    with monkeypatch.context() as patch:
        patch.setattr(advance, "_deliver", no_line)
        export(office, invoices(office, "20417"))
        for _ in range(7):
            due_now()
            office.work()
    assert Posting.objects.get().state == "unconfirmed"
    lane = Lane.objects.get(company=office.company)
    assert lane.wake_at is not None
    assert lane.wake_at > moments.now() + timedelta(minutes=4)


def test_a_verify_that_reaches_quickbooks_ends_the_pause(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_off(office, monkeypatch)
    office.work()
    assert Posting.objects.get().state == "unconfirmed"  # it waits
    verify_connection.start(access=office.access, now=moments.now())
    office.work()
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1


def test_a_verify_does_not_hasten_the_wait_for_a_late_commit(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_off(office, monkeypatch)
    due_at = moments.now() + timedelta(minutes=10)
    # looked for and not found, without a fence
    Posting.objects.update(recoveries=1, due_at=due_at)
    verify_connection.start(access=office.access, now=moments.now())
    office.work()
    posting = Posting.objects.get()
    assert (posting.state, posting.due_at) == ("unconfirmed", due_at)


def test_pauses_begin_anew_once_the_connector_was_reached(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cut_off(office, monkeypatch)
    deliver = advance._deliver

    def only_the_journal(turn: Turn, line: Any, message: Message) -> Answer:
        if message.purpose == Exchange.Purpose.STATUS_CHECK:
            return SILENT
        return deliver(turn, line, message)

    monkeypatch.setattr(advance, "_deliver", only_the_journal)
    Posting.objects.update(looks=5)
    due_now()
    office.work()
    posting = Posting.objects.get()
    assert (posting.state, posting.looks, posting.call_over) == ("unconfirmed", 1, True)
    assert posting.due_at is not None
    assert posting.due_at < moments.now() + timedelta(minutes=1)


def test_a_new_worker_frees_what_a_killed_one_of_its_machine_held_and_nothing_else(
    office: Office,
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    runner = Worker()
    held = {
        f"{runner.machine}:{gone.pid}": True,  # killed
        f"{runner.machine}:{os.getpid()}": True,  # its number is ours now
        f"{runner.machine}:{os.getppid()}": False,  # it lives
        f"elsewhere:{gone.pid}": False,  # on another machine: who knows
        "web connector": False,
    }
    for owner, freed in held.items():
        Lane.objects.update(lease_until=None)
        assert lanes.take(company_id=office.company.pk, owner=owner, now=moments.now())
        runner.bury_the_dead_of_this_machine()
        lane = Lane.objects.get(company=office.company)
        assert lane.lease_until is not None
        assert (lane.lease_until < moments.now()) is freed, owner


def _look_and_send(office: Office, times: int) -> None:
    for _ in range(times):
        due_now()
        office.work()


def test_a_bad_line_never_needs_a_person(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What never arrived at the connector says nothing of the message."""
    deliver = advance._deliver

    def lost_on_the_way(turn: Turn, line: Any, message: Message) -> Answer:
        return SILENT if message.writes else deliver(turn, line, message)

    with monkeypatch.context() as patch:
        patch.setattr(advance, "_deliver", lost_on_the_way)
        export(office, invoices(office, "20417"))
        _look_and_send(office, RESENDS_MAX + 2)
    assert Posting.objects.get().writes > RESENDS_MAX + 1
    _look_and_send(office, 2)
    assert Posting.objects.get().state == "exported"
    assert len(in_quickbooks(office)) == 1
    assert Exchange.objects.filter(purpose="write").values("set_id").distinct().count() == 1


def test_a_message_that_quickbooks_always_breaks_on_needs_a_person(office: Office) -> None:
    office.rehearsal.books.raise_fault("crash_before_save")
    export(office, invoices(office, "20417"))
    _look_and_send(office, RESENDS_MAX + 2)
    posting = Posting.objects.get()
    assert (posting.state, posting.writes) == ("needs a person", RESENDS_MAX + 1)
    assert in_quickbooks(office) == []
