"""Who gets which QuickBooks job: one to one, the best pairs first, and again after a change."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

__all__ = ["Assignment"]

Scores = Mapping[str, float]
Key = tuple[float, str, str]  # -score, job, QuickBooks job: the smallest is served first


class Assignment:
    """One to one: every pair of which neither side has a better one is taken.

    There is exactly one such assignment, so it does not matter in which order changes arrive.
    """

    def __init__(self, scores: Mapping[str, Scores]) -> None:
        self.scores: dict[str, Scores] = dict(scores)
        self.wanted: dict[str, dict[str, float]] = {}
        self.takers: dict[str, str] = {}
        self.served: dict[str, str] = {}
        for job, mine in self.scores.items():
            for theirs, score in mine.items():
                self.wanted.setdefault(theirs, {})[job] = score
        for _, job, theirs in sorted(self._keys_of(self.scores)):
            if job not in self.served and theirs not in self.takers:
                self._take(job, theirs)

    @staticmethod
    def _keys_of(scores: Mapping[str, Scores]) -> list[Key]:
        return [
            (-score, job, theirs) for job, mine in scores.items() for theirs, score in mine.items()
        ]

    def change(self, scores: Mapping[str, Scores | None]) -> set[str]:
        """New scores for these jobs, None for one that went; answers the jobs it matters to.

        It matters to a job when it, or somebody who wants what it wants, is served otherwise or
        scores otherwise than before.
        """
        moved = set(scores)
        touched: set[str] = set()
        free: list[Key] = []
        for job, mine in scores.items():
            touched.update(self.scores.get(job, ()), mine or ())
            self._free(job, free)
            for theirs in self.scores.pop(job, {}):
                del self.wanted[theirs][job]
            if mine is not None:
                self.scores[job] = mine
                for theirs, score in mine.items():
                    self.wanted.setdefault(theirs, {})[job] = score
        for job in scores:
            free += self._of_job(job)
        moved |= self._settle(free)
        touched.update(theirs for job in moved for theirs in self.scores.get(job, ()))
        return moved | {job for theirs in touched for job in self.wanted.get(theirs, ())}

    def _settle(self, free: list[Key]) -> set[str]:
        """Serve whoever would rather have each other; answers the jobs that it moved."""
        moved: set[str] = set()
        heapq.heapify(free)
        while free:
            key = heapq.heappop(free)
            _, job, theirs = key
            score = self.scores.get(job, {}).get(theirs)
            if score is None or -score != key[0]:
                continue
            if key >= self._now(self.served.get(job), job) or key >= self._held(theirs):
                continue
            moved.add(job)
            loser = self.takers.get(theirs)
            again: list[Key] = []
            self._free(job, again)
            if loser is not None:
                moved.add(loser)
                self._free(loser, again)
                again += self._of_job(loser)
            self._take(job, theirs)
            for each in again:
                heapq.heappush(free, each)
        return moved

    def _now(self, theirs: str | None, job: str) -> Key:
        return (1.0, "", "") if theirs is None else (-self.scores[job][theirs], job, theirs)

    def _held(self, theirs: str) -> Key:
        job = self.takers.get(theirs)
        return (1.0, "", "") if job is None else (-self.wanted[theirs][job], job, theirs)

    def _of_job(self, job: str) -> list[Key]:
        return [(-score, job, theirs) for theirs, score in self.scores.get(job, {}).items()]

    def _free(self, job: str, free: list[Key]) -> None:
        theirs = self.served.pop(job, None)
        if theirs is not None:
            del self.takers[theirs]
            free += [
                (-s, other, theirs) for other, s in self.wanted[theirs].items() if other != job
            ]

    def _take(self, job: str, theirs: str) -> None:
        self.served[job] = theirs
        self.takers[theirs] = job
