"""Finds the few QuickBooks jobs that are worth comparing with a contractor job."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tieout.core.matching_clients import Customers
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_pairs import OurJob, TheirJob, number_of
from tieout.core.matching_words import NICKNAMES
from tieout.core.names import leaf, person, tokens

__all__ = ["Index", "read_candidates", "read_jobs"]

_NEAR_MAX = 16  # spellings tried for one word of a name
_POOL_MAX = 10  # candidates compared under plausible customers
_EVERYWHERE_MAX = 8
_COMMON = 600  # a word with more jobs than this finds nobody anywhere by itself


def read_jobs(jobs: Iterable[JobToMatch]) -> list[OurJob]:
    """Take the contractor jobs' names apart."""
    return [
        OurJob(
            fact=job,
            person=person(job.contractor),
            title=tokens(job.title),
            number=number_of(job.job_id),
            client_words=frozenset(tokens(job.client)),
        )
        for job in jobs
    ]


def read_candidates(candidates: Sequence[QbCandidate]) -> tuple[list[TheirJob], list[str]]:
    """The QuickBooks jobs, and the full names of the levels that have jobs below them.

    A customer without jobs is read as a candidate as well: some books keep people there.
    """
    by_id = {each.list_id: each for each in candidates}
    paths: dict[str, int] = {}
    levels_of: list[tuple[QbCandidate, tuple[str, ...]]] = []
    for each in candidates:
        levels = tuple(level.strip() for level in each.full_name.split(":"))
        if len(levels) == 1 and each.parent in by_id and each.parent != each.list_id:
            above = by_id[each.parent].full_name.split(":")
            levels = (*(level.strip() for level in above), *levels)
        levels_of.append((each, levels))
        for depth in range(1, len(levels)):
            paths.setdefault(":".join(levels[:depth]), len(paths))
    jobs = []
    for each, levels in levels_of:
        if len(levels) == 1 and levels[0] in paths:
            continue  # a customer with jobs is no job
        nodes = tuple(paths[":".join(levels[:depth])] for depth in range(1, len(levels)))
        jobs.append(TheirJob(fact=each, leaf=leaf(levels[1:] or levels), nodes=nodes))
    return jobs, list(paths)


class Index:
    """QuickBooks jobs by the words of their names, under each customer and everywhere."""

    def __init__(self, theirs: Sequence[TheirJob], paths: Sequence[str]) -> None:
        self.theirs = theirs
        self.paths = paths
        self.customers = Customers([path.rsplit(":", 1)[-1] for path in paths])
        self.counts: Counter[str] = Counter()
        self._under: dict[tuple[int, str], list[int]] = defaultdict(list)
        self._everywhere: dict[str, list[int]] = defaultdict(list)
        for place, their in enumerate(theirs):
            words = their.leaf.tokens
            self.counts.update(set(words))
            joined = (words[i] + words[i + 1] for i in range(min(len(words) - 1, 3)))
            for word in {*words, *joined, *(n.lstrip("0") for n in their.leaf.numbers)}:
                self._everywhere[word].append(place)
                for node in their.nodes:
                    self._under[node, word].append(place)
        self._spellings = _deletions(word for word in self._everywhere if len(word) > 3)
        self._near: dict[str, list[tuple[str, float]]] = {}

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
            for cut in _shorter(word):
                for other in self._spellings.get(cut, ()):
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

    def under(self, job: OurJob, nodes: Sequence[int]) -> list[int]:
        """The best-looking jobs below these customers."""
        votes: dict[int, float] = defaultdict(float)
        under = self._under
        for word in _asked(job):
            for other, weight in self.near(word):
                for node in nodes:
                    for place in under.get((node, other), ()):
                        votes[place] += weight
        return _best(votes, _POOL_MAX)

    def everywhere(self, job: OurJob) -> list[int]:
        """The best-looking jobs of the whole file; words that stand everywhere only add."""
        votes: dict[int, float] = defaultdict(float)
        for word in _asked(job):
            for other, weight in self.near(word):
                places = self._everywhere[other]
                if len(places) <= _COMMON:
                    for place in places:
                        votes[place] += weight
        return _best(votes, _EVERYWHERE_MAX)


def _asked(job: OurJob) -> list[str]:
    names = job.person.names
    words = [word for word in names if len(word) > 1]
    words += [names[i] + names[i + 1] for i in range(len(names) - 1)]
    return [*words, job.number] if job.number else words


def _best(votes: Mapping[int, float], most: int) -> list[int]:
    if len(votes) <= most:
        return list(votes)
    return sorted(votes, key=lambda place: (-votes[place], place))[:most]


def _shorter(word: str) -> set[str]:
    """The word, and the word with any one letter left out."""
    once = {word[:i] + word[i + 1 :] for i in range(len(word))}
    return {word, *once}


def _deletions(words: Iterable[str]) -> dict[str, list[str]]:
    """Each word under every spelling with one letter left out: finds what differs by one letter."""
    answer: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        for cut in _shorter(word):
            answer[cut].append(word)
    return dict(answer)
