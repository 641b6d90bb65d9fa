"""Whether a contractor is the person that a QuickBooks job is named after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import OSA

from tieout.core.matching_suffixes import suffix_place
from tieout.core.matching_words import NICKNAMES, SUFFIXES
from tieout.core.names import Leaf, Person

__all__ = ["Kind", "PersonFit", "Persons"]


class Kind(IntEnum):
    """How one word of a name was met, best first."""

    EXACT = 0
    CUT = 1
    JOINED = 2
    NICKNAME = 3
    TYPO = 4
    INITIAL = 5
    LIKE = 6  # one letter differs, and neither word is seen often enough to be sure
    FAR = 7  # two letters differ
    DOUBTFUL = 8  # alike, but both words are names that others have too
    NOT_MET = 9


# what is lost for each kind, in the order of Kind; another name in its place is worse than none
_GIVEN = (0.0, 0.0, 0.01, 0.03, 0.06, 0.12, 0.07, 0.10, 0.35, 0.22)
_SURNAME = (0.0, 0.0, 0.01, 0.30, 0.06, 0.22, 0.07, 0.12, 0.35, 0.45)
_MIDDLE = (0.0, 0.0, 0.0, 0.0, 0.01, 0.0, 0.01, 0.02, 0.03, 0.04)
_ANOTHER_GIVEN = 0.5
_ANOTHER_SURNAME = 0.5
_PART_OF_SURNAME = 0.09
_ANOTHER_MIDDLE = 0.25
_FOREIGN = 0.12
_FOREIGN_INITIAL = 0.02
_OTHER_SUFFIX = 0.4
_LONE_SUFFIX = 0.10
_SWAPPED = 0.30
_TYPED = 0.1  # a loss beyond one mistake takes more evidence than the name
_TWO_FAULTS = 0.17  # an initial and a mistake together: many people would fit
_OFTEN = 5  # as often is a word seen that is surely a name
_MISTAKES = 0.02  # of a common name are typed so that they look like one certain other word
_SLIPS = 3  # QuickBooks jobs with a word that no contractor has may all be the same slip
_LETTERS = ("", "c", "j", "n", "t", "i", "l", "f", "d", "x")  # in the order of Kind
_THIN = frozenset("icmszoX")  # letters of a likeness that takes more evidence than the name
_SLIPPED = (Kind.TYPO, Kind.LIKE, Kind.FAR)  # tell as little in a middle name as in the first one
_REASONS = {
    Kind.CUT: "name cut at 41 characters",
    Kind.JOINED: "name written together",
    Kind.NICKNAME: "nickname",
    Kind.TYPO: "spelled slightly differently",
    Kind.INITIAL: "initial matches",
    Kind.LIKE: "one letter differs",
    Kind.FAR: "spelled differently",
    Kind.DOUBTFUL: "similar but perhaps another name",
}


class Order(IntEnum):
    """Which way round the name is there."""

    SAME = 0
    OPEN = 1  # either word could be the first name
    TURNED = (
        2  # the comma says that the first name is our surname, which nobody has for a first name
    )
    SWAPPED = 3  # the comma says so, and it may be


@dataclass(frozen=True, slots=True)
class PersonFit:
    """How well the person fits: 0 to 1, why, and which of the leaf's tokens are no name."""

    score: float
    reasons: tuple[str, ...]
    certain: bool  # nothing stands against it being this person
    thin: bool  # but it takes a matching title or number to be sure
    likeness: str  # how first name, surname and the rest are met: a letter each, "" for exactly
    rest: tuple[str, ...]  # the tokens that were not used for the name: title, client, remarks
    above: tuple[str, ...] = ()  # the tokens of the levels above that were not used


_NOBODY = PersonFit(0.0, (), certain=False, thin=True, likeness="?", rest=())


class Persons:
    """Compares names, knowing how often each word is a name on either side.

    `ours` and `theirs` count the contractors and QuickBooks jobs that carry a word, `given` and
    `family` the contractors who have it for a first name or a surname. A word that
    several carry is a name of its own; one that stands once and nowhere else may be a typing
    mistake for its neighbour.
    """

    def __init__(
        self,
        ours: Mapping[str, int],
        theirs: Mapping[str, int],
        given: Mapping[str, int],
        family: Mapping[str, int],
    ) -> None:
        self._ours = ours
        self._theirs = theirs
        self._given = given
        self._family = family
        self._kinds: dict[tuple[str, str], Kind] = {}

    def kind(self, ours: str, theirs: str) -> Kind:
        """How alike two words of names are."""
        pair = (ours, theirs)
        kind = self._kinds.get(pair)
        if kind is None:
            kind = self._kinds[pair] = self._compare(ours, theirs)
        return kind

    def _compare(self, ours: str, theirs: str) -> Kind:
        if ours == theirs:
            return Kind.EXACT
        if len(ours) == 1 or len(theirs) == 1:
            short_for = ours[0] == theirs[0] and theirs not in SUFFIXES
            return Kind.INITIAL if short_for else Kind.NOT_MET
        if theirs in NICKNAMES.get(ours, ()):
            return Kind.NICKNAME
        short, long = sorted((len(ours), len(theirs)))
        known = self._both_known(ours, theirs)
        allowed = 0 if short < 3 else 1 if long < 7 else 2
        apart = OSA.distance(ours, theirs, score_cutoff=allowed)
        if apart <= allowed:
            if known:
                return Kind.DOUBTFUL
            return self._mistake(ours, theirs) if apart == 1 else Kind.FAR
        if short >= 3 and (ours.startswith(theirs) or theirs.startswith(ours)):
            return Kind.DOUBTFUL if known else Kind.NICKNAME
        return Kind.NOT_MET

    def _mistake(self, ours: str, theirs: str) -> Kind:
        """Two letters changed places, or a name that is often seen lost, gained or changed one.

        Hands slip within a word: another first letter is more likely another name, and so is
        another ending: Clark and Clarke, Eric and Erica, Martin and Martine.
        """
        if sorted(ours) == sorted(theirs):
            return Kind.TYPO
        if ours[0] != theirs[0] or _ends_otherwise(ours, theirs):
            return Kind.LIKE
        seen = self._ours.get(ours, 0) + self._theirs.get(ours, 0)
        seen_there = self._ours.get(theirs, 0) + self._theirs.get(theirs, 0)
        return Kind.TYPO if max(seen, seen_there) >= _OFTEN else Kind.LIKE

    def _both_known(self, ours: str, theirs: str) -> bool:
        """Whether each is a name by itself, and not now and then a mistake for the other."""
        return (
            self._ours.get(theirs, 0) > _MISTAKES * self._ours.get(ours, 0)
            or self._theirs.get(theirs, 0) > _SLIPS + _MISTAKES * self._theirs.get(ours, 0)
        ) and (
            self._theirs.get(ours, 0) > _MISTAKES * self._theirs.get(theirs, 0)
            or self._ours.get(ours, 0) > 1 + _MISTAKES * self._ours.get(theirs, 0)
        )

    def compare(
        self,
        person: Person,
        leaf: Leaf,
        explained: Callable[[str], bool],
        title: Collection[str] = (),
    ) -> PersonFit:
        """Lay one name over the other, in any order.

        `explained` says of a word that it belongs to a title or to the client; `title` are the
        words of our job's title.
        """
        met, used = self._lay(person, leaf)
        parts = {leaf.parts[place] for place in used}
        if not parts:
            return _NOBODY
        mark = suffix_place(leaf, used, explained=explained, title=title, suffix=person.suffix)
        suffix = leaf.suffix if mark is None else SUFFIXES[leaf.tokens[mark]]
        unused = [
            place for place in range(len(leaf.tokens)) if place not in used and place != mark
        ]
        foreign = [
            leaf.tokens[place]
            for place in unused
            if leaf.parts[place] in parts and not explained(leaf.tokens[place])
        ]
        others = [place for place in unused if leaf.tokens[place] not in foreign]
        rest = tuple(leaf.tokens[place] for place in others if leaf.parts[place] > 0)
        above = tuple(leaf.tokens[place] for place in others if leaf.parts[place] < 0)
        order = self._order(person, leaf, used)
        return _judged(person, leaf, met, foreign, (rest, above), used, order, suffix)

    def _order(self, person: Person, leaf: Leaf, used: Mapping[int, int]) -> Order:
        """Whether the two names are there the same way round, or could be two people's."""
        first = [other for other, place in used.items() if place < person.middle_from]
        last = [other for other, place in used.items() if place >= person.surname_from]
        if not first or not last or not person.surname_from:
            return Order.SAME
        sides = {leaf.sides[other] for other in first}, {leaf.sides[other] for other in last}
        given, family = person.names[0], person.names[-1]
        either = self._given.get(family, 0), self._family.get(given, 0)
        if sides == ({1}, {2}) and given not in person.surname:
            # James, Thomas is not James Thomas
            return Order.SWAPPED if any(either) else Order.TURNED
        if sides == ({2}, {1}) or first[0] < last[0]:
            return Order.SAME
        # Thomas James without a comma: James Thomas, or somebody else
        return Order.OPEN if all(either) else Order.SAME

    def _lay(self, person: Person, leaf: Leaf) -> tuple[list[Kind], dict[int, int]]:
        """For each of our words how it was met, and which of theirs were used, by which."""
        theirs = leaf.tokens
        met = [Kind.NOT_MET] * len(person.names)
        used: dict[int, int] = {}
        for place, word in enumerate(person.names):
            for other, token in enumerate(theirs):
                if token == word and other not in used:
                    met[place] = Kind.EXACT
                    used[other] = place
                    break
        if Kind.NOT_MET in met:
            _join(person.names, theirs, met, used)
        if Kind.NOT_MET in met:
            self._approximate(person, leaf, met, used)
        return met, used

    def _approximate(
        self, person: Person, leaf: Leaf, met: list[Kind], used: dict[int, int]
    ) -> None:
        missing = [place for place, kind in enumerate(met) if kind is Kind.NOT_MET]
        # surname first: an initial counts only beside a name that is spelled out
        for place in sorted(missing, reverse=True):
            word = person.names[place]
            best, kind = -1, Kind.NOT_MET
            parts = {leaf.parts[other] for other in used}
            for other, token in enumerate(leaf.tokens):
                if other in used:
                    continue
                found = self.kind(word, token)
                last = leaf.cut and other == len(leaf.tokens) - 1
                if last and found > Kind.CUT and word.startswith(token):
                    found = Kind.CUT
                if found is Kind.INITIAL and leaf.parts[other] not in parts:
                    continue
                if found < kind:
                    best, kind = other, found
            if best >= 0:
                met[place] = kind
                used[best] = place


def _ends_otherwise(one: str, other: str) -> bool:
    """Whether just the last letter is another, or is one too many and no slip for the one before."""
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        return short[:-1] == long[:-1]
    return long[:-1] == short and long[-1] != long[-2]


def _join(
    ours: tuple[str, ...], theirs: tuple[str, ...], met: list[Kind], used: dict[int, int]
) -> None:
    """Two words of one side that the other side writes as one: De Leon, Deleon."""
    for place in range(len(ours) - 1):
        joined = ours[place] + ours[place + 1]
        if joined in theirs and Kind.NOT_MET in met[place : place + 2]:
            used[theirs.index(joined)] = place
            met[place] = met[place + 1] = Kind.JOINED
    for place, word in enumerate(ours):
        for other in range(len(theirs) - 1):
            if met[place] is Kind.NOT_MET and theirs[other] + theirs[other + 1] == word:
                used[other] = used[other + 1] = place
                met[place] = Kind.JOINED


def _judged(
    person: Person,
    leaf: Leaf,
    met: list[Kind],
    foreign: list[str],
    rest: tuple[tuple[str, ...], tuple[str, ...]],
    used: Collection[int],
    order: Order,
    suffix: str,
) -> PersonFit:
    reasons = [_REASONS[kind] for kind in sorted(set(met)) if kind in _REASONS]
    strangers = [word for word in foreign if len(word) > 1]
    initials = len(foreign) - len(strangers)
    lost, certain = _surname_loss(person, met, strangers, reasons, leaf)
    given_lost, given_certain = _given_loss(person, met, strangers, reasons, leaf)
    middle = met[person.middle_from : person.surname_from]
    lost += given_lost + sum(_MIDDLE[kind] for kind in middle)
    if middle and max(middle) <= Kind.INITIAL:
        reasons.append("middle name matches")
    certain = certain and given_certain and Kind.DOUBTFUL not in met
    if foreign and Kind.NOT_MET in middle:
        lost += _ANOTHER_MIDDLE
        certain = False
        reasons.append("another middle name")
    elif strangers:
        lost += _FOREIGN * len(strangers)
        # a second surname is common; more than one name too many is somebody else
        certain = certain and len(strangers) == 1
        reasons.append("more names there")
    elif initials:
        lost += _FOREIGN_INITIAL * initials
    if person.suffix != suffix:
        both = bool(person.suffix and suffix)
        lost += _OTHER_SUFFIX if both else _LONE_SUFFIX
        # father and son are two; whether the one without a suffix is the father the counts tell
        certain = certain and not both
        reasons.append("another suffix" if both else "suffix on one side only")
    if order is not Order.SAME:
        lost += _SWAPPED if order is Order.SWAPPED else 0.02
        certain = certain and order is Order.TURNED
        reasons.append("first and last name the other way round")
    if not lost:
        reasons.append("same person" if _in_order(used) else "same person, order swapped")
    likeness = _likeness(person, met, strangers, order, suffix)
    likeness += "2" if lost >= _TWO_FAULTS else ""
    if not likeness and Kind.NOT_MET in middle:
        likeness = "w"
    thin = lost > _TYPED or not _THIN.isdisjoint(likeness) or Kind.LIKE in met or Kind.FAR in met
    return PersonFit(max(0.0, 1 - lost), tuple(reasons), certain, thin, likeness, *rest)


def _likeness(
    person: Person, met: list[Kind], strangers: list[str], order: Order, suffix: str
) -> str:
    """The letters of `matching_kinds` for what differs."""
    middle = met[person.middle_from : person.surname_from]
    slip = max((kind for kind in middle if kind in _SLIPPED), default=Kind.EXACT)
    letters = _LETTERS[met[0] or slip] + _LETTERS[max(met[person.surname_from :])].upper()
    letters += "m" if strangers else ""
    if person.suffix != suffix:
        letters += "s" if person.suffix else "z"
    return letters + ("o" if order is Order.TURNED else "")


def _surname_loss(
    person: Person, met: list[Kind], strangers: list[str], reasons: list[str], leaf: Leaf
) -> tuple[float, bool]:
    kinds = met[person.surname_from :]
    worst, best = max(kinds), min(kinds)
    if worst is not Kind.NOT_MET:
        return _SURNAME[worst], worst is not Kind.NICKNAME
    if leaf.cut and not strangers:
        reasons.append("name cut at 41 characters")
        return _PART_OF_SURNAME, best is not Kind.NOT_MET
    middle = met[person.middle_from : person.surname_from]
    if best < Kind.INITIAL or Kind.EXACT in middle:
        reasons.append("part of the surname")
        return _PART_OF_SURNAME, Kind.EXACT in kinds or Kind.EXACT in middle
    reasons.append("another surname" if strangers else "surname missing there")
    if strangers:
        strangers.pop()
        return _ANOTHER_SURNAME, False
    return _SURNAME[worst], False


def _given_loss(
    person: Person, met: list[Kind], strangers: list[str], reasons: list[str], leaf: Leaf
) -> tuple[float, bool]:
    if not person.surname_from:
        return 0.0, False  # a name of one word: nobody can be sure
    kind = met[0]
    if kind is not Kind.NOT_MET:
        return _GIVEN[kind], True
    if strangers:
        strangers.pop()
        reasons.append("another first name")
        return _ANOTHER_GIVEN, False
    reasons.append("first name missing there")
    return _GIVEN[kind], True


def _in_order(used: Collection[int]) -> bool:
    places = list(used)
    return places == sorted(places)
