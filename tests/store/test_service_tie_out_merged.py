"""A job of exported invoices is merged in QuickBooks: once that is answered, both books agree."""

from __future__ import annotations

import pytest
from tests.rehearsal import Office
from tests.store.test_service_refresh_lists import refresh
from tests.store.test_service_tie_out import ORTIZ, REED, exported, only_finding, tie

from tieout.core import facts
from tieout.service import drift_inbox, moments, save_mapping
from tieout.service.drift_inbox import Answer
from tieout.store.models import Drift, JobMapping, Posting, QbCustomer, TieOutFinding, TieOutTotal


def merged(office: Office) -> None:
    office.rehearsal.books.merge_customers(ORTIZ, REED)
    refresh(office)


def answer(office: Office) -> Drift:
    drift = Drift.objects.get(kind="merged")
    outcome = drift_inbox.answer_drifts(
        access=office.access,
        answer=Answer.REMAP,
        seen={drift.pk: drift_inbox.stamp(drift)},
        reason="QuickBooks merged them",
        now=moments.now(),
    )
    assert outcome.done == 1, outcome.aside
    return drift


def remap(office: Office, to: str) -> None:
    saved = save_mapping.save_job_mapping(
        access=office.access,
        job_key="J-1",
        expected_version=JobMapping.objects.get().version,
        target_list_id=QbCustomer.objects.get(full_name=to).list_id,
        remove=True,
        confirmed=["shared", "is_customer"],
        reason="moved on",
        now=moments.now(),
    )
    assert isinstance(saved, save_mapping.Saved), saved


def test_an_answered_merge_is_no_wrong_job_any_more(office: Office) -> None:
    exported(office, "20417", "20418")
    merged(office)
    before = tie(office)
    assert before.verdicts == {"wrong job": 2}
    drift = answer(office)
    after = tie(office)
    assert (after.verdicts, after.differing_count) == ({}, 0)
    (total,) = TieOutTotal.objects.filter(tie_out=after)
    assert (total.customer, total.ours, total.theirs) == (REED, 2400, 2400)
    assert not Posting.objects.filter(noticed_at__isnull=False).exists()
    assert set(Posting.objects.values_list("state", flat=True)) == {"exported"}
    drift_inbox.undo_answers(access=office.access, ids=[drift.pk], now=moments.now())
    assert tie(office).verdicts == {"wrong job": 2}


def test_it_stays_right_when_the_contractor_job_leads_elsewhere_later(office: Office) -> None:
    exported(office, "20417")
    merged(office)
    answer(office)
    office.rehearsal.books.add_customer("Acme Health:Ortiz, Elena - Days")
    refresh(office)
    remap(office, "Acme Health:Ortiz, Elena - Days")
    assert tie(office).verdicts == {}


def test_a_job_chosen_in_record_mapping_is_an_answer_too(office: Office) -> None:
    exported(office, "20417")
    merged(office)
    remap(office, REED)
    assert tie(office).verdicts == {}


@pytest.mark.parametrize("answered", [False, True])
def test_an_invoice_that_stands_on_neither_job_is_on_the_wrong_one(
    office: Office, answered: bool
) -> None:
    exported(office, "20417", "20418")
    merged(office)
    if answered:
        answer(office)
    books = office.rehearsal.books
    books.move_invoice(Posting.objects.get(number="20418").txn_id, "Acme Health")
    found = tie(office)
    wrong = TieOutFinding.objects.filter(tie_out=found, verdict=facts.Verdict.WRONG_JOB.value)
    assert "20418" in wrong.values_list("our_number", flat=True)
    assert wrong.count() == (1 if answered else 2)
    if answered:
        assert only_finding(found).their_customer == "Acme Health"
