"""Finds the few QuickBooks jobs that are worth comparing with a contractor job."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tieout.core.matching_clients import Customers, best_voted, read
from tieout.core.matching_facts import QbCandidate
from tieout.core.matching_pairs import OurJob, TheirJob
from tieout.core.matching_spellings import Spellings
from tieout.core.matching_words import NICKNAMES
from tieout.core.names import Leaf, leaf

__all__ = ["Index"]

_NEAR_MAX = 16  # spellings tried for one word of a name
_POOL_MAX = 10  # candidates compared under plausible customers
_EVERYWHERE_MAX = 8
_COMMON = 600  # a word with more jobs than this finds nobody anywhere by itself
_CUSTOMER_FROM = 3  # rows below it make a name a customer's beyond doubt

Levels = tuple[str, ...]


class Index:
    """QuickBooks jobs by the words of their names, under each customer and everywhere.

    A customer with jobs is no job; one without is read as a job as well: some books keep people
    there. Rows may be put and dropped at any time; the order in which they came changes nothing.
    """

    def __init__(self, candidates: Iterable[QbCandidate]) -> None:
        self.facts = {each.list_id: each for each in candidates}
        self.theirs: dict[str, TheirJob] = {}
        self.customers = Customers()
        self.counts: Counter[str] = Counter()
        self.numbers: Counter[str] = Counter()
        self.children: Counter[str] = Counter()  # path -> rows at any depth below it
        self._levels: dict[str, Levels] = {}
        self._tops: dict[str, set[str]] = defaultdict(set)  # rows of one level
        self._roots: dict[tuple[str, ...], set[str]] = defaultdict(set)  # name -> customers
        self._under: dict[str, dict[str, list[str]]] = {}  # path -> word -> jobs
        self._everywhere: dict[str, list[str]] = defaultdict(list)
        self._spellings = Spellings()
        self._near: dict[str, list[tuple[str, float]]] = {}
        for each in self.facts.values():
            self._hang(each)
        for list_id in self.facts:
            self._enter(list_id)

    def put(self, candidate: QbCandidate) -> set[str]:
        """A new or changed row. Answers the ListIDs of jobs that are to be found otherwise now."""
        gone = self.drop(candidate.list_id)
        self.facts[candidate.list_id] = candidate
        touched = self._hang(candidate)
        self._enter(candidate.list_id)
        return gone | touched | {candidate.list_id}

    def drop(self, list_id: str) -> set[str]:
        """A row that is there no longer; see `put`."""
        if list_id not in self.facts:
            return set()
        self._near.clear()
        self._leave(list_id)
        touched = {list_id}
        levels = self._levels.pop(list_id)
        del self.facts[list_id]
        if len(levels) == 1:
            self._tops[levels[0]].discard(list_id)
        for path in _above(levels):
            self.children[path] -= 1
            if not self.children[path]:
                del self.children[path]
                self.customers.drop(path)
                self._root(path, there=False)
                touched |= self._tops.get(path, set())
        for other in touched - {list_id}:
            self._enter(other)  # a customer without jobs is read as a job
        return touched

    def _hang(self, candidate: QbCandidate) -> set[str]:
        """Count a row below its levels; answers the customers that were read as jobs till now."""
        self._near.clear()
        levels = self._read(candidate)
        self._levels[candidate.list_id] = levels
        if len(levels) == 1:
            self._tops[levels[0]].add(candidate.list_id)
        touched: set[str] = set()
        for path in _above(levels):
            self.children[path] += 1
            if self.children[path] == 1:
                self.customers.add(path)
                self._root(path, there=True)
                touched |= self._tops.get(path, set())
        for other in touched:
            self._leave(other)
        return touched

    def _read(self, candidate: QbCandidate) -> Levels:
        levels = tuple(level.strip() for level in candidate.full_name.split(":"))
        above = self.facts.get(candidate.parent)
        if len(levels) == 1 and above is not None and above.list_id != candidate.list_id:
            levels = (*(level.strip() for level in above.full_name.split(":")), *levels)
        return levels

    def _root(self, path: str, *, there: bool) -> None:
        if ":" not in path:
            for form in read(path).forms[:1]:
                (self._roots[form].add if there else self._roots[form].discard)(path)

    def _turned(self, levels: Levels) -> str:
        """The customer's path where somebody wrote `Ortiz, Elena:Acme`, else ""."""
        if len(levels) != 2 or self.children[levels[0]] >= _CUSTOMER_FROM:
            return ""
        forms = read(levels[1]).forms
        found = sorted(self._roots.get(forms[0], ()) if forms else ())
        return next((root for root in found if self.children[root] >= _CUSTOMER_FROM), "")

    def _enter(self, list_id: str) -> None:
        levels = self._levels[list_id]
        if len(levels) == 1 and levels[0] in self.children:
            return  # a customer with jobs is no job
        turned = self._turned(levels)
        if turned:
            read_leaf, nodes = leaf(levels[:1]), [turned]
        else:
            read_leaf, nodes = leaf(levels[1:] or levels), _above(levels)
        self.theirs[list_id] = TheirJob(
            fact=self.facts[list_id], leaf=read_leaf, nodes=tuple(nodes)
        )
        self.counts.update(set(read_leaf.tokens))
        self.numbers.update(read_leaf.numbers)
        for word in _keys(read_leaf):
            places = self._everywhere[word]
            if not places and len(word) > 3:
                self._spellings.add(word)
            places.append(list_id)
            for node in nodes:
                self._under.setdefault(node, {}).setdefault(word, []).append(list_id)

    def _leave(self, list_id: str) -> None:
        their = self.theirs.pop(list_id, None)
        if their is None:
            return
        self.counts.subtract(set(their.leaf.tokens))
        self.numbers.subtract(their.leaf.numbers)
        for word in _keys(their.leaf):
            self._everywhere[word].remove(list_id)
            if not self._everywhere[word]:
                del self._everywhere[word]
                if len(word) > 3:
                    self._spellings.drop(word)
            for node in their.nodes:
                self._under[node][word].remove(list_id)

    def near(self, word: str) -> list[tuple[str, float]]:
        """The words of QuickBooks jobs that may stand for a word of ours, and how much they tell."""
        found = self._near.get(word)
        if found is None:
            found = self._near[word] = self._find_near(word)
        return found

    def _find_near(self, word: str) -> list[tuple[str, float]]:
        weights: dict[str, float] = {word: 1.0}
        for other in NICKNAMES.get(word, ()):
            weights[other] = 0.9
        if len(word) > 3:
            for other in self._spellings.near(word):
                weights.setdefault(other, 0.8)
            for length in range(3, len(word)):
                weights.setdefault(word[:length], 0.6)
        # a misspelling is rarer than the name, and tells no more for it
        seen = len(self._everywhere.get(word, ()))
        many = len(self.theirs)
        known = [
            (other, weight * math.log(1 + many / max(seen, len(self._everywhere[other]))))
            for other, weight in weights.items()
            if other in self._everywhere
        ]
        return sorted(known, key=lambda each: (-each[1], each[0]))[:_NEAR_MAX]

    def under(self, job: OurJob, nodes: Sequence[str]) -> list[str]:
        """The best-looking jobs below these customers."""
        votes: dict[str, float] = defaultdict(float)
        words = [self._under[node] for node in nodes if node in self._under]
        for word in _asked(job):
            for other, weight in self.near(word):
                for below in words:
                    if other in below:
                        for place in below[other]:
                            votes[place] += weight
        return best_voted(votes, _POOL_MAX)

    def everywhere(self, job: OurJob) -> list[str]:
        """The best-looking jobs of the whole file; words that stand everywhere only add."""
        votes: dict[str, float] = defaultdict(float)
        for word in _asked(job):
            for other, weight in self.near(word):
                places = self._everywhere[other]
                if len(places) <= _COMMON:
                    for place in places:
                        votes[place] += weight
        return best_voted(votes, _EVERYWHERE_MAX)


def _above(levels: Levels) -> list[str]:
    return [":".join(levels[:depth]) for depth in range(1, len(levels))]


def _keys(read_leaf: Leaf) -> set[str]:
    words = read_leaf.tokens
    joined = (words[i] + words[i + 1] for i in range(min(len(words) - 1, 3)))
    return {*words, *joined, *(number.lstrip("0") for number in read_leaf.numbers)}


def _asked(job: OurJob) -> list[str]:
    names = job.person.names
    words = [word for word in names if len(word) > 1]
    words += [names[i] + names[i + 1] for i in range(len(names) - 1)]
    return [*words, job.number] if job.number else words
