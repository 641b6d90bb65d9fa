"""`tieout suggest`: two files in, suggestions out, one sentence when it cannot."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tieout.cli.main import main

JOBS = """job_id,contractor,client,title,start,end
J1,Elena Ortiz,"Acme, Inc.",Welder,2026-01-05,06/30/2026
J2,Jan Kowalczyk,Zephyr,,,
"""
BOOKS = """list_id,full_name,active,parent
C1,Acme,true,
Q1,"Acme:Ortiz, Elena - Welder",TRUE,C1
Q2,Acme:Ortiz Elena (old),false,C1
"""


def files(folder: Path, jobs: str = JOBS, books: str = BOOKS) -> list[str]:
    (folder / "jobs.csv").write_text(jobs, "utf-8-sig")
    (folder / "books.csv").write_text(books, "utf-8")
    return ["suggest", str(folder / "jobs.csv"), str(folder / "books.csv")]


def test_suggestions_are_printed_as_csv(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(files(tmp_path)) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0]) == ["job_id", "list_id", "rank", "score", "bucket", "accepted", "reasons"]
    assert [(r["job_id"], r["list_id"], r["rank"], r["accepted"]) for r in rows] == [
        ("J1", "Q1", "1", "yes"),
        ("J1", "Q2", "2", "no"),
        ("J2", "", "1", "no"),
    ]
    assert "same person, order swapped;title matches" in rows[0]["reasons"]
    assert rows[0]["bucket"] == "Exact"
    assert rows[2]["bucket"] == "None"


def test_json_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*files(tmp_path), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert first["accepted"] is True
    assert "title matches" in first["reasons"]


@pytest.mark.parametrize(
    ("jobs", "books", "sentence"),
    [
        ("job_id,contractor\nJ1,X\n", BOOKS, "has no column client; it needs job_id,"),
        ("", BOOKS, "jobs.csv is empty; it needs job_id,contractor,"),
        (JOBS.replace("title", "client"), BOOKS, "has column client twice"),
        (JOBS + "J3,Ortiz, Elena,Acme,RN,2026-01-05,2026-02-01\n", BOOKS, "quotes, as"),
        (
            JOBS + "J1,A B,C,,,\n",
            BOOKS,
            "line 4: job_id J1 stands twice, in line 2 before; each row",
        ),
        (JOBS, BOOKS + "Q1,Acme:X,true,C1\n", "line 5: list_id Q1 stands twice, in line 3 before"),
        (JOBS + ",A B,C,,,\n", BOOKS, "line 4: job_id is empty; each row needs"),
        (JOBS, BOOKS + "Q9,Acme:X,maybe,C1\n", "line 5: active is 'maybe'; write true or false."),
        (
            JOBS + "J9,A B,C,,soon,\n",
            BOOKS,
            "line 4: start is 'soon', which is not a day; write YYYY-MM-DD.",
        ),
        (JOBS + 'J9,"' + "x" * 140_000 + '",C,,,\n', BOOKS, "is no CSV"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: str, books: str, sentence: str
) -> None:
    assert main(files(tmp_path, jobs, books)) == 2

    shown = capsys.readouterr()
    assert sentence in shown.err
    assert len(shown.err.splitlines()) == 1
    assert not shown.out


ODD_JOBS = (
    "Client,END,start,extra,Title,contractor,JOB_ID\r\n"
    '"Acme, Inc.",06/30/26,2026-01-05 00:00:00,x,Welder,"Ortiz, Elena",J1\r\n'
    "\r\n,,,,,,\r\n"
)
ODD_BOOKS = (
    'parent;active;full_name;list_id\n;ACTIVE;Acme;C1\nAcme;Yes;"Ortiz, Elena\\u2028- Welder";Q1\n'
    "gone;FALSE;Zephyr:Ortiz, Elena;Q2\n"
).replace("\\u2028", "\u2028")


def test_files_may_be_written_in_many_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any order and case of columns, more columns, CRLF, ; for , and a parent told by its name."""
    assert main(files(tmp_path, ODD_JOBS, ODD_BOOKS)) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(r["job_id"], r["list_id"], r["accepted"]) for r in rows[:1]] == [("J1", "Q1", "yes")]


def test_files_without_rows_give_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(files(tmp_path, JOBS.splitlines()[0], BOOKS)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "job_id,list_id,rank,score,bucket,accepted,reasons"
    ]
    assert main(files(tmp_path, JOBS, BOOKS.splitlines()[0])) == 0
    assert [line.split(",")[:2] for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["J1", ""],
        ["J2", ""],
    ]


def test_files_that_cannot_be_opened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = files(tmp_path)
    (tmp_path / "books.csv").write_bytes(b"list_id\xff\xfe")
    assert main(arguments) == 2
    assert (
        "books.csv cannot be read: it is not UTF-8 text. Save it as CSV UTF-8."
        in capsys.readouterr().err
    )
    (tmp_path / "jobs.csv").unlink()
    assert main(arguments) == 2
    assert "jobs.csv cannot be read: No such file" in capsys.readouterr().err


def test_matching_alone_never_loads_django(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom tieout.cli.main import main\n"
        f"status = main({files(tmp_path)!r})\n"
        "sys.exit(status or any(m.split('.')[0] == 'django' for m in sys.modules))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
