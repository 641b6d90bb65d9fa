"""A queued invoice waits for a change under its mapping, on both roads; nothing of it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests import factories as make
from tests.factories import World
from tests.rehearsal import connect, rehearsed, stock
from tests.store.test_service_run_export import ORTIZ, due_now
from tests.web_connector_office import open_desk

from tieout.sandbox import CompanyFile
from tieout.service import moments, plan_export, run_export
from tieout.service.access import Access
from tieout.service.ask_refresh import ask_refresh
from tieout.service.drift_inbox import Answer, answer_drifts, stamp
from tieout.store.commits import mappings
from tieout.store.models import (
    ClientMapping,
    Company,
    Drift,
    Exchange,
    Posting,
    SourceInvoice,
    SourceJob,
)

BETA = "Beta Corp"
Change = Callable[["Queue"], object]


class Queue:
    """An invoice of one mapped job, queued, and postponed until `go_on`."""

    def __init__(
        self, company: Company, access: Access, books: CompanyFile, work: Callable[[], object]
    ) -> None:
        self.company, self.access, self.books, self.work = company, access, books, work
        books.add_customer(BETA)
        self.refresh()

    def fill(self, *, per_client: bool = False) -> None:
        client = self.company.clients.get()
        if per_client:
            Company.objects.filter(pk=self.company.pk).update(syncing="per_client")
        pk = make.invoice(client, "20417").pk
        plan_export.plan_waiting(company_id=self.company.pk)
        run_export.start(access=self.access, invoice_ids=[pk], now=moments.now())
        Posting.objects.update(due_at=moments.now() + timedelta(hours=1))

    def refresh(self) -> None:
        ask_refresh(access=self.access, now=moments.now())
        self.work()

    def re_assign(self) -> None:
        other = make.client(self.company, "C-2", "Beta")
        SourceJob.objects.update(client=other)
        mappings.look_again_at_some(company_id=self.company.pk, now=moments.now(), task_id=None)

    def go_on(self) -> None:
        due_now()
        self.work()
        plan_export.plan_waiting(company_id=self.company.pk)

    def waits(self) -> set[str]:
        """Why the invoice waits, nothing having been sent."""
        assert not Exchange.objects.filter(purpose="write").exists()
        assert self.books.list_invoices() == []
        posting = Posting.objects.first()
        assert posting is None or (posting.state, posting.queued_at) == ("ready", None)
        invoice = SourceInvoice.objects.get()
        assert invoice.standing == "blocked"
        return set(invoice.blocks.values_list("reason", flat=True))


@pytest.fixture
def queue(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[Queue]:
    if getattr(request, "param", "remote") == "remote":
        with rehearsed(tmp_path) as rehearsal:
            office = connect(world, rehearsal)
            stock(office)
            yield Queue(office.company, office.access, rehearsal.books, office.work)
    else:
        desk = open_desk(world, tmp_path)
        desk.refresh()
        stock(desk)
        yield Queue(desk.company, desk.access, desk.books, desk.connector.update)
        desk.books.close()


def _moved(queue: Queue) -> None:
    queue.books.move_customer(ORTIZ, BETA)


def _inactive(queue: Queue) -> None:
    queue.books.set_customer_active(ORTIZ, active=False)


def _gone(queue: Queue) -> None:
    queue.books.delete_customer(ORTIZ)


def _client_leads_elsewhere(queue: Queue) -> None:
    target = queue.company.qb_customers.get(full_name=BETA)
    ClientMapping.objects.update(target=target)


@pytest.mark.parametrize(
    ("queue", "change", "reasons"),
    [
        ("remote", _moved, "drift_unanswered job_other_customer"),
        ("remote", _inactive, "job_inactive"),
        ("remote", _gone, "job_gone"),
        ("remote", Queue.re_assign, "drift_unanswered"),
        ("remote", _client_leads_elsewhere, "job_other_customer"),
        ("web connector", _moved, "drift_unanswered job_other_customer"),
        ("web connector", Queue.re_assign, "drift_unanswered"),
    ],
    indirect=["queue"],
)
def test_a_queued_invoice_waits_for_a_change_under_its_mapping(
    queue: Queue, change: Change, reasons: str
) -> None:
    queue.fill()
    change(queue)
    queue.refresh()
    queue.go_on()
    assert queue.waits() == set(reasons.split())


def test_it_goes_on_once_the_change_is_answered(queue: Queue) -> None:
    queue.fill()
    queue.books.move_customer(ORTIZ, "Acme Health:Reed, Sam - Forklift")
    queue.refresh()
    queue.go_on()
    assert queue.waits() == {"drift_unanswered"}
    drift = Drift.objects.get(state="open")
    answer_drifts(
        access=queue.access,
        answer=Answer.KEEP,
        seen={drift.pk: stamp(drift)},
        reason="",
        now=moments.now(),
    )
    plan_export.plan_waiting(company_id=queue.company.pk)
    ids = list(SourceInvoice.objects.filter(standing="ready").values_list("id", flat=True))
    run_export.start(access=queue.access, invoice_ids=ids, now=moments.now())
    queue.work()
    assert [row.customer for row in queue.books.list_invoices()] == [
        "Acme Health:Reed, Sam - Forklift:Ortiz, Elena - ICU"
    ]


def test_an_invoice_for_the_customer_waits_for_it_likewise(queue: Queue) -> None:
    """Export per Client: it leads to the client's customer, not to a job."""
    queue.fill(per_client=True)
    queue.books.set_customer_active("Acme Health", active=False)
    queue.refresh()
    queue.go_on()
    assert queue.waits() == {"client_inactive"}
