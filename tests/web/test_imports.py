"""The Import page: choose, preview, columns, start, result, and what hostile input gets."""

from __future__ import annotations

import io
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import NOW, World

from tieout.service import import_source, moments
from tieout.store.commits import tasks
from tieout.store.models import Import, SourceClient, Task
from tieout.web import uploads

NORTHGATE = Path(__file__).resolve().parents[2] / "examples" / "northgate"
CLIENTS = "Client ID,Client,Status\nC-1,Acme Health,Active\nC-2,<b>Birch</b>,Active\n"
JOBS = "Contractor Job ID,Contractor,Client ID\nJ-1,=HYPERLINK(1),C-1\nJ-2,Ann Lee,C-9\n"


def file(name: str, text: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


@pytest.fixture
def root(world: World) -> str:
    return f"/c/{world.northgate.pk}/import/"


@pytest.fixture
def bea(as_person: object) -> Client:
    return as_person("bea")


def receive(browser: Client, root: str, *files: SimpleUploadedFile) -> Import:
    response = browser.post(f"{root}receive/", {"files": list(files)})
    assert response.status_code == 302, response.content.decode()
    return Import.objects.latest("id")


def work_off() -> None:
    task = tasks.claim_beside_lane(now=moments.now() + timedelta(seconds=1))
    assert task is not None
    import_source.run(task.pk)


def test_the_empty_page_offers_files_to_fill_in(bea: Client, root: str) -> None:
    html = bea.get(root).content.decode()
    assert "Nothing is imported yet." in html
    response = bea.get(f"{root}template/jobs.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.startswith("Contractor Job ID,Client ID,Contractor,Job Title,")
    assert bea.get(f"{root}template/passwords.csv").status_code == 404


def test_from_file_to_result_in_the_browser(bea: Client, root: str) -> None:
    row = receive(bea, root, file("clients.csv", CLIENTS))
    html = bea.get(f"{root}{row.pk}/").content.decode()
    assert "2 rows in 1 sheet recognised." in html
    assert "Acme Health" in html
    assert "&lt;b&gt;Birch&lt;/b&gt;" in html
    assert "<b>Birch</b>" not in html
    assert not SourceClient.objects.exists()
    assert bea.post(f"{root}{row.pk}/start/").status_code == 302
    assert "The import is running." in bea.get(f"{root}{row.pk}/").content.decode()
    assert "An import is running." in bea.get(root).content.decode()
    work_off()
    html = bea.get(f"{root}{row.pk}/").content.decode()
    assert "2 added, 0 changed, 0 unchanged." in html
    assert SourceClient.objects.filter(name="<b>Birch</b>").exists()
    assert "clients.csv" in bea.get(root).content.decode()


def test_files_that_belong_together_are_one_import(bea: Client, root: str) -> None:
    receive(bea, root, file("jobs.csv", JOBS), file("clients.csv", CLIENTS))
    first, second = Import.objects.order_by("id").values_list("id", flat=True)
    bea.post(f"{root}{first}-{second}/start/")
    assert Task.objects.get().params["import_ids"] == [first, second]
    work_off()
    html = bea.get(f"{root}{first}-{second}/").content.decode()
    assert "2 added, 0 changed, 0 unchanged." in html
    assert "2 left out" in html  # an unknown client, and a formula


def test_a_bad_row_shows_line_field_value_remedy_and_can_be_downloaded(
    bea: Client, root: str
) -> None:
    row = receive(bea, root, file("jobs.csv", JOBS + "J-3,Bo Li,=cmd|' /C calc'!A0\n"))
    bea.post(f"{root}{row.pk}/start/")
    work_off()
    html = bea.get(f"{root}{row.pk}/").content.decode()
    assert "There is no such client." in html
    assert "Import it with the clients first" in html
    response = bea.get(f"{root}{row.pk}/problems.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0] == "File,Sheet,Line,Field,Value,What is wrong,What to do"
    assert "jobs.csv,jobs,3,Client ID,C-9,There is no such client." in text
    assert "'=cmd|" in text


def test_another_kind_has_its_columns_recognised_and_a_missing_one_is_named(
    bea: Client, root: str
) -> None:
    row = receive(bea, root, file("people.csv", "Client ID,Client\nC-1,Acme\n"))
    prefix = f"s{row.pk}-0"
    response = bea.post(f"{root}{row.pk}/sheet/", {"sheet": prefix, f"{prefix}-kind": "jobs"})
    html = response.content.decode()
    assert "Choose a column for <strong>Contractor Job ID, Contractor</strong>" in html
    response = bea.post(f"{root}{row.pk}/start/", {f"{prefix}-kind": "jobs"})
    assert response.status_code == 422
    assert "choose a column for" in response.content.decode()
    assert not Task.objects.exists()


def test_columns_chosen_by_hand_are_used(bea: Client, root: str) -> None:
    row = receive(bea, root, file("odd.csv", "Client,Nickname\nC-1,Acme Health\n"))
    prefix = f"s{row.pk}-0"
    chosen = {
        f"{prefix}-kind": "clients",
        f"{prefix}-column-name": "Nickname",
        f"{prefix}-column-key": "Client",
    }
    bea.post(f"{root}{row.pk}/start/", chosen)
    work_off()
    assert SourceClient.objects.get().name == "Acme Health"


class _Selects(HTMLParser):
    """The selects of a page with what a browser would send for each, in the page's order."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.first = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "select":
            self.sent.append((given["name"] or "", ""))
            self.first = True
        elif tag == "option" and (self.first or "selected" in given):
            self.sent[-1] = (self.sent[-1][0], given.get("value") or "")
            self.first = False


@pytest.mark.parametrize("name", ["clients", "contractor_jobs", "pay_bill_items", "invoices"])
def test_what_the_preview_shows_is_what_a_browser_starts(
    bea: Client, root: str, name: str
) -> None:
    """Every kind of file of the sample agency, with each choice as it stands on the page."""
    row = receive(bea, root, file(f"{name}.csv", (NORTHGATE / f"{name}.csv").read_bytes()))
    page = _Selects()
    page.feed(bea.get(f"{root}{row.pk}/").content.decode())
    names = [each for each, _ in page.sent]
    assert len(names) == len(set(names))
    response = bea.post(f"{root}{row.pk}/start/", dict(page.sent))
    assert response.status_code == 302, response.content.decode()
    before, after = row.sheets, Import.objects.get(pk=row.pk).sheets
    assert [sheet["columns"] for sheet in after] == [sheet["columns"] for sheet in before]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("invoice.pdf", b"%PDF-1.7 ...", "This is a PDF document, not a spreadsheet."),
        ("empty.csv", b" \n \n", "The file holds no data."),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "Excel 97–2003 workbook"),
        ("broken.xlsx", b"PK\x03\x04 nonsense", "Excel"),
        ("<img src=x>.csv", b"%PDF", "PDF"),
    ],
)
def test_what_is_no_spreadsheet_gets_one_sentence_and_nothing_is_kept(
    bea: Client, root: str, name: str, content: bytes, said: str
) -> None:
    response = bea.post(f"{root}receive/", {"files": [file(name, content)]})
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html
    assert "<img src=x>" not in html
    assert not Import.objects.exists()


def test_no_file_at_all_is_said(bea: Client, root: str) -> None:
    response = bea.post(f"{root}receive/")
    assert response.status_code == 422
    assert "No file was chosen." in response.content.decode()


def test_a_file_beyond_the_bound_never_reaches_the_disk(
    bea: Client, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_BYTES_MAX", 100_000)
    response = bea.post(f"{root}receive/", {"files": [file("big.csv", b"a,b\n" * 50_000)]})
    assert response.status_code == 422
    assert "it must be below 200 MB" in response.content.decode()
    assert not Import.objects.exists()


def test_good_files_go_on_when_one_is_refused(bea: Client, root: str) -> None:
    row = receive(bea, root, file("a.pdf", b"%PDF"), file("clients.csv", CLIENTS))
    assert row.filename == "clients.csv"
    html = bea.get(f"{root}{row.pk}/").content.decode()
    assert "a.pdf: This is a PDF document" in html


def test_an_upload_can_be_removed_before_it_is_started(bea: Client, root: str) -> None:
    row = receive(bea, root, file("clients.csv", CLIENTS))
    assert bea.post(f"{root}{row.pk}/discard/").status_code == 302
    assert not Import.objects.exists()


def test_a_started_import_is_not_started_again(bea: Client, root: str) -> None:
    row = receive(bea, root, file("clients.csv", CLIENTS))
    bea.post(f"{root}{row.pk}/start/")
    response = bea.post(f"{root}{row.pk}/start/")
    assert response.status_code == 422
    assert Task.objects.count() == 1


READS = ["", "{id}/", "{id}/problems.csv", "template/clients.csv"]
WRITES = ["receive/", "{id}/sheet/", "{id}/start/", "{id}/discard/"]


@pytest.fixture
def waiting(world: World) -> Import:
    return Import.objects.create(
        company=world.northgate,
        user=world.bea,
        created_at=NOW,
        filename="clients.csv",
        path="none",
        size=1,
        sha256="0" * 64,
    )


@pytest.mark.parametrize("path", READS + WRITES)
def test_a_stranger_finds_nothing(
    as_person: object, root: str, waiting: Import, path: str
) -> None:
    browser = as_person("charlie")
    ask = browser.post if path in WRITES else browser.get
    assert ask(root + path.format(id=waiting.pk)).status_code == 404


@pytest.mark.parametrize("path", READS + WRITES)
def test_somebody_unknown_signs_in_first(root: str, waiting: Import, path: str) -> None:
    browser = Client()
    ask = browser.post if path in WRITES else browser.get
    response = ask(root + path.format(id=waiting.pk))
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("name", ["vic", "avery"])
def test_a_reader_changes_nothing(
    as_person: object, root: str, waiting: Import, path: str, name: str
) -> None:
    assert as_person(name).post(root + path.format(id=waiting.pk)).status_code == 403


@pytest.mark.parametrize("path", READS)
def test_a_reader_reads(as_person: object, root: str, waiting: Import, path: str) -> None:
    assert as_person("vic").get(root + path.format(id=waiting.pk)).status_code == 200


@pytest.mark.parametrize("path", ["{id}/", "{id}/problems.csv"])
def test_an_import_of_another_company_is_not_shown_here(
    as_person: object, world: World, waiting: Import, path: str
) -> None:
    root = f"/c/{world.harbor.pk}/import/"
    assert as_person("charlie").get(root + path.format(id=waiting.pk)).status_code == 404


def test_the_list_asks_a_fixed_number_of_questions(
    bea: Client, root: str, world: World, django_assert_num_queries: object
) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            receive(bea, root, file("clients.csv", io.BytesIO(CLIENTS.encode()).read()))

    add(1)
    with django_assert_num_queries(9):
        bea.get(root)
    add(4)
    with django_assert_num_queries(9):
        bea.get(root)


def test_the_preview_says_what_would_be_left_out_and_keeps_the_columns(
    bea: Client, root: str
) -> None:
    row = receive(bea, root, file("jobs.csv", JOBS), file("clients.csv", CLIENTS))
    ids = f"{row.pk - 1}-{row.pk}"
    assert f'hx-post="{root}{ids}/check/"' in bea.get(f"{root}{ids}/").content.decode()
    html = " ".join(bea.post(f"{root}{ids}/check/").content.decode().split())
    assert "2 of 4 would be left out." in html  # a client that nobody knows, and a formula
    assert (
        '<th scope="row" class="num" data-label="Line">3</th><td data-label="Sheet">jobs</td>'
        in html
    )
    assert '<td data-label="Field">Client ID</td><td data-label="Value">C-9</td>' in html
    assert "There is no such client." in html
    assert "Import it with the clients first" in html
    assert not SourceClient.objects.exists()
    prefix = f"s{row.pk}-0"
    chosen = {f"{prefix}-kind": "clients", f"{prefix}-column-key": "Client"}
    html = bea.post(f"{root}{row.pk}/check/", chosen).content.decode()
    assert "No row to check yet." in html  # the name has no column any more
    assert Import.objects.get(pk=row.pk).sheets[0]["columns"] == {"key": "Client"}


def test_what_is_right_is_said_too_and_what_cannot_be_chosen(
    as_person: object, bea: Client, root: str
) -> None:
    row = receive(bea, root, file("clients.csv", CLIENTS))
    address = f"{root}{row.pk}/check/"
    assert "2 rows checked: nothing would be left out." in bea.post(address).content.decode()
    prefix = f"s{row.pk}-0"
    twice = {
        f"{prefix}-kind": "clients",
        f"{prefix}-column-key": "Client",
        f"{prefix}-column-name": "Client",
    }
    assert "is chosen twice" in bea.post(address, twice).content.decode()
    assert as_person("vic").post(address).status_code == 403
    assert "check/" not in as_person("vic").get(f"{root}{row.pk}/").content.decode()
