"""What the words mean that these bookkeepers add to a name: their own short forms, and remarks.

`Hskpg` stands with housekeepers and nobody else: it is a title's short form. `FY26` and `Annex` stand
with everybody: they tell nothing about the title. Both are seen where a QuickBooks job carries first
name, or its initial, and surname of just one contractor job, whose title is known.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from tieout.core.matching_words import REMARKS, TITLE_WORDS
from tieout.core.names import Leaf, Person

__all__ = ["Habits", "Title", "learn"]

Title = tuple[str, ...]

_SEEN = 5  # times, before a word is thought to mean anything
_NEARLY_ALWAYS = 0.8  # with one title: it stands for it
_MUCH_MORE = 0.5  # than that title is seen anyway
_NO_MORE = 0.25  # than it is seen anyway, with any title: it is a remark


class Habits:
    """Learned words: `titles` leads from a short form to the title's words; `remarks` tell nothing."""

    def __init__(
        self, titles: Mapping[str, Title] | None = None, remarks: Collection[str] = ()
    ) -> None:
        self.titles = dict(titles or {})
        self.remarks = frozenset(remarks)


def learn(
    people: Collection[tuple[Person, Title]], leaves: Iterable[Leaf], known: Collection[str]
) -> Habits:
    """Read the habits from contractors with their titles; `known` are the words of all titles."""
    known = {*known, *(word for person, _ in people for word in person.names)}
    named: dict[tuple[str, str], set[Title]] = defaultdict(set)
    for person, title in people:
        if person.surname_from:
            given, surname = person.names[0], person.names[-1]
            named[given, surname].add(title)
            named[given[0], surname].add(title)
    often = Counter(title for _, title in people)
    seen: dict[str, Counter[Title]] = defaultdict(Counter)
    for leaf in leaves:
        strange = [word for word in leaf.tokens if not _is_known(word, known)]
        found = [pair for pair in _pairs(leaf.tokens) if pair in named] if strange else []
        titles = {title for pair in found for title in named[pair]}
        if len(titles) == 1 and () not in titles:
            title = titles.pop()
            for word in set(strange):
                seen[word][title] += 1
    return _judged(seen, {title: count / len(people) for title, count in often.items()})


def _is_known(word: str, known: Collection[str]) -> bool:
    return len(word) < 2 or word in known or word in TITLE_WORDS or word in REMARKS


def _pairs(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return ((first, last) for first in words for last in words if first != last)


def _judged(seen: Mapping[str, Counter[Title]], share: Mapping[Title, float]) -> Habits:
    titles, remarks = {}, []
    for word, counts in seen.items():
        title, most = counts.most_common(1)[0]
        with_it = most / counts.total()
        if counts.total() < _SEEN:
            continue
        if with_it >= _NEARLY_ALWAYS and with_it - share[title] >= _MUCH_MORE:
            titles[word] = title
        elif with_it - share[title] <= _NO_MORE:
            remarks.append(word)
    return Habits(titles, remarks)
