"""What `--kind FILE=KIND` means: one file each, or one sentence with status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.cli.import_files import kinds_of
from tieout.cli.output import CommandError
from tieout.service.import_source import Kind

FILES = [Path("a/jobs.csv"), Path("b/jobs.csv"), Path("a/bills=2026.csv")]


@pytest.mark.parametrize("said", ["bills=2026.csv", "a/bills=2026.csv", "./b/../a/bills=2026.csv"])
def test_a_file_is_named_by_its_path_or_by_a_name_that_one_file_has(said: str) -> None:
    assert kinds_of(FILES, [f"{said}=invoices"]) == {FILES[2]: Kind.INVOICES}


def test_files_of_one_name_are_told_apart_by_their_paths() -> None:
    said = ["b/jobs.csv=items", "a/jobs.csv=jobs"]
    assert kinds_of(FILES, said) == {FILES[0]: Kind.JOBS, FILES[1]: Kind.ITEMS}


def test_the_path_as_it_stands_goes_before_the_name() -> None:
    files = [Path("jobs.csv"), Path("b/jobs.csv")]
    assert kinds_of(files, ["jobs.csv=jobs"]) == {files[0]: Kind.JOBS}


KINDS = "clients, jobs, items, invoices"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            ["bills=2026.csv=bills"],
            f"--kind bills=2026.csv=bills: give FILE=KIND, where KIND is one of {KINDS}.",
        ),
        (["jobs"], f"--kind jobs: give FILE=KIND, where KIND is one of {KINDS}."),
        (["=jobs"], f"--kind =jobs: give FILE=KIND, where KIND is one of {KINDS}."),
        (
            ["job.csv=jobs"],
            "--kind job.csv=jobs: job.csv is none of the files to import; "
            "give one of a/jobs.csv, b/jobs.csv, a/bills=2026.csv.",
        ),
        (
            ["c/jobs.csv=jobs"],
            "--kind c/jobs.csv=jobs: c/jobs.csv is none of the files to import; "
            "give one of a/jobs.csv, b/jobs.csv, a/bills=2026.csv.",
        ),
        (
            ["jobs.csv=jobs"],
            "--kind jobs.csv=jobs: 2 files have this name; give the path: --kind a/jobs.csv=jobs.",
        ),
        (
            ["bills=2026.csv=items", "a/bills=2026.csv=invoices"],
            "--kind a/bills=2026.csv=invoices: a/bills=2026.csv is items already; "
            "give its kind once.",
        ),
    ],
)
def test_what_fits_no_one_file_is_one_sentence(said: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        kinds_of(FILES, said)
    assert str(refused.value) == sentence
    assert refused.value.status == 2


def test_a_file_given_twice_is_named() -> None:
    with pytest.raises(CommandError, match=r"^FILE a\.csv is given twice: name it once\.$"):
        kinds_of([Path("a.csv"), Path("b.csv"), Path("a.csv")], [])
    with pytest.raises(
        CommandError, match=r"^FILE x/\.\./a\.csv is given twice \(as a\.csv, too\)"
    ):
        kinds_of([Path("a.csv"), Path("x/../a.csv")], [])
