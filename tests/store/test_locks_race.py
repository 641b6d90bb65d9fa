"""A clerk and the worker at once on PostgreSQL: each waits its turn, and none for ever.

The worker holds an invoice and comes to the head of the log; the clerk's save concerns the same
invoice. Before there was one order of locks the clerk held the head of the log by then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests import factories as make
from tests.factories import NOW, World
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401

from tieout.core import facts
from tieout.service import drift_inbox, run_export, save_connection, save_mapping, save_sisters
from tieout.service.access import find_access
from tieout.service.drift_inbox import Answer
from tieout.service.save_connection import ConnectionSettings
from tieout.store.commits import drifts, events, locks
from tieout.store.commits.invoices import upsert_invoices
from tieout.store.models import (
    ClientMapping,
    Company,
    Drift,
    ItemMapping,
    JobMapping,
    Posting,
    QbCustomer,
    SourceInvoice,
)
from tieout.store.queries import planning


class Desk:
    """Northgate with one mapped job, and an invoice of it that waits under Ready."""

    def __init__(self, world: World) -> None:
        self.company: Company = world.northgate
        bea = find_access(user=world.bea, company_id=self.company.pk)
        sam = find_access(user=world.sam, company_id=self.company.pk)
        assert bea is not None
        assert sam is not None
        self.bea, self.sam = bea, sam
        self.client = make.client(self.company)
        self.job = make.job(self.client)
        make.map_client(self.client, make.qb_customer(self.company, "Acme Health"))
        self.here = make.qb_customer(self.company, "Acme Health:Ortiz, Elena - ICU")
        self.there = make.qb_customer(self.company, "Acme Health:Ortiz, Elena - ER")
        self.item = make.item(self.company)
        make.map_item(self.item, make.qb_entry(self.company, "Regular Hours"))
        self.overtime = make.qb_entry(self.company, "Overtime Hours")
        save_mapping.save_job_mapping(
            access=bea, job_key="J-1", expected_version=0, target_list_id=self.here.list_id,
            remove=False, confirmed=(), reason="", now=NOW,
        )  # fmt: skip
        QbCustomer.objects.filter(pk=self.here.pk).update(active=False)
        drifts.notice(
            company_id=self.company.pk,
            now=NOW,
            mapping_ids=list(self.company.job_mappings.values_list("pk", flat=True)),
        )
        self.invoice = make.invoice(self.client, standing="ready")
        self.posting = make.posting(self.invoice, self.here, state="ready")

    def remap(self) -> object:
        version = JobMapping.objects.get(job=self.job).version
        return save_mapping.save_job_mapping(
            access=self.bea, job_key="J-1", expected_version=version,
            target_list_id=self.there.list_id, remove=True, confirmed=(), reason="", now=NOW,
        )  # fmt: skip

    def remap_item(self) -> object:
        row = ItemMapping.objects.get(item=self.item)
        return save_sisters.save_sister(
            access=self.bea, kind="item", pk=row.item_id, expected_version=row.version,
            target_list_id=self.overtime.list_id, reason="", now=NOW,
        )  # fmt: skip

    def unmap_client(self) -> object:
        row = ClientMapping.objects.get(client=self.client)
        return save_sisters.save_sister(
            access=self.bea, kind="client", pk=row.client_id, expected_version=row.version,
            target_list_id=None, reason="", now=NOW,
        )  # fmt: skip

    def answer(self) -> object:
        drift = Drift.objects.get()
        return drift_inbox.answer_drifts(
            access=self.bea, answer=Answer.KEEP, seen={drift.pk: drift_inbox.stamp(drift)},
            reason="", now=NOW,
        )  # fmt: skip

    def change_rules(self) -> object:
        return save_connection.save(
            access=self.sam,
            settings=ConnectionSettings(url="", username="tieout", password=""),
            rules=replace(facts.ExportRules(), split_suffix="/{n}"),
            now=NOW,
        )

    def import_again(self) -> object:
        with transaction.atomic():
            locks.desk(company_id=self.company.pk)
            row = SourceInvoice.objects.select_related("client").get(pk=self.invoice.pk)
            fact = planning._invoice(row)
            return upsert_invoices(company_id=self.company.pk, invoices=[fact])


ACTIONS: dict[str, Callable[[Desk], object]] = {
    "re-map a job": Desk.remap,
    "re-map an item": Desk.remap_item,
    "remove a client's association": Desk.unmap_client,
    "answer a drift": Desk.answer,
    "change the export rules": Desk.change_rules,
    "import again": Desk.import_again,
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_clerk_and_the_worker_do_not_wait_for_each_other(
    action: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        # one writer at a time: nobody holds a lock while he waits for another
        assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    desk = Desk(world)
    held = threading.Event()
    append, failures = events.append, []

    def slow_append(**given: object) -> object:
        if threading.current_thread() is worker:
            held.set()
            threading.Event().wait(0.7)  # by now the clerk has come to what he has to wait for
        return append(**given)  # type: ignore[arg-type]

    def set_aside() -> None:
        try:
            run_export.set_aside(
                access=desk.sam, posting_id=desk.posting.pk, reason="typed by hand", now=NOW
            )
        except Exception as error:  # noqa: BLE001 # told by the test
            failures.append(error)
        finally:
            connection.close()

    monkeypatch.setattr(events, "append", slow_append)
    worker = threading.Thread(target=set_aside)
    worker.start()
    assert held.wait(10)
    done = ACTIONS[action](desk)
    worker.join(10)
    assert failures == []
    assert not isinstance(done, save_mapping.Refused), done
    assert Posting.objects.get(pk=desk.posting.pk).state == "set aside"
