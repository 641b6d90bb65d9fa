"""What is uploaded and cannot be taken: every file is named, with the limit and what to do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import World

from tieout.service import mapping_columns
from tieout.store.models import Import, Proposal
from tieout.web import uploads

CLIENTS = b"Client ID,Client,Status\nC-1,Acme Health,Active\n"
BIG = b"a,b\n" * 50_000
ONE_BY_ONE = (
    "Upload them one after the other; split a large one, or leave out columns that are not needed."
)


def file(name: str, content: bytes = CLIENTS) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


@pytest.fixture
def bea(as_person: Any) -> Client:
    return as_person("bea")


@pytest.fixture
def home(world: World) -> str:
    return f"/c/{world.northgate.pk}/"


@pytest.fixture
def small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "UPLOAD_BYTES_MAX", 100_000)


def imported(browser: Client, home: str, *files: SimpleUploadedFile) -> Any:
    return browser.post(f"{home}import/receive/", {"files": list(files)})


@pytest.mark.usefixtures("small_bounds")
def test_every_file_that_is_too_large_is_named_with_limit_and_remedy(
    bea: Client, home: str
) -> None:
    response = imported(bea, home, file("jobs.csv", BIG), file("ok.csv"), file("items.csv", BIG))
    assert response.status_code == 302
    page = said(bea.get(response["Location"]))
    for name in ("jobs.csv", "items.csv"):
        assert (
            f"{name}: The file is too large: it must be below 200 MB. Export a shorter period, "
            "split the file, or leave out columns that are not imported. "
            "Nothing of it was kept."
        ) in page
    assert [row.filename for row in Import.objects.all()] == ["ok.csv"]


def test_files_too_large_together_are_all_named_and_none_is_kept(
    bea: Client, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "REQUEST_BYTES_MAX", 3_000_000)
    response = imported(bea, home, *(file(f"{name}.csv", BIG * 10) for name in "ab"))
    assert response.status_code == 422
    page = said(response)
    assert f"a.csv, b.csv: This upload has 4 MB; 3 MB are the most at once. {ONE_BY_ONE}" in page
    assert "CSV or Excel files" in page  # the form is there for the next try
    assert not Import.objects.exists()


@pytest.mark.usefixtures("small_bounds")
def test_one_file_beyond_both_bounds_is_said_once(
    bea: Client, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "REQUEST_BYTES_MAX", 150_000)
    page = said(imported(bea, home, file("a.csv", BIG)))
    assert "a.csv: The file is too large" in page
    assert "This upload has" not in page


def test_nobody_waits_for_the_rest_of_a_request_without_end(
    bea: Client, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "REQUEST_BYTES_MAX", 1_000)
    monkeypatch.setattr(uploads, "TAKEN_BYTES_MAX", 100_000)
    response = imported(bea, home, file("a.csv", BIG), file("b.csv", BIG))
    assert response.status_code == 422
    assert "a.csv: This upload has" in said(response)


def test_more_files_than_can_be_shown_together_are_said_in_words(bea: Client, home: str) -> None:
    for count in (11, 150):
        response = imported(bea, home, *(file(f"{n}.csv") for n in range(count)))
        assert response.status_code == 422
        assert (
            f"0.csv, 1.csv, 2.csv, 3.csv, 4.csv, 5.csv, 6.csv, 7.csv, 8.csv, 9.csv and "
            f"{count - 10} more: {count} files were chosen; 10 files are the most at once. "
            "Choose fewer, and the others afterwards."
        ) in said(response)
    assert not Import.objects.exists()


def test_an_empty_file_is_named(bea: Client, home: str) -> None:
    page = said(imported(bea, home, file("empty.csv", b"")))
    assert "empty.csv: The file is empty. Export it again, and choose that file." in page
    response = bea.post(f"{home}map-jobs/upload/", {"file": file("none.csv", b"")})
    assert response.status_code == 422
    assert "none.csv: The file is empty." in said(response)


@pytest.mark.parametrize("where", ["arriving", "arrived"])
def test_a_mapping_file_that_is_too_large_hears_its_own_limit(
    bea: Client, home: str, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "arriving":
        monkeypatch.setattr(uploads, "UPLOAD_BYTES_MAX", 100_000)
        big = BIG
    else:
        big = bytes(mapping_columns.BYTES_MAX + 1)
    response = bea.post(f"{home}map-jobs/upload/", {"file": file("jobs.csv", big)})
    assert response.status_code == 422
    assert (
        "jobs.csv: The file is too large: a mapping file may have 40 MB. Nothing was changed. "
        "Split it into several files, or leave out columns: the key and the QuickBooks side are "
        "enough."
    ) in said(response)
    assert not Proposal.objects.exists()


def test_several_mapping_files_at_once_are_not_taken_for_one(bea: Client, home: str) -> None:
    files = [file("a.csv", b"job_key,quickbooks_job\n"), file("b.csv", b"x")]
    response = bea.post(f"{home}map-jobs/upload/", {"file": files})
    assert response.status_code == 422
    assert "a.csv, b.csv: 2 files were chosen; one file is the most at once." in said(response)
    assert not Proposal.objects.exists()
