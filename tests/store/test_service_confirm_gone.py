"""A look for many exported invoices: each costs what it is, and a kill costs one hundred at most."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests import factories as make
from tests.rehearsal import Office

from tieout.channels.base import Answer
from tieout.service import confirm_gone, moments, presence
from tieout.service.turns import Lease, Place, Trouble
from tieout.service.worker import Worker
from tieout.store.commits import lanes
from tieout.store.models import Event, Posting, QbCustomer, StillToAsk, Task

ROWS = 10
REAL = confirm_gone.take


class Killed(BaseException):
    """The process ends here: no handler of the product's sees it."""


@pytest.fixture
def _tens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "ROWS", ROWS)


def want(office: Office, count: int) -> Task:
    """So many invoices differ, of which QuickBooks has never heard."""
    client = office.company.clients.get()
    customer = QbCustomer.objects.get(full_name="Acme Health:Ortiz, Elena - ICU")
    wanted = {}
    for number in range(count):
        row = make.posting(make.invoice(client, f"N-{number}"), customer)
        row.txn_id = f"{number:X}-1"
        row.save()
        wanted[row.pk] = row.txn_id
    with transaction.atomic():
        lanes.lock(company_id=office.company.pk)
        confirm_gone.want(company_id=office.company.pk, txn_ids=wanted, now=moments.now())
    return Task.objects.get(kind="gone")


@pytest.mark.usefixtures("_tens")
def test_a_hundred_costs_the_same_however_many_are_left(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = want(office, 5 * ROWS)
    costs: list[tuple[int, int, int]] = []

    def counted(**given: object) -> Trouble | None:
        with CaptureQueriesContext(connection) as asked:
            trouble = REAL(**given)  # type: ignore[arg-type]
        texts = [query["sql"] for query in asked.captured_queries]
        params = len(json.dumps(Task.objects.get(pk=task.pk).params))
        costs.append((len(texts), sum(map(len, texts)), params))
        return trouble

    monkeypatch.setattr(confirm_gone, "take", counted)
    office.work()
    task.refresh_from_db()
    assert (task.state, task.done, task.total) == ("done", 5 * ROWS, 5 * ROWS), task.problem
    assert task.message.startswith(f"{5 * ROWS}: QuickBooks does not hold it any more")
    assert len(costs) == 5
    statements, written, params = zip(*costs, strict=True)
    assert len(set(statements)) == 1
    assert max(written) < 1.05 * min(written), "digits of ids and counts, nothing else"
    assert max(params) - min(params) <= 1, "50 is a digit more than 9"
    assert not StillToAsk.objects.exists()


@pytest.mark.usefixtures("_tens")
@pytest.mark.parametrize("is_noted", [False, True])
def test_it_goes_on_after_a_kill_and_notes_nothing_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch, is_noted: bool
) -> None:
    """Killed before an answer was noted, or right after it."""
    task = want(office, 3 * ROWS)
    calls: list[int] = []

    def dying(**given: object) -> Trouble | None:
        calls.append(1)
        if len(calls) in {2, 4}:
            if is_noted:
                REAL(**given)  # type: ignore[arg-type]
            raise Killed
        return REAL(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(confirm_gone, "take", dying)
    deaths = 0
    while Task.objects.filter(pk=task.pk, state__in=["waiting", "running"]).exists():
        try:
            Worker().run_until_idle()
        except Killed:
            deaths += 1
        assert deaths < 5
    task.refresh_from_db()
    assert deaths == (1 if is_noted else 2)
    assert (task.state, task.done) == ("done", 3 * ROWS)
    assert Posting.objects.filter(state="deleted", noticed_at__isnull=False).count() == 3 * ROWS
    assert Event.objects.filter(subject="posting", verb="deleted").count() == 3 * ROWS


@pytest.mark.usefixtures("_tens")
def test_an_answer_that_comes_twice_counts_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = want(office, 2 * ROWS)

    def twice(
        *, task: Task, place: Place, lease: Lease, answer: Answer, took_s: float
    ) -> Trouble | None:
        said = {"place": place, "lease": lease, "answer": answer, "took_s": took_s}
        assert REAL(task=task, **said) is None  # type: ignore[arg-type]
        before = StillToAsk.objects.count()
        again = Task.objects.get(pk=task.pk)
        assert REAL(task=again, **said) is None  # type: ignore[arg-type]
        assert StillToAsk.objects.count() == before
        return None

    monkeypatch.setattr(confirm_gone, "take", twice)
    office.work()
    task.refresh_from_db()
    assert (task.state, task.done) == ("done", 2 * ROWS)


@pytest.mark.usefixtures("_tens")
def test_what_each_became_is_counted_under_few_words(office: Office) -> None:
    """An invoice's own words are on the invoice: the summary does not grow with them."""
    task = want(office, ROWS)
    books = office.rehearsal.books
    for row in Posting.objects.order_by("id")[:3]:
        there = books.add_invoice(
            "Acme Health:Ortiz, Elena - ICU",
            [{"item": "Regular Hours", "amount": f"{row.pk}.00"}],
            number=row.number,
            date="2026-10-04",
        )
        StillToAsk.objects.filter(posting=row).update(txn_id=there)
        Posting.objects.filter(pk=row.pk).update(txn_id=there)
    office.work()
    task.refresh_from_db()
    assert sorted(task.params["counts"].values()) == [3, ROWS - 3]
    assert "3: It was changed in QuickBooks since it was exported." in task.message
    changed = Posting.objects.filter(state="changed in quickbooks")
    assert len({row.problem for row in changed}) == 3
