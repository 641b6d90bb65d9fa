"""Drifts as rows: noticed once, brought up to date, over by themselves, and set-based."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World

from tieout.core.exporting import State
from tieout.store.commits.mappings import look_again_at_some
from tieout.store.models import (
    Company,
    Drift,
    JobMapping,
    Posting,
    QbCustomer,
    SourceClient,
    SourceInvoice,
    SourceJob,
)
from tieout.store.queries import drifts as queries
from tieout.store.queries.drifts import DriftFilter

LATER = NOW + timedelta(hours=1)


class Books:
    """Elena is mapped to Acme:Ortiz, Elena; Ben to Acme:Wood, Ben; Beta is another customer."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.acme = factories.client(company)
        self.beta_client = factories.client(company, "C-2", "Beta")
        self.qb_acme = factories.qb_customer(company, "Acme")
        self.qb_beta = factories.qb_customer(company, "Beta")
        self.ortiz = factories.qb_customer(company, "Acme:Ortiz, Elena")
        self.wood = factories.qb_customer(company, "Acme:Wood, Ben")
        factories.map_client(self.acme, self.qb_acme)
        self.elena = factories.job(self.acme)
        self.ben = factories.job(self.acme, "J-2", "Ben Wood")
        self.mapping = factories.map_job(self.elena, self.ortiz)
        factories.map_job(self.ben, self.wood)

    def change(self, **columns: object) -> None:
        QbCustomer.objects.filter(pk=self.ortiz.pk).update(**columns)

    def notice(self, **more: Any) -> Any:
        return factories.notice_all(company_id=self.company.pk, now=more.pop("now", NOW), **more)


@pytest.fixture
def books(world: World) -> Books:
    return Books(world.northgate)


def moved(books: Books) -> dict[str, object]:
    return {
        "full_name": "Beta:Ortiz, Elena",
        "parent_list_id": books.qb_beta.list_id,
        "top_list_id": books.qb_beta.list_id,
    }


CHANGES: list[tuple[str, dict[str, object], str]] = [
    ("renamed", {"full_name": "Acme:Novak, Petra", "name": "Novak, Petra"}, "open"),
    ("respelled", {"full_name": "Acme:Elena Ortiz", "name": "Elena Ortiz"}, "noted"),
    ("inactivated", {"active": False}, "open"),
    ("deleted", {"gone_at": NOW}, "open"),
]


@pytest.mark.parametrize(("kind", "columns", "state"), CHANGES)
def test_a_change_is_noticed_once(
    books: Books, kind: str, columns: dict[str, object], state: str
) -> None:
    assert books.notice().opened == {}
    books.change(**columns)
    books.notice()
    books.notice(now=LATER)
    drift = Drift.objects.get()
    assert (drift.kind, drift.state, drift.seen_at) == (kind, state, NOW)
    remembered = JobMapping.objects.get(pk=books.mapping.pk).remembered_full_name
    spelling = kind == "respelled"  # what is only noted is remembered at once
    assert (remembered == "Acme:Elena Ortiz") == spelling
    assert drift.mapping == books.mapping
    company = Company.objects.get(pk=books.company.pk)
    assert company.open_drifts == (1 if state == "open" else 0)


def test_a_move_shows_old_and_new(books: Books) -> None:
    books.change(**moved(books))
    assert books.notice().opened == {"moved": 1}
    drift = Drift.objects.get()
    assert (drift.was, drift.now) == ("Acme:Ortiz, Elena", "Beta:Ortiz, Elena")


def test_our_side_ended_reopened_and_reassigned(books: Books) -> None:
    SourceJob.objects.filter(pk=books.elena.pk).update(active=False, client=books.beta_client)
    assert books.notice().opened == {"ended": 1, "reassigned": 1}
    drift = Drift.objects.get(kind="reassigned")
    assert (drift.was, drift.now) == ("Acme Health", "Beta")
    JobMapping.objects.filter(pk=books.mapping.pk).update(remembered_job_active=False)
    SourceJob.objects.filter(pk=books.elena.pk).update(active=True)
    assert books.notice().opened == {"reopened": 1}
    assert Drift.objects.get(kind="ended").state == "over"


def test_what_changed_back_is_over_by_itself(books: Books) -> None:
    books.change(active=False)
    books.notice()
    books.change(active=True)
    assert books.notice(now=LATER).over == 1
    drift = Drift.objects.get()
    assert (drift.state, drift.closed_at, drift.answer) == ("over", LATER, "")
    assert Company.objects.get(pk=books.company.pk).open_drifts == 0


def test_a_change_that_goes_on_stays_one_question(books: Books) -> None:
    books.change(**moved(books))
    books.notice()
    books.change(
        full_name="Acme:Wood, Ben:Ortiz, Elena",
        parent_list_id=books.wood.list_id,
        top_list_id=books.qb_acme.list_id,
    )
    books.notice(now=LATER)
    drift = Drift.objects.get(kind="moved")
    assert (drift.seen_at, drift.now) == (NOW, "Acme:Wood, Ben:Ortiz, Elena")


def test_ignored_is_quiet_until_it_changes_again(books: Books) -> None:
    books.change(full_name="Acme:Novak, Petra", name="Novak, Petra")
    books.notice()
    Drift.objects.update(state="ignored", answer="ignored")
    assert books.notice().opened == {}
    books.change(full_name="Acme:Stone, Ada", name="Stone, Ada")
    assert books.notice(now=LATER).opened == {"renamed": 1}
    assert sorted(Drift.objects.values_list("state", flat=True)) == ["open", "over"]


def test_only_one_of_a_kind_can_stand(books: Books) -> None:
    books.change(active=False)
    books.notice()
    twin = Drift.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


# ------------------------------------------------------------------ gone: deleted or merged


def test_the_survivor_with_the_same_name_is_proposed(books: Books) -> None:
    twin = factories.qb_customer(books.company, "Acme:Ortiz, Elena - ICU")
    books.change(gone_at=NOW)
    books.notice()
    drift = Drift.objects.get()
    assert (drift.kind, drift.survivor, drift.proof) == ("merged", twin, "")


def test_a_survivor_on_which_our_invoices_were_found_is_certain(books: Books) -> None:
    books.change(
        gone_at=NOW, merged_into=books.wood.list_id, merged_proof="invoice 20417 is on it now"
    )
    factories.qb_customer(books.company, "Acme:Ortiz, Elena - ICU")
    books.notice()
    drift = Drift.objects.get()
    assert (drift.survivor, drift.proof) == (books.wood, "invoice 20417 is on it now")
    assert "invoice 20417 is on it now" in drift.text


def test_a_job_with_invoices_cannot_have_been_deleted(books: Books) -> None:
    posting(books, factories.invoice(books.acme), State.EXPORTED)
    books.change(gone_at=NOW)
    books.notice()
    drift = Drift.objects.get()
    assert (drift.kind, drift.survivor) == ("merged", None)
    assert "had invoices" in drift.text


def posting(books: Books, invoice: SourceInvoice, state: State) -> Posting:
    return Posting.objects.create(
        company=books.company, invoice=invoice, job_key="J-1", key="k1", guid="{g}",
        state=state.value, state_at=NOW, kind="invoice", number="20417", numbered_from="20417",
        customer=books.ortiz, txn_date=invoice.invoice_date, total=invoice.total, fingerprint="f",
        content={},
    )  # fmt: skip


# ------------------------------------------------------------------ set-based


def many(company: Company, count: int) -> None:
    client = SourceClient.objects.filter(company=company).first()
    parent = QbCustomer.objects.get(company=company, full_name="Acme")
    assert client is not None
    for n in range(count):
        target = factories.qb_customer(company, f"Acme:Job {n}")
        factories.map_job(factories.job(client, f"K-{n}", f"Person {n}"), target)
    assert parent.list_id


def test_many_changes_cost_as_many_queries_as_few(
    books: Books, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(books.company, 12)
    QbCustomer.objects.filter(name__startswith="Job ").update(active=False)
    with django_assert_num_queries(5):  # mappings, standing, insert, count, company
        assert books.notice().opened == {"inactivated": 12}
    with django_assert_num_queries(4):  # nothing new: mappings, standing, count, company
        books.notice()


def test_another_company_is_never_looked_at(books: Books, world: World) -> None:
    other = Books(world.harbor)
    other.change(active=False)
    books.notice()
    assert not Drift.objects.exists()
    assert factories.notice_all(company_id=world.harbor.pk, now=NOW).opened == {"inactivated": 1}
    assert queries.list_drifts(company_id=books.company.pk, wanted=DriftFilter()).rows == []
    pk = Drift.objects.get().pk
    assert queries.get_drift(company_id=books.company.pk, pk=pk) is None
    assert queries.rows_of(company_id=books.company.pk, ids=[pk]) == []


# ------------------------------------------------------------------ the pages' view


def test_a_row_says_what_hangs_on_it(books: Books) -> None:
    factories.invoice(books.acme, "1", standing="blocked")
    factories.invoice(books.acme, "2", lines=[("J-1", "REG", "1.00"), ("J-1", "OT", "2.00")])
    factories.invoice(books.acme, "3", standing="exported")
    third = factories.job(books.acme, "J-3", "Elena Ortiz")
    factories.map_job(third, books.ortiz)
    books.change(active=False)
    books.notice()
    page = queries.list_drifts(company_id=books.company.pk, wanted=DriftFilter())
    by_job = {row.drift.mapping.job.key: row for row in page.rows}
    assert (by_job["J-1"].open_invoices, by_job["J-1"].others, by_job["J-1"].blocks) == (
        2,
        1,
        True,
    )
    assert by_job["J-3"].open_invoices == 0
    assert (page.tabs["open"], page.kinds, page.open_invoices) == (2, {"inactivated": 2}, 2)


def test_a_page_is_filtered_searched_and_costs_four_queries(
    books: Books, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    many(books.company, 30)
    QbCustomer.objects.filter(name__startswith="Job ").update(active=False)
    books.change(**moved(books))
    books.notice()
    company_id = books.company.pk
    with django_assert_num_queries(4):
        page = queries.list_drifts(company_id=company_id, wanted=DriftFilter(rows=10))
        [(row.drift.mapping.job.client.name, row.drift.target.full_name) for row in page.rows]
    assert (len(page.rows), page.found, page.has_next(DriftFilter(rows=10))) == (10, 31, True)
    kind = DriftFilter(kind="moved")
    assert [
        r.drift.kind for r in queries.list_drifts(company_id=company_id, wanted=kind).rows
    ] == ["moved"]
    found = queries.list_drifts(company_id=company_id, wanted=DriftFilter(search="person 27"))
    assert [row.drift.mapping.job.key for row in found.rows] == ["K-27"]
    assert len(list(queries.each_drift(company_id=company_id, wanted=DriftFilter(rows=10)))) == 31
    assert found.found == 1


def test_only_what_is_different_is_looked_at_again(books: Books) -> None:
    """After an import: the job's state follows what changed on our side."""
    SourceJob.objects.filter(pk=books.elena.pk).update(client=books.beta_client)
    invoice = factories.invoice(books.acme, standing="ready")
    noticed, rest = look_again_at_some(company_id=books.company.pk, now=NOW, task_id=None)
    assert rest is None
    assert noticed.target_ids == {books.ortiz.pk}
    assert SourceJob.objects.get(pk=books.elena.pk).map_state == "attention"
    invoice.refresh_from_db()
    assert invoice.standing == "to_plan"
    noticed, _ = look_again_at_some(company_id=books.company.pk, now=NOW, task_id=None)
    assert noticed.target_ids == set()
