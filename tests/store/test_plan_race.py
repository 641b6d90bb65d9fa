"""What is saved while a plan runs: a mapping counts for the next plan, a number is given once."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests import factories as make
from tests.journeys.flushing import event_triggers, flushable  # noqa: F401

from tieout.core import planning
from tieout.service import plan_export, send_anew
from tieout.service.access import find_access
from tieout.service.qb_writes import CannotWrite
from tieout.store.commits import mappings
from tieout.store.commits import planning as commits
from tieout.store.models import Posting, SourceInvoice


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


def test_sent_anew_while_a_plan_gives_its_number_away_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if connection.vendor == "sqlite":
        return  # one writer at a time, as above
    world = make.world()
    company = world.northgate
    access = find_access(user=world.bea, company_id=company.pk)
    assert access is not None
    client = make.client(company)
    job = make.job(client)
    make.map_client(client, make.qb_customer(company, "Acme Health"))
    target = make.qb_customer(company, "Acme Health:Ortiz, Elena - ICU")
    make.map_job(job, target)
    make.map_item(make.item(company), make.qb_entry(company, "Regular Hours"))
    former = make.posting(make.invoice(client, standing="exported"), target, state="voided")
    other = make.invoice(client, "20417-1")
    decided, seen = threading.Event(), threading.Event()
    save = commits.save_plans

    def slow_save(**more: object) -> int:
        saved = save(**more)  # type: ignore[arg-type]
        decided.set()  # 20417-1 is written, and not committed yet
        seen.wait(5)
        threading.Event().wait(0.3)  # the other has come to the taken number by now
        return saved

    def plan() -> None:
        plan_export.plan_waiting(company_id=company.pk)
        connection.close()

    def add_revision(**more: object) -> object:
        seen.set()
        return add(**more)  # type: ignore[arg-type]

    add = commits.add_revision
    monkeypatch.setattr(commits, "save_plans", slow_save)
    monkeypatch.setattr(commits, "add_revision", add_revision)
    planner = threading.Thread(target=plan)
    planner.start()
    assert decided.wait(5)
    with pytest.raises(CannotWrite, match="Another invoice was just given the number 20417-1"):
        send_anew.send_anew(
            access=access, posting_id=former.pk, number="20417-1", reason="right", now=make.NOW
        )
    planner.join(10)
    assert Posting.objects.get(number="20417-1").invoice_id == other.pk
    with pytest.raises(CannotWrite, match="20417-1 is already used by another invoice"):
        send_anew.preview(access=access, posting_id=former.pk)
