"""What matching is told and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["Bucket", "JobToMatch", "QbCandidate", "Suggestion"]


class Bucket(StrEnum):
    """How much a clerk needs to look. The text is stored and printed; never rename a value."""

    EXACT = "Exact"  # nothing differs that anybody would call a difference
    LIKELY = "Likely"
    WEAK = "Weak"
    NONE = "None"  # probably not in QuickBooks yet


@dataclass(frozen=True, slots=True, kw_only=True)
class JobToMatch:
    """A contractor job that has no mapping yet. Unknown texts are "", unknown days None."""

    job_id: str
    contractor: str
    client: str
    title: str = ""
    start: date | None = None
    end: date | None = None  # the end, or else the projected end
    client_key: str = ""  # looked up in the client links; the client's name is, without it


@dataclass(frozen=True, slots=True, kw_only=True)
class QbCandidate:
    """A customer or Customer:Job of the company file; customers are told too."""

    list_id: str
    full_name: str
    active: bool = True
    parent: str = ""  # ListID of the level above, "" for a customer or where it is not known
    gone: bool = False  # deleted or merged away
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One QuickBooks job offered for a contractor job, or with `list_id` "" that there is none."""

    job_id: str
    list_id: str
    rank: int  # from 1, best first
    score: float  # 0 to 1
    bucket: Bucket
    accepted: bool  # safe to save in bulk
    reasons: tuple[str, ...]
