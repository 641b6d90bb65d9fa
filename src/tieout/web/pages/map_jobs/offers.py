"""The right-hand side of a row: its QuickBooks job, or the best candidate, why, and one OK."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tieout.service import mapping_state
from tieout.store.queries import drifts, jobs, qb_lists, suggestions
from tieout.store.queries.qb_lists import QbCustomer
from tieout.web.pages.map_jobs import attention
from tieout.web.templatetags.tieout import badge, chip, job_dates, qb_path

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


def shown_rows(*, company_id: int, rows: Sequence[jobs.SourceJob]) -> list[dict[str, Any]]:
    """What the table says of these jobs, in their order; at most three queries.

    Ready for the template, which is drawn fifty times for a page: all that can be said here once
    is a text by its name, without a further look or include.
    """
    home = reverse("map_jobs", args=[company_id])
    waiting = [job for job in rows if job.map_state == jobs.MapState.NOT_MAPPED]
    found = {job.pk: job.suggestion for job in waiting if hasattr(job, "suggestion")}
    served: dict[int, list[jobs.SourceJob]] = {}
    mark = ""
    if found:
        mark = suggestions.find_state(company_id=company_id).books_mark
        ids = {each.target_id for each in found.values() if each.target_id is not None}
        served = qb_lists.served_by(company_id=company_id, target_ids=ids) if ids else {}
    why = _why(company_id, [job for job in rows if job.map_state == jobs.MapState.ATTENTION])
    shown = []
    for job in rows:
        suggestion = found.get(job.pk)
        offer = None
        if suggestion is not None:
            others = served.get(suggestion.target_id or 0, [])
            offer = _offer(job, suggestion, others, mark)
        shown.append(_row(job, home, offer) | {"why": why.get(job.pk, "")})
    return shown


def _why(company_id: int, held: Sequence[jobs.SourceJob]) -> dict[int, str]:
    """Why each of these needs attention, and what to do."""
    if not held:
        return {}
    ids = {job.pk: mapping.pk for job in held if (mapping := mapping_state.present(job)[0])}
    standing = drifts.standing_of(company_id=company_id, mapping_ids=ids.values())
    return {job.pk: attention.why(job, standing.get(ids.get(job.pk, 0), [])) for job in held}


def _row(job: jobs.SourceJob, home: str, offer: dict[str, Any] | None) -> dict[str, Any]:
    """`offer` is None for what is mapped, or when nothing is known."""
    mapping, target = mapping_state.present(job)
    suggested = offer is not None and offer["path"] != ""
    return {
        "ref": str(job.pk),
        "address": f"{home}{job.pk}/",
        "key": job.key,
        "contractor": job.contractor,
        "title": job.title,
        "about": _about(job),
        "client_id": job.client_id,
        "client": job.client.name,
        "state": job.map_state,
        "badge": badge("suggested" if suggested else job.map_state),
        "target": _path(target),
        "offer": offer,
        "version": str(mapping.version) if mapping else "",  # "": never mapped, nothing to undo
    }


def _about(job: jobs.SourceJob) -> SafeString:
    """The second line on the left: client, dates, W2 or 1099; the last two are never torn apart.

    The dot before the dates is part of them, so that none is left at the end of a line.
    """
    run = " · ".join(part for part in (job_dates(job), job.worker_type) if part)
    client = escape(job.client.name)
    if not run:
        return client
    return mark_safe(  # noqa: S308 # of escaped parts
        f'<span class="client">{client}</span><span class="run"><span> · </span>{escape(run)}</span>'
    )


def _path(target: QbCustomer | None) -> SafeString | str:
    """A QuickBooks job as a row shows it, "" for none."""
    if target is None:
        return ""
    odd = ""
    if target.gone_at is not None or not target.active:
        odd = " " + badge("gone" if target.gone_at is not None else "inactive")
    return mark_safe(qb_path(target.full_name) + odd)  # noqa: S308 # of escaped parts


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
) -> dict[str, Any]:
    """What is suggested for a job that is not mapped. Without a `path`: probably none."""
    target = suggestion.target
    stale = suggestions.is_stale(job=job, suggestion=suggestion, books_mark=mark)
    shown = chips(suggestion.reasons)
    if stale:
        shown.append(Chip("out of date", "warn"))
    if target is None:
        return {"path": "", "bucket": "", "chips": _html(shown[-1:] if stale else [])}
    odd = mapping_state.warnings_among(job=job, target=target, served=served)
    if served:
        names = ", ".join(other.contractor for other in served[:2])
        more = f" and {len(served) - 2} more" if len(served) > 2 else ""
        shown.append(Chip(f"already serves {names}{more}", "warn"))
    hard = any(each.refuses or each.needs_confirmation for each in odd)
    asks = suggestion.bucket == "Weak" or "another one fits as well" in suggestion.reasons
    mapping, _ = mapping_state.present(job)
    version = mapping.version if mapping else 0
    return {
        "path": _path(target),
        "name": target.full_name,
        "bucket": suggestion.bucket,
        "chips": _html(shown),
        "one_click": not (hard or asks),  # a look is enough: OK saves it
        # what OK sends
        "values": json.dumps(
            {"target": target.list_id, "seen": target.full_name, "version": version}
        ),
    }


def _html(shown: Sequence[Chip]) -> SafeString:
    return mark_safe("".join(_chip(one) for one in shown))  # noqa: S308 # of escaped parts


@lru_cache(maxsize=1000)
def _chip(one: Chip) -> SafeString:
    """The same few reasons stand in every row."""
    return chip(one.text, one.tone)
