"""One contractor job beside one QuickBooks job: a score, reasons, and what stands against it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from tieout.core.matching_clients import SURE, abbreviates
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_persons import Persons
from tieout.core.matching_words import TITLE_WORDS
from tieout.core.names import Leaf, Person

__all__ = ["OurJob", "Pair", "Pairs", "TheirJob", "number_of"]

# what each kind of evidence can give; together 1
_PERSON, _CLIENT, _TITLE = 0.70, 0.20, 0.10
_TITLE_UNKNOWN = 0.7  # of the title's share, where one side names none
_TITLE_DIFFERS = 0.34
_TITLE_MATCHES = 0.75
_NAMED = 0.6  # a person this alike is the one whose job number stands there
_NUMBER = 0.12
_ANOTHER_NUMBER = 0.25
_DATES = 0.02
_OTHER_DATES = 0.08
_INACTIVE = 0.08
_GONE = 0.3
_NOISY = 0.15
_CUSTOMER = 0.12
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"(19|20)\d\d")


@dataclass(frozen=True, slots=True)
class OurJob:
    """A contractor job, read."""

    fact: JobToMatch
    person: Person
    title: tuple[str, ...]
    number: str
    client_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class TheirJob:
    """A QuickBooks job, read. `nodes` are the levels above it, the customer first."""

    fact: QbCandidate
    leaf: Leaf
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """How well two jobs fit. `certain`: nothing but another candidate can stand against it."""

    score: float
    reasons: tuple[str, ...]
    certain: bool
    exact: bool


def number_of(job_id: str) -> str:
    """The digits of a job's number, "" when there are too few to tell anything."""
    digits = "".join(_DIGITS.findall(job_id)).lstrip("0")
    return digits if len(digits) >= 4 else ""


def expanded(words: Collection[str]) -> tuple[str, ...]:
    """Title words with the usual abbreviations written out."""
    return tuple(long for word in words for long in TITLE_WORDS.get(word, (word,)))


class Pairs:
    """Compares pairs, with what is known of all jobs: names, titles and numbers."""

    def __init__(
        self,
        *,
        persons: Persons,
        title_words: Collection[str],
        numbers: Mapping[str, frozenset[str]],
    ) -> None:
        self._persons = persons
        self._title_words = title_words
        self._numbers = numbers  # job number -> the words of its contractor's name
        self._titles: dict[tuple[tuple[str, ...], tuple[str, ...], bool], float] = {}
        self._shortened: dict[tuple[str, tuple[str, ...]], bool] = {}

    def compare(self, ours: OurJob, theirs: TheirJob, *, client: float, linked: bool) -> Pair:
        """`client` is how well the customer fits, 1 and `linked` when it is mapped to it."""
        leaf = theirs.leaf
        fit = self._persons.compare(ours.person, leaf, lambda word: self._explained(word, ours))
        title = self._title(ours, fit.rest, leaf)
        reasons = [*_client_reasons(client, linked=linked), *fit.reasons]
        certain = fit.certain
        score = _PERSON * fit.score + _CLIENT * client
        score += _TITLE * (_TITLE_UNKNOWN if title is None else title)
        apart = title is not None and title >= _TITLE_MATCHES
        exact = certain and fit.score >= 0.98 and client >= 0.9
        number = _number(ours, leaf, self._numbers)
        if title is not None and title < _TITLE_DIFFERS:
            reasons.append("title differs")
            certain = exact = False
        elif apart:
            reasons.append("title matches")
        elif title is not None:
            reasons.append("title fits in part")
            certain = exact = False
        if number.proves and fit.score >= _NAMED:
            certain = True
        certain = certain and client >= SURE and (apart or number.proves or not fit.thin)
        for extra in (number, _dates(ours, theirs), _state(theirs)):
            score += extra.score
            reasons += extra.reasons
            certain = certain and extra.certain
            exact = exact and extra.certain
        if not fit.score:
            score, certain = min(score, 0.3), False
        return Pair(max(0.0, min(1.0, score)), tuple(reasons), certain, exact)

    def _explained(self, word: str, ours: OurJob) -> bool:
        if word in self._title_words or word in TITLE_WORDS or word in ours.client_words:
            return True
        if len(word) < 3:
            return False
        key = (word, ours.title)
        known = self._shortened.get(key)
        if known is None:
            known = any(abbreviates(word, long) for long in ours.title)
            self._shortened[key] = known
        return known

    def _title(self, ours: OurJob, rest: tuple[str, ...], leaf: Leaf) -> float | None:
        """How much of the title typed there is in ours, 0 to 1; None where there is nothing."""
        words = tuple(word for word in rest if word not in ours.client_words)
        if not words or not ours.title:
            return None
        key = (words, ours.title, leaf.cut)
        value = self._titles.get(key)
        if value is None:
            value = self._titles[key] = _title_overlap(words, ours.title, cut=leaf.cut)
        return value


def _title_overlap(theirs: tuple[str, ...], ours: tuple[str, ...], *, cut: bool) -> float:
    long = expanded(ours)
    met = 0.0
    seen: set[str] = set()
    initials = "".join(word[0] for word in long)
    for place, word in enumerate(theirs):
        forms = TITLE_WORDS.get(word, (word,))
        stump = cut and place == len(theirs) - 1
        found = [_met(form, long, stump=stump) for form in forms]
        if any(found):
            met += sum(map(bool, found)) / len(found)
            seen.update(each for each in found if each)
        elif len(word) > 1 and (word in initials or word in ours):
            met += 1
    return 0.85 * met / len(theirs) + 0.15 * len(seen) / len(set(long))


def _met(word: str, ours: tuple[str, ...], *, stump: bool) -> str:
    for other in ours:
        if word == other or abbreviates(word, other) or abbreviates(other, word):
            return other
        if stump and other.startswith(word):
            return other
    return ""


@dataclass(frozen=True, slots=True)
class _Extra:
    score: float = 0.0
    reasons: tuple[str, ...] = ()
    certain: bool = True
    proves: bool = False


_NOTHING = _Extra()


def _client_reasons(client: float, *, linked: bool) -> tuple[str, ...]:
    if linked:
        return ("client already mapped",)
    if client >= 0.98:
        return ("same client",)
    if client >= SURE:
        return ("client's name is similar",)
    return ("client's name fits in part",) if client > 0.3 else ("under another customer",)


def _number(ours: OurJob, leaf: Leaf, numbers: Mapping[str, frozenset[str]]) -> _Extra:
    if not leaf.numbers:
        return _NOTHING
    if ours.number and ours.number in {number.lstrip("0") for number in leaf.numbers}:
        return _Extra(_NUMBER, ("job number matches",), proves=True)
    for number in leaf.numbers:
        # another job's number counts when that job's contractor is named there as well
        if not numbers.get(number.lstrip("0"), frozenset()).isdisjoint(leaf.tokens):
            return _Extra(-_ANOTHER_NUMBER, ("another job's number",), certain=False)
    years = {int(number) for number in leaf.numbers if _YEAR.fullmatch(number)}
    start = ours.fact.start
    if years and start:
        if any(start.year <= year <= (ours.fact.end or start).year for year in years):
            return _Extra(_DATES, ("year matches",))
        return _Extra(-_OTHER_DATES, ("another year",), certain=False)
    return _NOTHING


def _dates(ours: OurJob, theirs: TheirJob) -> _Extra:
    start, other = ours.fact.start, theirs.fact.start
    if start is None or other is None:
        return _NOTHING
    if start == other:
        return _Extra(_DATES, ("same start date",))
    if start <= (theirs.fact.end or date.max) and other <= (ours.fact.end or date.max):
        return _Extra(_DATES / 2, ("dates overlap",))
    return _Extra(-_OTHER_DATES, ("dates do not overlap",), certain=False)


def _state(theirs: TheirJob) -> _Extra:
    if theirs.fact.gone:
        return _Extra(-_GONE, ("deleted in QuickBooks",), certain=False)
    if not theirs.nodes:
        return _Extra(-_CUSTOMER, ("a customer, not a job",), certain=False)
    noisy = ("marked as not to be used",) if theirs.leaf.noisy else ()
    inactive = () if theirs.fact.active else ("inactive in QuickBooks",)
    lost = _NOISY * len(noisy) + _INACTIVE * len(inactive)
    return _Extra(-lost, noisy + inactive, certain=not lost) if lost else _NOTHING
