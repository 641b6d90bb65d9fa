"""Job-level data that is kept in step: which fields of a QuickBooks job are to change.

Rules of this file
1. Only fields that differ are proposed, each with what it replaces.
2. What a bookkeeper wrote is never replaced unasked: a value that Tieout did not send itself is
   proposed as *edited there*, for a person to decide.
3. What the back office does not know clears nothing, unless Tieout itself had written it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date

from tieout.core.texts import storable

DESCRIPTION_MAX = 99  # of a job in QuickBooks (Intuit's schema)
IN_PROGRESS, CLOSED = "InProgress", "Closed"  # two of QuickBooks' job statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class JobData:
    """Job-level data as QuickBooks keeps it, as texts: days are YYYY-MM-DD, "" is nothing."""

    job_status: str = ""
    job_start_date: str = ""
    job_projected_end_date: str = ""
    job_end_date: str = ""
    job_desc: str = ""


FIELDS = tuple(field.name for field in fields(JobData))
STATUSES = {"InProgress": "In progress", "NotAwarded": "Not awarded"}  # as the screen says
LABELS = {
    "job_status": "Job Status",
    "job_start_date": "Start Date",
    "job_projected_end_date": "Projected End",
    "job_end_date": "End Date",
    "job_desc": "Job Description",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that is to change. `edited`: somebody else wrote what stands there now."""

    name: str
    was: str
    want: str
    edited: bool = False

    @property
    def label(self) -> str:
        """The field's name on QuickBooks' screen."""
        return LABELS[self.name]

    @property
    def was_shown(self) -> str:
        """What stands there now, as people read it; "" when nothing does."""
        return _shown(self.name, self.was)

    @property
    def want_shown(self) -> str:
        """What is to stand there, as people read it; "" when nothing is."""
        return _shown(self.name, self.want)


def wanted(
    *,
    active: bool,
    title: str,
    start: date | None,
    projected_end: date | None,
    end: date | None,
) -> JobData:
    """What QuickBooks should hold of a contractor job."""
    description, _ = storable(title, where="Description", limit=DESCRIPTION_MAX, one_line=True)
    return JobData(
        job_status=IN_PROGRESS if active else CLOSED,
        job_start_date=_text(start),
        job_projected_end_date=_text(projected_end),
        job_end_date=_text(end),
        job_desc=description,
    )


def changes(
    *, want: JobData, there: Mapping[str, str], sent: Mapping[str, str]
) -> tuple[FieldChange, ...]:
    """What to propose. `there`: as QuickBooks was last read; `sent`: what Tieout last wrote."""
    found = []
    for name, value in asdict(want).items():
        now = there.get(name, "")
        ours = name in sent and sent[name] == now
        if value == now or (not value and not ours):
            continue
        untouched = ours or (not now and not sent.get(name))
        found.append(FieldChange(name=name, was=now, want=value, edited=not untouched))
    return tuple(found)


def _shown(name: str, value: str) -> str:
    if name == "job_status":
        return STATUSES.get(value, value)
    if name.endswith("_date") and value:
        return f"{date.fromisoformat(value):%m/%d/%Y}"
    return value


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
