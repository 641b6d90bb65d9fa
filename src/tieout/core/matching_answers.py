"""From compared pairs to suggestions: rank, margin, what is safe, flags and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.core.matching_assign import Assignment
from tieout.core.matching_facts import Bucket, Flag, QbCandidate, Suggestion
from tieout.core.matching_pairs import Pair
from tieout.core.matching_risk import Risk

__all__ = [
    "ACCEPT_MARGIN",
    "ACCEPT_SCORE",
    "LIKELY_SCORE",
    "RANKS",
    "WEAK_SCORE",
    "Found",
    "answer",
    "is_acceptable",
    "pair_of",
]

ACCEPT_SCORE = 0.84
ACCEPT_MARGIN = 0.025
LIKELY_SCORE = 0.80
WEAK_SCORE = 0.45  # below it nobody is helped by seeing it
RANKS = 5
_TAKEN = 0.75  # of its score is left where another contractor job fits better
_ABSENT = "probably not in QuickBooks yet"
_TAKEN_BY = "fits another contractor job better"
_CLOSE = "another one fits as well"

Ranked = Mapping[str, Pair]  # ListID -> how it fits
Found = Mapping[str, Ranked]  # job id -> its candidates


def answer(
    job_id: str,
    found: Found,
    assignment: Assignment,
    facts: Mapping[str, QbCandidate],
    risk: Risk,
) -> tuple[Suggestion, ...]:
    """The suggestions for one job, best first; one with `list_id` "" where nothing fits."""
    takers, ranked = assignment.takers, found[job_id]
    left = {
        key: pair.score if takers.get(key, job_id) == job_id else pair.score * _TAKEN
        for key, pair in ranked.items()
    }
    ordered = sorted(ranked, key=lambda key: (-left[key], key))
    return tuple(
        _suggestion(job_id, found, facts[key], left[key], rank, assignment, risk)
        for rank, key in enumerate(ordered, start=1)
    ) or (_none(job_id),)


def _suggestion(
    job_id: str,
    found: Found,
    fact: QbCandidate,
    score: float,
    rank: int,
    assignment: Assignment,
    risk: Risk,
) -> Suggestion:
    key = fact.list_id
    pair = found[job_id][key]
    reasons = list(pair.reasons)
    taken = score < pair.score
    if taken:
        reasons.append(_TAKEN_BY)
    if rank == 1 and not taken and is_open(job_id, key, found, assignment):
        reasons.append(_CLOSE)
    accepted = (
        rank == 1 and risk.is_safe(pair.kind) and is_acceptable(job_id, key, found, assignment)
    )
    flags = []
    if fact.gone:
        flags.append(Flag.DELETED)
    elif not fact.active:
        flags.append(Flag.INACTIVE)
    if taken or _wanted(job_id, key, pair.score, assignment):
        flags.append(Flag.WANTED_TWICE)
    if rank == 1 and not accepted and pair.other_person:
        flags.append(Flag.ABSENT)
        reasons.append(_ABSENT)
    return Suggestion(
        job_id=job_id,
        list_id=key,
        rank=rank,
        score=round(score, 4),
        bucket=_bucket(score, exact=pair.exact and accepted),
        accepted=accepted,
        reasons=tuple(dict.fromkeys(reasons)),
        flags=tuple(flags),
        fit=pair.score,
        certain=pair.certain,
        exact=pair.exact,
        kind=pair.kind,
    )


def is_acceptable(job_id: str, key: str, found: Found, assignment: Assignment) -> bool:
    """Whether nothing speaks against saving it in bulk but how often its likeness is chance."""
    pair = found[job_id][key]
    return (
        pair.certain
        and pair.score >= ACCEPT_SCORE
        and assignment.takers.get(key) == job_id
        and not is_open(job_id, key, found, assignment)
    )


def is_open(job_id: str, key: str, found: Found, assignment: Assignment) -> bool:
    """Whether another QuickBooks job, or another contractor job, may be meant as well."""
    pair = found[job_id][key]
    if pair.score - _rival(job_id, key, found, assignment) < ACCEPT_MARGIN:
        return True
    return _has_twin(key, job_id, found[job_id], assignment) or any(
        other != job_id
        and found[other][key].may_be_as(pair)
        and not _is_settled(found[other].get(assignment.served.get(other, "")))
        for other in assignment.wanted[key]
    )


def _is_settled(pair: Pair | None) -> bool:
    """Whether a contractor job has a QuickBooks job that is as likely its own."""
    return pair is not None and pair.score >= LIKELY_SCORE and not pair.lacks_suffix


def _has_twin(key: str, job_id: str, ranked: Ranked, assignment: Assignment) -> bool:
    """Whether a QuickBooks job that nobody else has may be the placement as well.

    Whoever typed the two cannot be asked: of `Ortiz, Elena` and `Ortiz, Elena - RN`, and of `Ortiz,
    Elena` and `Ortizz, Elena`, either may be meant. Only a proof or the day of its start tells.
    """
    scores, takers, pair = assignment.scores, assignment.takers, ranked[key]
    for other, theirs in ranked.items():
        taker = takers.get(other, job_id)
        if other == key or (taker != job_id and scores[taker][other] >= theirs.score):
            continue
        if theirs.rivals(pair):
            return True
    return False


def pair_of(stored: Suggestion) -> Pair:
    """The pair that a stored suggestion was made from."""
    made_here = (_TAKEN_BY, _CLOSE, _ABSENT)
    reasons = tuple(each for each in stored.reasons if each not in made_here)
    return Pair(stored.fit, reasons, stored.certain, stored.exact, stored.kind)


def _rival(job_id: str, key: str, found: Found, assignment: Assignment) -> float:
    """The best other pair of either side.

    Whoever has something plainly better is no rival: neither a QuickBooks job that fits another
    contractor job better, nor a contractor job that another QuickBooks job fits better. It has to be
    sure of it: who only has a job of another title may as well have nothing.
    """
    scores, takers, served = assignment.scores, assignment.takers, assignment.served
    best = 0.0
    for other, score in scores[job_id].items():
        if other != key and score > best:
            taker = takers.get(other, job_id)
            if taker == job_id or not (
                (
                    scores[taker][other] >= score + ACCEPT_MARGIN
                    or _belong(found, (job_id, key), (taker, other))
                )
                and (found[taker][other].certain or not found[job_id][other].certain)
            ):
                best = score
    for other, score in assignment.wanted[key].items():
        if other != job_id and score > best:
            has = served.get(other, key)
            if has == key or not (
                scores[other][has] >= score + ACCEPT_MARGIN
                or _belong(found, (job_id, key), (other, has))
            ):
                best = score
    return best


def _belong(found: Found, ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    """Whether two contractor jobs that might both have either QuickBooks job are told apart.

    RN and ICU RN of one person fit `RN` and `ICU RN` each in both ways, but one way plainly better.
    How a name is written tells nothing of that: a title or a day has to fit on both sides.
    """
    (job, key), (other, has) = ours, theirs
    mine, its = found[job], found[other]
    if has not in mine or key not in its or not (mine[key].is_told and its[has].is_told):
        return False
    gains = mine[key].score - mine[has].score, its[has].score - its[key].score
    return min(gains) >= 0 and sum(gains) >= ACCEPT_MARGIN


def _wanted(job_id: str, key: str, score: float, assignment: Assignment) -> bool:
    """Whether another contractor job fits it nearly as well and has nothing better."""
    return any(
        other != job_id
        and theirs > score - ACCEPT_MARGIN
        and assignment.served.get(other, key) == key
        for other, theirs in assignment.wanted[key].items()
    )


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
        reasons=(_ABSENT,),
        flags=(Flag.ABSENT,),
    )
