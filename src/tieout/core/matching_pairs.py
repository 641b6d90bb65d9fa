"""One contractor job beside one QuickBooks job: a score, reasons, and what stands against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tieout.core.matching_clients import SURE, abbreviates
from tieout.core.matching_evidence import Numbers, dates, earlier, state, written_days
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_persons import PersonFit, Persons
from tieout.core.matching_words import REMARKS, TITLE_WORDS
from tieout.core.names import Leaf, Person

__all__ = ["OurJob", "Pair", "Pairs", "TheirJob", "title_words"]

# what each kind of evidence can give; together 1
_PERSON, _CLIENT, _TITLE = 0.70, 0.20, 0.10
_TITLE_UNKNOWN = 0.7  # of the title's share, where one side names none
_TITLE_DIFFERS = 0.34
_TITLE_MATCHES = 0.75
_PARTLY = 0.6
_GRADES = frozenset(["i", "ii", "iii", "iv"])
_WENT_THERE = 0.6  # is shown, whatever its name
_NAMED = 0.6  # a person this alike is the one whose job number stands there

_SAME = frozenset(["same person", "same person, order swapped"])
_OTHER = frozenset(["another first name", "another surname", "another suffix"])


@dataclass(frozen=True, slots=True)
class OurJob:
    """A contractor job, read. `invoices`: ListID -> how many earlier invoices went there."""

    fact: JobToMatch
    person: Person
    title: tuple[str, ...]
    number: str
    client_words: frozenset[str]
    invoices: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TheirJob:
    """A QuickBooks job, read. `nodes` are the paths of the levels above it, the customer first."""

    fact: QbCandidate
    leaf: Leaf
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """How well two jobs fit.

    `certain`: nothing stands against it but another candidate, and how often such a likeness is
    chance (see `matching_risk`). `kind` is that likeness: a letter for what differs in the first
    name, a capital for the surname, `+` where the title matches, `#` for a proof, and `?` first
    where it is thin: too little to go by, unless the whole file speaks for it.
    """

    score: float
    reasons: tuple[str, ...]
    certain: bool
    exact: bool
    kind: str = ""

    @property
    def same_person(self) -> bool:
        """Whether every part of the name is there."""
        return not _SAME.isdisjoint(self.reasons)

    @property
    def other_person(self) -> bool:
        """Whether the name there is plainly somebody else's."""
        return not _OTHER.isdisjoint(self.reasons)


def expanded(words: Collection[str]) -> tuple[str, ...]:
    """Title words with the usual abbreviations written out."""
    return tuple(long for word in words for long in TITLE_WORDS.get(word, (word,)))


def title_words(title: tuple[str, ...]) -> set[str]:
    """The words by which a title may be known in QuickBooks: its own, and its initials."""
    initials = "".join(word[0] for word in title)
    return {*title, initials} if len(initials) > 1 else set(title)


class Pairs:
    """Compares pairs, with what is known of all jobs: names, titles and numbers."""

    def __init__(
        self,
        *,
        persons: Persons,
        title_words: Collection[str],
        numbers: Numbers,
    ) -> None:
        self._persons = persons
        self._title_words = title_words
        self._numbers = numbers
        self._titles: dict[tuple[tuple[str, ...], tuple[str, ...], bool], float] = {}
        self._shortened: dict[tuple[str, tuple[str, ...]], bool] = {}

    def compare(self, ours: OurJob, theirs: TheirJob, *, client: float, linked: bool) -> Pair:
        """`client` is how well the customer fits, 1 and `linked` when it is mapped to it."""
        leaf = theirs.leaf
        fit = self._persons.compare(ours.person, leaf, lambda word: self._explained(word, ours))
        title = self._title(ours, fit, leaf)
        reasons = [*_client_reasons(client, linked=linked), *fit.reasons]
        certain = fit.certain
        score = _PERSON * fit.score + _CLIENT * client
        score += _TITLE * (_TITLE_UNKNOWN if title is None else title)
        apart = title is not None and title >= _TITLE_MATCHES
        exact = certain and fit.score >= 0.98 and client >= 0.9
        fact = ours.fact
        number = self._numbers.compare(ours.number, fact.start, fact.end, leaf)
        before = earlier(ours.invoices, theirs.fact.list_id)
        proves = number.proves or before.proves
        if title is not None and title < _TITLE_DIFFERS:
            reasons.append("title differs")
            certain = exact = False
        elif apart:
            reasons.append("title matches")
        elif title is not None:
            reasons.append("title fits in part")
            exact = False
        if proves and fit.score >= _NAMED:
            certain = True
        certain = certain and (client >= SURE or before.proves)
        kind = "#" if proves else _kind(fit, title)
        days = written_days(fact, leaf.months), dates(fact, theirs.fact)
        there = state(theirs.fact, top=not theirs.nodes, noisy=leaf.noisy)
        for extra in (number, before, *days, there):
            score += extra.score
            reasons += extra.reasons
            certain = certain and extra.certain
            exact = exact and extra.certain
        if not fit.score and not before.proves:
            score, certain = min(score, 0.3), False
        if before.score:
            score = max(score, _WENT_THERE)
        return Pair(max(0.0, min(1.0, score)), tuple(reasons), certain, exact, kind)

    def _explained(self, word: str, ours: OurJob) -> bool:
        if word in self._title_words or word in TITLE_WORDS or word in ours.client_words:
            return True
        return word in REMARKS or self._shortens(word, ours)

    def _shortens(self, word: str, ours: OurJob) -> bool:
        if len(word) < 3:
            return False
        key = (word, ours.title)
        known = self._shortened.get(key)
        if known is None:
            known = any(abbreviates(word, long) for long in ours.title)
            self._shortened[key] = known
        return known

    def _title(self, ours: OurJob, fit: PersonFit, leaf: Leaf) -> float | None:
        """How much of the title typed there is in ours, 0 to 1; None where there is nothing.

        A level above the person counts where it is a title: it may as well be a branch or a year.
        """
        words = tuple(w for w in fit.rest if w not in ours.client_words and w not in REMARKS)
        words += tuple(word for word in fit.above if self._is_title(word, ours))
        if not words or not ours.title:
            return None
        key = (words, ours.title, leaf.cut)
        value = self._titles.get(key)
        if value is None:
            value = self._titles[key] = _title_overlap(words, ours.title, cut=leaf.cut)
        return value

    def _is_title(self, word: str, ours: OurJob) -> bool:
        return word not in ours.client_words and (
            word in self._title_words or word in TITLE_WORDS or self._shortens(word, ours)
        )


def _kind(fit: PersonFit, title: float | None) -> str:
    if title is None:
        return ("?" if fit.thin else "") + fit.likeness
    if title < _TITLE_MATCHES:
        return f"?{fit.likeness}-"
    return ("?" if "2" in fit.likeness else "") + fit.likeness + "+"


def _title_overlap(theirs: tuple[str, ...], ours: tuple[str, ...], *, cut: bool) -> float:
    long = expanded(ours)
    met = 0.0
    seen: set[str] = set()
    initials = "".join(word[0] for word in long)
    for place, word in enumerate(theirs):
        stump = cut and place == len(theirs) - 1
        best: list[str] = []
        forms = TITLE_WORDS.get(word, (word,))
        for each in {forms, (word,)}:
            found = [_met(form, long, stump=stump) for form in each]
            if sum(map(bool, found)) * len(best or [""]) > sum(map(bool, best)) * len(found):
                best = found
        if any(best):
            met += sum(map(bool, best)) / len(best)
            seen.update(each for each in best if each)
        elif word in initials or word in ours:
            met += 1
    overlap = 0.85 * met / len(theirs) + 0.15 * len(seen) / len(set(long))
    grades = _GRADES & set(theirs), _GRADES & set(ours)
    # Assembler I is not Assembler II, while Assembler may be either
    return min(overlap, _PARTLY) if all(grades) and grades[0] != grades[1] else overlap


def _met(word: str, ours: tuple[str, ...], *, stump: bool) -> str:
    for other in ours:
        if word == other or abbreviates(word, other) or abbreviates(other, word):
            return other
        if stump and other.startswith(word):
            return other
    return ""


def _client_reasons(client: float, *, linked: bool) -> tuple[str, ...]:
    if linked:
        return ("client already mapped",)
    if client >= 0.98:
        return ("same client",)
    if client >= SURE:
        return ("client's name is similar",)
    return ("client's name fits in part",) if client > 0.3 else ("under another customer",)
