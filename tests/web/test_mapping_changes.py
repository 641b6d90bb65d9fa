"""A mapping file out and in again on the pages: preview, save, undo; nobody else's."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import World

from tieout.service import save_proposal
from tieout.service.worker import Worker
from tieout.store.models import JobMapping, Proposal, Task

ORTIZ = "Acme:Ortiz, Elena"
FILE = f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"Beta:Wood, Ben"\nJ-9,x\n'


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def given(content: str = FILE) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("edited.csv", content.encode())}


@pytest.fixture
def home(world: World) -> str:
    company = world.northgate
    client = factories.client(company)
    factories.job(client, "J-1")
    factories.job(client, "J-2", "=Ben <b>Wood")
    factories.map_client(client, factories.qb_customer(company, "Acme"))
    factories.qb_customer(company, ORTIZ)
    factories.qb_customer(company, "Beta")
    factories.qb_customer(company, "Beta:Wood, Ben")
    return f"/c/{company.pk}/"


@pytest.fixture
def changes(as_person: Any, home: str) -> str:
    """The address of the preview of an uploaded file."""
    response = as_person("bea").post(home + "map-jobs/upload/", given())
    assert response.status_code == 302
    return str(response["Location"])


def test_who_may_look(as_person: Any, changes: str) -> None:
    assert as_person("vic").get(changes).status_code == 200
    assert as_person("charlie").get(changes).status_code == 404
    assert Client().get(changes).status_code == 302


def test_a_stranger_finds_it_not_even_under_his_own_company(
    as_person: Any, world: World, changes: str
) -> None:
    there = changes.replace(f"/c/{world.northgate.pk}/", f"/c/{world.harbor.pk}/")
    assert there != changes
    charlie = as_person("charlie")
    assert charlie.get(there).status_code == 404
    assert charlie.post(there + "save/", {"what": "all"}).status_code == 404
    assert charlie.post(there + "undo/").status_code == 404


@pytest.mark.parametrize("verb", ["save/", "undo/"])
def test_who_may_change(as_person: Any, changes: str, verb: str) -> None:
    assert as_person("vic").post(changes + verb).status_code == 403
    assert as_person("avery").post(changes + verb).status_code == 403
    assert as_person("charlie").post(changes + verb).status_code == 404
    assert Client().post(changes + verb).status_code == 302
    assert as_person("bea").get(changes + verb).status_code == 405


@pytest.mark.parametrize("path", ["upload/", "mappings.xlsx", "mappings.csv"])
def test_who_may_use_files(as_person: Any, home: str, path: str) -> None:
    address = f"{home}map-jobs/{path}"
    verb = "post" if path == "upload/" else "get"
    allowed = 403 if path == "upload/" else 200
    answer = getattr(as_person("vic"), verb)(address)
    assert answer.status_code == allowed
    assert answer.getvalue()  # read to its end, so that its file is closed
    assert getattr(as_person("charlie"), verb)(address).status_code == 404
    assert getattr(Client(), verb)(address).status_code == 302


def test_the_preview_names_every_row_and_saves_nothing(as_person: Any, changes: str) -> None:
    page = as_person("bea").get(changes)
    said = text(page)
    assert "1 ready · 1 to confirm · 1 refused. Nothing has been changed yet." in said
    assert "is not under Acme, the client&#x27;s customer" in said
    assert "There is no contractor job J-9 here" in said
    assert "=Ben &lt;b&gt;Wood" in page.content.decode()
    assert not JobMapping.objects.exists()
    only = text(as_person("bea").get(changes + "?state=error"))
    assert "J-9" in only
    assert "Elena" not in only


def test_the_page_costs_the_same_whatever_the_rows(
    as_person: Any, changes: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bea = as_person("bea")
    with django_assert_max_num_queries(7):
        bea.get(changes)


def test_all_that_is_ready_is_saved_then_undone_at_once(as_person: Any, changes: str) -> None:
    bea = as_person("bea")
    saved = bea.post(changes + "save/", {"what": "all"}, follow=True)
    assert "1 saved · 0 ready · 1 to confirm" in text(saved)
    assert JobMapping.objects.get().target.full_name == ORTIZ
    bea.post(changes + "save/", {"what": "all", "confirm": "1"})
    assert JobMapping.objects.filter(target__isnull=False).count() == 2
    undone = bea.post(changes + "undo/", follow=True)
    assert "2 undone" in text(undone)
    assert not JobMapping.objects.filter(target__isnull=False).exists()


def test_what_was_exported_since_is_undone_once_somebody_says_why(
    as_person: Any, changes: str
) -> None:
    bea = as_person("bea")
    bea.post(changes + "save/", {"what": "all"})
    mapping = JobMapping.objects.get()
    factories.posting(
        factories.invoice(mapping.job.client), mapping.target, job_key=mapping.job.key
    )
    kept = bea.post(changes + "undo/", follow=True)
    assert "1 kept" in text(kept)
    assert "Why 1 change is to be undone, too" in text(kept)
    assert "Say why, then undo it, too." in text(kept)
    assert 'id="undo-why"' not in as_person("vic").get(changes).content.decode()
    undone = bea.post(changes + "undo/", {"reason": "Wrong person"}, follow=True)
    assert "1 undone" in text(undone)
    assert 'id="undo-why"' not in undone.content.decode()
    assert not JobMapping.objects.filter(target__isnull=False).exists()


def test_chosen_rows_are_saved(as_person: Any, changes: str) -> None:
    row = Proposal.objects.get().rows.get(line=3)
    bea = as_person("bea")
    said = text(bea.post(changes + "save/", {"what": "chosen", "row": [row.pk, "x"]}, follow=True))
    assert "1 saved · 1 ready" in said
    assert JobMapping.objects.get().target.full_name == "Beta:Wood, Ben"
    none = bea.post(changes + "save/", {"what": "chosen"}, follow=True)
    assert "Nothing is chosen" in text(none)


def test_an_upload_that_is_no_mapping_file_says_so(as_person: Any, home: str) -> None:
    bea = as_person("bea")
    for kind in ("map-jobs", "client-mapping", "invoice-mapping", "class-mapping"):
        bad = bea.post(f"{home}{kind}/upload/", given("a,b\n1,2\n"))
        assert bad.status_code == 422
        assert "The heading has no column" in text(bad)
        none = bea.post(f"{home}{kind}/upload/")
        assert "No file was chosen" in text(none)
    assert not Proposal.objects.exists()


def test_excel_goes_out_and_comes_back(as_person: Any, home: str) -> None:
    bea = as_person("bea")
    answer = bea.get(home + "map-jobs/mappings.xlsx?q=ortiz")
    content = b"".join(answer.streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == 2
    heading = [cell.value for cell in sheet[1]]
    sheet.cell(2, heading.index("quickbooks_job") + 1, ORTIZ)
    edited = io.BytesIO()
    book.save(edited)
    sent = SimpleUploadedFile("edited.xlsx", edited.getvalue())
    page = bea.post(home + "map-jobs/upload/", {"file": sent}, follow=True)
    assert "1 ready." in text(page)


def test_a_newer_upload_takes_the_place_of_one_that_was_never_saved(
    as_person: Any, home: str, changes: str
) -> None:
    bea = as_person("bea")
    bea.post(home + "map-jobs/upload/", given())
    assert Proposal.objects.count() == 1
    assert bea.get(changes).status_code == 404


def test_many_rows_are_saved_in_the_background_with_progress(
    as_person: Any, home: str, changes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(save_proposal, "INLINE_ROWS", 0)
    bea = as_person("bea")
    busy = bea.post(changes + "save/", {"what": "all"}, follow=True)
    task = Task.objects.get(kind="mappings")
    assert "The changes are being saved." in text(busy)
    assert f'hx-get="{home}tasks/{task.pk}/"' in busy.content.decode()
    assert "Save all" not in text(busy)
    again = bea.post(changes + "save/", {"what": "all"}, follow=True)
    assert "These changes are being worked on" in text(again)
    Worker().run_until_idle()
    over = bea.get(f"{home}tasks/{task.pk}/")
    assert "task-over" in over["HX-Trigger"]
    assert "1 saved · 0 ready" in text(bea.get(changes))


def test_what_was_saved_before_leads_to_its_undo(
    as_person: Any, home: str, changes: str, world: World
) -> None:
    before = f"{home}settings/integrations/mapping-changes/"
    bea = as_person("bea")
    assert "Nothing was saved together yet" in text(bea.get(before))
    bea.post(changes + "save/", {"what": "all"})
    listed = bea.get(before).content.decode()
    assert f'<a href="{changes}">edited.csv</a>' in listed
    assert "Map Jobs" in listed
    assert f'href="{before}"' in bea.get(home + "map-jobs/").content.decode()
    assert as_person("vic").get(before).status_code == 200
    assert as_person("charlie").get(before).status_code == 404
    assert Client().get(before).status_code == 302
    there = f"/c/{world.harbor.pk}/settings/integrations/mapping-changes/"
    assert "edited.csv" not in text(as_person("charlie").get(there))


def test_what_is_on_screen_can_be_downloaded(as_person: Any, home: str, changes: str) -> None:
    vic = as_person("vic")
    whole = b"".join(vic.get(changes + "rows.csv").streaming_content).decode("utf-8-sig")
    heading, *rows = whole.splitlines()
    assert heading.startswith("Line,Key,Bilflo Contractor Job,From: QuickBooks Contractor Job,")
    assert len(rows) == Proposal.objects.get().rows.count() > 0
    refused = vic.get(changes + "rows.csv", {"state": "undone"}).streaming_content
    assert len(b"".join(refused).splitlines()) == 1
    assert "rows.csv?state=ready" in vic.get(changes, {"state": "ready"}).content.decode()
    assert as_person("charlie").get(changes + "rows.csv").status_code == 404
