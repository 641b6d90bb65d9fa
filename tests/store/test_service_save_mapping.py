"""Mapping a contractor job: locked in, confirmed, undone, and never over somebody else's save."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import NOW, World

from tieout.core.exporting import State
from tieout.service.access import Access, find_access
from tieout.service.save_mapping import (
    Refused,
    Saved,
    keep_job_mapping,
    save_job_mapping,
    undo_job_mapping,
)
from tieout.store.models import (
    Event,
    JobMapping,
    Posting,
    QbCustomer,
    SourceInvoice,
    SourceJob,
    Task,
    User,
)

Standing = SourceInvoice.Standing


class Books:
    """Acme and Beta on both sides; J-1 and J-2 are contractor jobs at Acme."""

    def __init__(self, world: World) -> None:
        self.company = world.northgate
        self.acme = factories.client(self.company)
        self.j1 = factories.job(self.acme)
        self.j2 = factories.job(self.acme, "J-2", "Ben Wood")
        self.qb_acme = factories.qb_customer(self.company, "Acme")
        self.ortiz = factories.qb_customer(self.company, "Acme:Ortiz, Elena")
        self.wood = factories.qb_customer(self.company, "Acme:Wood, Ben")
        factories.qb_customer(self.company, "Beta")
        self.beta = factories.qb_customer(self.company, "Beta:Ortiz, Elena")
        factories.map_client(self.acme, self.qb_acme)


@pytest.fixture
def books(world: World) -> Books:
    return Books(world)


def access_of(user: User, world: World) -> Access:
    access = find_access(user=user, company_id=world.northgate.pk)
    assert access is not None
    return access


def save(
    world: World,
    target: QbCustomer | None,
    *,
    version: int = 0,
    who: str = "bea",
    key: str = "J-1",
    remove: bool = False,
    confirmed: tuple[str, ...] = (),
    reason: str = "",
) -> Saved | Refused:
    return save_job_mapping(
        access=access_of(getattr(world, who), world),
        job_key=key,
        expected_version=version,
        target_list_id=target.list_id if target else None,
        remove=remove,
        confirmed=confirmed,
        reason=reason,
        now=NOW,
    )


def test_a_first_mapping_is_saved_with_its_event_and_its_search_text(
    world: World, books: Books
) -> None:
    answer = save(world, books.ortiz, reason="same person")
    assert isinstance(answer, Saved)
    assert (answer.version, answer.list_id) == (1, books.ortiz.list_id)
    job = SourceJob.objects.get(key="J-1")
    assert job.map_state == "mapped"
    assert "acme:ortiz, elena" in job.search_text
    event = Event.objects.get(subject="job_mapping")
    assert (event.verb, event.subject_key, event.actor_name) == ("mapped", "J-1", "bea")
    assert event.after["full_name"] == "Acme:Ortiz, Elena"
    assert event.before["list_id"] == ""
    assert event.reason == "same person"


def test_a_second_clerk_overwrites_nothing_and_learns_who_was_faster(
    world: World, books: Books
) -> None:
    save(world, books.ortiz, who="sam")
    answer = save(world, books.wood, version=0)
    assert isinstance(answer, Refused)
    assert answer.reason == "changed_meanwhile"
    assert "Sam mapped it to Acme:Ortiz, Elena" in answer.text
    assert JobMapping.objects.get(job=books.j1).target == books.ortiz
    assert Event.objects.count() == 1


def test_a_saved_mapping_is_locked_until_its_association_is_removed(
    world: World, books: Books
) -> None:
    save(world, books.ortiz)
    locked = save(world, books.wood, version=1)
    assert isinstance(locked, Refused)
    assert locked.reason == "locked"
    moved = save(world, books.wood, version=1, remove=True)
    assert isinstance(moved, Saved)
    assert Event.objects.order_by("-sequence")[0].verb == "remapped"
    removed = save(world, None, version=2, remove=True)
    assert isinstance(removed, Saved)
    assert SourceJob.objects.get(key="J-1").map_state == "not_mapped"
    assert "wood" not in SourceJob.objects.get(key="J-1").search_text


def test_what_is_odd_must_be_confirmed(world: World, books: Books) -> None:
    answer = save(world, books.beta)
    assert isinstance(answer, Refused)
    assert answer.to_confirm == ("other_customer",)
    assert "Beta:Ortiz, Elena is not under Acme" in answer.text
    assert not JobMapping.objects.filter(target__isnull=False).exists()
    assert isinstance(save(world, books.beta, confirmed=("other_customer",)), Saved)
    assert JobMapping.objects.get(job=books.j1).other_customer_confirmed


def test_a_job_used_twice_names_the_other_one(world: World, books: Books) -> None:
    save(world, books.ortiz, key="J-2")
    answer = save(world, books.ortiz)
    assert isinstance(answer, Refused)
    assert "Ben Wood" in answer.text
    assert isinstance(save(world, books.ortiz, confirmed=("shared",)), Saved)


def test_a_target_of_another_company_is_not_found(world: World, books: Books) -> None:
    theirs = factories.qb_customer(world.harbor, "Acme")
    answer = save(world, theirs)
    assert isinstance(answer, Refused)
    assert answer.reason == "unknown_target"


def test_a_job_of_another_company_is_not_found(world: World, books: Books) -> None:
    theirs = factories.client(world.harbor, "C-9", "Harbor client")
    factories.job(theirs, "H-1")
    answer = save(world, books.ortiz, key="H-1")
    assert isinstance(answer, Refused)
    assert answer.reason == "unknown_job"


def test_a_job_gone_from_quickbooks_is_refused(world: World, books: Books) -> None:
    QbCustomer.objects.filter(pk=books.ortiz.pk).update(gone_at=NOW)
    answer = save(world, books.ortiz, confirmed=("gone",))
    assert isinstance(answer, Refused)
    assert answer.reason == "not_allowed"


def test_undo_leads_back_as_a_new_event(world: World, books: Books) -> None:
    save(world, books.ortiz)
    save(world, books.wood, version=1, remove=True)
    answer = undo_job_mapping(
        access=access_of(world.bea, world), job_key="J-1", expected_version=2, reason="", now=NOW
    )
    assert isinstance(answer, Saved)
    assert answer.list_id == books.ortiz.list_id
    assert answer.version == 3
    assert Event.objects.order_by("-sequence")[0].after["undoes"] == 2
    late = undo_job_mapping(
        access=access_of(world.bea, world), job_key="J-1", expected_version=2, reason="", now=NOW
    )
    assert isinstance(late, Refused)
    assert late.reason == "changed_meanwhile"


def test_without_a_change_there_is_nothing_to_undo(world: World, books: Books) -> None:
    answer = undo_job_mapping(
        access=access_of(world.bea, world), job_key="J-1", expected_version=0, reason="", now=NOW
    )
    assert isinstance(answer, Refused)
    assert answer.reason == "nothing_to_undo"


def test_waiting_invoices_are_planned_again_and_sent_ones_stay(world: World, books: Books) -> None:
    waiting = factories.invoice(books.acme, "1001", standing=Standing.BLOCKED)
    other = factories.invoice(
        books.acme, "1002", standing=Standing.READY, lines=[("J-2", "REG", "5.00")]
    )
    sent = factories.invoice(books.acme, "1003", standing=Standing.READY)
    save(world, books.ortiz)
    make_posting(sent, books.ortiz, State.EXPORTED)
    SourceInvoice.objects.filter(pk=waiting.pk).update(standing=Standing.READY)
    silent = save(world, books.wood, version=1, remove=True)
    assert isinstance(silent, Refused)
    assert silent.reason == "reason_needed"
    assert "1 invoice stays on the old job" in silent.text
    assert JobMapping.objects.get().target == books.ortiz
    answer = save(world, books.wood, version=1, remove=True, reason="It was the night shift.")
    assert isinstance(answer, Saved)
    assert answer.staying == 1
    assert "1 invoice stays on Acme:Ortiz, Elena" in answer.text
    standings = dict(SourceInvoice.objects.values_list("number", "standing"))
    assert standings["1001"] == Standing.TO_PLAN
    assert standings["1002"] == Standing.READY
    assert other.number == "1002"
    assert Task.objects.filter(kind=Task.Kind.PLAN, on_lane=False).count() == 1
    assert Posting.objects.get().customer == books.ortiz


def test_an_invoice_with_an_unsent_posting_is_planned_again_but_not_one_at_sending(
    world: World, books: Books
) -> None:
    ready = factories.invoice(books.acme, "1001", standing=Standing.READY)
    sending = factories.invoice(books.acme, "1002", standing=Standing.READY)
    make_posting(ready, books.ortiz, State.READY)
    make_posting(sending, books.ortiz, State.SENDING)
    save(world, books.ortiz)
    standings = dict(SourceInvoice.objects.values_list("number", "standing"))
    assert standings == {"1001": Standing.TO_PLAN, "1002": Standing.READY}


def test_a_change_in_quickbooks_is_answered_by_keeping_the_job(world: World, books: Books) -> None:
    from tieout.store.commits.mappings import restate

    save(world, books.ortiz)
    QbCustomer.objects.filter(pk=books.ortiz.pk).update(
        full_name="Acme:Wood, Ben:Ortiz, Elena", parent_list_id=books.wood.list_id
    )
    restate(company_id=world.northgate.pk, target_ids=[books.ortiz.pk])
    assert SourceJob.objects.get(key="J-1").map_state == "attention"
    answer = keep_job_mapping(
        access=access_of(world.bea, world), job_key="J-1", expected_version=1, reason="", now=NOW
    )
    assert isinstance(answer, Saved)
    assert SourceJob.objects.get(key="J-1").map_state == "mapped"
    event = Event.objects.order_by("-sequence")[0]
    assert "was moved to Acme:Wood, Ben:Ortiz, Elena" in event.reason
    restate(company_id=world.northgate.pk, target_ids=[books.ortiz.pk])
    assert SourceJob.objects.get(key="J-1").map_state == "mapped"


def make_posting(invoice: SourceInvoice, customer: QbCustomer, state: State) -> Posting:
    return Posting.objects.create(
        company=invoice.company,
        invoice=invoice,
        job_key="J-1",
        key=f"key{invoice.number}",
        guid="{0}",
        state=state.value,
        state_at=NOW,
        kind="invoice",
        number=invoice.number,
        customer=customer,
        txn_date=invoice.invoice_date,
        total=invoice.total,
        fingerprint="f",
        content={},
    )


def test_removing_an_exported_jobs_association_needs_a_reason(world: World, books: Books) -> None:
    sent = factories.invoice(books.acme, "1003", standing=Standing.READY)
    save(world, books.ortiz)
    make_posting(sent, books.ortiz, State.EXPORTED)
    silent = save(world, None, version=1, remove=True, reason="  ")
    assert isinstance(silent, Refused)
    assert silent.reason == "reason_needed"
    undone = undo_job_mapping(
        access=access_of(world.bea, world), job_key="J-1", expected_version=1, reason="", now=NOW
    )
    assert isinstance(undone, Refused)
    assert undone.reason == "reason_needed"
    said = save(world, None, version=1, remove=True, reason="Wrong person.")
    assert isinstance(said, Saved)
    assert said.text.endswith("1 invoice stays on Acme:Ortiz, Elena.")
    assert Posting.objects.get().customer == books.ortiz


def test_any_change_of_the_history_is_undone_as_a_new_one(world: World, books: Books) -> None:
    save(world, books.ortiz)
    save(world, books.wood, version=1, remove=True)
    save(world, None, version=2, remove=True)

    def undo(change: int, version: int) -> Saved | Refused:
        return undo_job_mapping(
            access=access_of(world.bea, world),
            job_key="J-1",
            expected_version=version,
            change=change,
            reason="",
            now=NOW,
        )

    first = undo(2, 3)  # the re-map of version 2: back to the job of version 1
    assert isinstance(first, Saved)
    assert first.list_id == books.ortiz.list_id
    event = Event.objects.order_by("-sequence")[0]
    assert (event.after["undoes"], event.after["how"]) == (2, "undo")
    late = undo(1, 3)
    assert isinstance(late, Refused)
    assert late.reason == "changed_meanwhile"
    second = undo(1, 4)  # the first mapping: back to none
    assert isinstance(second, Saved)
    assert second.list_id == ""
    unknown = undo(77, 5)
    assert isinstance(unknown, Refused)
    assert unknown.reason == "nothing_to_undo"
