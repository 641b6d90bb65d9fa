"""Find rows by the words in their `search_text`, through the index of each database.

SQLite has an FTS5 trigram table, PostgreSQL pg_trgm indexes on the column (migration 0002). Both
need three characters; a shorter word is looked for at the beginning of a name only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Plain = str | int | bool

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


def matching(
    rows: QuerySet[Row], found: Words, *, index: str, limit: int, also: Mapping[str, Plain]
) -> list[int]:
    """Ids of at most `limit` rows that have all the words and equal `also` (column to value).

    `rows` is the plain manager's queryset of the table behind the index; there must be a long
    word. On SQLite the index leads and the rows are looked up one by one until there are enough;
    left to itself, the planner would read all matches first.
    """
    if connection.vendor != "sqlite":
        matches = rows.filter(contained(found), **also).order_by()
        return list(matches.values_list("id", flat=True)[:limit])
    conditions = [f"t.{column} = %s" for column in also]
    values: list[Plain] = [*also.values()]
    for word in found.short:
        conditions.append("(' ' || replace(t.search_text, ':', ' ')) LIKE %s ESCAPE '!'")
        values.append("% " + re.sub("([%_!])", r"!\1", word) + "%")
    # `index`, the table and the columns are constants of this package, never input
    sql = (
        f"SELECT t.id FROM {index} CROSS JOIN {rows.model._meta.db_table} t "  # noqa: S608
        f"ON t.id = {index}.rowid WHERE {' AND '.join([f'{index} MATCH %s', *conditions])} "
        "LIMIT %s"
    )
    match = " ".join('"' + word.replace('"', '""') + '"' for word in found.long)
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, *values, limit])
        return [pk for (pk,) in cursor.fetchall()]


def contained(found: Words) -> Q:
    """The rows that hold every long word and in which each short one begins a word."""
    condition = Q()
    for word in found.long:
        condition &= Q(search_text__contains=word)
    return condition & _begun(found.short)


def leading(found: Words, *, name: str) -> Q:
    """For short words alone: the first begins `name`, found through the index of that column."""
    return prefix(found.short[0], name=name) & _begun(found.short[1:])


def _begun(short: Sequence[str]) -> Q:
    condition = Q()
    for word in short:
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
