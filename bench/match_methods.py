"""The usual ways to match names, and Tieout's, behind one face: job -> ranked QuickBooks jobs."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from rapidfuzz import fuzz, process, utils

from match_sets import MatchSet
from tieout.core.matching import suggest

__all__ = ["METHODS", "Ranked"]

Ranked = dict[str, list[tuple[float, str]]]  # job -> (score, list_id), best first


def tieout(made: MatchSet) -> tuple[Ranked, set[str]]:
    ranked: Ranked = defaultdict(list)
    accepted = set()
    for each in suggest(made.jobs, made.candidates):
        ranked[each.job_id].append((each.score, each.list_id))
        if each.accepted:
            accepted.add(each.job_id)
    return ranked, accepted


def _texts(made: MatchSet) -> tuple[list[str], list[str], list[str]]:
    """Ours, theirs, and the ListIDs of theirs; customers left out."""
    ours = [utils.default_process(f"{j.client} {j.contractor} {j.title}") for j in made.jobs]
    jobs = [each for each in made.candidates if ":" in each.full_name]
    return ours, [utils.default_process(c.full_name) for c in jobs], [c.list_id for c in jobs]


def exact(made: MatchSet) -> tuple[Ranked, None]:
    """`Client:Last, First` or `Client:First Last`, to the letter but for case."""
    where = {each.full_name.casefold(): each.list_id for each in made.candidates}
    ranked: Ranked = {}
    for job in made.jobs:
        given, _, last = job.contractor.rpartition(" ")
        names = (f"{last}, {given}", job.contractor)
        forms = [
            f"{job.client}:{name}{t}".casefold() for name in names for t in ("", f" - {job.title}")
        ]
        found = [where[form] for form in forms if form in where]
        ranked[job.job_id] = [(1.0, key) for key in dict.fromkeys(found)]
    return ranked, None


def _rapid(scorer: Callable[..., float]) -> Callable[[MatchSet], tuple[Ranked, None]]:
    def method(made: MatchSet) -> tuple[Ranked, None]:
        ours, theirs, keys = _texts(made)
        ranked: Ranked = {}
        for job, text in zip(made.jobs, ours, strict=True):
            found = process.extract(text, theirs, scorer=scorer, limit=5)
            ranked[job.job_id] = [(score, keys[place]) for _, score, place in found]
        return ranked, None

    return method


def tf_idf(made: MatchSet) -> tuple[Ranked, None]:
    """Cosine of character 2- to 4-grams, weighted by how rare they are."""
    ours, theirs, keys = _texts(made)
    counts = [Counter(_grams(text)) for text in theirs]
    seen = Counter(gram for each in counts for gram in each)
    idf = {gram: math.log((1 + len(theirs)) / (1 + n)) + 1 for gram, n in seen.items()}
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, each in enumerate(counts):
        for gram, weight in _unit(each, idf).items():
            postings[gram].append((place, weight))
    ranked: Ranked = {}
    for job, text in zip(made.jobs, ours, strict=True):
        scores: dict[int, float] = defaultdict(float)
        for gram, weight in _unit(Counter(_grams(text)), idf).items():
            for place, other in postings[gram]:
                scores[place] += weight * other
        best = sorted(scores.items(), key=lambda each: -each[1])[:5]
        ranked[job.job_id] = [(score, keys[place]) for place, score in best]
    return ranked, None


def _grams(text: str) -> Iterator[str]:
    for word in text.split():
        padded = f" {word} "
        for length in (2, 3, 4):
            yield from (padded[at : at + length] for at in range(len(padded) - length + 1))


def _unit(counts: Counter[str], idf: dict[str, float]) -> dict[str, float]:
    weights = {gram: n * idf[gram] for gram, n in counts.items() if gram in idf}
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {gram: weight / length for gram, weight in weights.items()}


METHODS: dict[str, Callable[[MatchSet], tuple[Ranked, set[str] | None]]] = {
    "tieout": tieout,
    "exact match": exact,
    "WRatio": _rapid(fuzz.WRatio),
    "token_set_ratio": _rapid(fuzz.token_set_ratio),
    "TF-IDF 2-4-grams": tf_idf,
}
