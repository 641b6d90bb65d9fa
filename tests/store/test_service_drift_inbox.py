"""Answers in the Drift inbox: keep, map to the survivor, ignore; together; and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World
from tests.store.test_drifts import LATER, Books, many, moved

from tieout.core.mapping import replay
from tieout.service import drift_inbox, drift_undo, mapping_state, plan_export
from tieout.service.access import Access, find_access
from tieout.service.drift_inbox import Answer, Outcome
from tieout.service.mapping_state import change_of
from tieout.service.save_mapping import (
    Saved,
    keep_job_mapping,
    save_job_mapping,
    undo_job_mapping,
)
from tieout.store.commits import locks
from tieout.store.models import (
    Company,
    Drift,
    Event,
    JobMapping,
    QbCustomer,
    SourceInvoice,
    SourceJob,
)
from tieout.store.queries import drifts as queries


@pytest.fixture
def access(world: World) -> Access:
    found = find_access(user=world.bea, company_id=world.northgate.pk)
    assert found is not None
    return found


@pytest.fixture
def books(world: World, access: Access) -> Books:
    """Elena's mapping was saved as a clerk would, so that its history begins with an event."""
    books = Books(world.northgate)
    JobMapping.objects.filter(pk=books.mapping.pk).delete()
    save_job_mapping(
        access=access, job_key="J-1", expected_version=0, target_list_id=books.ortiz.list_id,
        remove=False, confirmed=(), reason="", now=NOW,
    )  # fmt: skip
    books.mapping = JobMapping.objects.get(job=books.elena)
    return books


def give(access: Access, answer: Answer, ids: Sequence[int] | None = None, **more: Any) -> Outcome:
    """Answer these drifts, or all open ones, as they are on the screen now."""
    wanted = list(ids if ids is not None else open_ids())
    rows = queries.rows_of(company_id=access.company.pk, ids=wanted)
    seen = {row.drift.pk: drift_inbox.stamp(row.drift) for row in rows}
    return drift_inbox.answer_drifts(
        access=access, answer=answer, seen=more.pop("seen", seen), reason=more.pop("reason", ""),
        now=LATER, **more,
    )  # fmt: skip


def take_back(access: Access, *ids: int, confirmed: Sequence[str] = ()) -> Outcome:
    return drift_inbox.undo_answers(access=access, ids=ids, now=LATER, confirmed=confirmed)


def open_ids() -> list[int]:
    return list(Drift.objects.filter(state="open").values_list("id", flat=True))


def memory(books: Books) -> tuple[object, ...]:
    row = JobMapping.objects.get(pk=books.mapping.pk)
    return (
        row.target_id, row.remembered_full_name, row.remembered_parent, row.remembered_top,
        row.remembered_active, row.remembered_job_active, row.remembered_client_id,
    )  # fmt: skip


def history(job_key: str = "J-1") -> Any:
    events = Event.objects.filter(subject="job_mapping", subject_key=job_key).order_by("sequence")
    return replay(change_of(event) for event in events)


# ------------------------------------------------------------------ keep


def test_keeping_a_moved_job_lets_its_invoice_go(books: Books, access: Access) -> None:
    factories.item(books.company)
    books.change(full_name="Acme:Wood, Ben:Ortiz, Elena", parent_list_id=books.wood.list_id)
    invoice = factories.invoice(books.acme)
    books.notice()
    plan_export.plan_waiting(company_id=books.company.pk)
    reasons = set(invoice.blocks.values_list("reason", flat=True))
    assert "drift_unanswered" in reasons
    assert "was moved to Acme:Wood" in invoice.blocks.get(reason="drift_unanswered").message
    outcome = give(access, Answer.KEEP, reason="Right")
    assert (outcome.done, outcome.planned_again) == (1, 1)
    assert outcome.text == "1 mapping is kept. 1 waiting invoice is checked again."
    plan_export.plan_waiting(company_id=books.company.pk)
    assert "drift_unanswered" not in set(invoice.blocks.values_list("reason", flat=True))
    drift = Drift.objects.get()
    assert (drift.state, drift.answer, drift.reason) == ("answered", "kept", "Right")
    assert drift.answered_by == access.user
    assert books.notice().opened == {}
    assert Company.objects.get(pk=books.company.pk).open_drifts == 0
    event = Event.objects.order_by("-sequence")[0]
    assert (event.verb, event.subject, event.subject_key) == ("confirmed", "job_mapping", "J-1")
    assert event.reason.endswith("was moved to Acme:Wood, Ben:Ortiz, Elena. Right")
    assert history().version == JobMapping.objects.get(pk=books.mapping.pk).version


def test_keeping_one_change_leaves_the_other_open(books: Books, access: Access) -> None:
    books.change(**moved(books), active=False)
    books.notice()
    one = Drift.objects.get(kind="inactivated")
    give(access, Answer.KEEP, [one.pk])
    assert [drift.kind for drift in Drift.objects.filter(state="open")] == ["moved"]
    assert SourceJob.objects.get(key="J-1").map_state == "attention"


def test_two_changes_of_one_mapping_are_kept_together(books: Books, access: Access) -> None:
    books.change(**moved(books), active=False)
    books.notice()
    outcome = give(access, Answer.KEEP, confirmed=["other_customer"])
    assert outcome.done == 2
    row = JobMapping.objects.get(pk=books.mapping.pk)
    assert (row.version, row.remembered_parent, row.remembered_active) == (
        3, books.qb_beta.list_id, False,
    )  # fmt: skip
    assert books.notice().opened == {}
    assert history().version == 3


def test_taking_keeps_back_restores_exactly_what_was_remembered(
    books: Books, access: Access
) -> None:
    before = memory(books)
    SourceJob.objects.filter(pk=books.elena.pk).update(client=books.beta_client, active=False)
    books.change(**{**moved(books), "full_name": "Beta:Novak, Petra"}, active=False)
    books.notice()
    asked = set(open_ids())
    assert len(asked) == 5
    outcome = give(access, Answer.KEEP)
    assert outcome.done == 5
    assert open_ids() == []
    back = drift_inbox.undo_batch(access=access, batch=outcome.batch, now=LATER)
    assert (back.done, back.text, back.aside) == (5, "5 answers were taken back.", [])
    assert memory(books) == before
    assert set(open_ids()) == asked
    assert history().version == JobMapping.objects.get(pk=books.mapping.pk).version == 11


# ------------------------------------------------------------------ the survivor


def test_mapping_to_the_survivor_and_back(books: Books, access: Access) -> None:
    before = memory(books)
    twin = factories.qb_customer(books.company, "Acme:Ortiz, Elena - ICU")
    books.change(gone_at=NOW)
    books.notice()
    outcome = give(access, Answer.REMAP)
    assert outcome.text == "1 mapping leads to the surviving job now."
    drift = Drift.objects.get()
    assert (drift.state, drift.answer, drift.answered_version) == ("answered", "remapped", 2)
    assert JobMapping.objects.get(pk=books.mapping.pk).target == twin
    back = take_back(access, drift.pk)
    assert (back.done, back.aside) == (1, [])
    assert memory(books) == before
    drift.refresh_from_db()
    assert (drift.state, drift.answer) == ("open", "")
    assert history().list_id == books.ortiz.list_id


@pytest.mark.parametrize("noticed", [True, False])
def test_a_survivor_that_was_renamed_since_it_was_shown_is_looked_at_again(
    books: Books, access: Access, noticed: bool
) -> None:
    """It may be somebody else's job by now."""
    twin = factories.qb_customer(books.company, "Acme:Ortiz, Elena - ICU")
    books.change(gone_at=NOW, merged_into=twin.list_id, merged_proof="invoice 20417 is on it now")
    books.notice()
    (pk,) = open_ids()
    (row,) = queries.rows_of(company_id=books.company.pk, ids=[pk])
    seen = {pk: drift_inbox.stamp(row.drift)}
    QbCustomer.objects.filter(pk=twin.pk).update(full_name="Acme:Novak, Petra")
    if noticed:
        books.notice(now=LATER)
    outcome = give(access, Answer.REMAP, seen=seen)
    assert outcome.done == 0
    said = "It changed since you looked." if noticed else "is called Acme:Novak, Petra"
    assert said in outcome.aside[0].why
    assert JobMapping.objects.get(pk=books.mapping.pk).target == books.ortiz


def test_a_survivor_that_serves_somebody_else_is_asked_about(books: Books, access: Access) -> None:
    books.change(gone_at=NOW, merged_into=books.wood.list_id, merged_proof="seen")
    books.notice()
    outcome = give(access, Answer.REMAP)
    assert outcome.done == 0
    assert "also serves Ben Wood" in outcome.aside[0].why
    assert give(access, Answer.REMAP, confirmed=["shared"]).done == 1


def test_what_is_gone_cannot_be_kept(books: Books, access: Access) -> None:
    books.change(gone_at=NOW)
    books.notice()
    outcome = give(access, Answer.KEEP)
    assert (outcome.done, outcome.text) == (0, "Nothing was answered.")
    assert "nothing to keep" in outcome.aside[0].why
    outcome = give(access, Answer.REMAP)
    assert "No surviving job" in outcome.aside[0].why


# ------------------------------------------------------------------ ignore


def test_ignoring_is_quiet_but_lets_nothing_go(books: Books, access: Access) -> None:
    before = memory(books)
    books.change(**moved(books))
    books.notice()
    outcome = give(access, Answer.IGNORE)
    assert outcome.text == "1 change is ignored until it changes again."
    assert books.notice().opened == {}
    assert memory(books) == before
    assert SourceJob.objects.get(key="J-1").map_state == "mapped"  # as before the refresh
    drift = Drift.objects.get()
    assert Event.objects.order_by("-sequence")[0].verb == "ignored"
    assert take_back(access, drift.pk).done == 1
    drift.refresh_from_db()
    assert (drift.state, drift.answer, drift.answered_by) == ("open", "", None)
    assert Company.objects.get(pk=books.company.pk).open_drifts == 1


def test_an_ignored_change_can_still_be_kept(books: Books, access: Access) -> None:
    books.change(active=False)
    books.notice()
    give(access, Answer.IGNORE)
    pk = Drift.objects.get().pk
    assert give(access, Answer.KEEP, [pk]).done == 1


# ------------------------------------------------------------------ two clerks, many rows


def test_an_answer_to_what_is_no_longer_so_changes_nothing(books: Books, access: Access) -> None:
    books.change(active=False)
    books.notice()
    pk = open_ids()[0]
    old = {pk: drift_inbox.stamp(Drift.objects.get())}
    give(access, Answer.IGNORE)
    late = give(access, Answer.KEEP, seen=old)
    assert (late.done, late.aside[0].why) == (0, "Bea answered it meanwhile.")
    take_back(access, pk)
    Drift.objects.update(token="something else")
    late = give(access, Answer.KEEP, seen=old)
    assert late.aside[0].why == "It changed since you looked."


def test_a_mapping_saved_meanwhile_is_not_overwritten_by_an_undo(
    books: Books, access: Access
) -> None:
    books.change(active=False)
    books.notice()
    give(access, Answer.KEEP)
    pk = Drift.objects.get().pk
    save_job_mapping(
        access=access, job_key="J-1", expected_version=2, target_list_id=books.qb_beta.list_id,
        remove=True, confirmed=("other_customer", "is_customer"), reason="", now=LATER,
    )  # fmt: skip
    outcome = take_back(access, pk)
    assert (outcome.done, outcome.text) == (0, "Nothing was taken back.")
    assert "changed since" in outcome.aside[0].why
    assert JobMapping.objects.get(pk=books.mapping.pk).target == books.qb_beta


def test_saving_in_map_jobs_answers_and_its_undo_asks_again(books: Books, access: Access) -> None:
    """Undo in Record Mapping restores what was remembered, so nothing is accepted in silence."""
    before = memory(books)
    books.change(full_name="Acme:Wood, Ben:Ortiz, Elena", parent_list_id=books.wood.list_id)
    books.notice()
    save_job_mapping(
        access=access, job_key="J-1", expected_version=1, target_list_id=books.wood.list_id,
        remove=True, confirmed=("shared",), reason="", now=LATER,
    )  # fmt: skip
    drift = Drift.objects.get()
    assert (drift.state, drift.answer, drift.answered_version) == ("answered", "remapped", 2)
    undone = undo_job_mapping(
        access=access, job_key="J-1", expected_version=2, reason="", now=LATER
    )
    assert isinstance(undone, Saved)
    drift.refresh_from_db()
    assert (drift.state, memory(books)) == ("open", before)


def test_a_strangers_rows_are_not_there(books: Books, world: World) -> None:
    books.change(active=False)
    books.notice()
    charlie = find_access(user=world.charlie, company_id=world.harbor.pk)
    assert charlie is not None
    drift = Drift.objects.get()
    seen = {drift.pk: drift_inbox.stamp(drift)}
    for answer in Answer:
        outcome = give(charlie, answer, seen=seen)
        assert outcome.done == 0
        assert outcome.aside[0].why == "There is no such change in this company."
    assert take_back(charlie, drift.pk).done == 0
    drift.refresh_from_db()
    assert drift.state == "open"


def test_many_are_kept_with_as_many_queries_as_few(
    books: Books, access: Access, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(books.company, 25)
    QbCustomer.objects.filter(name__startswith="Job ").update(active=False)
    books.notice()
    ids = open_ids()
    rows = queries.rows_of(company_id=books.company.pk, ids=ids)
    seen = {row.drift.pk: drift_inbox.stamp(row.drift) for row in rows}
    with django_assert_num_queries(22):  # the desk is locked; three read what is on the screen
        outcome = give(access, Answer.KEEP, ids, seen=seen)
    assert outcome.done == 25
    assert Drift.objects.filter(batch=outcome.batch).count() == 25
    assert SourceInvoice.objects.count() == 0


def test_the_last_of_a_bulk_answer_is_told_as_such_though_it_stands_alone_in_its_bundle(
    books: Books, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift_inbox, "CHUNK", 2)
    monkeypatch.setattr(drift_undo, "CHUNK", 2)
    many(books.company, 3)
    QbCustomer.objects.filter(name__startswith="Job ").update(active=False)
    books.notice()
    outcome = give(access, Answer.KEEP)
    drift_inbox.undo_batch(access=access, batch=outcome.batch, now=LATER)
    said = Event.objects.filter(subject="job_mapping", verb="confirmed").order_by("sequence")
    assert [event.after["how"] for event in said] == ["bulk"] * 3 + ["bulk undo"] * 3


def test_record_mapping_keeps_nothing_that_is_gone_and_names_no_spelling(
    books: Books, access: Access
) -> None:
    books.change(full_name="Acme:Elena Ortiz")
    job = SourceJob.objects.select_related("mapping__target", "client").get(key="J-1")
    assert mapping_state.changes_since(job=job) == []
    books.change(gone_at=NOW)
    answer = keep_job_mapping(
        access=access, job_key="J-1", expected_version=1, reason="", now=LATER
    )
    assert getattr(answer, "reason", "") == "nothing_to_keep"
    assert JobMapping.objects.get(pk=books.mapping.pk).version == 1


def test_answers_taken_back_together_lock_their_invoices_in_one_pass(
    books: Books, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One kept, one mapped to the survivor; the invoices of both lie between each other."""
    company = books.company
    heir = factories.qb_customer(company, "Acme:Ito, Naomi (2)")
    naomi = factories.job(books.acme, "J-9", "Naomi Ito")
    gone = factories.qb_customer(company, "Acme:Ito, Naomi")
    save_job_mapping(
        access=access, job_key=naomi.key, expected_version=0, target_list_id=gone.list_id,
        remove=False, confirmed=(), reason="", now=NOW,
    )  # fmt: skip
    for number, job in (("1", "J-9"), ("2", "J-1"), ("3", "J-9"), ("4", "J-1")):
        factories.invoice(books.acme, number, lines=[(job, "REG", "100.00")])
    SourceInvoice.objects.update(standing="blocked")
    books.change(full_name="Acme:Wood, Ben:Ortiz, Elena", parent_list_id=books.wood.list_id)
    QbCustomer.objects.filter(pk=gone.pk).update(
        gone_at=NOW, merged_into=heir.list_id, merged_proof="invoice 1"
    )
    books.notice()
    moved_, merged = (Drift.objects.get(mapping__job__key=key) for key in ("J-1", "J-9"))
    assert give(access, Answer.KEEP, [moved_.pk]).done == 1
    assert give(access, Answer.REMAP, [merged.pk]).done == 1
    SourceInvoice.objects.update(standing="blocked")
    taken = locked_invoices(monkeypatch)
    assert take_back(access, moved_.pk, merged.pk).done == 2
    assert len(taken) == 4
    assert taken == sorted(taken)


def locked_invoices(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The invoices that are locked from now on, each at the first time."""
    taken: list[int] = []
    real = locks.invoices

    def noted(**given: Any) -> list[int]:
        ids = real(**given)
        taken.extend(pk for pk in ids if pk not in taken)
        return ids

    monkeypatch.setattr(locks, "invoices", noted)
    return taken


@pytest.mark.parametrize("back", [False, True])
def test_an_answer_locks_invoices_of_another_job_there_in_the_same_pass(
    books: Books, access: Access, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    """Ben's job stands on the same QuickBooks job, and is restated along with Elena's."""
    JobMapping.objects.filter(job=books.ben).update(target=books.ortiz)
    factories.invoice(books.acme, "1", lines=[("J-1", "REG", "100.00")])
    factories.invoice(books.acme, "2", lines=[("J-2", "REG", "100.00")])
    factories.invoice(books.acme, "3", lines=[("J-1", "REG", "100.00")])
    books.change(full_name="Acme:Wood, Ben:Ortiz, Elena", parent_list_id=books.wood.list_id)
    books.notice()
    drift = Drift.objects.get(mapping__job=books.elena)
    if back:
        assert give(access, Answer.KEEP, [drift.pk]).done == 1
    SourceInvoice.objects.update(standing="blocked")
    SourceJob.objects.filter(pk=books.ben.pk).update(map_state="not_mapped")
    taken = locked_invoices(monkeypatch)
    answered = take_back(access, drift.pk) if back else give(access, Answer.KEEP, [drift.pk])
    assert answered.done == 1
    assert len(taken) == 3
    assert taken == sorted(taken)
