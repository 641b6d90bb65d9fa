"""Why a company's exporting stands still, in the words of every page and command that says it.

What may not be written is held on the lane, with its reason. A kept answer that cannot be acted on
holds it as well: what it says is not known, so nothing more is sent until it is. That is no state
of its own but what the rows show, and it is over as soon as the answer was acted on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from tieout.store.queries import exports

STUCK_S = 120  # an answer that is acted on at all waits for less


def reason(*, company_id: int, now: datetime) -> str:
    """One sentence, or two with the remedy; "" when nothing stands still."""
    return exports.held_reason(company_id=company_id) or stuck(company_id=company_id, now=now)


def stuck(*, company_id: int, now: datetime) -> str:
    """What to say of a kept answer that waits for longer than any does; "" when none does."""
    since = exports.answer_waits_since(company_id=company_id)
    if since is None or now - since < timedelta(seconds=STUCK_S):
        return ""
    return (
        f"An answer of QuickBooks of {timezone.localtime(since):%m/%d/%Y %I:%M %p} is kept, and "
        "Tieout could not act on it yet; until then nothing more is sent, and nothing is sent "
        "twice. It tries again by itself. When this stays, install the newest Tieout, or report it "
        "with worker.log of the data directory."
    )
