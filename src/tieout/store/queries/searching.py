"""Find rows by the words in their `search_text`, through the index of each database.

SQLite has FTS5 trigram tables, PostgreSQL pg_trgm indexes on the column (migration 0002). Both
need three characters; a shorter word is looked for at the beginning of a name only.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

WORDS_MAX = 8
CHARACTERS_MAX = 120
INDEXED_FROM = 3  # characters: the length of a trigram


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody typed: lower-case words that must all be found."""

    long: tuple[str, ...] = ()
    short: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.long or self.short)


def words(text: str) -> Words:
    """The words of a search; anything beyond the bounds is left out. Separators do not count."""
    parts = text[:CHARACTERS_MAX].lower().replace("\0", " ").replace("·", " ").split()[:WORDS_MAX]
    return Words(
        long=tuple(part for part in parts if len(part) >= INDEXED_FROM),
        short=tuple(part for part in parts if len(part) < INDEXED_FROM),
    )


def indexed(found: Words, *, index: str) -> Q:
    """The rows that hold every long word, found through the index. `index` is the FTS table."""
    if connection.vendor != "sqlite":
        return contained(found)
    match = " ".join('"' + word.replace('"', '""') + '"' for word in found.long)
    # `index` is a constant of this package, never input
    sql = f"SELECT rowid FROM {index} WHERE {index} MATCH %s"  # noqa: S608
    return Q(id__in=RawSQL(sql, [match]))  # noqa: S611


def contained(found: Words) -> Q:
    """The rows that hold every long word, by reading them."""
    condition = Q()
    for word in found.long:
        condition &= Q(search_text__contains=word)
    return condition


def leading(found: Words, *, name: str) -> Q:
    """The rows in which the short words begin a word.

    Without a long word the first one must begin `name`, found through the index of that column;
    what the others leave is few enough to be read.
    """
    condition = Q()
    rest = found.short
    if rest and not found.long:
        condition, rest = prefix(rest[0], name=name), rest[1:]
    for word in rest:
        anywhere = Q(search_text__contains=" " + word) | Q(search_text__contains=":" + word)
        condition &= Q(search_text__startswith=word) | anywhere
    return condition


def prefix(text: str, *, name: str) -> Q:
    """Rows whose `name` begins with the one or two characters, in either case.

    SQLite's LIKE ignores case and therefore the index, so every spelling becomes a range of it.
    """
    if connection.vendor != "sqlite":
        return Q(search_text__startswith=text)
    condition = Q(pk__in=[])
    for letters in sorted(set(product(*({c.lower(), c.upper()} for c in text)))):
        first = "".join(letters)
        condition |= Q(**{f"{name}__gte": first, f"{name}__lt": first + "\U0010ffff"})
    return condition
