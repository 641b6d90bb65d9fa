"""Numbers, days, earlier invoices and the state of a QuickBooks job."""

from __future__ import annotations

from datetime import date

import pytest

from tieout.core.matching_evidence import (
    Numbers,
    dates,
    earlier,
    number_of,
    state,
    written_days,
)
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.names import leaf

OURS = {"10401": {"J1": frozenset(["elena", "ortiz"])}, "10402": {"J2": frozenset(["jan"])}}


def job(start: date | None = None, end: date | None = None) -> JobToMatch:
    return JobToMatch(job_id="J", contractor="A B", client="C", start=start, end=end)


@pytest.mark.parametrize(
    ("job_id", "number"), [("J-10401", "10401"), ("00123", ""), ("0012345", "12345"), ("X", "")]
)
def test_numbers_that_tell_something(job_id: str, number: str) -> None:
    assert number_of(job_id) == number


@pytest.mark.parametrize(
    ("text", "telling", "reason"),
    [
        ("Ortiz, Elena #10401", {}, "job number matches"),
        ("Ortiz, Elena", {}, ""),
        ("Ortiz, Jan #10402", {}, "another job's number"),
        ("Ortiz, Elena #10402", {}, ""),
        ("Ortiz, Elena #99999", {"99999": 1}, ""),
        ("Ortiz, Elena #99999", {"99999": 1, "10401": 1}, "another number there"),
        ("Ortiz, Elena 1099", {"10401": 1}, ""),
        ("Ortiz, Elena - PO 99999", {"10401": 1}, ""),
        ("Ortiz, Elena 2026", {}, "year matches"),
        ("Ortiz, Elena 2019", {}, "another year"),
    ],
)
def test_numbers_in_a_name(text: str, telling: dict[str, int], reason: str) -> None:
    found = Numbers(OURS, telling).compare("10401", date(2026, 1, 5), None, leaf((text,)))

    assert " ".join(found.reasons) == reason
    assert found.certain is not reason.startswith("another")
    assert found.proves is (reason == "job number matches")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ortiz, Elena 1-26", "start date fits"),
        ("Ortiz, Elena (1/5/26-8/9/26)", "start date fits"),
        ("Ortiz, Elena 2026-01-05", "start date fits"),
        ("Ortiz, Elena 03/2026", "dates fit in part"),
        ("Ortiz, Elena 3/2024", "another date"),
        ("Ortiz, Elena", ""),
    ],
)
def test_days_in_a_name(text: str, reason: str) -> None:
    found = written_days(job(date(2026, 1, 5), date(2026, 6, 30)), leaf((text,)).months)

    assert " ".join(found.reasons) == reason
    assert found.certain is (reason != "another date")
    assert written_days(job(), leaf((text,)).months).reasons == ()


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (date(2026, 1, 5), None, "same start date"),
        (date(2026, 2, 5), None, "dates overlap"),
        (date(2020, 2, 5), date(2020, 3, 1), "dates do not overlap"),
        (None, None, ""),
    ],
)
def test_days_that_quickbooks_knows(start: date | None, end: date | None, reason: str) -> None:
    theirs = QbCandidate(list_id="Q", full_name="C:A B", start=start, end=end)
    assert " ".join(dates(job(date(2026, 1, 5)), theirs).reasons) == reason


@pytest.mark.parametrize(
    ("invoices", "reason", "certain", "proves"),
    [
        ({"Q": 3}, "three earlier invoices went here", True, True),
        ({"Q": 1}, "one earlier invoice went here", True, False),
        ({"Q": 14}, "14 earlier invoices went here", True, True),
        ({"Q": 3, "R": 1}, "three earlier invoices went here", False, False),
        ({"R": 2}, "earlier invoices went elsewhere", False, False),
        ({}, "", True, False),
    ],
)
def test_earlier_invoices(
    invoices: dict[str, int], reason: str, certain: bool, proves: bool
) -> None:
    found = earlier(invoices, "Q")

    assert " ".join(found.reasons) == reason
    assert (found.certain, found.proves) == (certain, proves)


@pytest.mark.parametrize(
    ("facts", "top", "noisy", "reason"),
    [
        ({"gone": True}, False, False, "deleted in QuickBooks"),
        ({}, True, False, "a customer, not a job"),
        ({"active": False}, False, False, "inactive in QuickBooks"),
        ({}, False, True, "marked as not to be used"),
        ({}, False, False, ""),
    ],
)
def test_the_state_of_a_job(facts: dict[str, bool], top: bool, noisy: bool, reason: str) -> None:
    found = state(QbCandidate(list_id="Q", full_name="x", **facts), top=top, noisy=noisy)  # type: ignore[arg-type]

    assert " ".join(found.reasons) == reason
    assert found.certain is not bool(reason)
