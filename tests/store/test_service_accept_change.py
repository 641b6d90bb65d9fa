"""An invoice that changed after its export, settled by a person in QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.factories import NOW, World
from tests.store.test_import_after_export import posting
from tests.store.test_service_import_source import CLIENTS, INVOICES, ITEMS, JOBS

from tieout.core.exporting import State
from tieout.service import import_source
from tieout.service.accept_change import CannotAccept, accept
from tieout.service.access import Access
from tieout.store.models import Event, Posting, SourceInvoice, Task

FIRST = INVOICES
SECOND = INVOICES.replace("90.00\n", "95.00\n")
THIRD = INVOICES.replace("90.00\n", "99.00\n")
NOTE = "Corrected by hand."

Import = Callable[[str], None]


@pytest.fixture
def bring_in(world: World, tmp_path: Path) -> Import:
    access = Access(user=world.bea, company=world.northgate, role="biller")

    def bring_in(invoices: str) -> None:
        texts = {"clients": CLIENTS, "jobs": JOBS, "items": ITEMS, "invoices": invoices}
        paths = []
        for name, text in texts.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(text, encoding="utf-8")
        import_source.import_now(access, paths, now=NOW)

    return bring_in


@pytest.fixture
def changed(bring_in: Import) -> SourceInvoice:
    """20417: exported with $1,290.00, in the back office $1,295.00 now."""
    bring_in(FIRST)
    posting(invoice(), State.EXPORTED, writes=1)
    SourceInvoice.objects.filter(pk=invoice().pk).update(standing="exported")
    bring_in(SECOND)
    assert invoice().standing == "changed"
    return invoice()


def invoice() -> SourceInvoice:
    return SourceInvoice.objects.get(number="20417")


def settle(world: World, name: str = "bea", role: str = "biller", **more: str) -> SourceInvoice:
    row = invoice()
    return accept(
        access=Access(user=getattr(world, name), company=world.northgate, role=role),
        invoice_id=row.pk,
        note=more.get("note", NOTE),
        seen=more.get("seen", row.content_hash),
        now=NOW,
    )


def test_it_stands_as_exported_again_with_one_event(world: World, changed: SourceInvoice) -> None:
    before = Event.objects.count()
    sent = list(Posting.objects.values())
    assert settle(world).standing == "exported"
    assert Event.objects.count() == before + 1
    event = Event.objects.order_by("sequence").last()
    assert (event.verb, event.subject, event.subject_key) == (
        "settled in QuickBooks",
        "invoice",
        changed.key,
    )
    assert (event.actor_name, event.reason) == ("bea", NOTE)
    assert (event.before["total"], event.after["total"]) == ("1290.00", "1295.00")
    assert list(Posting.objects.values()) == sent


def test_the_same_import_changes_nothing_afterwards(
    world: World, changed: SourceInvoice, bring_in: Import
) -> None:
    settle(world)
    bring_in(SECOND)
    assert invoice().standing == "exported"


@pytest.mark.parametrize("text", [THIRD, FIRST])
def test_a_further_change_shows_again(
    world: World, changed: SourceInvoice, bring_in: Import, text: str
) -> None:
    """Also one back to what was exported first: QuickBooks was told otherwise since."""
    settle(world)
    bring_in(text)
    assert invoice().standing == "changed"
    bring_in(SECOND)
    assert invoice().standing == "exported"


def test_a_part_that_never_left_is_planned_anew(world: World, changed: SourceInvoice) -> None:
    rest = Posting.objects.get()
    Posting.objects.create(
        company=rest.company, invoice=changed, job_key="J-2", key="rest", guid="{r}",
        state=State.READY.value, state_at=NOW, kind="invoice", number="20417-2",
        numbered_from="20417", customer=rest.customer, txn_date=rest.txn_date,
        total=rest.total, fingerprint="f", content={},
    )  # fmt: skip
    Task.objects.filter(kind="plan").delete()
    assert settle(world).standing == "to_plan"
    assert Task.objects.filter(kind="plan", state="waiting").exists()


@pytest.mark.parametrize(
    ("state", "writes"),
    [(State.SENDING, 1), (State.UNCONFIRMED, 1), (State.RESENDABLE, 1), (State.NEEDS_PERSON, 1)],
)
def test_what_may_have_left_is_settled_first(
    world: World, changed: SourceInvoice, state: State, writes: int
) -> None:
    Posting.objects.update(state=state.value, writes=writes)
    refused(world, "is not known yet")


def test_a_note_is_needed(world: World, changed: SourceInvoice) -> None:
    refused(world, "Say what was done", note="  ")


def test_only_what_was_looked_at_is_settled(world: World, changed: SourceInvoice) -> None:
    refused(world, "changed it again meanwhile", seen="0" * 64)


def test_a_viewer_settles_nothing(world: World, changed: SourceInvoice) -> None:
    refused(world, "Your role does not allow this", name="vic", role="viewer")


def test_twice_is_refused(world: World, changed: SourceInvoice) -> None:
    settle(world)
    with pytest.raises(CannotAccept, match="does not stand as changed"):
        settle(world)


def test_another_company_has_no_such_invoice(world: World, changed: SourceInvoice) -> None:
    stranger = Access(user=world.charlie, company=world.harbor, role="super_user")
    with pytest.raises(CannotAccept, match="no such invoice"):
        accept(
            access=stranger,
            invoice_id=changed.pk,
            note=NOTE,
            seen=changed.content_hash,
            now=NOW,
        )
    assert invoice().standing == "changed"


def refused(world: World, why: str, **how: str) -> None:
    events = Event.objects.count()
    with pytest.raises(CannotAccept, match=why):
        settle(world, **how)
    assert invoice().standing == "changed"
    assert Event.objects.count() == events
