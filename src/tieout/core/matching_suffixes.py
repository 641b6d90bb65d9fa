"""Finds Jr, Sr and III behind a name in a QuickBooks job, and leaves Senior titles alone."""

from __future__ import annotations

from collections.abc import Callable, Collection

from tieout.core.matching_words import SUFFIXES, TITLE_WORDS
from tieout.core.names import Leaf

__all__ = ["suffix_place"]


def suffix_place(
    leaf: Leaf,
    used: Collection[int],
    *,
    explained: Callable[[str], bool],
    title: Collection[str],
    suffix: str,
) -> int | None:
    """The place of the token that is the person's suffix there, None where there is none.

    It stands right behind the name, wherever that is: `Welder - Ortiz Jr, Luis`. `used` are the
    places at which the name was met; `title` the words of our job's title and `suffix` our
    person's: `Ortiz, Luis Sr Welder` is a Senior Welder unless Luis Ortiz is a Sr.
    """
    for place, word in enumerate(leaf.tokens):
        if word not in SUFFIXES or place in used or not _follows(leaf, place, used, explained):
            continue
        begins_a_title = (
            place + 1 < len(leaf.tokens) and leaf.parts[place + 1] == leaf.parts[place]
        )
        meant = {word, *TITLE_WORDS.get(word, ())}
        if SUFFIXES[word] == suffix or not begins_a_title or meant.isdisjoint(title):
            return place
    return None


def _follows(
    leaf: Leaf, place: int, used: Collection[int], explained: Callable[[str], bool]
) -> bool:
    """Whether only words of a name stand between this one and the name that was met."""
    before = place - 1
    if before < 0:
        return False
    part = leaf.parts[before]
    alone = leaf.parts.count(leaf.parts[place]) == 1  # `Ortiz, Luis, Jr`
    if leaf.parts[place] != part and not alone:
        return False
    while before >= 0 and leaf.parts[before] == part:
        if before in used:
            return True
        if explained(leaf.tokens[before]):
            return False
        before -= 1
    return False
