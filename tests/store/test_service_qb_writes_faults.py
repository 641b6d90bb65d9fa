"""Every kind of write through a real connector process, with the answer lost at each place, and
with our own end at each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import factories as make
from tests.factories import NOW
from tests.rehearsal import Office
from tests.store.test_service_undo_and_update import changed

from tieout.channels.base import Answer, Delivery
from tieout.channels.remote import RemoteChannel
from tieout.core.exporting import Effect
from tieout.service import (
    conversation,
    exporter,
    moments,
    plan_export,
    run_export,
    update_invoice,
)
from tieout.service.turns import Message, Turn
from tieout.service.worker import Worker
from tieout.store.commits import lanes
from tieout.store.commits import qb_writes as commits
from tieout.store.commits.qb_writes import Wish
from tieout.store.models import (
    Book,
    Company,
    Exchange,
    JobMapping,
    Lane,
    Posting,
    QbCustomer,
    QbWrite,
    SourceInvoice,
    SourceJob,
)

Kind = QbWrite.Kind
ORTIZ = "Acme Health:Ortiz, Elena - ICU"
NEW = "Acme Health:Doe, Jane - Dispatch"
FAULTS = [
    ("drop_reply", 2),  # what hits any call lets the session check and the probe pass first
    ("crash_before_save", 0),
    ("crash_after_save", 0),
    ("kill_after_save", 0),
]


def exported(office: Office) -> Posting:
    ids = [make.invoice(office.company.clients.get()).pk]
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()
    posting = Posting.objects.get()
    assert posting.state == "exported"
    return posting


def wish(office: Office, *wishes: Wish) -> QbWrite:
    Company.objects.update(create_jobs=True, keep_job_data=True)
    made = commits.queue(
        company_id=office.company.pk, wishes=wishes, user=office.clerk, now=moments.now()
    )
    return made[-1]


def due_now() -> None:
    for model in (Posting, QbWrite):
        model.objects.exclude(due_at=None).update(due_at=NOW)
    Lane.objects.update(wake_at=NOW)


def settle(office: Office, write: QbWrite) -> QbWrite:
    """Let everything that goes on by itself go on."""
    office.work()
    if office.rehearsal.process.poll() is not None:  # killed by the fault
        office.rehearsal.start_again()
    for _ in range(5):
        due_now()
        office.work()
    write.refresh_from_db()
    return write


# ------------------------------------------------------------------ one wish of each kind


def new_job(office: Office) -> QbWrite:
    parent = QbCustomer.objects.get(full_name="Acme Health")
    job = make.job(office.company.clients.get(), key="J-9", contractor="Jane Doe")
    content: dict[str, Any] = {
        "name": "Doe, Jane - Dispatch",
        "parent_list_id": parent.list_id,
        "parent_full_name": parent.full_name,
        "data": {"job_status": "InProgress", "job_start_date": "2026-09-01", "job_desc": "RN"},
    }
    return wish(
        office,
        Wish(kind=Kind.CUSTOMER_ADD, key="job-1", title=f"Create {NEW}", content=content, job=job),
    )


def job_change(office: Office) -> QbWrite:
    ortiz = QbCustomer.objects.get(full_name=ORTIZ)
    content = {
        "list_id": ortiz.list_id,
        "was": {"job_status": "", "job_desc": ""},
        "want": {"job_status": "InProgress", "job_desc": "ICU Registered Nurse"},
    }
    job = SourceJob.objects.get(key="J-1")
    return wish(
        office, Wish(kind=Kind.CUSTOMER_MOD, key="data-1", title="Job", content=content, job=job)
    )


def held(posting: Posting, **more: Any) -> dict[str, Any]:
    return {
        "kind": posting.kind,
        "txn_id": posting.txn_id,
        "edit_sequence": posting.edit_sequence,
        "number": posting.number,
        "posting_key": posting.key,
        **more,
    }


def void(office: Office) -> QbWrite:
    posting = exported(office)
    return wish(
        office,
        Wish(kind=Kind.VOID, key="v-1", title="Void", content=held(posting), posting=posting),
    )


def update(office: Office) -> QbWrite:
    exported(office)
    invoice = changed("20417", "1300.00")
    (write,) = update_invoice.update(
        access=office.access,
        invoice_id=invoice.pk,
        seen=invoice.content_hash,
        now=moments.now(),
    )
    return write


def stamp(office: Office) -> QbWrite:
    content = {"value": str(office.company.guid)}
    return wish(
        office,
        Wish(kind=Kind.STAMP_DEFINITION, key="s-1", title="Define", content=content),
        Wish(kind=Kind.STAMP, key="s-2", title="Stamp", content=content),
    )


def jobs_there(office: Office) -> list[str]:
    return [job.full_name for job in office.rehearsal.books.list_customers()]


def is_created(office: Office) -> None:
    assert jobs_there(office).count(NEW) == 1
    mapping = JobMapping.objects.get(job__key="J-9")
    assert mapping.target is not None
    assert mapping.target.full_name == NEW
    event = office.company.events.filter(subject="job_mapping").latest("id")
    assert (event.after["how"], event.reason) == ("created by Tieout", "created by Tieout")


def is_changed(office: Office) -> None:
    job = next(j for j in office.rehearsal.books.list_customers() if j.full_name == ORTIZ)
    assert (job.job_status, job.description) == ("InProgress", "ICU Registered Nurse")


def is_voided(office: Office) -> None:
    (invoice,) = office.rehearsal.books.list_invoices()
    assert (invoice.number, str(invoice.total)) == ("20417", "0.00")
    assert Posting.objects.get().state == "voided"


def is_updated(office: Office) -> None:
    (invoice,) = office.rehearsal.books.list_invoices()
    assert (invoice.number, str(invoice.total)) == ("20417", "1300.00")
    posting = Posting.objects.get()
    assert (posting.state, str(posting.total), str(posting.qb_total)) == (
        "exported", "1300.00", "1300.00",
    )  # fmt: skip
    assert SourceInvoice.objects.get().standing == "exported"


def is_stamped(office: Office) -> None:
    assert Book.objects.get(company=office.company).stamp == str(office.company.guid)


CASES = {
    "create job": (new_job, is_created),
    "update job": (job_change, is_changed),
    "void": (void, is_voided),
    "update invoice": (update, is_updated),
    "stamp": (stamp, is_stamped),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_done_once(office: Office, name: str) -> None:
    begin, done = CASES[name]
    write = begin(office)
    office.work()
    write.refresh_from_db()
    assert (write.state, write.problem) == ("exported", "")
    assert Exchange.objects.filter(qb_write=write, purpose="write").count() == 1
    done(office)


@pytest.mark.parametrize(("fault", "skip"), FAULTS)
@pytest.mark.parametrize("name", CASES)
def test_a_lost_answer_is_settled_without_doing_it_twice(
    office: Office, name: str, fault: str, skip: int
) -> None:
    begin, done = CASES[name]
    write = begin(office)
    office.rehearsal.books.raise_fault(fault, times=1, skip=skip)
    first = QbWrite.objects.order_by("id").filter(state="ready").first()
    office.work()
    assert first is not None
    first.refresh_from_db()
    assert first.state == "unconfirmed", first.problem
    settle(office, write)
    assert (write.state, write.problem) == ("exported", "")
    done(office)


# ------------------------------------------------------------------ our own crashes


class Died(BaseException):
    """The worker is gone: nothing of it runs any more, and nothing is tidied up."""


def before_the_intent(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    """Within the transaction that notes it, which is lost with the worker."""
    send = exporter._EFFECTS[Effect.SEND]

    def sending(of: exporter.Exporter) -> None:
        send(of)
        die()

    patch.setitem(exporter._EFFECTS, Effect.SEND, sending)


def before_the_bytes_leave(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    deliver = RemoteChannel.deliver

    def delivering(channel: RemoteChannel, delivery: Delivery) -> Answer:
        if delivery.writes:
            die()
        return deliver(channel, delivery)

    patch.setattr(RemoteChannel, "deliver", delivering)


def with_the_answer_in_hand(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    keep = conversation.keep

    def keeping(turn: Turn, message: Message, answer: Answer) -> None:
        if message.writes:
            die()
        keep(turn, message, answer)

    patch.setattr(conversation, "keep", keeping)


def before_acting_on_it(patch: pytest.MonkeyPatch, die: Callable[[], None]) -> None:
    keep = conversation.keep

    def keeping(turn: Turn, message: Message, answer: Answer) -> None:
        keep(turn, message, answer)
        if message.writes:
            die()

    patch.setattr(conversation, "keep", keeping)


@pytest.mark.parametrize(
    ("where", "leaves_open"),
    [
        (before_the_intent, False),
        (before_the_bytes_leave, True),
        (with_the_answer_in_hand, True),
        (before_acting_on_it, False),  # the kept answer is enough
    ],
)
@pytest.mark.parametrize("name", CASES)
def test_we_die_and_another_worker_goes_on(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    where: Callable[[pytest.MonkeyPatch, Callable[[], None]], None],
    leaves_open: bool,
) -> None:
    begin, done = CASES[name]
    write = begin(office)
    first = QbWrite.objects.order_by("id").filter(state="ready").first()
    assert first is not None
    with monkeypatch.context() as patch:

        def die() -> None:
            patch.setattr(lanes, "release", lambda **_: None)  # the dead give nothing back
            raise Died

        where(patch, die)
        with pytest.raises(Died):
            office.work()
    assert Lane.objects.get(company=office.company).owner
    first.refresh_from_db()
    assert first.state == ("probed" if where is before_the_intent else "sending")
    Worker().bury_the_dead()
    settle(office, write)
    assert (write.state, write.problem) == ("exported", "")
    done(office)
    moved = office.company.events.filter(subject="qb_write", subject_key=first.key)
    assert any("unconfirmed" in str(each.after) for each in moved) is leaves_open
