"""The filters that all list queries share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tieout.sandbox import entries
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import RequestError
from tieout.sandbox.names import path_key
from tieout.sandbox.paging import Key, Source, answer_explicit, answer_filtered
from tieout.sandbox.reply import Answer, Field, chosen
from tieout.sandbox.values import fold, to_cents
from tieout.sandbox.xmltree import Node

Writer = Callable[[Books, Node, list[Entry]], list[Sequence[Field]]]
_OPERATORS = {
    "LessThan": "<",
    "LessThanEqual": "<=",
    "Equal": "=",
    "GreaterThan": ">",
    "GreaterThanEqual": ">=",
}
_PATTERNS = {"StartsWith": "{}%", "Contains": "%{}%", "EndsWith": "%{}"}


class Conditions:
    """SQL conditions with their parameters, joined by AND."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, part: str, *values: object) -> None:
        """Add one condition."""
        self.parts.append(part)
        self.values.extend(values)

    def add_in(self, column: str, values: Sequence[object]) -> None:
        """Add `column IN (…)`."""
        self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)

    @property
    def sql(self) -> str:
        """The conditions as one expression."""
        return " AND ".join(self.parts) or "1"


def like(text: str, criterion: str) -> str:
    """Return the LIKE pattern of a match criterion; wildcards in the text are literal."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return _PATTERNS[criterion].format(escaped)


def run(
    context: Context,
    node: Node,
    *,
    family: str,
    kinds: Sequence[str],
    write: Writer,
    tag: Callable[[Entry], str],
) -> Answer:
    """Answer a list query: by ListID, by FullName, or by filters."""

    def render(rows: list[Entry]) -> list[Field]:
        wanted = node.texts("IncludeRetElement")
        written = write(context.books, node, rows)
        return [
            (tag(row), chosen(fields, wanted)) for row, fields in zip(rows, written, strict=True)
        ]

    ids, names = node.texts("ListID"), node.texts("FullName")
    if ids or names:
        found, missing = _explicit(context.books, family, kinds, ids, names)
        return answer_explicit(node, render(found), missing)
    conditions = _conditions(context.books, node, family, kinds)
    return answer_filtered(context, node, _source(context.books, conditions), render)


def _explicit(
    books: Books, family: str, kinds: Sequence[str], ids: list[str], names: list[str]
) -> tuple[list[Entry], list[str]]:
    found: list[Entry] = []
    missing: list[str] = []
    for value in ids or names:
        entry = (
            entries.get(books, family, value)
            if ids
            else entries.by_path(books, family, path_key(value))
        )
        if entry is None or entry.kind not in kinds:
            missing.append(value)
        else:
            found.append(entry)
    return found, missing


def _source(books: Books, conditions: Conditions) -> Source[Entry]:
    def count() -> int:
        sql = f"SELECT COUNT(*) FROM entry WHERE {conditions.sql}"  # noqa: S608 own conditions
        return int(books.connection.execute(sql, conditions.values).fetchone()[0])

    def fetch(after: Key | None, limit: int | None) -> list[Entry]:
        where, values = conditions.sql, list(conditions.values)
        if after is not None:
            where, values = f"{where} AND path_key > ?", [*values, *after]
        # A walk along the names beats sorting everything; a narrow span of time does not.
        hint = "" if "modified" in where else "INDEXED BY entry_path"
        sql = (
            f"SELECT {entries.COLUMNS} FROM entry {hint} WHERE {where}"  # noqa: S608
            " ORDER BY path_key LIMIT ?"
        )
        rows = books.connection.execute(sql, [*values, -1 if limit is None else limit])
        return [entries.from_row(row) for row in rows]

    return Source(count, fetch, lambda entry: (path_key(entry.full_name),))


def _conditions(books: Books, node: Node, family: str, kinds: Sequence[str]) -> Conditions:
    found = Conditions()
    found.add("family = ?", family)
    found.add_in("kind", kinds)
    status = node.get("ActiveStatus") or "ActiveOnly"
    if status != "All" and not _unfiltered(node):
        found.add("is_active = ?", int(status == "ActiveOnly"))
    _add_times(books, node, found)
    _add_names(node, found)
    _add_amounts(node, found)
    types = node.texts("AccountType")
    if types:
        found.add_in("json_extract(detail, '$.AccountType')", types)
    _add_class(books, node, found)
    return found


def _unfiltered(node: Node) -> bool:
    return node.tag == "TemplateQueryRq"


def moments(books: Books, node: Node, first: str, last: str) -> tuple[int | None, int | None]:
    """Read a pair of moments; 3020 for a value that is none, 3030 when they are reversed."""
    start, end = node.get(first), node.get(last)
    try:
        low = books.wall.parse(start) if start else None
        high = books.wall.parse(end, end_of_day=True) if end else None
    except ValueError as error:
        raise RequestError(3020, f"There was an error when converting a date: {error}.") from error
    if low is not None and high is not None and low > high:
        raise RequestError(3030, f"{first} is later than {last}.")
    return low, high


def _add_times(books: Books, node: Node, found: Conditions) -> None:
    low, high = moments(books, node, "FromModifiedDate", "ToModifiedDate")
    if low is not None:
        found.add("modified >= ?", low)
    if high is not None:
        found.add("modified <= ?", high)


def _add_names(node: Node, found: Conditions) -> None:
    matched = node.child("NameFilter")
    if matched:
        pattern = like(matched.get("Name") or "", matched.get("MatchCriterion") or "")
        found.add("(name LIKE ? ESCAPE '\\' OR full_name LIKE ? ESCAPE '\\')", pattern, pattern)
    span = node.child("NameRangeFilter")
    if span:
        low, high = span.get("FromName"), span.get("ToName")
        if low and high and fold(low) > fold(high):
            raise RequestError(3031, "FromName is behind ToName.")
        if low:
            found.add("path_key >= ?", path_key(low))
        if high:
            found.add("path_key <= ?", path_key(high))


def _add_amounts(node: Node, found: Conditions) -> None:
    balance = node.child("TotalBalanceFilter")
    if balance:
        operator = _OPERATORS[balance.get("Operator") or "Equal"]
        found.add(f"total_balance {operator} ?", to_cents(balance.get("Amount") or "0"))


def _add_class(books: Books, node: Node, found: Conditions) -> None:
    chosen_class = node.child("ClassFilter")
    if chosen_class is None:
        return
    ids = filter_ids(books, chosen_class, "Class")
    found.add_in("json_extract(detail, '$.ClassRef')", ids or [""])


def filter_ids(books: Books, node: Node, family: str) -> list[str]:
    """Return the ListIDs that an entity, class or item filter names, children included if asked."""
    ids: list[str] = []
    for child in node.children:
        by_id = child.tag.startswith("ListID")
        entry = (
            entries.get(books, family, child.text)
            if by_id
            else entries.by_path(books, family, path_key(child.text))
        )
        if entry is None:
            raise RequestError(
                3120, f'Object "{child.text}" specified in the request cannot be found.'
            )
        ids.append(entry.list_id)
        if child.tag.endswith("WithChildren"):
            key = path_key(entry.full_name)
            ids.extend(entries.ids_below(books, family, (key + "\x01", key + "\x02")))
    return ids
