"""The company stamp: written once by a Super User, compared before anything is written."""

from __future__ import annotations

import pytest
from tests import factories as make
from tests.factories import NOW, World
from tests.rehearsal import Office

from tieout.quickbooks.translate_stamp import FIELD, OWNER
from tieout.service import moments, plan_export, qb_writes, run_export, verify_connection
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.store.models import Book, Connection, Lane, Posting, QbWrite, Task


def stamped(office: Office, sam: Access) -> None:
    qb_writes.write_stamp(access=sam, now=moments.now())
    office.work()
    assert Book.objects.get(company=office.company).stamp == str(office.company.guid)


def on_the_file(office: Office, value: str | None) -> None:
    """What another program, or another Tieout, made of the stamp in the company file."""
    books = office.rehearsal.books
    with books._writing() as inside:
        inside.connection.execute("DELETE FROM extension WHERE owner = ?", (OWNER,))
        if value is not None:
            inside.connection.execute(
                "INSERT OR IGNORE INTO extension_definition VALUES (?, ?, ?, 'STR255TYPE', '[]')",
                (OWNER, FIELD.lower(), FIELD),
            )
            inside.connection.execute(
                "INSERT INTO extension VALUES ('Company', '', ?, ?, ?)",
                (OWNER, FIELD.lower(), value),
            )


def export(office: Office) -> Posting:
    ids = [make.invoice(office.company.clients.get()).pk]
    plan_export.plan_waiting(company_id=office.company.pk)
    run_export.start(access=office.access, invoice_ids=ids, now=moments.now())
    office.work()
    return Posting.objects.get()


def verify(office: Office, sam: Access, accept: dict[str, str] | None = None) -> Task:
    task = verify_connection.start(access=sam, now=moments.now(), accept=accept)
    office.work()
    task.refresh_from_db()
    return task


def test_it_is_written_once_and_exports_go_on_under_it(office: Office, sam: Access) -> None:
    stamped(office, sam)
    kinds = list(QbWrite.objects.order_by("id").values_list("kind", "state"))
    assert kinds == [("stamp_field", "exported"), ("stamp", "exported")]
    assert export(office).state == "exported"
    with pytest.raises(CannotWrite, match="bears a stamp already"):
        qb_writes.write_stamp(access=sam, now=NOW)


def test_two_clicks_make_one_wish(office: Office, sam: Access) -> None:
    qb_writes.write_stamp(access=sam, now=NOW)
    with pytest.raises(CannotWrite, match="written already"):
        qb_writes.write_stamp(access=sam, now=NOW)
    assert QbWrite.objects.count() == 2


def test_only_a_super_user_stamps_and_only_a_verified_file(
    office: Office, sam: Access, world: World
) -> None:
    with pytest.raises(CannotWrite, match="Super User"):
        qb_writes.write_stamp(access=office.access, now=NOW)
    Book.objects.filter(company=office.company).update(company_name="")
    with pytest.raises(CannotWrite, match="Verify the connection first"):
        qb_writes.write_stamp(access=sam, now=NOW)
    assert not QbWrite.objects.exists()


@pytest.mark.parametrize(
    ("value", "word"), [(None, "bears no stamp"), ("somebody-else", "another Tieout company")]
)
def test_a_changed_or_missing_stamp_stops_the_queue_before_any_write(
    office: Office, sam: Access, value: str | None, word: str
) -> None:
    stamped(office, sam)
    on_the_file(office, value)
    assert export(office).state == "ready"
    assert office.rehearsal.books.list_invoices() == []
    held = Lane.objects.get(company=office.company).held_reason
    assert word in held
    task = verify(office, sam)
    assert task.state == "failed"
    assert word in task.problem
    ladder = Connection.objects.get(company=office.company).ladder
    offer = next(rung["offer"] for rung in ladder if rung.get("offer"))
    assert offer["stamp"] == (value or "")
    assert verify(office, sam, accept=offer).state == "done"
    assert Book.objects.get(company=office.company).stamp == (value or "")
    office.work()
    assert Posting.objects.get().state == "exported"


def test_a_file_that_another_tieout_stamped_is_not_taken_at_the_first_verify(
    office: Office, sam: Access
) -> None:
    Book.objects.filter(company=office.company).update(read_at=None, company_name="")
    on_the_file(office, "somebody-else")
    assert "another Tieout company" in verify(office, sam).problem


def test_our_own_stamp_from_before_a_restored_database_is_known_again(
    office: Office, sam: Access
) -> None:
    stamped(office, sam)
    Book.objects.filter(company=office.company).update(stamp="")
    assert export(office).state == "exported"  # it is ours: nothing is in doubt
    assert verify(office, sam).state == "done"
    assert Book.objects.get(company=office.company).stamp == str(office.company.guid)


def test_a_foreign_stamp_is_never_overwritten(office: Office, sam: Access) -> None:
    qb_writes.write_stamp(access=sam, now=moments.now())
    on_the_file(office, "somebody-else")
    office.work()
    assert set(QbWrite.objects.values_list("state", flat=True)) == {"ready"}  # the lane is held
    assert "another Tieout company" in Lane.objects.get(company=office.company).held_reason
