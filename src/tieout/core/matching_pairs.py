"""One contractor job beside one QuickBooks job: a score, reasons, and what stands against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from tieout.core.matching_clients import SURE, abbreviates
from tieout.core.matching_evidence import (
    Extra,
    Numbers,
    dates,
    earlier,
    state,
    written_days,
    years_in,
)
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_habits import Habits
from tieout.core.matching_kinds import (
    MATCHES,
    PROOF,
    confirms,
    is_exact_name,
    kind_of,
    name_part,
)
from tieout.core.matching_persons import PersonFit, Persons
from tieout.core.matching_words import REMARKS, TITLE_WORDS
from tieout.core.names import Leaf, Person

__all__ = ["OurJob", "Pair", "Pairs", "TheirJob", "title_words"]

# what each kind of evidence can give; together 1
_PERSON, _CLIENT, _TITLE = 0.70, 0.20, 0.10
_TITLE_UNKNOWN = 0.7  # of the title's share, where one side names none
_TITLE_DIFFERS = 0.34
_PARTLY = 0.6
_LONG = 6  # letters: in a shorter word of a title one of them makes another word
_NO_INITIALS = 5  # letters: RT, LPN and CRNA stand for whole titles
_VOWELS = frozenset("aeiouy")
_GRADES = frozenset(["i", "ii", "iii", "iv"])
_WENT_THERE = 0.6  # is shown, whatever its name
_BY_NUMBER = 0.8  # of the person's share, where nothing but the job's number stands there
_NAMED = 0.6  # a person this alike is the one whose job number stands there

_NO_CLIENT = "client unknown here"
_LONE_SUFFIX = "suffix on one side only"
_TOLD_APART = "middle name matches"
_YEAR = "year matches"
_INACTIVE = "inactive in QuickBooks"
_RIVAL = 0.75  # of less nobody thinks that it may be meant
_PROVES = frozenset([PROOF, "@"])  # what only the very placement shows
_NO_SUFFIX = str.maketrans("", "", "sz")
_LESS_LIKELY = frozenset("szoX")  # nobody thinks of them where a better one is there
_SHORTENED = frozenset("xiIn2")  # likenesses that are less of the name, not another one

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
    chance (see `matching_risk`). `kind` is that likeness, see `matching_kinds`.
    """

    score: float
    reasons: tuple[str, ...]
    certain: bool
    exact: bool
    kind: str = ""

    def may_be_as(self, better: Pair) -> bool:
        """Whether this may be meant although another pair, of either side, has the better score.

        The name is met in the same way and the better one proves nothing that this one lacks; or
        the name is only shortened here, and a title stands beside it that is missing there.
        """
        unsure = self.lacks_suffix or (_NO_CLIENT in self.reasons and self.same_person)
        if not self.certain and not unsure:
            return False
        if _TOLD_APART in better.reasons or "-" in self.kind or PROOF in better.kind:
            return False
        mine, its = name_part(self.kind).translate(_NO_SUFFIX), name_part(better.kind)
        more = confirms(self.kind) - confirms(better.kind)
        if mine == its:
            return bool(more) or "@" not in better.kind or "@" in self.kind
        return bool(more) and _SHORTENED.issuperset(mine)

    def rivals(self, better: Pair) -> bool:
        """Whether this QuickBooks job, which nobody has, may be meant instead of a better one.

        An inactive one is an earlier placement, unless it tells more of this one: the job's number
        or title, or the name spelled as ours where the other one has a slip.
        """
        more = confirms(self.kind) - confirms(better.kind)
        if self.is_inactive:
            told = PROOF in more or (bool(more) and self.score >= _RIVAL)
            spelled = is_exact_name(self.kind) and not is_exact_name(better.kind)
            return told or (spelled and self.same_person)
        if not self.certain or self.score < _RIVAL:
            return False
        if _LESS_LIKELY.intersection(self.kind) - set(better.kind) and PROOF not in more:
            return False
        if _TOLD_APART in better.reasons and is_exact_name(self.kind):
            return False
        proven = not _PROVES.isdisjoint(confirms(better.kind) - confirms(self.kind))
        return not (proven and (PROOF in better.kind or not more)) and (
            "-" not in self.kind or "+" not in better.kind
        )

    @property
    def is_inactive(self) -> bool:
        """Whether it is inactive in QuickBooks."""
        return _INACTIVE in self.reasons

    @property
    def lacks_suffix(self) -> bool:
        """Whether it may be the father's or the son's."""
        return _LONE_SUFFIX in self.reasons

    @property
    def is_told(self) -> bool:
        """Whether a title, a day or a year beside the name tells which placement it is."""
        return bool(confirms(self.kind)) or _YEAR in self.reasons

    @property
    def same_person(self) -> bool:
        """Whether every part of the name is there."""
        return not _SAME.isdisjoint(self.reasons)

    @property
    def other_person(self) -> bool:
        """Whether the name there is plainly somebody else's."""
        return not _OTHER.isdisjoint(self.reasons)


def expanded(words: Collection[str]) -> tuple[str, ...]:
    """Title words with the usual abbreviations written out, and these as all others are read."""
    long = [each for word in words for each in TITLE_WORDS.get(word, (word,))]
    return tuple(each for word in long for each in TITLE_WORDS.get(word, (word,)))


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
        habits: Habits | None = None,
    ) -> None:
        self._persons = persons
        self._title_words = title_words
        self._numbers = numbers
        self._habits = habits or Habits()
        self._titles: dict[tuple[tuple[str, ...], tuple[str, ...], bool], float] = {}
        self._shortened: dict[tuple[str, tuple[str, ...]], bool] = {}

    def compare(self, ours: OurJob, theirs: TheirJob, *, client: float, linked: bool) -> Pair:
        """`client` is how well the customer fits, 1 and `linked` when it is mapped to it."""
        leaf, named = theirs.leaf, linked or bool(ours.client_words)
        fit = self._persons.compare(
            ours.person, leaf, lambda word: self._explained(word, ours), ours.title
        )
        title = self._title(ours, fit, leaf)
        reasons = [*fit.reasons]
        reasons[:0] = _client_reasons(client, linked=linked) if named else (_NO_CLIENT,)
        certain = fit.certain
        fact = ours.fact
        number = self._numbers.compare(ours.number, fact.start, fact.end, leaf)
        alone = number.proves and all(self._explained(word, ours) for word in leaf.tokens)
        score = _PERSON * (_BY_NUMBER if alone else fit.score) + _CLIENT * client
        score += _TITLE * (_TITLE_UNKNOWN if title is None else title)
        said = _title_says(title)
        reasons += said.reasons
        exact = certain and fit.score >= 0.98 and client >= 0.9 and (title or 1.0) >= MATCHES
        before = earlier(ours.invoices, theirs.fact.list_id)
        proves = number.proves or before.proves
        certain = certain and said.certain
        if proves and (alone or fit.score >= _NAMED):
            certain = True
        sure = client >= SURE or before.proves or (number.proves and not named)
        certain = certain and sure
        days = written_days(fact, leaf.months), dates(fact, theirs.fact)
        kind = PROOF
        if not proves:
            unchecked = fact.start is None and bool(leaf.months or years_in(leaf))
            unchecked = unchecked or (not ours.title and self._names_a_title(fit, ours))
            kind = kind_of(fit, title, dated=days[0].score > 0, unchecked=unchecked)
        there = state(theirs.fact, top=not theirs.nodes, noisy=leaf.noisy)
        for extra in (number, before, *days, there):
            score += extra.score
            reasons += extra.reasons
            certain = certain and extra.certain
            exact = exact and extra.certain
        if not fit.score and not before.proves and not alone:
            score, certain = min(score, 0.3), False
        if before.score:
            score = max(score, _WENT_THERE)
        return Pair(max(0.0, min(1.0, score)), tuple(reasons), certain, exact, kind)

    def _explained(self, word: str, ours: OurJob) -> bool:
        if word in self._title_words or word in TITLE_WORDS or word in ours.client_words:
            return True
        if word in REMARKS or self._shortens(word, ours):
            return True
        return word in self._habits.remarks or word in self._habits.titles

    def _is_remark(self, word: str, ours: OurJob) -> bool:
        """A word that tells nothing of the title; so does a letter: Wing C, but not Assembler I."""
        if word in REMARKS or word in self._habits.remarks or word in ours.client_words:
            return True
        return len(word) == 1 and word not in _GRADES and word not in ours.title

    def _shortens(self, word: str, ours: OurJob) -> bool:
        if len(word) < 3:
            return False
        key = (word, ours.title)
        known = self._shortened.get(key)
        if known is None:
            known = any(abbreviates(word, long) for long in ours.title)
            self._shortened[key] = known
        return known

    def _names_a_title(self, fit: PersonFit, ours: OurJob) -> bool:
        """Whether more than the name and remarks stands there."""
        return not all(self._is_remark(word, ours) for word in fit.rest)

    def _title(self, ours: OurJob, fit: PersonFit, leaf: Leaf) -> float | None:
        """How much of the title typed there is in ours, 0 to 1; None where there is nothing.

        A level above the person counts where it fits: it may as well be a branch, a department
        or a year, and then it says nothing against the title.
        """
        words = tuple(word for word in fit.rest if not self._is_remark(word, ours))
        above = tuple(word for word in fit.above if self._is_title(word, ours))
        plain = self._overlap(words, ours, cut=leaf.cut)
        if not above:
            return plain
        fitting = self._overlap(words + above, ours, cut=leaf.cut)
        least = MATCHES if plain is None else plain
        return plain if fitting is None or fitting < least else fitting

    def _overlap(self, words: tuple[str, ...], ours: OurJob, *, cut: bool) -> float | None:
        if not words or not ours.title:
            return None
        key = (words, ours.title, cut)
        value = self._titles.get(key)
        if value is None:
            forms = [self._forms(word) for word in words]
            value = self._titles[key] = _title_overlap(
                words, forms, ours.title, cut=cut, known=self._title_words
            )
        return value

    def _forms(self, word: str) -> tuple[tuple[str, ...], ...]:
        """What a word of a title may stand for; itself last."""
        known = (self._habits.titles.get(word), (word,))
        return tuple(dict.fromkeys(form for form in (expanded([word]), *known) if form))

    def _is_title(self, word: str, ours: OurJob) -> bool:
        return word not in ours.client_words and (
            word in self._title_words
            or word in TITLE_WORDS
            or word in self._habits.titles
            or self._shortens(word, ours)
        )


def _title_overlap(
    theirs: tuple[str, ...],
    forms: Sequence[tuple[tuple[str, ...], ...]],
    ours: tuple[str, ...],
    *,
    cut: bool,
    known: Collection[str],
) -> float:
    if len(theirs) > 1 and ours == ("".join(word[0] for word in theirs),):
        return 1.0
    long = expanded(ours)
    read = tuple(dict.fromkeys((*long, *ours)))
    met = 0.0
    seen: set[str] = set()
    initials = "".join(word[0] for word in long)
    for place, word in enumerate(theirs):
        stump = cut and place == len(theirs) - 1
        best: list[str] = []
        for each in forms[place]:
            found = [_met(form, read, stump=stump, whole=form in known) for form in each]
            if sum(map(bool, found)) * len(best or [""]) > sum(map(bool, best)) * len(found):
                best = found
        if any(best):
            met += sum(map(bool, best)) / len(best)
            seen.update(each for each in best if each)
        elif word in initials or word in ours:
            met += 1
    overlap = 0.85 * met / len(theirs) + 0.15 * min(1.0, len(seen) / len(set(long)))
    grades = _GRADES & set(theirs), _GRADES & set(ours)
    # Assembler I is not Assembler II, while Assembler may be either
    return min(overlap, _PARTLY) if all(grades) and grades[0] != grades[1] else overlap


def _met(word: str, ours: tuple[str, ...], *, stump: bool, whole: bool) -> str:
    """Our word that it stands for. A `whole` one is a word of our titles: Press is short for Pressman
    perhaps, but not for Paraprofessional. Bkkpr is no word, though somebody wrote it as a title."""
    whole = whole and not (len(word) >= _NO_INITIALS and _VOWELS.isdisjoint(word))
    for other in ours:
        if word == other or (stump and other.startswith(word)):
            return other
        shortened = abbreviates(word, other) or abbreviates(other, word)
        if shortened and (not whole or other.startswith(word) or word.startswith(other)):
            return other
        if not whole and _is_slip(word, other):
            return other
    return ""


def _is_slip(word: str, other: str) -> bool:
    """Paarlegal for Paralegal; Trainer and Trainee are two titles."""
    if min(len(word), len(other)) < _LONG or word[0] != other[0] or word[-1] != other[-1]:
        return False
    return OSA.distance(word, other, score_cutoff=1) <= 1


def _title_says(title: float | None) -> Extra:
    if title is None:
        return Extra()
    if title < _TITLE_DIFFERS:
        return Extra(reasons=("title differs",), certain=False)
    return Extra(reasons=("title matches" if title >= MATCHES else "title fits in part",))


def _client_reasons(client: float, *, linked: bool) -> tuple[str, ...]:
    if linked:
        return ("client already mapped",)
    if client >= 0.98:
        return ("same client",)
    if client >= SURE:
        return ("client's name is similar",)
    return ("client's name fits in part",) if client > 0.3 else ("under another customer",)
