"""A mapping file that was overtaken: by a rename in QuickBooks, an export, or Excel's own errors."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
import xlsxwriter
from tests import factories
from tests.factories import NOW, World
from tests.store.test_service_proposals import (
    ORTIZ,
    OTHER,
    WOOD,
    bea,
    by_hand,
    download,
    mapped,
    one,
    rows,
    upload,
)
from tests.store.test_service_proposals import acme as acme  # a fixture

from tieout.service import mapping_files, propose_mappings, save_proposal, save_sisters
from tieout.service.mapping_columns import Kind
from tieout.service.save_mapping import Saved
from tieout.service.worker import Worker
from tieout.store.commits import proposals as commits
from tieout.store.models import Event, JobMapping, ProposedChange, SourceJob


def renamed(name: str, now: str) -> None:
    row = factories.QbCustomer.objects.filter(full_name=name)
    row.update(full_name=now, search_text=now.lower())


def test_a_row_that_nobody_edited_changes_nothing_when_quickbooks_renamed_its_job(
    acme: World, tmp_path: Path
) -> None:
    by_hand(acme, "J-1", ORTIZ)
    text = download(acme, tmp_path / "jobs.csv")
    renamed(ORTIZ, f"New {ORTIZ}")
    proposal = upload(acme, text)
    assert (rows(proposal), proposal.unchanged) == ([], 2)
    row = one(upload(acme, text.replace(ORTIZ, "Acme:Ortis, Elena")))  # a slip of the pen
    assert (row.state, row.field) == ("error", "quickbooks_job")
    assert f"this one is mapped to New {ORTIZ}" in row.message
    assert "nothing is to be done: the mapping holds" in row.remedy


def test_nor_when_another_job_has_got_its_name(acme: World, tmp_path: Path) -> None:
    by_hand(acme, "J-1", ORTIZ)
    text = download(acme, tmp_path / "jobs.csv")
    renamed(ORTIZ, f"{ORTIZ} (2024)")
    new = factories.qb_customer(acme.northgate, ORTIZ)
    row = one(upload(acme, text))
    assert (row.state, row.field) == ("error", "quickbooks_job")
    assert f"{ORTIZ} is {ORTIZ} (2024) in QuickBooks now" in row.message
    meant = one(upload(acme, f'job_key,quickbooks_job,version\nJ-1,"{ORTIZ}",1\n'))
    assert (meant.state, meant.to_list_id) == ("confirm", new.list_id)


def test_nor_a_pay_bill_item_whose_name_another_one_got(acme: World, tmp_path: Path) -> None:
    item = factories.item(acme.northgate)
    old = factories.qb_entry(acme.northgate, "Regular Hours")
    saved = save_sisters.save_sister(
        access=bea(acme), kind="item", pk=item.pk, expected_version=0,
        target_list_id=old.list_id, reason="", now=NOW,
    )  # fmt: skip
    assert isinstance(saved, Saved)
    path = tmp_path / "items.csv"
    mapping_files.write_mappings("item", acme.northgate.pk, path)
    old.full_name = "Regular Hours (old)"
    old.save()
    factories.qb_entry(acme.northgate, "Regular Hours")
    row = one(propose_mappings.receive_now(bea(acme), "item", path, NOW))
    assert (row.state, row.field) == ("error", "quickbooks_item")


@pytest.mark.parametrize(
    ("column", "says"),
    [("job_key", "#N/A"), ("quickbooks_job", "#N/A"), ("version", "#REF!"), ("reason", "#NAME?")],
)
def test_an_excel_error_is_no_value(acme: World, column: str, says: str) -> None:
    cells = {"job_key": "J-1", "quickbooks_job": f'"{ORTIZ}"', "version": "0", "reason": "so"}
    cells[column] = says
    row = one(upload(acme, ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"))
    assert (row.state, row.field, row.value) == ("error", column, says)
    assert row.message == "The cell shows an Excel error instead of a value."
    assert row.key == ("" if column == "job_key" else "J-1")


def test_a_formula_without_its_result_is_no_value(acme: World, tmp_path: Path) -> None:
    path = tmp_path / "jobs.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["job_key", "quickbooks_job", "reason"])
    sheet.write_row(1, 0, ["J-1", ORTIZ])
    sheet.write_formula(1, 2, '=A1&"x"', None, "")
    sheet.write_row(2, 0, ["J-2", WOOD, "typed"])
    book.close()
    proposal = propose_mappings.receive_now(bea(acme), "job", path, NOW)
    assert [state for _, state, *_ in rows(proposal)] == ["error", "ready"]
    row = ProposedChange.objects.get(proposal=proposal, line=2)
    assert (row.field, "formula whose result was never saved" in row.message) == ("reason", True)


def test_what_was_exported_since_the_preview_is_led_away_only_with_a_reason(
    acme: World,
) -> None:
    by_hand(acme, "J-1", ORTIZ)
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{WOOD}"\nJ-2,"{ORTIZ}"\n')
    there = factories.QbCustomer.objects.get(full_name=ORTIZ)
    factories.posting(factories.invoice(SourceJob.objects.get(key="J-1").client), there)
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    row = ProposedChange.objects.get(proposal=proposal, line=2)
    assert (row.state, row.field) == ("error", "reason")
    assert "1 invoice stays on the old job" in row.message
    assert mapped()["J-1"] == ORTIZ


@pytest.mark.parametrize("kind", ["job", "client"])
def test_what_quickbooks_renamed_since_the_preview_is_set_aside(acme: World, kind: Kind) -> None:
    name = ORTIZ if kind == "job" else "Beta"
    key = "J-1" if kind == "job" else SourceJob.objects.get(key="J-1").client.key
    proposal = upload(acme, f'{kind}_key,full_name\n{key},"{name}"\n', kind)
    before = mapped()
    renamed(name, "Acme:Novak, Petra")
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    row = one(proposal)
    assert row.state == "aside"
    assert row.message.startswith(f"{name} is called Acme:Novak, Petra in QuickBooks now")
    assert mapped() == before


@pytest.mark.parametrize("many", [False, True])
def test_what_was_exported_since_is_undone_once_somebody_says_why(
    acme: World, monkeypatch: pytest.MonkeyPatch, many: bool
) -> None:
    """As for what was accepted in bulk, whether the page waits for it or the worker does it."""
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\n')
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    there = factories.QbCustomer.objects.get(full_name=ORTIZ)
    factories.posting(factories.invoice(SourceJob.objects.get(key="J-1").client), there)
    if many:
        monkeypatch.setattr(save_proposal, "INLINE_ROWS", 0)

    def undo(reason: str) -> None:
        save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW, reason=reason)
        if many:
            Worker().run_until_idle()

    undo(" ")
    row = proposal.rows.get(line=2)
    assert (row.state, row.field, proposal.rows.get(line=3).state) == ("kept", "reason", "undone")
    assert row.message == "1 invoice stays on the old job, so this change needs a reason."
    assert mapped() == {"J-1": ORTIZ}
    undo("Wrong person")
    row.refresh_from_db()
    assert (row.state, row.field, row.message) == ("undone", "", "")
    assert mapped() == {}
    said = Event.objects.filter(subject="job_mapping", subject_key="J-1")
    assert said.latest("sequence").reason == "Wrong person"


def test_an_undo_confirms_nothing_that_nobody_confirmed(acme: World) -> None:
    """Its client is another customer's by now: invoices of the job wait until somebody looks."""
    by_hand(acme, "J-1", ORTIZ)
    proposal = upload(acme, "job_key,quickbooks_job\nJ-1,Not Mapped\n")
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    client = SourceJob.objects.get(key="J-1").client
    beta = factories.QbCustomer.objects.get(full_name="Beta")
    moved = save_sisters.save_sister(
        access=bea(acme), kind="client", pk=client.pk, expected_version=client.mapping.version,
        target_list_id=beta.list_id, reason="", now=NOW,
    )  # fmt: skip
    assert isinstance(moved, Saved)
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert one(proposal).state == "undone"
    assert mapped() == {"J-1": ORTIZ}
    assert not JobMapping.objects.get(target__isnull=False).other_customer_confirmed
    assert SourceJob.objects.get(key="J-1").map_state == "attention"


def test_names_from_a_mac_and_keys_whose_zeros_were_kept_are_read(acme: World) -> None:
    factories.qb_customer(acme.northgate, "Acme:Núñez, José")
    typed = normalize("NFD", "Acme:Núñez, José")
    row = one(upload(acme, f'job_key,quickbooks_job\n="J-1","{typed}"\n'))
    assert (row.state, row.key, row.to_name) == ("ready", "J-1", "Acme:Núñez, José")


def test_two_lines_that_contradict_each_other_save_nothing(acme: World) -> None:
    text = f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\nJ-1,"{WOOD}"\nJ-2,"{WOOD}"\n'
    proposal = upload(acme, text)
    assert [(line, state) for line, state, *_ in rows(proposal)] == [
        (2, "error"), (3, "ready"), (4, "error"), (5, "error"),
    ]  # fmt: skip
    first = proposal.rows.get(line=2)
    assert (first.field, first.value) == ("job_key", "J-1")
    assert first.message == "Line 4 says something else about it."
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    assert mapped() == {"J-2": WOOD}


def test_a_saved_association_is_changed_by_a_file_only_when_that_is_confirmed(
    acme: World,
) -> None:
    """Locked in: a column that slipped in a spreadsheet must not lead jobs elsewhere unasked."""
    by_hand(acme, "J-1", ORTIZ)
    by_hand(acme, "J-2", WOOD)
    free = factories.qb_customer(acme.northgate, "Acme:Free").full_name
    proposal = upload(acme, f"job_key,full_name\nJ-1,{free}\nJ-2,Not Mapped\n")
    assert [row.warnings for row in proposal.rows.order_by("line")] == [
        [["locked", f"It is mapped to {ORTIZ}: saving maps it again."]],
        [["locked", f"It is mapped to {WOOD}: saving removes that."]],
    ]
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert mapped() == {"J-1": ORTIZ, "J-2": WOOD}
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    assert mapped() == {"J-1": free}


def test_what_is_unlocked_is_ready_unless_something_else_is_odd(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the command line does with --remap, in portions of any size."""
    monkeypatch.setattr(commits, "CHUNK", 1)
    by_hand(acme, "J-1", ORTIZ)
    by_hand(acme, "J-2", WOOD)
    free = factories.qb_customer(acme.northgate, "Acme:Free").full_name
    proposal = upload(acme, f'job_key,full_name\nJ-1,{free}\nJ-2,"{OTHER}"\n')
    save_proposal.unlock(proposal)
    assert [(line, state) for line, state, *_ in rows(proposal)] == [(2, "ready"), (3, "confirm")]
    assert [kind for kind, _ in proposal.rows.get(line=3).warnings] == ["other_customer"]
