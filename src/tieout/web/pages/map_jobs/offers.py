"""The right-hand side of a row: its QuickBooks job, or the best candidate, why, and one OK."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from tieout.service import mapping_state
from tieout.store.queries import jobs, qb_lists, suggestions
from tieout.store.queries.qb_lists import QbCustomer
from tieout.web.templatetags.tieout import chip

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
    """What is suggested for a job that is not mapped. Without a target: probably none."""

    target: QbCustomer | None
    bucket: str
    chips: SafeString
    one_click: bool  # a look is enough: OK saves it
    values: str = ""  # what OK sends, as JSON


@dataclass(frozen=True, slots=True)
class Side:
    """What a row needs beside the job itself. Said here once: the template is drawn fifty times."""

    ref: str  # the job's id
    address: str
    version: str  # of the mapping; "0" when there never was one
    target: QbCustomer | None
    offer: Offer | None  # None: mapped, or nothing is known


def offer_rows(*, company_id: int, rows: Sequence[jobs.SourceJob]) -> None:
    """Give every row its `side`; at most two queries."""
    home = reverse("map_jobs", args=[company_id])
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
        offer = None
        if suggestion is not None:
            others = served.get(suggestion.target_id or 0, [])
            offer = _offer(job, suggestion, others, mark)
        mapping, target = mapping_state.present(job)
        job.side = Side(  # type: ignore[attr-defined] # for the template
            ref=str(job.pk),
            address=f"{home}{job.pk}/",
            version=str(mapping.version if mapping else 0),
            target=target,
            offer=offer,
        )


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
    if stale:
        shown.append(Chip("out of date", "warn"))
    if target is None:
        return Offer(None, suggestion.bucket, _html(shown[-1:] if stale else []), one_click=False)
    odd = mapping_state.warnings_among(job=job, target=target, served=served)
    if served:
        names = ", ".join(other.contractor for other in served[:2])
        more = f" and {len(served) - 2} more" if len(served) > 2 else ""
        shown.append(Chip(f"already serves {names}{more}", "warn"))
    hard = any(each.refuses or each.needs_confirmation for each in odd)
    asks = suggestion.bucket == "Weak" or "another one fits as well" in suggestion.reasons
    mapping, _ = mapping_state.present(job)
    version = mapping.version if mapping else 0
    return Offer(
        target,
        suggestion.bucket,
        _html(shown),
        one_click=not (hard or asks),
        values=json.dumps({"target": target.list_id, "version": version}),
    )


def _html(shown: Sequence[Chip]) -> SafeString:
    return mark_safe("".join(_chip(one) for one in shown))  # noqa: S308 # of escaped parts


@lru_cache(maxsize=1000)
def _chip(one: Chip) -> SafeString:
    """The same few reasons stand in every row."""
    return chip(one.text, one.tone)
