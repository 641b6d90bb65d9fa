"""What matching is told and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["Bucket", "Flag", "JobToMatch", "QbCandidate", "Suggestion"]


class Bucket(StrEnum):
    """How much a clerk needs to look. The text is stored and printed; never rename a value."""

    EXACT = "Exact"  # nothing differs that anybody would call a difference
    LIKELY = "Likely"
    WEAK = "Weak"
    NONE = "None"  # probably not in QuickBooks yet


class Flag(StrEnum):
    """What a clerk is warned about. The text is stored; never rename a value."""

    INACTIVE = "inactive"
    DELETED = "deleted"
    WANTED_TWICE = "wanted twice"  # another contractor job has it, or fits it as well
    ABSENT = "not in QuickBooks yet"  # with rank 1: probably none


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
    """One QuickBooks job offered for a contractor job, or with `list_id` "" that there is none.

    The last four are the pair's own, whoever else wants it; a desk is rebuilt from them.
    """

    job_id: str
    list_id: str
    rank: int  # from 1, best first
    score: float  # 0 to 1; less than `fit` where another contractor job has it
    bucket: Bucket
    accepted: bool  # safe to save in bulk
    reasons: tuple[str, ...]
    flags: tuple[Flag, ...] = ()
    fit: float = 0.0
    certain: bool = False
    exact: bool = False
    kind: str = ""
