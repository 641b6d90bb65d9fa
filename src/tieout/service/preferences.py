"""What a person chose for their own screens."""

from __future__ import annotations

from tieout.store.commits import people
from tieout.store.queries.people import User


def set_single_keys(*, user: User, on: bool) -> None:
    """Let single letters work as shortcuts for this person, or not."""
    people.set_single_keys(user=user, on=on)
