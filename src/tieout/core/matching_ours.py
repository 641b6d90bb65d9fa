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

__all__ = ["Ours", "client_of"]


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
        self._words: dict[str, set[str]] = defaultdict(set)
        self._stumps: dict[str, set[str]] = defaultdict(set)
        self._spellings = Spellings()
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
        for word in _findable(job):
            jobs = self._words[word]
            if not jobs and len(word) > 3:
                self._spellings.add(word)
                for length in range(3, len(word)):
                    self._stumps[word[:length]].add(word)
            jobs.add(fact.job_id)

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
        for word in _findable(job):
            jobs = self._words[word]
            jobs.discard(job_id)
            if not jobs:
                del self._words[word]
                if len(word) > 3:
                    self._spellings.drop(word)
                    for length in range(3, len(word)):
                        self._stumps[word[:length]].discard(word)

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
        words = theirs.leaf.tokens
        joined = (words[i] + words[i + 1] for i in range(min(len(words) - 1, 3)))
        found: set[str] = set()
        for word in {*words, *joined}:
            for other in self._near(word):
                found |= self._words.get(other, set())
        for number in theirs.leaf.numbers:
            found.update(self.numbers.get(number.lstrip("0"), ()))
        return found

    def _near(self, word: str) -> set[str]:
        near = {word, *NICKNAMES.get(word, ()), *self._stumps.get(word, ())}
        return near | self._spellings.near(word) if len(word) > 3 else near


def _findable(job: OurJob) -> set[str]:
    names = job.person.names
    joined = (names[i] + names[i + 1] for i in range(len(names) - 1))
    return {*(word for word in names if len(word) > 1), *joined}
