"""A refresh of what changed: nothing is missed, drifts are noticed, and it says what it did."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from tests import factories as make
from tests.rehearsal import Office
from tests.store.test_service_refresh_lists import ORTIZ, refresh

from tieout.core.exporting import State
from tieout.service import advance, drift_inbox, moments, plan_export, refresh_end, refresh_mode
from tieout.service.ask_refresh import ask_refresh
from tieout.service.drift_inbox import Answer
from tieout.service.worker import Worker
from tieout.store.commits import drifts as drift_commits
from tieout.store.commits import mappings as mapping_commits
from tieout.store.commits import mirror
from tieout.store.models import (
    Book,
    Company,
    Drift,
    JobMapping,
    Lane,
    Listing,
    Posting,
    QbCustomer,
    SourceInvoice,
    SourceJob,
    Task,
)
from tieout.store.queries import drifts as queries

REED = "Acme Health:Reed, Sam - Forklift"


def listing(kind: str) -> Listing:
    return Listing.objects.filter(kind=kind).latest("id")


def as_sequence() -> list[str]:
    """What is in the mirror, in order: it must equal what a full refresh brings."""
    rows = QbCustomer.objects.filter(gone_at__isnull=True).order_by("list_id")
    return [
        f"{row.list_id} {row.full_name} {row.top_list_id} {row.sublevel} {row.active}"
        for row in rows
    ]


def test_only_what_changed_is_read_and_the_mirror_is_the_same_as_after_a_full_one(
    office: Office,
) -> None:
    books = office.rehearsal.books
    books.add_customer("Beta Labs")
    books.add_customer("Beta Labs:East")
    refresh(office, full=True)
    books.rename_customer("Acme Health", "Acme Healthcare")
    books.move_customer("Beta Labs:East", "Acme Healthcare")
    books.rename_customer("Acme Healthcare:East", "West")
    books.add_customer("Gamma")
    books.set_customer_active("Acme Healthcare:Reed, Sam - Forklift", active=False)
    task = refresh(office)
    assert task.state == "done"
    assert task.result["full"] is False
    assert listing("customer").from_modified
    changed = as_sequence()
    assert any("Acme Healthcare:Ortiz, Elena - ICU" in row for row in changed)
    assert "acme healthcare" in SourceJob.objects.get().search_text
    refresh(office, full=True)
    assert as_sequence() == changed


def stock_many(office: Office, count: int) -> None:
    """Mapped jobs below one customer, some of them below another job."""
    books = office.rehearsal.books
    for n in range(count):
        books.add_customer(f"Acme Health:Job {n}")
    books.add_customer("Acme Health:Job 0:Part")
    # changed long before the last change, so that the overlap does not bring them along
    with closing(sqlite3.connect(office.rehearsal.folder / "company.sqlite3")) as file, file:
        file.execute(
            "UPDATE entry SET modified = modified - 7200 WHERE name LIKE 'Job %' OR name = 'Part'"
        )
    refresh(office, full=True)
    below = QbCustomer.objects.filter(name__regex="^(Job|Part)").order_by("id")
    acme = SourceJob.objects.get().client
    for n, target in enumerate(below):
        make.map_job(make.job(acme, f"M-{n}", f"Person {n}"), target)


def state_of_the_desk() -> dict[str, list[tuple[object, ...]]]:
    jobs = SourceJob.objects.order_by("key").values_list("key", "map_state", "search_text")
    links = JobMapping.objects.order_by("id").values_list("job__key", "remembered_full_name")
    drifts = Drift.objects.order_by("mapping_id").values_list("mapping_id", "kind", "state")
    return {"jobs": list(jobs), "links": list(links), "drifts": list(drifts)}


@pytest.fixture
def small_bundles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_end, "BUNDLE", 2)
    monkeypatch.setattr(refresh_end, "PART_S", 0.0)
    monkeypatch.setattr(mapping_commits, "CHUNK", 2)
    monkeypatch.setattr(drift_commits, "CHUNK", 2)


class Killed(BaseException):
    """The process ends here: no handler of the product's sees it."""


@pytest.mark.usefixtures("small_bundles")
def test_a_renamed_customer_is_followed_in_bundles_and_goes_on_after_a_kill(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever bundle it dies in, the next holder of the lane does the rest and nothing twice."""
    stock_many(office, 5)
    office.rehearsal.books.rename_customer("Acme Health", "Acme Healthcare")
    done: list[str] = []
    real = refresh_end._part

    def dying(task: Task) -> bool:
        """Every third bundle is the last of its process."""
        stage = {**refresh_end._begun(), **task.params.get("end", {})}["stage"]
        done.append(stage)
        if len(done) % 3 == 0:
            raise Killed
        return real(task)

    monkeypatch.setattr(refresh_end, "_part", dying)
    ask_refresh(access=office.access, now=moments.now())
    deaths = 0
    while Task.objects.filter(kind="refresh", state__in=["waiting", "running"]).exists():
        try:
            Worker().run_until_idle()
        except Killed:
            deaths += 1
        assert deaths < 50
    assert deaths > 3
    assert done.count("paths") > 4, "six paths, two in a bundle"
    assert done.count("links") > 3
    assert done.count("drifts") > 3
    names = [row.full_name for row in QbCustomer.objects.filter(sublevel__gt=0)]
    assert all(name.startswith("Acme Healthcare:") for name in names)
    assert "Acme Healthcare:Job 0:Part" in names
    task = Task.objects.filter(kind="refresh").latest("id")
    assert task.result["noted"] == Drift.objects.count() == JobMapping.objects.count()
    assert set(Drift.objects.values_list("kind", "state")) == {("respelled", "noted")}
    texts = SourceJob.objects.exclude(key="J-1").values_list("search_text", flat=True)
    assert all("acme healthcare:" in text for text in texts)
    before = state_of_the_desk()
    monkeypatch.setattr(refresh_end, "_part", real)
    refresh(office, full=True)
    assert state_of_the_desk() == before, "reading everything finds nothing left to do"


@pytest.mark.usefixtures("small_bundles")
def test_a_worker_that_lost_the_lane_in_between_changes_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock_many(office, 5)
    office.rehearsal.books.rename_customer("Acme Health", "Acme Healthcare")
    real = mirror.carry_down_some

    def overtaken(**given: Any) -> tuple[int, int | None]:
        found = real(**given)
        Lane.objects.update(epoch=F("epoch") + 1)
        return found

    monkeypatch.setattr(mirror, "carry_down_some", overtaken)
    task = ask_refresh(access=office.access, now=moments.now())
    lane = Lane.objects.get(company=office.company)
    epoch = lane.epoch
    advance.advance(company_id=office.company.pk, owner="w1")
    task.refresh_from_db()
    assert task.state == "running"
    right = QbCustomer.objects.filter(full_name__startswith="Acme Healthcare:Job").count()
    assert right == 2, "the bundle at hand, and none after it"
    assert Lane.objects.get(pk=lane.pk).epoch > epoch


def test_it_says_what_it_did(office: Office) -> None:
    task = refresh(office)
    assert "; nothing is gone." in task.message
    assert "changed since" in task.message
    office.rehearsal.books.delete_customer(REED)
    office.rehearsal.books.rename_customer(ORTIZ, "Novak, Petra")
    task = refresh(office)
    assert "; 1 is gone." in task.message
    assert "1 change under mappings waits in the Drift inbox." in task.message
    assert (task.result["drifts"], task.result["gone"]) == ({"renamed": 1}, {"deleted": 1})
    assert QbCustomer.objects.get(full_name=REED).gone_at is not None


def test_a_job_that_goes_concerns_no_invoice_of_another(office: Office) -> None:
    make.invoice(office.company.clients.get())
    plan_export.plan_waiting(company_id=office.company.pk)
    assert SourceInvoice.objects.get().standing == "ready"
    office.rehearsal.books.delete_customer(REED)
    task = refresh(office)
    assert task.result["gone"] == {"deleted": 1}
    assert Task.objects.filter(kind="plan").latest("id").result == {"planned": 0}


def test_a_merge_that_is_not_in_the_log_is_seen_by_the_count(office: Office) -> None:
    office.rehearsal.books.set_preference("merge_in_deleted_log", "off")
    office.rehearsal.books.merge_customers(ORTIZ, REED)
    task = refresh(office)
    assert task.result["full"] is True
    assert "because the number of names was not what the changes said" in task.message
    assert QbCustomer.objects.get(full_name=ORTIZ).gone_at is not None
    assert Drift.objects.get().kind == "deleted"


def test_a_restored_file_is_read_whole(office: Office) -> None:
    Book.objects.update(last_restore_time="2001-01-01T00:00:00")
    task = refresh(office)
    assert task.result["full"] is True
    assert "because the company file was restored" in task.message


def why(*, asked: bool = False, **columns: object) -> str:
    book = Book(lists_full_at=make.NOW, customers_modified_to="2026-10-19T09:00:00-05:00")
    for name, value in columns.items():
        setattr(book, name, value)
    task = Task(params={"full": True} if asked else {})
    return refresh_mode.full_because(book=book, task=task, now=make.NOW)


def test_when_everything_is_read() -> None:
    assert why() == ""
    assert why(asked=True) == "it was asked for"
    assert why(lists_full_at=None) == "they were never read before"
    assert why(customers_modified_to="") == "they were never read before"
    assert why(customers_modified_to="yesterday") == "they were never read before"
    assert why(full_because="QuickBooks was interrupted") == "QuickBooks was interrupted"
    assert "24 hours" in why(lists_full_at=make.NOW - timedelta(hours=25))


def test_changes_are_asked_for_with_an_overlap() -> None:
    asked = Listing(from_modified="2026-10-19T09:05:30-05:00")
    since = refresh_mode.since(asked)
    assert since is not None
    assert since.isoformat() == "2026-10-19T08:55:30"
    assert since.tzinfo is None
    assert refresh_mode.since(Listing()) is None
    assert (
        refresh_mode.since(Listing(from_modified="1970-01-01T00:00:10")) == refresh_mode.EARLIEST
    )


# ------------------------------------------------------------------ every kind of drift, answered


def posted(office: Office, txn_id: str) -> None:
    invoice = make.invoice(office.company.clients.get(), "20417", standing="exported")
    Posting.objects.create(
        company=office.company, invoice=invoice, job_key="J-1", key="k1", guid="{g}",
        state=State.EXPORTED.value, state_at=make.NOW, kind="invoice", number="20417",
        numbered_from="20417", txn_date=invoice.invoice_date, total=invoice.total,
        customer=QbCustomer.objects.get(full_name=ORTIZ), fingerprint="f", content={},
        txn_id=txn_id,
    )  # fmt: skip


def give(office: Office, answer: Answer, **more: object) -> drift_inbox.Outcome:
    ids = list(Drift.objects.filter(state="open").values_list("id", flat=True))
    rows = queries.rows_of(company_id=office.company.pk, ids=ids)
    return drift_inbox.answer_drifts(
        access=office.access, answer=answer, reason="", now=moments.now(),
        seen={row.drift.pk: drift_inbox.stamp(row.drift) for row in rows}, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def waits(office: Office) -> list[str]:
    plan_export.plan_waiting(company_id=office.company.pk)
    invoice = office.company.invoices.get()
    return sorted(invoice.blocks.values_list("reason", flat=True))


def test_moved_inactivated_and_active_again_wait_and_are_answered(office: Office) -> None:
    make.invoice(office.company.clients.get())
    books = office.rehearsal.books
    books.move_customer(ORTIZ, REED)
    moved = f"{REED}:Ortiz, Elena - ICU"
    books.set_customer_active(moved, active=False)
    refresh(office)
    assert set(Drift.objects.values_list("kind", flat=True)) == {"moved", "inactivated"}
    assert waits(office) == ["drift_unanswered", "job_inactive"]
    assert give(office, Answer.KEEP).done == 2
    assert waits(office) == ["job_inactive"]
    books.set_customer_active(moved, active=True)
    refresh(office)
    assert Drift.objects.get(state="open").kind == "reactivated"
    assert waits(office) == []
    assert give(office, Answer.KEEP).done == 1
    assert Company.objects.get(pk=office.company.pk).open_drifts == 0


def test_the_survivor_of_a_merge_is_the_job_on_which_our_invoice_is_now(office: Office) -> None:
    books = office.rehearsal.books
    line = {"item": "Regular Hours", "amount": "1200.00"}
    txn_id = books.add_invoice(ORTIZ, [line], number="20417", date="2026-10-04")
    posted(office, txn_id)
    books.merge_customers(ORTIZ, REED)
    task = refresh(office)
    assert task.result["full"] is False
    drift = Drift.objects.get()
    assert (drift.kind, drift.proof) == ("merged", "invoice 20417 is on it now")
    assert drift.survivor is not None
    assert drift.survivor.full_name == REED
    outcome = give(office, Answer.REMAP)
    assert outcome.done == 1, outcome.aside
    mapping = JobMapping.objects.select_related("target").get()
    assert mapping.target is not None
    assert mapping.target.full_name == REED
    refresh(office)
    assert not Drift.objects.filter(state="open").exists()


def test_a_job_that_was_merged_twice_is_followed_to_the_last_survivor(office: Office) -> None:
    """Who ignored the first merge is asked about the second."""
    books = office.rehearsal.books
    books.add_customer("Acme Health:Zimmer, Kay")
    line = {"item": "Regular Hours", "amount": "1200.00"}
    posted(office, books.add_invoice(ORTIZ, [line], number="20417", date="2026-10-04"))
    books.merge_customers(ORTIZ, REED)
    refresh(office)
    assert give(office, Answer.IGNORE).done == 1
    refresh(office)
    assert not Drift.objects.filter(state="open").exists()
    books.merge_customers(REED, "Acme Health:Zimmer, Kay")
    refresh(office)
    drift = Drift.objects.get(state="open")
    assert drift.survivor is not None
    assert drift.survivor.full_name == "Acme Health:Zimmer, Kay"
    assert (drift.kind, drift.proof) == ("merged", "invoice 20417 is on it now")


def test_a_change_that_is_dated_in_the_future_hides_no_later_one(office: Office) -> None:
    """The clock beside QuickBooks was wrong for a while, and was put right."""
    QbCustomer.objects.filter(full_name=ORTIZ).update(time_modified="2062-01-05T08:12:00-05:00")
    now = moments.now()
    mirror.lists_refreshed(company_id=office.company.pk, now=now)
    to = refresh_mode.wall_clock(Book.objects.get(company=office.company).customers_modified_to)
    assert to is not None
    assert to.year < 2062
    assert to <= now.replace(tzinfo=None) + mirror.AHEAD_MAX


def test_what_a_refresh_that_broke_off_marked_as_gone_needs_attention_after_the_next(
    office: Office,
) -> None:
    invoice = make.invoice(office.company.clients.get())
    plan_export.plan_waiting(company_id=office.company.pk)
    office.rehearsal.books.delete_customer(ORTIZ)
    QbCustomer.objects.filter(full_name=ORTIZ).update(gone_at=moments.now())  # and then it broke
    Book.objects.update(customers_modified_to="2030-01-01T00:00:00")  # nothing changed since
    task = refresh(office)
    assert task.result["full"] is False
    assert Drift.objects.get().kind == "deleted"
    assert SourceJob.objects.get().map_state == "attention"
    plan_export.plan_waiting(company_id=office.company.pk)
    assert "job_gone" in set(invoice.blocks.values_list("reason", flat=True))
