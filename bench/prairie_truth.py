"""Which jobs of the fourth family nobody could decide, by what each QuickBooks row shows.

A row is *possible* for a job when nothing that it shows is otherwise there, a slip of the hand in
each name allowed. A job is undecidable when its own row is not possible, or when another possible
row shows no less of it and shows no more of a job whose own it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA


@dataclass(frozen=True)
class Human:
    """A person; `lasts` are one surname or two."""

    first: str
    called: str
    middle: str
    lasts: tuple[str, ...]
    suffix: str
    culture: str


@dataclass(frozen=True)
class Stay:
    """One placement. `dated`, `known`: whether the back office tells its days, which surnames."""

    human: Human
    client: int
    title: str
    start: date
    end: date
    dated: bool = True
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """What a QuickBooks job shows; "" and None where it does not. `number` "-": of another job."""

    list_id: str
    client: int
    owner: str
    active: bool
    first: str
    middle: str
    lasts: tuple[str, ...]
    spelled: str
    suffix: str
    title: str
    number: str
    start: date | None
    monthly: bool


def undecidable(stays: Mapping[str, Stay], rows: Sequence[Row]) -> set[str]:
    """The keys of the jobs that the two lists do not settle."""
    there: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        there[row.client].append(row)
    own = {row.owner: row for row in rows if row.owner}
    found = set()
    for key, stay in stays.items():
        mine = own.get(key)
        worth = _shown(key, stay, mine) if mine else 0.0
        if mine and not worth:
            found.add(key)
        for row in there[stay.client]:
            points = _shown(key, stay, row) if row is not mine else 0.0
            if not points or points < worth:
                continue
            owner = stays.get(row.owner)
            if owner is None or _shown(row.owner, owner, row) <= points:
                found.add(key)
    return found


def _shown(key: str, stay: Stay, row: Row) -> float:
    """How much of a job a row shows; 0 when something there is otherwise."""
    human = stay.human
    if row.number:
        return 20.0 if row.number == key else 0.0
    first = _first(human, row.first)
    last = _last(stay.known or human.lasts, row)
    if not first or not last or (row.title and stay.title and row.title != stay.title):
        return 0.0
    if row.middle and human.middle and row.middle != human.middle:
        return 0.0
    if row.suffix and human.suffix and row.suffix != human.suffix:
        return 0.0
    days = 0.0
    if row.start and stay.dated:
        apart = abs((row.start - stay.start).days)
        if row.start.year != stay.start.year or (row.monthly and apart > 31):
            return 0.0
        days = 2.0
    suffix = 1.0 if row.suffix == human.suffix else 0.0
    title = 2.0 if row.title and stay.title else 0.0
    middle = 1.0 if row.middle and human.middle else 0.0
    return first + last + days + suffix + title + middle + 0.5 * row.active


def _first(human: Human, shown: str) -> float:
    if not shown:
        return 0.5
    if len(shown) == 1:
        return 1.0 if shown in (human.first[0], human.called[0]) else 0.0
    if shown == human.first:
        return 4.0
    return 3.0 if shown == human.called or OSA.distance(shown, human.first) == 1 else 0.0


def _last(known: tuple[str, ...], row: Row) -> float:
    if len(known) > 1 and len(row.lasts) > 1 and known[1] != row.lasts[1]:
        return 0.0
    spelled = row.spelled.replace("-", " ")
    if spelled == " ".join(known).replace("-", " "):
        return 4.0
    if known[0] in (row.lasts[0], spelled):
        return 3.0 if spelled.startswith(known[0].replace("-", " ")) else 2.0
    return 2.0 if OSA.distance(spelled, " ".join(known)) == 1 else 0.0
