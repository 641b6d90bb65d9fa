"""Which job-level data is proposed, and what a bookkeeper's edit is worth."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

import pytest

from tieout.core.job_data import FIELDS, LABELS, FieldChange, JobData, changes, wanted

WANT = JobData(job_status="InProgress", job_start_date="2026-09-01", job_desc="Nurse")


def names(there: dict[str, str], sent: dict[str, str]) -> dict[str, bool]:
    return {each.name: each.edited for each in changes(want=WANT, there=there, sent=sent)}


def test_what_the_back_office_says_in_quickbooks_words() -> None:
    found = wanted(
        active=False,
        title="  Night–shift nurse " + "x" * 200,
        start=date(2026, 9, 1),
        projected_end=None,
        end=date(2026, 10, 1),
    )
    assert (found.job_status, found.job_start_date, found.job_end_date) == (
        "Closed", "2026-09-01", "2026-10-01",
    )  # fmt: skip
    assert found.job_projected_end_date == ""
    assert found.job_desc.startswith("Night-shift nurse x")
    assert len(found.job_desc) == 99
    running = wanted(active=True, title="", start=None, projected_end=None, end=None)
    assert running == JobData(job_status="InProgress")


def test_only_what_differs_is_proposed() -> None:
    assert changes(want=WANT, there=asdict(WANT), sent={}) == ()
    there = {"job_status": "InProgress", "job_start_date": "2026-09-01"}
    assert changes(want=WANT, there=there, sent={}) == (
        FieldChange(name="job_desc", was="", want="Nurse"),
    )


@pytest.mark.parametrize(
    ("there", "sent", "edited"),
    [
        ("", None, False),  # nobody wrote anything
        ("Clerk", None, True),  # a bookkeeper wrote it before Tieout ever did
        ("Clerk", "Clerk", False),  # it is what Tieout wrote
        ("Clerk", "Chef", True),  # Tieout wrote Chef, somebody made it Clerk
        ("", "Chef", True),  # Tieout wrote Chef, somebody cleared it
    ],
)
def test_a_later_edit_is_asked_about(there: str, sent: str | None, edited: bool) -> None:
    before = {} if sent is None else {"job_desc": sent}
    assert names({"job_desc": there}, before)["job_desc"] is edited


def test_what_is_not_known_clears_only_what_tieout_wrote() -> None:
    theirs = {**asdict(WANT), "job_end_date": "2026-12-01"}
    assert changes(want=WANT, there=theirs, sent={}) == ()
    assert changes(want=WANT, there=theirs, sent={"job_end_date": "2026-11-01"}) == ()
    (cleared,) = changes(want=WANT, there=theirs, sent={"job_end_date": "2026-12-01"})
    assert (cleared.name, cleared.want, cleared.edited) == ("job_end_date", "", False)


def test_every_field_has_its_name_on_the_screen() -> None:
    assert set(LABELS) == set(FIELDS)
    assert FieldChange(name="job_desc", was="", want="x").label == "Job Description"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("job_status", "InProgress", "In progress"),
        ("job_status", "Closed", "Closed"),
        ("job_start_date", "2026-09-01", "09/01/2026"),
        ("job_end_date", "", ""),
        ("job_desc", "2026-09-01", "2026-09-01"),
    ],
)
def test_values_as_people_read_them(name: str, value: str, shown: str) -> None:
    change = FieldChange(name=name, was=value, want=value)
    assert (change.was_shown, change.want_shown) == (shown, shown)
