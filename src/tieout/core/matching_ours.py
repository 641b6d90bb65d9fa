"""The contractor jobs, read: what all of them together tell, and which may want a QuickBooks job."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from tieout.core.matching_evidence import number_of
from tieout.core.matching_facts import JobToMatch
from tieout.core.matching_pairs import OurJob, TheirJob, title_words
from tieout.core.matching_spellings import Spellings
from tieout.core.matching_words import NICKNAMES
from tieout.core.names import person, tokens

__all__ = ["Ours", "client_of", "refuse_twins"]


def client_of(job: JobToMatch) -> str:
    """What a job's client is known by: its key, or its name where there is none."""
    return job.client_key or job.client


class Ours:
    """Contractor jobs by id, with counts of the words of their names and titles."""

    def __init__(self, jobs: Iterable[JobToMatch]) -> None:
        self.jobs: dict[str, OurJob] = {}
        self.counts: Counter[str] = Counter()
        self.given: Counter[str] = Counter()
        self.family: Counter[str] = Counter()
        self.titles: Counter[str] = Counter()
        self.numbers: dict[str, dict[str, frozenset[str]]] = {}
        self.of_client: dict[str, set[str]] = {}
        self._words: _Words | None = None  # made when somebody asks: one answer for all needs none
        for job in jobs:
            self.put(job, {})

    def put(self, fact: JobToMatch, invoices: Mapping[str, int]) -> None:
        """A new or changed job, with ListID -> how many of its invoices went there."""
        self.drop(fact.job_id)
        job = OurJob(
            fact=fact,
            person=person(fact.contractor),
            title=tokens(fact.title),
            number=number_of(fact.job_id),
            client_words=frozenset(tokens(fact.client)),
            invoices=invoices,
        )
        self.jobs[fact.job_id] = job
        self._count(job, 1)
        self.of_client.setdefault(client_of(fact), set()).add(fact.job_id)
        if job.number:
            words = frozenset(job.person.names)
            self.numbers.setdefault(job.number, {})[fact.job_id] = words
        if self._words is not None:
            self._words.add(job)

    def drop(self, job_id: str) -> None:
        """A job that is there no longer, if it was."""
        job = self.jobs.pop(job_id, None)
        if job is None:
            return
        self._count(job, -1)
        client = client_of(job.fact)
        self.of_client[client].discard(job_id)
        if not self.of_client[client]:
            del self.of_client[client]
        if job.number:
            del self.numbers[job.number][job_id]
            if not self.numbers[job.number]:
                del self.numbers[job.number]
        if self._words is not None:
            self._words.drop(job)

    def _count(self, job: OurJob, by: int) -> None:
        names = job.person.names
        for word in set(names):
            self.counts[word] += by
        if job.person.surname_from:
            self.given[names[0]] += by
        for word in job.person.surname:
            self.family[word] += by
        for word in title_words(job.title):
            self.titles[word] += by
            if not self.titles[word]:
                del self.titles[word]

    def reach(self, theirs: TheirJob) -> set[str]:
        """The jobs that share a word of the name with a QuickBooks job, or whose number it bears."""
        if self._words is None:
            self._words = _Words(self.jobs.values())
        words = theirs.leaf.tokens
        joined = (words[i] + words[i + 1] for i in range(min(len(words) - 1, 3)))
        found: set[str] = set()
        for word in {*words, *joined}:
            found |= self._words.jobs_near(word)
        for number in theirs.leaf.numbers:
            found.update(self.numbers.get(number.lstrip("0"), ()))
        return found


class _Words:
    """Jobs by the words of their names, as QuickBooks may have them: cut, misspelled, nicknames."""

    def __init__(self, jobs: Iterable[OurJob]) -> None:
        self._jobs: dict[str, set[str]] = {}
        self._stumps: dict[str, set[str]] = defaultdict(set)
        self._spellings = Spellings()
        for job in jobs:
            self.add(job)

    def add(self, job: OurJob) -> None:
        for word in _findable(job):
            if word not in self._jobs:
                self._jobs[word] = set()
                if len(word) > 3:
                    self._spellings.add(word)
                    for length in range(3, len(word)):
                        self._stumps[word[:length]].add(word)
            self._jobs[word].add(job.fact.job_id)

    def drop(self, job: OurJob) -> None:
        for word in _findable(job):
            self._jobs[word].discard(job.fact.job_id)
            if not self._jobs[word]:
                del self._jobs[word]
                if len(word) > 3:
                    self._spellings.drop(word)
                    for length in range(3, len(word)):
                        self._stumps[word[:length]].discard(word)

    def jobs_near(self, word: str) -> set[str]:
        near = {word, *NICKNAMES.get(word, ()), *self._stumps.get(word, ())}
        if len(word) > 3:
            near |= self._spellings.near(word)
        return {job for other in near for job in self._jobs.get(other, ())}


def _findable(job: OurJob) -> set[str]:
    names = job.person.names
    joined = (names[i] + names[i + 1] for i in range(len(names) - 1))
    return {*(word for word in names if len(word) > 1), *joined}


def refuse_twins(keys: Iterable[str], name: str) -> None:
    """ValueError: a key stands twice among those of one kind."""
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        message = f"{name} {twice[0]} stands twice"
        raise ValueError(message)
