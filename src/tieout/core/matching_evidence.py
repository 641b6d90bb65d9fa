"""What speaks for or against a pair beside its names: numbers, days, earlier invoices, its state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.names import Leaf

__all__ = [
    "Extra",
    "Numbers",
    "dates",
    "earlier",
    "number_of",
    "state",
    "written_days",
    "years_in",
]

_NUMBER = 0.12
_ANOTHER_NUMBER = 0.25
_TELLING = 0.5  # of the numbers in QuickBooks' names are job numbers: then all are meant to be
_DATES = 0.02
_OTHER_DATES = 0.08
_INACTIVE = 0.08
_GONE = 0.3
_NOISY = 0.15
_CUSTOMER = 0.12
_EARLIER = 0.10
_EARLIER_SURE = 3  # so many invoices went there, and none elsewhere
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(19|20)\d\d")
_NO_JOB = frozenset(["1099", "0000", "1040", "4010", "401"])
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True)
class Extra:
    """Points to add, what to say, whether a person must look, whether it settles the matter."""

    score: float = 0.0
    reasons: tuple[str, ...] = ()
    certain: bool = True
    proves: bool = False


_NOTHING = Extra()


def number_of(job_id: str) -> str:
    """The digits of a job's number, "" when there are too few to tell anything."""
    digits = "".join(_DIGITS.findall(job_id)).lstrip("0")
    return digits if len(digits) >= 4 else ""


class Numbers:
    """The job numbers of contractor jobs, found in QuickBooks' names.

    `ours` leads from a job number to its jobs' ids and the words of their contractors' names,
    `theirs` counts the numbers in QuickBooks' names.
    """

    def __init__(
        self, ours: Mapping[str, Mapping[str, frozenset[str]]], theirs: Mapping[str, int]
    ) -> None:
        self._ours = ours
        there = known = 0
        for number, count in theirs.items():
            for each in _job_numbers((number,)):
                there += count
                known += count * (each in ours)
        self._telling = bool(known) and known >= _TELLING * there

    def compare(self, number: str, start: date | None, end: date | None, leaf: Leaf) -> Extra:
        """Our job's number beside the numbers of a QuickBooks name."""
        if not leaf.numbers:
            return _NOTHING
        there = _job_numbers(leaf.numbers)
        if number and number in there:
            return Extra(_NUMBER, ("job number matches",), proves=True)
        for other in there:
            # another job's number counts when that job's contractor is named there as well
            words = self._ours.get(other, {}).values()
            if not all(each.isdisjoint(leaf.tokens) for each in words):
                return Extra(-_ANOTHER_NUMBER, ("another job's number",), certain=False)
        years = years_in(leaf)
        if years and start:
            if any(start.year <= year <= (end or start).year for year in years):
                return Extra(_DATES, ("year matches",))
            return Extra(-_OTHER_DATES, ("another year",), certain=False)
        if self._telling and any(not _YEAR.fullmatch(other) for other in there):
            return Extra(-_ANOTHER_NUMBER, ("another number there",), certain=False)
        return _NOTHING


def years_in(leaf: Leaf) -> set[int]:
    """The numbers of a QuickBooks name that are years."""
    return {int(each) for each in leaf.numbers if _YEAR.fullmatch(each)}


def _job_numbers(numbers: Iterable[str]) -> list[str]:
    stripped = (each.lstrip("0") for each in numbers if each.isdigit())
    return [each for each in stripped if len(each) >= 4 and each not in _NO_JOB]


def written_days(ours: JobToMatch, months: Collection[tuple[int, int]]) -> Extra:
    """The days that a QuickBooks name shows, beside the job's start and end."""
    if not months or ours.start is None:
        return _NOTHING
    end = ours.end or ours.start
    first, last = (ours.start.year, ours.start.month), (end.year, end.month)
    if first in months:
        return Extra(_DATES, ("start date fits",))
    if any(first <= each <= last for each in months):
        return Extra(0.0, ("dates fit in part",))
    return Extra(-_OTHER_DATES, ("another date",), certain=False)


def dates(ours: JobToMatch, theirs: QbCandidate) -> Extra:
    """Start and end of both jobs, where QuickBooks knows them."""
    start, other = ours.start, theirs.start
    if start is None or other is None:
        return _NOTHING
    if start == other:
        return Extra(_DATES, ("same start date",))
    if start <= (theirs.end or date.max) and other <= (ours.end or date.max):
        return Extra(_DATES / 2, ("dates overlap",))
    return Extra(-_OTHER_DATES, ("dates do not overlap",), certain=False)


def earlier(invoices: Mapping[str, int], list_id: str) -> Extra:
    """Invoices of the contractor job that went to this QuickBooks job before: ListID -> count."""
    count = invoices.get(list_id, 0)
    if not count:
        elsewhere = sum(invoices.values())
        return (
            Extra(0.0, ("earlier invoices went elsewhere",), certain=False)
            if elsewhere
            else _NOTHING
        )
    word = _COUNTS[count] if count < len(_COUNTS) else f"{count:,}"
    reason = f"{word} earlier invoice{'s' if count > 1 else ''} went here"
    alone = count == sum(invoices.values())
    return Extra(_EARLIER, (reason,), certain=alone, proves=alone and count >= _EARLIER_SURE)


def state(theirs: QbCandidate, *, top: bool, noisy: bool) -> Extra:
    """What keeps a QuickBooks job from being mapped without a look; `top`: it is a customer."""
    if theirs.gone:
        return Extra(-_GONE, ("deleted in QuickBooks",), certain=False)
    if top:
        return Extra(-_CUSTOMER, ("a customer, not a job",), certain=False)
    marked = ("marked as not to be used",) if noisy else ()
    inactive = () if theirs.active else ("inactive in QuickBooks",)
    lost = _NOISY * len(marked) + _INACTIVE * len(inactive)
    return Extra(-lost, marked + inactive, certain=False) if lost else _NOTHING
