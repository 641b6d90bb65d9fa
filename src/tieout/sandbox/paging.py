"""Pages of a query: MaxReturned, iterators, counts, and what is said when nothing matches.

An iterator lives in the session that started it (Intuit's documentation). Pages are fetched by the
key of the last row sent, so a page costs the same wherever it lies.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tieout.sandbox.context import Context, Iterator
from tieout.sandbox.errors import RequestError
from tieout.sandbox.reply import NO_MATCH, Answer, Field
from tieout.sandbox.values import COUNT_MAX
from tieout.sandbox.xmltree import Node

Row = TypeVar("Row")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Source(Generic[Row]):
    """Where rows come from: `count()`, `fetch(after, limit)` in key order, `key(row)`."""

    count: Callable[[], int]
    fetch: Callable[[Key | None, int | None], list[Row]]
    key: Callable[[Row], Key]


def answer_explicit(node: Node, rets: Sequence[Field], missing: Sequence[str]) -> Answer:
    """Answer a query by ids or numbers: the found ones, and status 500 naming a missing one."""
    attributes = {"retCount": str(len(rets))}
    fields = () if node.attrs.get("metaData") == "MetaDataOnly" else rets
    if not missing:
        return Answer(fields=fields, attributes=attributes)
    message = (
        "The query request has not been fully completed. There was a required element"
        f' ("{missing[0]}") that could not be found in QuickBooks.'
    )
    return Answer(fields=fields, code=500, message=message, attributes=attributes)


def answer_filtered(
    context: Context,
    node: Node,
    source: Source[Row],
    write: Callable[[list[Row]], Sequence[Field]],
) -> Answer:
    """Answer a query by filters: one page of an iterator, the first rows, or a count only."""
    if node.attrs.get("metaData") == "MetaDataOnly":
        return _answer(source.count(), ())
    if node.attrs.get("iterator"):
        return _iterate(context, node, source, write)
    rows = source.fetch(None, _limit(node))
    return _answer(len(rows), write(rows))


def _answer(count: int, rets: Sequence[Field], extra: dict[str, str] | None = None) -> Answer:
    attributes = {"retCount": str(count), **(extra or {})}
    if count:
        return Answer(fields=rets, attributes=attributes)
    return Answer(code=1, message=NO_MATCH, attributes=attributes)


def _limit(node: Node) -> int | None:
    digits = (node.get("MaxReturned") or "").strip().lstrip("+0")
    if not digits:
        return None
    if len(digits) > len(str(COUNT_MAX)) or int(digits) > COUNT_MAX:
        message = f'There was an error when converting the number value "{digits[:40]}".'
        raise RequestError(3085, message)
    return int(digits)


def _iterate(
    context: Context,
    node: Node,
    source: Source[Row],
    write: Callable[[list[Row]], Sequence[Field]],
) -> Answer:
    step = node.attrs["iterator"]
    if step == "Start":
        iterator_id = f"{{{uuid.uuid4()}}}"
        state = Iterator(_signature(node), None, 0, source.count())
        context.iterators[iterator_id] = state
    else:
        iterator_id = node.attrs.get("iteratorID", "")
        state = _open_iterator(context, node, iterator_id)
    if step == "Stop":
        del context.iterators[iterator_id]
        return Answer(attributes={"retCount": "0"})
    rows = _next_page(state, source, _limit(node))
    left = max(state.total - state.sent, 0)
    extra = {"iteratorRemainingCount": str(left), "iteratorID": iterator_id}
    if not left:
        del context.iterators[iterator_id]
    return _answer(len(rows), write(rows), extra)


def _next_page(state: Iterator, source: Source[Row], limit: int | None) -> list[Row]:
    """Fetch one row more than asked for, to know whether there is anything behind the page."""
    rows = source.fetch(state.key, None if limit is None else limit + 1)
    more = limit is not None and len(rows) > limit
    rows = rows[:limit]
    state.sent += len(rows)
    state.key = source.key(rows[-1]) if rows else state.key
    state.total = max(state.total, state.sent + 1) if more else state.sent
    return rows


def _open_iterator(context: Context, node: Node, iterator_id: str) -> Iterator:
    state = context.iterators.get(iterator_id)
    if state is None:
        message = f'The iterator "{iterator_id}" does not exist or is no longer valid.'
        raise RequestError(context.books.setting("dead_iterator_code"), message)
    if state.request != _signature(node):
        message = "The filters of an iterator cannot change between its pages."
        raise RequestError(context.books.setting("dead_iterator_code"), message)
    return state


def _signature(node: Node) -> str:
    """Return the filters as text; the page size may change from page to page."""

    def flat(item: Node) -> list[Any]:
        return [item.tag, item.text if not item.children else "", [flat(c) for c in item.children]]

    return repr([node.tag, [flat(c) for c in node.children if c.tag != "MaxReturned"]])
