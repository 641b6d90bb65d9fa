"""The period of a tie-out, and how its tables are narrowed."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from tieout.core.facts import Verdict
from tieout.store.queries.tie_outs import TOTAL_SORTS

SHOWN = ("findings", "jobs", "former")
TEXT_MAX = 100


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": f"{label}: give a day such as 10/19/2026, or nothing."},
    )


class PeriodForm(forms.Form):
    """From and to, both included; empty is everything that was exported."""

    from_date = _day("From")
    to_date = _day("To")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which table is shown, and how it is narrowed."""

    what: str  # "" = whatever answers first
    search: str = ""
    differing: bool = False
    sort: str = "difference"
    verdict: str = ""


def shown_of(query: QueryDict) -> Shown:
    """What the address asks for; what makes no sense is passed over."""
    what, sort, verdict = (query.get(name, "") for name in ("show", "sort", "verdict"))
    return Shown(
        what=what if what in SHOWN else "",
        search=query.get("search", "").replace("\0", "").strip()[:TEXT_MAX],
        differing=query.get("differing") == "1",
        sort=sort if sort in TOTAL_SORTS else "difference",
        verdict=verdict if verdict in set(Verdict) else "",
    )
