"""The right-hand side of a row without a mapping: the best candidate, why, and one OK."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.service import mapping_state
from tieout.store.queries import jobs, qb_lists, suggestions
from tieout.store.queries.qb_lists import QbCustomer

# chips that warn; the others speak for the candidate or only tell
AGAINST = (
    "another", "differ", "differs", "inactive", "deleted", "missing", "not to be used",
    "wanted", "fits as well", "fits another", "one side only", "do not overlap", "not a job",
    "in part", "perhaps",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """A reason; `tone` as the tag `chip` knows it."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands on the right of a job that is not mapped. Without a target: probably none."""

    target: QbCustomer | None
    bucket: str
    chips: Sequence[Chip]
    stale: bool
    one_click: bool  # a look is enough: OK saves it

    @property
    def none(self) -> bool:
        return self.target is None


def offer_rows(*, company_id: int, rows: Sequence[jobs.SourceJob]) -> None:
    """Give every row its `offer`, None where nothing is known; at most two queries."""
    waiting = [job for job in rows if job.map_state == jobs.MapState.NOT_MAPPED]
    found = {job.pk: job.suggestion for job in waiting if hasattr(job, "suggestion")}
    served: dict[int, list[jobs.SourceJob]] = {}
    mark = ""
    if found:
        mark = suggestions.find_state(company_id=company_id).books_mark
        ids = {each.target_id for each in found.values() if each.target_id is not None}
        served = qb_lists.served_by(company_id=company_id, target_ids=ids) if ids else {}
    for job in rows:
        suggestion = found.get(job.pk)
        job.offer = None  # type: ignore[attr-defined] # for the template
        if suggestion is not None:
            others = served.get(suggestion.target_id or 0, [])
            job.offer = _offer(job, suggestion, others, mark)  # type: ignore[attr-defined]


def chips(reasons: Sequence[str]) -> list[Chip]:
    """The reasons as they are shown."""
    return [
        Chip(text, "warn" if any(word in text for word in AGAINST) else "") for text in reasons
    ]


def _offer(
    job: jobs.SourceJob,
    suggestion: suggestions.JobSuggestion,
    served: Sequence[jobs.SourceJob],
    mark: str,
) -> Offer:
    target = suggestion.target
    stale = suggestions.is_stale(job=job, suggestion=suggestion, books_mark=mark)
    shown = chips(suggestion.reasons)
    if target is None:
        return Offer(None, suggestion.bucket, shown, stale, one_click=False)
    odd = mapping_state.warnings_among(job=job, target=target, served=served)
    if served:
        names = ", ".join(other.contractor for other in served[:2])
        more = f" and {len(served) - 2} more" if len(served) > 2 else ""
        shown.append(Chip(f"already serves {names}{more}", "warn"))
    hard = any(each.refuses or each.needs_confirmation for each in odd)
    asks = suggestion.bucket == "Weak" or "another one fits as well" in suggestion.reasons
    return Offer(target, suggestion.bucket, shown, stale, one_click=not (hard or asks))
