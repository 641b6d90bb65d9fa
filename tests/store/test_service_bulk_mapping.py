"""Many suggestions accepted at once: the preview, what is set aside, and the one undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World

from tieout.core.exporting import State
from tieout.service import bulk_mapping, propose_suggestions, save_proposal
from tieout.service.access import Access, find_access
from tieout.service.bulk_mapping import Outcome, Pick
from tieout.service.mapping_state import Refused
from tieout.service.save_mapping import save_job_mapping, undo_job_mapping
from tieout.service.worker import Worker
from tieout.store.models import (
    Event,
    JobMapping,
    JobSuggestion,
    MappingBatch,
    Proposal,
    QbCustomer,
    SourceInvoice,
    SourceJob,
    Task,
    User,
)
from tieout.store.queries.suggestions import BulkFilter


class Books:
    """Acme and Beta with jobs that are suggested: safe, unsafe, twice, inactive, elsewhere."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.company = world.northgate
        self.acme = factories.client(self.company)
        self.beta = factories.client(self.company, "C-2", "Beta")
        factories.map_client(self.acme, factories.qb_customer(self.company, "Acme"))
        factories.map_client(self.beta, factories.qb_customer(self.company, "Beta"))
        self.jobs: dict[str, SourceJob] = {}
        self.targets: dict[str, QbCustomer] = {}
        self.suggest("J-1", "Elena Ortiz", "Acme:Ortiz, Elena", score=0.99)
        self.suggest("J-2", "Ben Wood", "Acme:Wood, Ben", score=0.91)
        self.suggest("J-3", "Cy Nash", "Beta:Nash, Cy", score=0.97)

    def suggest(
        self, key: str, contractor: str, path: str, *, score: float = 0.97, safe: bool = True
    ) -> None:
        client = self.acme if path.startswith("Acme") else self.beta
        self.jobs[key] = factories.job(client, key, contractor)
        if path not in self.targets:
            self.targets[path] = factories.qb_customer(self.company, path)
        factories.suggest(self.jobs[key], self.targets[path], score=score, safe=safe)

    def access(self, user: User | None = None) -> Access:
        access = find_access(user=user or self.world.bea, company_id=self.company.pk)
        assert access is not None
        return access

    def preview(self, **wanted: object) -> bulk_mapping.Preview:
        return bulk_mapping.preview(access=self.access(), wanted=BulkFilter(**wanted))

    def accept(self, picks: list[Pick]) -> Outcome:
        return bulk_mapping.accept(
            access=self.access(), picks=picks, what="Safe suggestions", now=NOW
        )

    def accept_all(self) -> Outcome:
        return self.accept([line.pick for line in self.preview().lines])

    def undo(self, batch: MappingBatch | None, reason: str = "") -> Outcome | Refused:
        assert batch is not None
        return bulk_mapping.undo(access=self.access(), batch_id=batch.pk, reason=reason, now=NOW)

    def mapped(self) -> dict[str, str]:
        rows = JobMapping.objects.filter(target__isnull=False).select_related("job", "target")
        return {row.job.key: row.target.full_name for row in rows if row.target}


@pytest.fixture
def books(world: World) -> Books:
    return Books(world)


def keys(preview: bulk_mapping.Preview) -> list[str]:
    return [line.job.key for line in preview.lines]


def test_the_preview_is_exactly_what_is_saved_in_one_batch(books: Books) -> None:
    shown = books.preview()
    assert keys(shown) == ["J-2", "J-1", "J-3"]  # by client, then contractor
    assert (len(shown.lines), shown.more, list(shown.aside)) == (3, False, [])
    assert not JobMapping.objects.exists()
    done = books.accept([line.pick for line in shown.lines])
    assert (done.saved, list(done.aside)) == (3, [])
    assert books.mapped() == {
        "J-1": "Acme:Ortiz, Elena",
        "J-2": "Acme:Wood, Ben",
        "J-3": "Beta:Nash, Cy",
    }
    batch = MappingBatch.objects.get()
    assert (batch.saved, batch.last - batch.first, batch.user) == (3, 2, books.world.bea)
    events = list(Event.objects.filter(subject="job_mapping"))
    assert {event.after["how"] for event in events} == {"bulk"}
    assert {event.reason for event in events} == {"Safe suggestions"}
    job = SourceJob.objects.get(key="J-1")
    assert (job.map_state, job.suggested) == ("mapped", False)
    assert "acme:ortiz, elena" in job.search_text
    assert JobMapping.objects.get(job=job).remembered_full_name == "Acme:Ortiz, Elena"
    assert list(books.preview().lines) == []


@pytest.mark.parametrize("change", ["without a target", "gone", "mapped"])
def test_what_changes_while_a_preview_is_made_is_left_out(
    books: Books, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Suggestions are stored in the background, and others save meanwhile."""
    real = bulk_mapping.jobs.rows_of

    def later(*, company_id: int, ids: list[int]) -> list[SourceJob]:
        job = books.jobs["J-1"]
        if change == "without a target":
            JobSuggestion.objects.filter(job=job).update(target=None, target_name="")
        elif change == "gone":
            JobSuggestion.objects.filter(job=job).delete()
        else:
            save_job_mapping(
                access=books.access(),
                job_key="J-1",
                expected_version=0,
                target_list_id=books.targets["Acme:Ortiz, Elena"].list_id,
                remove=False,
                confirmed=(),
                reason="",
                now=NOW,
            )
        return real(company_id=company_id, ids=ids)

    monkeypatch.setattr(bulk_mapping.jobs, "rows_of", later)
    shown = [line.job.key for line in books.preview().lines]
    assert "J-1" not in shown
    assert "J-3" in shown


def test_thresholds_clients_and_the_search_narrow_it_down(books: Books) -> None:
    books.suggest("J-4", "Dee Unsafe", "Acme:Dee", score=0.98, safe=False)
    assert keys(books.preview()) == ["J-2", "J-1", "J-3"]
    assert keys(books.preview(only="all")) == ["J-2", "J-4", "J-1", "J-3"]
    assert keys(books.preview(score_from=9500)) == ["J-1", "J-3"]
    assert keys(books.preview(only="all", score_from=9800)) == ["J-4", "J-1"]
    assert keys(books.preview(client_id=books.beta.pk)) == ["J-3"]
    assert keys(books.preview(search="ortiz")) == ["J-1"]
    assert keys(books.preview(search="cy")) == ["J-3"]
    assert keys(books.preview(active=False)) == []


def _stale(books: Books) -> None:
    SourceJob.objects.filter(key="J-1").update(contractor="Elena Ortega")


def _inactive(books: Books) -> None:
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(active=False)


def _gone(books: Books) -> None:
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(gone_at=NOW)


def _twice(books: Books) -> None:
    books.suggest("J-9", "Elena Ortiz", "Acme:Ortiz, Elena")


def _taken(books: Books) -> None:
    other = factories.job(books.acme, "J-8", "Somebody Else")
    factories.map_job(other, books.targets["Acme:Ortiz, Elena"])


def _elsewhere(books: Books) -> None:
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(top_list_id="OTHER")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_stale, "Something changed"),
        (_inactive, "is inactive"),
        (_gone, "was deleted"),
        (_twice, "2 contractor jobs want this QuickBooks job"),
        (_taken, "also serves"),
        (_elsewhere, "is not under Acme"),
    ],
)
def test_what_is_odd_is_set_aside_and_named(
    books: Books, spoil: Callable[[Books], None], why: str
) -> None:
    spoil(books)
    shown = books.preview()
    assert "J-1" not in keys(shown)
    assert why in next(one.why for one in shown.aside if one.job.key == "J-1")
    picks = [line.pick for line in shown.lines]
    assert books.accept(picks).saved == 2


@pytest.mark.parametrize("spoil", [_inactive, _gone, _taken, _elsewhere])
def test_what_became_odd_after_the_preview_is_left_alone(
    books: Books, spoil: Callable[[Books], None]
) -> None:
    picks = [line.pick for line in books.preview().lines]
    spoil(books)
    done = books.accept(picks)
    assert done.saved == 2
    assert [one.job.key for one in done.aside] == ["J-1"]
    assert done.aside[0].why
    assert "J-1" not in books.mapped()


def test_what_quickbooks_renamed_after_the_preview_is_left_alone(books: Books) -> None:
    """It may be another person's job by now."""
    picks = [line.pick for line in books.preview().lines]
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(full_name="Acme:Novak, Petra")
    done = books.accept(picks)
    assert (done.saved, [one.job.key for one in done.aside]) == (2, ["J-1"])
    assert "Acme:Ortiz, Elena is called Acme:Novak, Petra in QuickBooks now" in done.aside[0].why
    assert "J-1" not in books.mapped()


def test_a_job_that_an_import_changed_after_the_preview_is_left_alone(books: Books) -> None:
    picks = [line.pick for line in books.preview().lines]
    SourceJob.objects.filter(key="J-1").update(contractor="Petra Novak")
    done = books.accept(picks)
    assert (done.saved, [one.job.key for one in done.aside]) == (2, ["J-1"])
    assert "changed since it was shown" in done.aside[0].why


def test_the_same_quickbooks_job_twice_in_one_batch_is_saved_once(books: Books) -> None:
    _twice(books)
    target = books.targets["Acme:Ortiz, Elena"]
    picks = [
        Pick(job_id=books.jobs[key].pk, version=0, target_id=target.pk, seen=target.full_name)
        for key in ("J-1", "J-9")
    ]
    done = books.accept(picks)
    assert done.saved == 1
    assert "also serves" in done.aside[0].why


def test_what_another_clerk_saved_meanwhile_is_not_overwritten(books: Books) -> None:
    picks = [line.pick for line in books.preview().lines]
    save_job_mapping(
        access=books.access(books.world.sam),
        job_key="J-1",
        expected_version=0,
        target_list_id=books.targets["Acme:Wood, Ben"].list_id,
        remove=False,
        confirmed=(),
        reason="",
        now=NOW,
    )
    done = books.accept(picks)
    assert done.saved == 1  # and J-2's own job is taken now
    told = {one.job.key: one.why for one in done.aside}
    assert "Sam mapped it to Acme:Wood, Ben since you opened it" in told["J-1"]
    assert "also serves" in told["J-2"]
    assert books.mapped()["J-1"] == "Acme:Wood, Ben"


def test_nothing_to_save_makes_no_batch(books: Books) -> None:
    stranger = factories.job(factories.client(books.world.harbor), "H-1")
    theirs = factories.qb_customer(books.world.harbor, "Harbor")
    target = books.targets["Acme:Ortiz, Elena"]
    assert books.accept([]).saved == 0
    foreign = [
        Pick(job_id=stranger.pk, version=0, target_id=target.pk, seen=target.full_name),
        Pick(job_id=books.jobs["J-1"].pk, version=0, target_id=theirs.pk, seen="Harbor"),
    ]
    done = books.accept(foreign)
    assert (done.saved, done.batch) == (0, None)
    assert "not in the list" in done.aside[0].why
    assert not MappingBatch.objects.exists()
    assert not JobMapping.objects.exists()


def test_one_undo_takes_the_whole_batch_back_as_new_events(books: Books) -> None:
    done = books.accept_all()
    undone = books.undo(done.batch)
    assert isinstance(undone, Outcome)
    assert (undone.saved, list(undone.aside)) == (3, [])
    assert books.mapped() == {}
    assert Event.objects.filter(subject="job_mapping").count() == 6
    assert Event.objects.order_by("-sequence")[0].after["how"] == "bulk undo"
    assert SourceJob.objects.filter(suggested=True).count() == 3
    again = books.undo(done.batch)
    assert isinstance(again, Refused)
    assert "Bea has undone this bulk change already" in again.text
    assert keys(books.preview()) == ["J-2", "J-1", "J-3"]
    assert books.accept_all().saved == 3  # now of jobs that were mapped before


def test_the_undo_leaves_alone_what_changed_since_and_says_so(books: Books) -> None:
    done = books.accept_all()
    undo_job_mapping(
        access=books.access(books.world.sam),
        job_key="J-1",
        expected_version=1,
        reason="",
        now=NOW,
    )
    save_job_mapping(
        access=books.access(books.world.sam),
        job_key="J-3",
        expected_version=1,
        target_list_id=books.targets["Acme:Ortiz, Elena"].list_id,
        remove=True,
        confirmed=["other_customer"],
        reason="",
        now=NOW,
    )
    undone = books.undo(done.batch)
    assert isinstance(undone, Outcome)
    assert undone.saved == 1
    told = {one.job.key: one.why for one in undone.aside}
    assert "Sam removed its association since" in told["J-1"]
    assert "Sam mapped it to Acme:Ortiz, Elena since" in told["J-3"]
    assert books.mapped() == {"J-3": "Acme:Ortiz, Elena"}


def test_the_undo_asks_for_a_reason_where_invoices_stay(books: Books) -> None:
    done = books.accept_all()
    sent = factories.invoice(books.acme, "1003", standing=SourceInvoice.Standing.READY)
    posting = factories.posting(
        sent, books.targets["Acme:Ortiz, Elena"], state=State.EXPORTED.value
    )
    undone = books.undo(done.batch)
    assert isinstance(undone, Outcome)
    assert undone.saved == 2
    assert "1 invoice stays on the old job" in undone.aside[0].why
    assert list(books.mapped()) == ["J-1"]
    posting.refresh_from_db()
    assert (posting.state, posting.customer) == (
        State.EXPORTED.value,
        books.targets["Acme:Ortiz, Elena"],
    )


def test_with_a_reason_the_undo_takes_those_back_too(books: Books) -> None:
    done = books.accept_all()
    sent = factories.invoice(books.acme, "1003", standing=SourceInvoice.Standing.READY)
    posting = factories.posting(sent, books.targets["Acme:Ortiz, Elena"])
    undone = books.undo(done.batch, reason="Wrong threshold.")
    assert isinstance(undone, Outcome)
    assert undone.saved == 3
    assert Event.objects.order_by("-sequence")[0].reason == "Wrong threshold."
    posting.refresh_from_db()
    assert posting.customer == books.targets["Acme:Ortiz, Elena"]


def test_a_stranger_undoes_nothing(books: Books) -> None:
    done = books.accept_all()
    access = find_access(user=books.world.charlie, company_id=books.world.harbor.pk)
    assert access is not None
    assert done.batch is not None
    answer = bulk_mapping.undo(access=access, batch_id=done.batch.pk, reason="", now=NOW)
    assert isinstance(answer, Refused)
    assert len(books.mapped()) == 3


def test_waiting_invoices_are_planned_again_and_others_looked_at(books: Books) -> None:
    factories.invoice(books.acme, "1001", standing=SourceInvoice.Standing.BLOCKED)
    done = books.accept_all()
    assert done.planned_again == 1
    kinds = set(Task.objects.values_list("kind", flat=True))
    assert kinds == {Task.Kind.PLAN, Task.Kind.SUGGEST}


def test_a_batch_is_bounded_and_says_that_there_are_more(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_mapping, "ROWS_MAX", 2)
    shown = books.preview()
    assert (len(shown.lines), shown.more) == (2, True)
    assert books.accept_all().saved == 2


def test_a_preview_and_a_batch_cost_the_same_queries_however_many(
    books: Books, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(80):
        books.suggest(f"B-{n}", f"Zoe {n:02}", f"Acme:Zoe {n:02}")
    with django_assert_max_num_queries(6):  # the person's access, and five
        shown = books.preview()
    assert len(shown.lines) == 83
    with django_assert_max_num_queries(26):
        assert books.accept([line.pick for line in shown.lines]).saved == 83


# ------------------------------------------------------------------ all of them, however many


def look_through(books: Books, **wanted: object) -> Proposal:
    proposal = propose_suggestions.propose(
        access=books.access(), wanted=BulkFilter(**wanted), what="All suggestions", now=NOW
    )
    Worker().run_until_idle()
    proposal.refresh_from_db()
    return proposal


def rows(proposal: Proposal) -> list[tuple[str, str]]:
    return list(proposal.rows.order_by("key").values_list("key", "state"))


def test_all_suggestions_are_looked_through_saved_and_undone_as_one(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(propose_suggestions, "BATCH", 2)
    monkeypatch.setattr(save_proposal, "INLINE_ROWS", 0)
    monkeypatch.setattr(save_proposal, "BATCH", 2)
    books.suggest("J-4", "Cy Nash Jr", "Beta:Nash, Cy")
    books.suggest("J-5", "Al Low", "Acme:Low, Al", score=0.7, safe=False)
    proposal = look_through(books)
    assert rows(proposal) == [
        ("J-1", "ready"),
        ("J-2", "ready"),
        ("J-3", "confirm"),  # two want one and the same QuickBooks job
        ("J-4", "confirm"),
    ]
    assert "wants Beta:Nash, Cy too" in str(proposal.rows.get(key="J-3").warnings)
    save_proposal.save(access=books.access(), proposal_id=proposal.pk, now=NOW)
    Worker().run_until_idle()
    assert books.mapped() == {"J-1": "Acme:Ortiz, Elena", "J-2": "Acme:Wood, Ben"}
    assert {event.after["how"] for event in Event.objects.filter(verb="mapped")} == {"bulk"}
    save_proposal.undo(access=books.access(), proposal_id=proposal.pk, now=NOW)
    Worker().run_until_idle()
    assert books.mapped() == {}
    assert rows(proposal)[:2] == [("J-1", "undone"), ("J-2", "undone")]


def test_what_an_import_changed_since_they_were_looked_through_is_set_aside(books: Books) -> None:
    proposal = look_through(books)
    SourceJob.objects.filter(key="J-1").update(contractor="Petra Novak")
    save_proposal.save(access=books.access(), proposal_id=proposal.pk, now=NOW)
    assert rows(proposal) == [("J-1", "aside"), ("J-2", "saved"), ("J-3", "saved")]
    assert "J-1" not in books.mapped()


def test_the_filter_narrows_what_is_looked_through(books: Books) -> None:
    assert rows(look_through(books, score_from=9500)) == [("J-1", "ready"), ("J-3", "ready")]
    assert rows(look_through(books, client_id=books.beta.pk)) == [("J-3", "ready")]
    assert rows(look_through(books, search="wood")) == [("J-2", "ready")]


def test_a_suggestion_of_something_gone_or_changed_is_not_ready(books: Books) -> None:
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(gone_at=NOW)
    SourceJob.objects.filter(key="J-2").update(title="Another title")
    assert rows(look_through(books)) == [("J-1", "error"), ("J-2", "aside"), ("J-3", "ready")]


def test_a_stranger_looks_through_none_of_it(books: Books) -> None:
    other = find_access(user=books.world.charlie, company_id=books.world.harbor.pk)
    assert other is not None
    propose_suggestions.propose(access=other, wanted=BulkFilter(), what="All", now=NOW)
    Worker().run_until_idle()
    assert rows(Proposal.objects.get()) == []
