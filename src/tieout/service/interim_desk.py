"""Stands in for core.matching.Desk."""

from __future__ import annotations

from typing import Any

from tieout.core.matching import JobToMatch, QbCandidate, Suggestion, suggest


class Desk:
    def __init__(self, jobs: Any, candidates: Any, *, client_links: Any, earlier: Any, known: Any = ()) -> None:
        self.jobs: dict[str, JobToMatch] = {j.job_id: j for j in jobs}
        self.candidates: dict[str, QbCandidate] = {c.list_id: c for c in candidates}
        self.links = dict(client_links)

    def suggestions(self) -> list[Suggestion]:
        jobs = sorted(self.jobs.values(), key=lambda j: j.job_id)
        return suggest(jobs, list(self.candidates.values()), client_links=self.links)

    def change(self, *, jobs: Any = (), candidates: Any = (), without_jobs: Any = (), without_candidates: Any = (), client_links: Any = None, earlier: Any = None) -> dict[str, tuple[Suggestion, ...]]:
        self.jobs |= {j.job_id: j for j in jobs}
        self.candidates |= {c.list_id: c for c in candidates}
        for each in without_jobs:
            self.jobs.pop(each, None)
        for each in without_candidates:
            self.candidates.pop(each, None)
        self.links |= client_links or {}
        found: dict[str, tuple[Suggestion, ...]] = {}
        for one in self.suggestions():
            found[one.job_id] = (*found.get(one.job_id, ()), one)
        return found
