"""Small books as agencies really keep them: what is accepted, what is asked, what is not there.

In `asks` stands who must never be accepted, whatever is shown for them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest

from tieout.cli.main import main


@dataclass(frozen=True)
class Books:
    """Contractor jobs and QuickBooks jobs without their headers, and what must come of them."""

    name: str
    jobs: str
    theirs: str
    accepts: str = ""  # job:list_id …
    asks: str = ""  # job …
    none: str = ""  # job …: probably not in QuickBooks


CASES = [
    Books(
        "last name first, on both sides",
        """1,"Ortiz, Elena",Mercy General Hospital,ICU Registered Nurse,,
2,"de la Cruz, Ana M.",Mercy General Hospital,CNA,,
3,"O'Neil, Patrick",Mercy General Hospital,Custodian,,""",
        """C,Mercy General Hosp,true,
A,"Mercy General Hosp:Ortiz, Elena - ICU RN",true,C
B,"Mercy General Hosp:De La Cruz, Ana",true,C
D,Mercy General Hosp:Patrick Oneil,true,C""",
        accepts="1:A 2:B 3:D",
    ),
    Books(
        "no titles and no days at all",
        """1,Elena Ortiz,Acme Inc,,,
2,Jan Kowalczyk,Acme Inc,,,
3,Mei Yamamoto,Acme Inc,,,""",
        """C,Acme,true,
A,"Acme:Ortiz, Elena",true,C
B,"Acme:Kowalczyk, Jan - Welder",true,C
D,Acme:Mei Yamamota,true,C""",
        accepts="1:A",
    ),
    Books(
        "a surname and a unit are too little in small books",
        """1,Elena Ortiz,Acme,Registered Nurse - ICU,,
2,Omar Haverford,Acme,Welder,,""",
        """C,Acme,true,
A,Acme:RN Ortiz - ICU,true,C
B,Acme:O. Haverford,true,C""",
        asks="1 2",
    ),
    Books(
        "two people of one name at one client",
        """1,Maria Garcia,Acme,Welder,,
2,Maria Garcia,Acme,Registered Nurse,,
3,Jose Silva,Acme,,,
4,Jose Silva,Acme,,,""",
        """C,Acme,true,
A,"Acme:Garcia, Maria - RN",true,C
B,"Acme:Garcia, Maria - Welder",true,C
D,"Acme:Silva, Jose",true,C
E,"Acme:Silva, Jose 2",true,C""",
        accepts="1:B 2:A",
        asks="3 4",
    ),
    Books(
        "a sister, a brother, father and son",
        """1,Elena Ortiz,Acme,Welder,,
2,John Smith,Acme,Driver,,
3,John Smith Jr,Acme,Driver,,
4,Peter Baker,Acme,Driver,,""",
        """C,Acme,true,
A,"Acme:Ortiz, Maria - Welder",true,C
B,"Acme:Smith, John",true,C
D,"Acme:Baker, P.",true,C
E,"Acme:Baker, Paul - Driver",true,C""",
        asks="1 2 3 4",
    ),
    Books(
        "inactive duplicates and old ones",
        """1,Elena Ortiz,Acme,Welder,2026-01-05,
2,Jan Kowalczyk,Acme,Welder,2026-01-05,
3,Omar Haverford,Acme,Welder,2026-01-05,
4,Bo Zed,Acme,Welder,2026-01-05,""",
        """C,Acme,true,
A,"Acme:Ortiz, Elena",true,C
B,"Acme:Ortiz, Elena (old)",false,C
D,"Acme:Kowalczyk, Jan",FALSE,C
E,"Acme:Haverford, Omar 2019",true,C
F,"Acme:Zed, Bo - do not use",true,C""",
        accepts="1:A",
        asks="2 3 4",
    ),
    Books(
        "the same person elsewhere, and nobody",
        """1,Elena Ortiz,Acme,Welder,,
2,Zuleika Thornbury,Acme,Welder,,""",
        """C,Acme,true,
D,Zephyr Foods,true,
A,"Zephyr Foods:Ortiz, Elena - Welder",true,D
B,"Acme:Kowalczyk, Jan - Welder",true,C""",
        asks="1 2",
        none="2",
    ),
    Books(
        "job numbers before and behind",
        """J-20451,Elena Ortiz,Acme,Welder,,
J-20452,Elena Ortiz,Acme,Welder,,
J-20453,Anh Nguyen,Acme,Welder,,""",
        """C,Acme,true,
A,"Acme:20452 Ortiz, Elena",true,C
B,"Acme:Ortiz, Elena #20451",true,C
D,"Acme:20999 Nguyen, Anh",true,C""",
        accepts="J-20451:B J-20452:A",
    ),
    Books(
        "cut at 41 characters",
        """1,Bartholomew Featherstonehaugh,Acme,Warehouse Associate,,
2,Elena Ortiz,Northern Ohio Regional Medical Center and Clinics,Welder,,""",
        """C,Acme,true,
A,"Acme:Featherstonehaugh, Bartholomew - Warehous",true,C
D,Northern Ohio Regional Medical Center and,true,
B,"Northern Ohio Regional Medical Center and:Ortiz, Elena",true,D""",
        accepts="1:A 2:B",
    ),
    Books(
        "a site below each customer names nobody",
        """1,Elena Ortiz,Mercy Hospital - Main,Nurse,,
2,Elena Ortiz,Canton Dairy - Main,Nurse,,""",
        """C,Canton Dairy,true,
M,Canton Dairy:Main,true,C
A,"Canton Dairy:Main:Ortiz, Elena",true,M""",
        accepts="2:A",
        asks="1",
    ),
    Books(
        "near names: Maria and Mario, Smith and Smyth, one letter",
        """1,Maria Rossi,Acme,Welder,,
2,Mario Rossi,Acme,Welder,,
3,Ann Smith,Acme,Nurse,,
4,Ann Smyth,Acme,Nurse,,
5,Lee Harmon,Acme,Nurse,,""",
        """C,Acme,true,
A,"Acme:Rossi, Mario - Welder",true,C
B,"Acme:Smyth, Ann - Nurse",true,C
D,"Acme:Smith, Ann - Nurse",true,C
E,"Acme:Farmon, Lee",true,C""",
        accepts="2:A 3:D 4:B",
        asks="1 5",
    ),
    Books(
        "one of two that nobody else has",
        """1,Elena Ortiz,Acme,Registered Nurse,,
2,Jan Kowalczyk,Acme,Welder,,
3,Ana M Renner,Acme,Welder,,""",
        """C,Acme,true,
A,"Acme:Ortiz, Elena",true,C
B,"Acme:Ortiz, Elena - RN",true,C
D,"Acme:Kowalczyk, Jan",true,C
E,"Acme:Kowalczyk - Welder",true,C
F,"Acme:Renner, Ana M",true,C
G,"Acme:Renner, Ana",true,C""",
        accepts="3:F",
        asks="1 2",
    ),
    Books(
        "accents, capitals, other alphabets' letters, and what a slash hides",
        """1,Małgorzata Wójcik,Café Zürich,Line Cook,,
2,Søren Nygård,Café Zürich,Porter,,
3,Nguyễn Thị Hạnh,Café Zürich,Porter,,""",
        """C,CAFE ZURICH,true,
A,"CAFE ZURICH:WOJCIK, MALGORZATA / LINE COOK",true,C
B,CAFE ZURICH:SOREN NYGARD,true,C
D,CAFE ZURICH:NGUYEN THI HANH (PORTER),true,C""",
        accepts="1:A 2:B 3:D",
    ),
    Books(
        "names of one level with their parent's ListID",
        """1,Elena Ortiz,Acme,Welder,,
2,Jan Kowalczyk,Zephyr Foods,Welder,,""",
        """C,Acme,true,
D,Zephyr Foods,true,
A,"Ortiz, Elena",true,C
B,"Kowalczyk, Jan",true,D""",
        accepts="1:A 2:B",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_books(case: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = tmp_path / "jobs.csv", tmp_path / "books.csv"
    ours.write_text(f"job_id,contractor,client,title,start,end\n{case.jobs}\n", "utf-8")
    theirs.write_text(f"list_id,full_name,active,parent\n{case.theirs}\n", "utf-8")

    assert main(["suggest", str(ours), str(theirs)]) == 0

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    accepted = {row["job_id"]: row["list_id"] for row in rows if row["accepted"] == "yes"}
    due = dict(each.split(":") for each in case.accepts.split())
    assert {job: accepted.get(job) for job in due} == due
    assert not accepted.keys() & set(case.asks.split())
    first = {row["job_id"]: row for row in rows if row["rank"] == "1"}
    for job in case.none.split():
        assert "probably not in QuickBooks yet" in first[job]["reasons"]
    taken = list(accepted.values())
    assert len(taken) == len(set(taken))
