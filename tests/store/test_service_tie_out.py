"""Tying out against a rehearsal company in which a bookkeeper has been at work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office

from tieout.core import facts
from tieout.service import moments, plan_export, run_export, tie_out
from tieout.service.access import Access, find_access
from tieout.store.commits import tie_outs as commits
from tieout.store.models import Event, Posting, QbInvoice, Task, TieOut, TieOutFinding
from tieout.store.queries import tie_outs

ORTIZ = "Acme Health:Ortiz, Elena - ICU"
REED = "Acme Health:Reed, Sam - Forklift"


def export(office: Office, *invoices: tuple[str, date, str]) -> None:
    """Invoices of (number, day, amount) as a clerk exports them."""
    client = office.company.clients.get()
    ids = [
        make.invoice(client, number, on=day, lines=[("J-1", "REG", amount)]).pk
        for number, day, amount in invoices
    ]
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()
    assert Posting.objects.filter(state="exported", invoice_id__in=ids).count() == len(ids)


def exported(office: Office, *numbers: str) -> None:
    export(office, *[(number, date(2026, 10, 4), "1200.00") for number in numbers])


def tie(office: Office, from_date: date | None = None, to_date: date | None = None) -> TieOut:
    task = tie_out.start(
        access=office.access, now=moments.now(), from_date=from_date, to_date=to_date
    )
    office.work()
    task.refresh_from_db()
    assert task.state == "done", task.problem
    found = tie_outs.of_task(task_id=task.pk)
    assert found is not None
    return found


def only_finding(found: TieOut) -> TieOutFinding:
    return TieOutFinding.objects.get(tie_out=found)


def duplicate(office: Office) -> None:
    """Somebody copied an invoice in QuickBooks, memo and all."""
    books = office.rehearsal.books
    books.add_invoice(
        "Acme Health",
        [{"item": "Regular Hours", "amount": "1200.00"}],
        number="20417-B",
        date="2026-10-04",
        memo=f"[tieout:{Posting.objects.get(number='20417').key}]",
    )


def extra(office: Office) -> None:
    """An invoice with a mark of ours of which Tieout knows nothing."""
    office.rehearsal.books.add_invoice(
        REED,
        [{"item": "Regular Hours", "amount": "55.00"}],
        number="9001",
        date="2026-10-04",
        memo="[tieout:abcdefghijklmnop]",
    )


@pytest.mark.parametrize(
    ("verdict", "difference", "meddle"),
    [
        ("amount", "1199.00", lambda o: o.rehearsal.books.edit_invoice_line("20417", 1, amount="1.00")),
        ("voided", "1200.00", lambda o: o.rehearsal.books.void_invoice("20417")),
        ("missing", "1200.00", lambda o: o.rehearsal.books.delete_invoice("20417")),
        ("wrong job", "0.00", lambda o: o.rehearsal.books.move_invoice("20417", REED)),
        ("number", "0.00", lambda o: o.rehearsal.books.renumber_invoice("20417", "20499")),
        ("date", "0.00", lambda o: o.rehearsal.books.edit_invoice("20417", date="2026-12-31")),
        ("duplicate", "-1200.00", duplicate),
    ],
)  # fmt: skip
def test_each_thing_a_bookkeeper_may_do_is_named(
    office: Office, verdict: str, difference: str, meddle: object
) -> None:
    exported(office, "20417", "20418")
    meddle(office)  # type: ignore[operator]
    found = tie(office)
    finding = only_finding(found)
    assert finding.verdict == verdict
    assert finding.our_number == "20417"
    assert finding.difference == found.ours - found.theirs == Decimal(difference)
    assert found.verdicts == {verdict: 1}
    assert not QbInvoice.objects.exists()


def test_findings_carry_both_sides(office: Office) -> None:
    exported(office, "20417")
    office.rehearsal.books.move_invoice("20417", REED)
    found = tie(office)
    finding = only_finding(found)
    assert (finding.our_customer, finding.their_customer) == (ORTIZ, REED)
    assert (finding.ours, finding.theirs) == (Decimal("1200.00"), Decimal("1200.00"))
    assert finding.posting is not None
    assert found.differing_count == 2
    assert [
        (row.customer, row.ours, row.theirs) for row in tie_outs.totals(tie_out_id=found.pk)
    ] == [
        (ORTIZ, Decimal("1200.00"), Decimal("0.00")),
        (REED, Decimal("0.00"), Decimal("1200.00")),
    ]


def test_an_invoice_with_our_mark_that_nobody_knows_is_extra(office: Office) -> None:
    exported(office, "20417")
    extra(office)
    finding = only_finding(tie(office))
    assert (finding.verdict, finding.posting, finding.ours) == ("extra", None, None)
    assert (finding.their_number, finding.difference) == ("9001", Decimal("-55.00"))


def test_a_credit_memo_counts_and_is_looked_up_outside_of_the_period(office: Office) -> None:
    export(
        office, ("20417", date(2026, 10, 4), "1200.00"), ("20418", date(2026, 10, 9), "-200.00")
    )
    assert Posting.objects.get(number="20418").kind == "credit_memo"
    whole = tie(office)
    assert (whole.ours, whole.verdicts) == (Decimal("1000.00"), {})
    # to Tieout it is of 10/09; in QuickBooks it stands on a day that the period does not bring
    Posting.objects.filter(number="20418").update(txn_date=date(2026, 10, 3))
    finding = only_finding(tie(office, date(2026, 10, 1), date(2026, 10, 5)))
    assert (finding.verdict, finding.their_date) == ("date", date(2026, 10, 9))
    assert finding.theirs == Decimal("-200.00")


def test_a_deleted_credit_memo_is_missing(office: Office) -> None:
    export(office, ("20418", date(2026, 10, 9), "-200.00"))
    office.rehearsal.books.delete_invoice("20418")
    finding = only_finding(tie(office))
    assert (finding.verdict, finding.difference) == ("missing", Decimal("-200.00"))


def test_a_period_compares_its_days_only(office: Office) -> None:
    export(
        office,
        ("20417", date(2026, 9, 30), "100.00"),
        ("20418", date(2026, 10, 1), "200.00"),
        ("20419", date(2026, 10, 31), "400.00"),
        ("20420", date(2026, 11, 1), "800.00"),
    )
    october = tie(office, date(2026, 10, 1), date(2026, 10, 31))
    assert (october.ours, october.theirs, october.whole) == (600, 600, False)
    assert tie(office, date(2026, 10, 2)).ours == 1200
    assert tie(office, None, date(2026, 10, 1)).ours == 300
    assert tie(office, date(2027, 1, 1)).postings_count == 0
    whole = tie(office)
    assert (whole.ours, whole.whole, whole.to_date) == (1500, True, date(2026, 11, 1))


def test_what_was_dated_into_the_period_is_ours_and_not_extra(office: Office) -> None:
    export(office, ("20417", date(2026, 9, 30), "100.00"), ("20418", date(2026, 10, 1), "200.00"))
    office.rehearsal.books.edit_invoice("20417", date="2026-10-02")
    found = tie(office, date(2026, 10, 1), date(2026, 10, 31))
    assert only_finding(found).verdict == "date"
    assert found.ours == found.theirs == Decimal("300.00")


def test_strays_are_asked_for_in_portions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tie_out, "STRAYS_MAX", 2)
    numbers = [f"2041{n}" for n in range(5)]
    exported(office, *numbers)
    for number in numbers:
        office.rehearsal.books.edit_invoice(number, date="2026-12-31")
    assert tie(office).verdicts == {"date": 5}


def test_what_is_exported_while_quickbooks_is_read_is_not_missing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(office, "20417", "20418")
    late = Posting.objects.get(number="20418").txn_id
    add_theirs = commits.add_theirs

    def before_it_was_there(*, stray: bool, **page: object) -> None:
        add_theirs(stray=stray, **page)  # type: ignore[arg-type]
        QbInvoice.objects.filter(txn_id=late, stray=False).delete()

    monkeypatch.setattr(commits, "add_theirs", before_it_was_there)
    assert tie(office).verdicts == {}


def test_of_an_invoice_that_is_read_twice_the_later_reading_counts(world: World) -> None:
    """QuickBooks ended its session, and somebody edited the invoice before it was read anew."""
    made = TieOut.objects.create(
        company=world.northgate,
        at=NOW,
        whole=True,
        task=Task.objects.create(
            company=world.northgate,
            kind="tie_out",
            created_at=NOW,
            due_at=NOW,
        ),
    )
    first = facts.TheirInvoice(
        txn_id="1A", number="20417", customer_list_id="C", txn_date=date(2026, 10, 4),
        total=Decimal("1200.00"),
    )  # fmt: skip
    later = replace(first, total=Decimal("1250.00"))
    for page in ([first], [first, later]):
        commits.add_theirs(tie_out=made, invoices=page)
    assert commits.their_invoices(tie_out=made) == [later]


def test_since_counts_what_came_after(office: Office) -> None:
    exported(office, "20417")
    found = tie(office)
    assert tie_outs.since(tie_out=found) == tie_outs.Since()
    exported(office, "20418", "20419")
    Posting.objects.filter(number="20417").update(state_at=moments.now())
    assert tie_outs.since(tie_out=found) == tie_outs.Since(exported=2, changed=1)


def test_since_looks_at_the_period_only(office: Office) -> None:
    exported(office, "20417")
    september = tie(office, date(2026, 9, 1), date(2026, 9, 30))
    exported(office, "20418")
    assert not tie_outs.since(tie_out=september).any


def test_a_connector_that_is_down_is_said_with_its_remedy(office: Office) -> None:
    exported(office, "20417")
    office.rehearsal.stop()
    tie_out.start(access=office.access, now=moments.now())
    office.work()
    task = Task.objects.get(kind="tie_out")
    assert task.problem
    assert task.remedy
    assert not TieOut.objects.filter(complete=True).exists()


# ------------------------------------------------------------------ asking for it


def access_of(world: World, name: str) -> Access:
    found = find_access(user=getattr(world, name), company_id=world.northgate.pk)
    assert found is not None
    return found


def test_the_period_must_not_end_before_it_begins(world: World) -> None:
    with pytest.raises(tie_out.CannotTieOut, match=r"begins .* after it ends"):
        tie_out.start(
            access=access_of(world, "bea"),
            now=make.NOW,
            from_date=date(2026, 10, 2),
            to_date=date(2026, 10, 1),
        )
    assert not Task.objects.exists()
    assert not Event.objects.exists()


def test_two_clicks_are_one_task_and_one_event(world: World) -> None:
    bea = access_of(world, "bea")
    first = tie_out.start(access=bea, now=make.NOW, from_date=date(2026, 10, 1))
    assert tie_out.start(access=bea, now=make.NOW).pk == first.pk
    assert first.params == {"from_date": "2026-10-01"}
    event = Event.objects.get()
    assert (event.verb, event.subject, event.actor) == ("asked", "tie_out", world.bea)


@pytest.mark.parametrize("name", ["sam", "bea", "avery"])
def test_who_may_ask(world: World, name: str) -> None:
    assert tie_out.start(access=access_of(world, name), now=make.NOW).kind == "tie_out"


def test_a_viewer_may_not(world: World) -> None:
    with pytest.raises(tie_out.CannotTieOut):
        tie_out.start(access=access_of(world, "vic"), now=make.NOW)
    assert not Task.objects.exists()


def test_a_deleted_invoice_typed_again_with_its_mark_is_found(office: Office) -> None:
    exported(office, "20417")
    books = office.rehearsal.books
    books.delete_invoice("20417")
    books.add_invoice(
        ORTIZ,
        [{"item": "Regular Hours", "amount": "1200.00"}],
        number="20417",
        date="2026-10-04",
        memo=f"[tieout:{Posting.objects.get().key}]",
    )
    assert tie(office).verdicts == {}


def test_a_void_is_undone_by_typing_the_figures_again(office: Office) -> None:
    exported(office, "20417")
    books = office.rehearsal.books
    memo = books.find_invoice("20417").memo
    books.void_invoice("20417")
    assert tie(office).verdicts == {"voided": 1}
    books.edit_invoice_line("20417", 1, amount="1200.00")
    books.edit_invoice("20417", memo=memo)
    assert tie(office).verdicts == {}
