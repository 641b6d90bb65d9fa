"""The few things that facts work out from their own fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.unit.core.makers import ACME, DANA

from tieout.core.facts import (
    Finding,
    JobTotal,
    OurInvoice,
    Plan,
    Posting,
    PostingKind,
    QbJob,
    TieOut,
    Verdict,
)


def test_a_customer_has_no_parent():
    assert ACME.is_customer
    assert not DANA.is_customer


def test_the_root_is_known_for_a_customer_and_for_a_job_that_carries_it():
    assert QbJob(list_id="1", full_name="Acme").root == "1"
    assert DANA.root == ACME.list_id
    assert QbJob(list_id="2", full_name="Acme:Job", parent_list_id="1").root == ""


def test_a_plan_is_ready_only_with_postings():
    posting = Posting(
        source_key="I1",
        job_key="",
        kind=PostingKind.INVOICE,
        number="1",
        customer=ACME,
        mapping_version=0,
        txn_date=date(2026, 3, 6),
        total=Decimal(1),
        lines=(),
    )
    assert Plan(source_key="I1", postings=(posting,)).ready
    assert not Plan(source_key="I1", skipped="It comes to 0.00.").ready


def test_differences_are_ours_minus_theirs():
    total = JobTotal(customer_list_id="1", ours=Decimal("5.00"), theirs=Decimal("7.00"))
    our = OurInvoice(
        posting_id=1,
        number="1",
        txn_id="",
        customer_list_id="1",
        job_key="",
        txn_date=date(2026, 3, 6),
        total=Decimal(5),
    )
    finding = Finding(verdict=Verdict.DATE, ours=our, theirs=None, difference=Decimal(0))
    book = TieOut(totals=(total,), findings=(finding,), ours=total.ours, theirs=total.theirs)
    assert total.difference == book.difference == Decimal(-2)
    assert not book.tied
    assert TieOut(totals=(), findings=(), ours=Decimal(0), theirs=Decimal(0)).tied
