"""A mapping that is kept under another customer, or for another client: confirmed, and undone."""

from __future__ import annotations

import pytest
from tests import factories
from tests.store.test_drifts import LATER, Books, moved
from tests.store.test_service_drift_inbox import access as access
from tests.store.test_service_drift_inbox import (
    books as books,
)
from tests.store.test_service_drift_inbox import (
    give,
    history,
    memory,
    open_ids,
    take_back,
)

from tieout.service import plan_export
from tieout.service.access import Access
from tieout.service.drift_inbox import Answer
from tieout.service.mapping_state import to_confirm_when_kept
from tieout.service.save_mapping import (
    Refused,
    Saved,
    keep_job_mapping,
    save_job_mapping,
    undo_job_mapping,
)
from tieout.store.models import Drift, JobMapping, SourceInvoice, SourceJob


@pytest.fixture
def invoice(books: Books) -> SourceInvoice:
    """It waits for the move below Beta."""
    factories.map_item(
        factories.item(books.company), factories.qb_entry(books.company, "Regular Hours")
    )
    books.change(**moved(books))
    made = factories.invoice(books.acme)
    books.notice()
    assert reasons(made) == {"drift_unanswered", "job_other_customer"}
    return made


def reasons(invoice: SourceInvoice) -> set[str]:
    plan_export.plan_waiting(company_id=invoice.company_id)
    return set(invoice.blocks.values_list("reason", flat=True))


def state(key: str = "J-1") -> str:
    return SourceJob.objects.get(key=key).map_state


def confirmed() -> bool:
    return JobMapping.objects.get(job__key="J-1").other_customer_confirmed


def keep(access: Access, *ticked: str) -> Saved | Refused:
    version = JobMapping.objects.get(job__key="J-1").version
    return keep_job_mapping(
        access=access, job_key="J-1", expected_version=version, reason="", now=LATER,
        confirmed=ticked,
    )  # fmt: skip


def undo(access: Access, *ticked: str, change: int | None = None) -> Saved | Refused:
    version = JobMapping.objects.get(job__key="J-1").version
    return undo_job_mapping(
        access=access, job_key="J-1", expected_version=version, reason="", now=LATER,
        change=change, also_confirmed=ticked,
    )  # fmt: skip


# ------------------------------------------------------------------ another customer


def test_keep_under_another_customer_is_confirmed_and_frees_the_invoices(
    books: Books, access: Access, invoice: SourceInvoice
) -> None:
    before = memory(books)
    asked = give(access, Answer.KEEP)
    assert (asked.done, asked.to_confirm) == (0, ("other_customer",))
    assert "Beta:Ortiz, Elena is not under Acme" in asked.aside[0].why
    assert open_ids()
    assert give(access, Answer.KEEP, confirmed=["other_customer"]).done == 1
    assert reasons(invoice) == set()
    assert (state(), confirmed()) == ("mapped", True)
    assert {kind.value for kind in history().confirmed} == {"other_customer"}
    back = take_back(access, Drift.objects.get().pk)
    assert (back.done, back.aside) == (1, [])
    assert (memory(books), confirmed(), state()) == (before, False, "attention")
    assert history().confirmed == frozenset()
    assert reasons(invoice) == {"drift_unanswered", "job_other_customer"}


def test_record_mapping_asks_for_the_same(
    books: Books, access: Access, invoice: SourceInvoice
) -> None:
    before = memory(books)
    job = SourceJob.objects.select_related("client__mapping__target", "mapping__target").get(
        key="J-1"
    )
    asked = to_confirm_when_kept(job=job)
    assert asked is not None
    assert "not under Acme" in asked.text
    refused = keep(access)
    assert isinstance(refused, Refused)
    assert refused.to_confirm == ("other_customer",)
    assert isinstance(keep(access, "other_customer"), Saved)
    assert (reasons(invoice), state(), open_ids()) == (set(), "mapped", [])
    assert isinstance(undo(access), Saved)
    assert (memory(books), confirmed(), state()) == (before, False, "attention")
    assert open_ids()


def test_a_client_that_leads_elsewhere_by_now_is_confirmed_in_record_mapping(
    books: Books, access: Access
) -> None:
    """No drift: the client's own mapping was changed."""
    books.acme.mapping.target = books.qb_beta
    books.acme.mapping.save()
    assert isinstance(keep(access), Refused)
    assert isinstance(keep(access, "other_customer"), Saved)
    assert (state(), confirmed()) == ("mapped", True)


def test_a_job_re_assigned_to_a_client_of_another_customer(books: Books, access: Access) -> None:
    factories.map_client(books.beta_client, books.qb_beta)
    SourceJob.objects.filter(key="J-1").update(client=books.beta_client)
    books.notice()
    assert give(access, Answer.KEEP).to_confirm == ("other_customer",)
    assert give(access, Answer.KEEP, confirmed=["other_customer"]).done == 1
    assert (state(), confirmed()) == ("mapped", True)


def test_what_was_confirmed_of_one_customer_does_not_count_for_the_next(
    books: Books, access: Access
) -> None:
    books.change(**moved(books))
    books.notice()
    give(access, Answer.KEEP, confirmed=["other_customer"])
    gamma = factories.qb_customer(books.company, "Gamma")
    books.change(
        full_name="Gamma:Ortiz, Elena", parent_list_id=gamma.list_id, top_list_id=gamma.list_id
    )
    books.notice()
    assert give(access, Answer.KEEP).to_confirm == ("other_customer",)
    books.change(
        full_name="Acme:Ortiz, Elena",
        parent_list_id=books.qb_acme.list_id,
        top_list_id=books.qb_acme.list_id,
    )
    books.notice()
    assert give(access, Answer.KEEP).done == 1
    assert (state(), confirmed()) == ("mapped", False)


def test_a_move_below_the_customer_that_was_confirmed_asks_nothing_more(
    books: Books, access: Access
) -> None:
    books.change(**moved(books))
    books.notice()
    give(access, Answer.KEEP, confirmed=["other_customer"])
    days = factories.qb_customer(books.company, "Beta:Days")
    books.change(full_name="Beta:Days:Ortiz, Elena", parent_list_id=days.list_id)
    books.notice()
    assert give(access, Answer.KEEP).done == 1
    assert (state(), confirmed()) == ("mapped", True)


# ------------------------------------------------------------------ undo of what was kept


def test_what_record_mapping_kept_is_undone_on_both_screens(books: Books, access: Access) -> None:
    before = memory(books)
    books.change(full_name="Acme:Novak, Petra", name="Novak, Petra", active=False)
    books.notice()
    assert isinstance(keep(access), Saved)
    assert open_ids() == []
    assert isinstance(undo(access), Saved)
    assert memory(books) == before
    assert len(open_ids()) == 2
    assert isinstance(keep(access), Saved)
    back = take_back(access, *Drift.objects.filter(answer="kept").values_list("id", flat=True))
    assert (back.done, back.aside) == (2, [])
    assert memory(books) == before
    assert len(open_ids()) == 2


def test_what_the_inbox_kept_is_undone_in_record_mapping(books: Books, access: Access) -> None:
    before = memory(books)
    books.change(active=False)
    books.notice()
    give(access, Answer.KEEP)
    assert isinstance(undo(access), Saved)
    assert memory(books) == before
    (pk,) = open_ids()
    assert Drift.objects.get(pk=pk).answer == ""
    assert history().version == 3


def test_undoing_one_of_two_keeps_leaves_the_other(books: Books, access: Access) -> None:
    books.change(full_name="Acme:Novak, Petra", name="Novak, Petra", active=False)
    books.notice()
    renamed, inactive = (Drift.objects.get(kind=kind).pk for kind in ("renamed", "inactivated"))
    give(access, Answer.KEEP, [inactive])
    give(access, Answer.KEEP, [renamed])
    assert isinstance(undo(access, change=2), Saved)
    assert open_ids() == [inactive]
    assert memory(books)[1] == "Acme:Novak, Petra"


def test_a_keep_is_undone_although_the_job_changed_again_since(
    books: Books, access: Access
) -> None:
    before = memory(books)
    books.change(full_name="Acme:Novak, Petra", name="Novak, Petra")
    books.notice()
    give(access, Answer.KEEP)
    books.change(full_name="Acme:Diaz, Ana", name="Diaz, Ana")
    books.notice()
    assert isinstance(undo(access), Saved)
    assert memory(books) == before
    assert [each.now for each in Drift.objects.filter(state="open")] == ["Acme:Diaz, Ana"]


def test_a_mere_confirmation_is_taken_back(books: Books, access: Access) -> None:
    books.acme.mapping.target = books.qb_beta
    books.acme.mapping.save()
    save_job_mapping(
        access=access, job_key="J-1", expected_version=1, target_list_id=books.ortiz.list_id,
        remove=True, confirmed=("other_customer",), reason="", now=LATER,
    )  # fmt: skip
    assert confirmed()
    assert isinstance(undo(access), Saved)
    assert (confirmed(), state()) == (False, "attention")


def test_an_undo_that_leads_back_to_something_odd_is_confirmed(
    books: Books, access: Access
) -> None:
    """The survivor was somebody else's job, and the job before is gone: the inbox leads back."""
    books.change(gone_at=LATER, merged_into=books.wood.list_id, merged_proof="seen")
    books.notice()
    give(access, Answer.REMAP, confirmed=["shared"])
    books.change(gone_at=None, active=False)
    pk = Drift.objects.get().pk
    asked = take_back(access, pk)
    assert (asked.done, asked.to_confirm) == (0, ("inactive",))
    assert take_back(access, pk, confirmed=["inactive"]).done == 1
    assert memory(books)[0] == books.ortiz.pk
