"""Suggests QuickBooks jobs for contractor jobs, with a score, reasons, and what is safe in bulk.

Candidates come from plausible customers first: the mapped one, those whose name fits, those under
which the client's other contractors were found. Who fits nowhere there is looked for everywhere.
A suggestion is *accepted* when it may be saved without looking: its score is above ACCEPT_SCORE,
nothing stands against it, no other QuickBooks job and no other contractor job comes within
ACCEPT_MARGIN, and no QuickBooks job is taken twice. Both figures are measured by
`bench/bench_matching.py`, not felt.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tieout.core.matching_clients import SURE
from tieout.core.matching_facts import Bucket, JobToMatch, QbCandidate, Suggestion
from tieout.core.matching_index import Index, read_candidates, read_jobs
from tieout.core.matching_pairs import OurJob, Pair, Pairs
from tieout.core.matching_persons import Persons

__all__ = [
    "ACCEPT_MARGIN",
    "ACCEPT_SCORE",
    "Bucket",
    "JobToMatch",
    "QbCandidate",
    "Suggestion",
    "suggest",
]

ACCEPT_SCORE = 0.84
ACCEPT_MARGIN = 0.02
LIKELY_SCORE = 0.80
WEAK_SCORE = 0.45  # below it nobody is helped by seeing it
_LOOK_EVERYWHERE = 0.80
_LEARNED = 0.9  # how well a customer fits where the client's other contractors were found
_LEARNED_FROM = 3  # so many, and twice as many as anywhere else
_TAKEN = 0.75  # of its score is left where another contractor job fits better

Ranked = dict[int, Pair]  # place of a QuickBooks job -> how it fits


def suggest(
    jobs: Sequence[JobToMatch],
    candidates: Sequence[QbCandidate],
    *,
    client_links: Mapping[str, str] | None = None,
    ranks: int = 5,
) -> list[Suggestion]:
    """Up to `ranks` suggestions for each job, best first, in the order of `jobs`.

    `client_links` leads from a client's key (or name, where jobs have no key) to the ListID of its
    customer. A job that fits nothing gets one suggestion with `list_id` "" and Bucket.NONE. The
    order of the arguments changes no score. ValueError: a job id or ListID stands twice.
    """
    _refuse_twins([job.job_id for job in jobs], "job_id")
    _refuse_twins([each.list_id for each in candidates], "list_id")
    desk = _Desk(
        sorted(jobs, key=lambda job: job.job_id),
        sorted(candidates, key=lambda each: each.list_id),
        dict(client_links or {}),
    )
    found = desk.found()
    answers = {
        job.fact.job_id: answer
        for job, answer in zip(desk.ours, _answers(desk, found, ranks), strict=True)
    }
    return [each for job in jobs for each in answers[job.job_id]]


def _refuse_twins(keys: Sequence[str], name: str) -> None:
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        message = f"{name} {twice[0]} stands twice"
        raise ValueError(message)


class _Desk:
    """Everything read once, and the search for each job."""

    def __init__(
        self,
        jobs: Sequence[JobToMatch],
        candidates: Sequence[QbCandidate],
        links: Mapping[str, str],
    ) -> None:
        self.ours = read_jobs(jobs)
        self.theirs, paths = read_candidates(candidates)
        self.index = Index(self.theirs, paths)
        names = {job.person.names for job in self.ours}
        self.pairs = Pairs(
            persons=Persons(Counter(w for each in names for w in set(each)), self.index.counts),
            title_words=frozenset(word for job in self.ours for word in job.title),
            numbers={job.number: frozenset(job.person.names) for job in self.ours if job.number},
        )
        nodes = {path: node for node, path in enumerate(paths)}
        by_id = {each.list_id: nodes.get(each.full_name) for each in candidates}
        self._links = {
            client: node for client, key in links.items() if (node := by_id.get(key)) is not None
        }
        self._fits: dict[str, dict[int, float]] = {}

    def linked(self, job: OurJob) -> int | None:
        """The customer to which the job's client is mapped."""
        return self._links.get(job.fact.client_key or job.fact.client)

    def customers(self, job: OurJob) -> dict[int, float]:
        """Customer -> how well it fits the job's client."""
        key = job.fact.client_key or job.fact.client
        fits = self._fits.get(key)
        if fits is None:
            fits = self.index.customers.plausible(job.fact.client)
            node = self.linked(job)
            if node is not None:
                fits = {other: min(fit, SURE - 0.15) for other, fit in fits.items()} | {node: 1.0}
            self._fits[key] = fits
        return fits

    def found(self) -> list[Ranked]:
        """For each of our jobs what it was compared with."""
        found = [self._search(job) for job in self.ours]
        learned = self._learn(found)
        for place, job in enumerate(self.ours):
            if (job.fact.client_key or job.fact.client) in learned:
                found[place] = self._search(job)
        return found

    def _search(self, job: OurJob) -> Ranked:
        fits = self.customers(job)
        sure = [node for node, fit in fits.items() if fit >= SURE]
        ranked = self._compare(job, self.index.under(job, sure or list(fits)), fits)
        if max((pair.score for pair in ranked.values()), default=0.0) < _LOOK_EVERYWHERE:
            new = [place for place in self.index.everywhere(job) if place not in ranked]
            ranked |= self._compare(job, new, fits)
        return ranked

    def _compare(self, job: OurJob, places: Sequence[int], fits: Mapping[int, float]) -> Ranked:
        ranked = {}
        linked = self.linked(job)
        for place in places:
            their = self.theirs[place]
            client = max((fits.get(node, 0.0) for node in their.nodes), default=0.0)
            pair = self.pairs.compare(
                job, their, client=client, linked=linked is not None and linked in their.nodes
            )
            if pair.score >= WEAK_SCORE:
                ranked[place] = pair
        return ranked

    def _learn(self, found: Sequence[Ranked]) -> set[str]:
        """The clients whose customer was found by their contractors, not by its name."""
        votes: dict[str, Counter[int]] = defaultdict(Counter)
        for job, ranked in zip(self.ours, found, strict=True):
            key = job.fact.client_key or job.fact.client
            if max(self.customers(job).values(), default=0.0) >= SURE:
                continue
            same = [p for p, pair in ranked.items() if "same person" in " ".join(pair.reasons)]
            for node in {self.theirs[p].nodes[0] for p in same if self.theirs[p].nodes}:
                votes[key][node] += 1
        learned = set()
        for key, counts in votes.items():
            ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
            node, most = ordered[0]
            if most >= _LEARNED_FROM and most >= 2 * sum(count for _, count in ordered[1:2]):
                self._fits[key] = {**self._fits[key], node: _LEARNED}
                learned.add(key)
        return learned


def _answers(desk: _Desk, found: Sequence[Ranked], ranks: int) -> list[list[Suggestion]]:
    takers = _takers(found)
    wanted: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for ours, ranked in enumerate(found):
        for theirs, pair in ranked.items():
            wanted[theirs].append((pair.score, ours))
    answers = []
    for ours, ranked in enumerate(found):
        ordered = sorted(ranked, key=lambda theirs: (-_left(ranked, theirs, ours, takers), theirs))
        answers.append(
            [
                _suggestion(desk, ours, ranked, ordered, rank, takers, wanted)
                for rank in range(1, min(ranks, len(ordered)) + 1)
            ]
            or [_none(desk.ours[ours].fact.job_id)]
        )
    return answers


def _takers(found: Sequence[Ranked]) -> dict[int, int]:
    """One to one: QuickBooks job -> the contractor job that has it, the best pairs first."""
    pairs = sorted(
        (-pair.score, ours, theirs)
        for ours, ranked in enumerate(found)
        for theirs, pair in ranked.items()
    )
    takers: dict[int, int] = {}
    served: set[int] = set()
    for _, ours, theirs in pairs:
        if ours not in served and theirs not in takers:
            takers[theirs] = ours
            served.add(ours)
    return takers


def _left(ranked: Ranked, theirs: int, ours: int, takers: Mapping[int, int]) -> float:
    """The score, less where another contractor job has taken this QuickBooks job."""
    score = ranked[theirs].score
    return score if takers.get(theirs, ours) == ours else score * _TAKEN


def _suggestion(
    desk: _Desk,
    ours: int,
    ranked: Ranked,
    ordered: Sequence[int],
    rank: int,
    takers: Mapping[int, int],
    wanted: Mapping[int, Sequence[tuple[float, int]]],
) -> Suggestion:
    theirs = ordered[rank - 1]
    pair = ranked[theirs]
    score = _left(ranked, theirs, ours, takers)
    reasons = list(pair.reasons)
    if score < pair.score:
        reasons.append("fits another contractor job better")
    margin = _margin(ours, theirs, ranked, wanted)
    if rank == 1 and margin < ACCEPT_MARGIN and score == pair.score:
        reasons.append("another one fits as well")
    accepted = (
        rank == 1
        and pair.certain
        and takers.get(theirs) == ours
        and score >= ACCEPT_SCORE
        and margin >= ACCEPT_MARGIN
    )
    return Suggestion(
        job_id=desk.ours[ours].fact.job_id,
        list_id=desk.theirs[theirs].fact.list_id,
        rank=rank,
        score=round(score, 4),
        bucket=_bucket(score, exact=pair.exact and accepted),
        accepted=accepted,
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _margin(
    ours: int,
    theirs: int,
    ranked: Ranked,
    wanted: Mapping[int, Sequence[tuple[float, int]]],
) -> float:
    """How far the next best pair of either side is behind this one."""
    rivals = [pair.score for other, pair in ranked.items() if other != theirs]
    rivals += [score for score, other in wanted[theirs] if other != ours]
    return ranked[theirs].score - max(rivals, default=0.0)


def _bucket(score: float, *, exact: bool) -> Bucket:
    if exact:
        return Bucket.EXACT
    return Bucket.LIKELY if score >= LIKELY_SCORE else Bucket.WEAK


def _none(job_id: str) -> Suggestion:
    return Suggestion(
        job_id=job_id,
        list_id="",
        rank=1,
        score=0.0,
        bucket=Bucket.NONE,
        accepted=False,
        reasons=("probably not in QuickBooks yet",),
    )
