"""Which jobs nobody could decide, by what QuickBooks' names show of a person and a job.

A QuickBooks job is *possible* for a contractor job when nothing that it shows contradicts it, one
slip of the hand a word allowed. A contractor job is undecidable when its true partner is not
possible (a name changed by marriage), or when another possible one is not plainly worse than it
and is not plainly better owned by another contractor job.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA


@dataclass
class Human:
    """A person: formal given name, short forms, middle name, family name, suffix."""

    given: str
    short: tuple[str, ...]
    middle: str
    family: str
    suffix: str


@dataclass
class Placement:
    """A contractor job as the back office knows it."""

    key: str
    human: Human
    given: str
    middle: str
    client: int
    post: str
    start: date | None
    end: date | None


@dataclass
class Shown:
    """What a QuickBooks name shows; "" and 0 where it does not."""

    list_id: str
    client: int
    active: bool
    owner: str
    given: str
    family: str
    middle: str
    suffix: str
    post: str
    number: str
    year: int


def undecidable(
    placements: list[Placement], shown: list[Shown], truth: dict[str, str]
) -> set[str]:
    """The keys of the contractor jobs that the two lists do not settle."""
    there: dict[int, list[Shown]] = defaultdict(list)
    for each in shown:
        there[each.client].append(each)
    strength = {
        (job.key, each.list_id): points
        for job in placements
        for each in there[job.client]
        if (points := _points(job, each)) > 0
    }
    options: dict[str, list[Shown]] = defaultdict(list)
    for job in placements:
        for each in there[job.client]:
            if (job.key, each.list_id) in strength:
                options[job.key].append(each)
    answer = set()
    for job in placements:
        true = truth[job.key]
        own = strength.get((job.key, true), 0.0)
        if true and not own:
            answer.add(job.key)
        for each in options[job.key]:
            if each.list_id == true:
                continue
            points = strength[job.key, each.list_id]
            owned = strength.get((each.owner, each.list_id), 0.0) if each.owner else 0.0
            if owned > points or own > points:
                continue
            answer.add(job.key)
    return answer


def _points(job: Placement, each: Shown) -> float:
    """How much speaks for it; 0 when something speaks against it."""
    if each.number and each.number == "".join(filter(str.isdigit, job.key)):
        return 20.0
    if each.number or (each.post and job.post and each.post != job.post):
        return 0.0
    first, last = _given(job, each.given), _word(job.human.family, each.family)
    if not last or not first:
        return 0.0
    middle = 0.0
    if job.middle and each.middle:
        if job.middle[0] != each.middle[0]:
            return 0.0
        middle = 0.5
    if job.human.suffix and each.suffix and job.human.suffix[:1] != each.suffix[:1]:
        return 0.0
    if each.year and job.start:
        if not job.start.year <= each.year <= (job.end or job.start).year:
            return 0.0
        middle += 1
    same_suffix = (job.human.suffix[:1] == each.suffix[:1]) * 1.5
    return first + last + middle + same_suffix + bool(each.post and job.post) + 0.7 * each.active


def _given(job: Placement, given: str) -> float:
    names = (job.human.given, *job.human.short, job.given)
    if not given:
        return 0.1
    if len(given) == 1:
        return 1.0 if any(name[0] == given for name in names) else 0.0
    if given == job.given:
        return 4.0
    return max([3.0 if given in names else 0.0, *(_word(name, given) - 1 for name in names)])


def _word(ours: str, theirs: str) -> float:
    ours, theirs = _plain(ours), _plain(theirs)
    if len(theirs) == 1:
        return 1.0 if ours[0] == theirs else 0.0
    if ours == theirs:
        return 4.0
    parts = {ours, *(part for part in ours.split() if len(part) > 2)}
    if theirs in parts or parts & set(theirs.split()):
        return 2.0
    return 2.0 if OSA.distance(ours, theirs) <= 1 else 0.0


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.lower().replace("-", " ").replace("'", ""))
    return "".join(letter for letter in text if not unicodedata.combining(letter)).strip() or "?"
