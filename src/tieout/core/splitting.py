"""One source invoice into the parts that each go to one Customer:Job.

A QuickBooks invoice belongs to exactly one Customer:Job, a source invoice may bill several jobs.
Every line goes into exactly one part and no amount is touched, so the parts add up to the original
to the cent by construction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.facts import SourceLine, Syncing
from tieout.core.money import add_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The lines of one future posting. `job_key` is "" for lines without a job, or per client."""

    job_key: str
    lines: tuple[SourceLine, ...]
    total: Decimal  # as the source signs it: negative becomes a credit memo


def split(lines: Iterable[SourceLine], *, syncing: Syncing) -> tuple[Part, ...]:
    """Per job: one part per contractor job; per client: one part. No lines, no parts.

    Lines are taken in the order of their numbers and parts in the order of their first line, so
    that the order in which a source delivers its lines changes nothing.
    """
    groups: dict[str, list[SourceLine]] = {}
    for line in sorted(lines, key=lambda line: line.number):
        job_key = line.job_key if syncing is Syncing.PER_JOB else ""
        groups.setdefault(job_key, []).append(line)
    return tuple(
        Part(job_key=key, lines=tuple(own), total=add_up(line.amount for line in own))
        for key, own in groups.items()
    )
