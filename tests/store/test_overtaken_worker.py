"""A worker that was paused beyond its lease, with an answer in hand, changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests import factories as make
from tests.rehearsal import Office

from tieout.channels.base import Answer, Delivery, Outcome
from tieout.channels.remote import RemoteChannel
from tieout.service import advance, moments, plan_export, run_export
from tieout.service.ask_refresh import ask_refresh
from tieout.store.commits import lanes
from tieout.store.models import Connection, Lane, Posting, Task

OTHER_COMPANY = b"<CompanyName>Harbor Staffing</CompanyName>"


def as_it_came(answer: Answer) -> Answer:
    return answer


def of_another_company(answer: Answer) -> Answer:
    name = b"<CompanyName>Northgate Staffing</CompanyName>"
    assert name in answer.qbxml
    return Answer(
        outcome=Outcome.RESPONSE,
        qbxml=answer.qbxml.replace(name, OTHER_COMPANY),
        session_id=answer.session_id,
        company_file=answer.company_file,
    )


def closed(answer: Answer) -> Answer:
    return Answer(
        outcome=Outcome.HRESULT, stage="begin", message="No company file is open.",
        remedy="Open it.", money_affected=False,
    )  # fmt: skip


def overtake(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    asked: bytes,
    told: Callable[[Answer], Answer],
) -> None:
    """The first worker sleeps with the answer to what it asked; a second one does all the work."""
    deliver = RemoteChannel.deliver
    slept = []

    def sleepy(channel: RemoteChannel, delivery: Delivery) -> Answer:
        answer = deliver(channel, delivery)
        if slept or asked not in delivery.qbxml:
            return answer
        slept.append(delivery)
        Lane.objects.update(lease_until=moments.now() - timedelta(seconds=1))
        assert advance.advance(company_id=office.company.pk, owner="second")
        return told(answer)

    monkeypatch.setattr(RemoteChannel, "deliver", sleepy)
    advance.advance(company_id=office.company.pk, owner="first")
    assert slept


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (b"CompanyActivityQueryRq", as_it_came),
        (b"CompanyActivityQueryRq", of_another_company),
        (b"CompanyActivityQueryRq", closed),
        (b"InvoiceQueryRq", as_it_came),
        (b"InvoiceQueryRq", closed),
    ],
)
def test_nothing_of_an_export_is_changed(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    asked: bytes,
    told: Callable[[Answer], Answer],
) -> None:
    made = make.invoice(office.company.clients.get())
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=[made.pk], now=moments.now())
    overtake(office, monkeypatch, asked, told)
    assert len(office.rehearsal.books.list_invoices()) == 1
    assert Posting.objects.get().state == "exported"
    assert Task.objects.get(kind="export").state == "done"
    lane = Lane.objects.get(company=office.company)
    assert (lane.held_reason, lane.failures) == ("", 0)
    assert Connection.objects.get(company=office.company).problem == ""


@pytest.mark.parametrize("told", [as_it_came, closed])
def test_nothing_of_a_refresh_is_changed(
    office: Office, monkeypatch: pytest.MonkeyPatch, told: Callable[[Answer], Answer]
) -> None:
    office.rehearsal.books.add_customer("Acme Health:Novak, Petra")
    ask_refresh(access=office.access, now=moments.now())
    overtake(office, monkeypatch, b"CustomerQueryRq", told)
    task = Task.objects.filter(kind="refresh").latest("id")
    assert (task.state, task.problem) == ("done", "")
    assert office.company.qb_customers.filter(full_name="Acme Health:Novak, Petra").count() == 1
    assert Connection.objects.get(company=office.company).problem == ""


def test_a_fence_stands_until_somebody_takes_over(office: Office) -> None:
    """A wrong company file found meanwhile, and Verify after it, lift no fence."""
    of = office.company.pk
    epoch = Lane.objects.get(company=of).epoch
    lanes.hold(company_id=of, epoch=epoch, reason="Another writer.", fence_epoch=57)
    lanes.hold(company_id=of, epoch=epoch, reason="Harbor Staffing is open.")
    lanes.unhold(company_id=of, now=moments.now())
    lane = Lane.objects.get(company=of)
    assert (lane.fence_epoch, lane.held_reason) == (57, "Harbor Staffing is open.")
    assert lanes.pass_fence(company_id=of) == 58
    lane.refresh_from_db()
    assert (lane.epoch, lane.fence_epoch) == (58, 57)  # until the connector has agreed
    lanes.hold(company_id=of, epoch=58, reason="A third writer.", fence_epoch=60)
    assert not lanes.took_over(company_id=of, epoch=58, now=moments.now())
    lane.refresh_from_db()
    assert (lane.fence_epoch, lane.held_reason) == (60, "A third writer.")
    assert lanes.took_over(company_id=of, epoch=lanes.pass_fence(company_id=of), now=moments.now())
    lane.refresh_from_db()
    assert (lane.epoch, lane.fence_epoch, lane.held_reason) == (61, 0, "")
