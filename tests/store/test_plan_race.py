"""A mapping that is saved while its invoice is being planned counts for the next plan."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests import factories as make
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401

from tieout.core import planning
from tieout.service import plan_export
from tieout.store.commits import mappings
from tieout.store.models import SourceInvoice


def test_a_mapping_saved_during_a_plan_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        # one writer at a time: a plan reads and writes in one turn, nothing comes between
        assert settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    company = make.world().northgate
    client = make.client(company)
    job = make.job(client)
    make.map_client(client, make.qb_customer(company, "Acme Health"))
    target = make.qb_customer(company, "Acme Health:Ortiz, Elena - ICU")
    make.map_item(make.item(company), make.qb_entry(company, "Regular Hours"))
    invoice = make.invoice(client)
    began, saving = threading.Event(), threading.Event()
    decide = planning.plan

    def slow_plan(*args: object, **more: object) -> object:
        answer = decide(*args, **more)  # type: ignore[arg-type]
        began.set()
        saving.wait(5)
        threading.Event().wait(0.3)  # the other has come to the locked row by now
        return answer

    def plan() -> None:
        plan_export.plan_waiting(company_id=company.pk)
        connection.close()

    monkeypatch.setattr(planning, "plan", slow_plan)
    planner = threading.Thread(target=plan)
    planner.start()
    assert began.wait(5)
    with transaction.atomic():
        make.map_job(job, target)
        saving.set()
        mappings.plan_again(company_id=company.pk, concerned=mappings.concerned_by_jobs([job.key]))
    planner.join(10)
    monkeypatch.setattr(planning, "plan", decide)
    plan_export.plan_waiting(company_id=company.pk)
    assert SourceInvoice.objects.get(pk=invoice.pk).standing == "ready"
