"""Statements that are compiled once and run many times: what every step with QuickBooks asks.

Making SQL from a question costs the ORM about ten times what the database needs to answer it
(measured: 0.4 ms against 0.04), and a step asks the same twenty questions each time. So a
function says with the ORM what is wanted, as anywhere else, and is called once for each thread,
with a place in the stead of every argument; afterwards only the places are filled. What is
remembered is the text of a statement, never an answer.

    @prepared.rows
    def _open(*, company_id: int) -> QuerySet[Task]:
        return Task.objects.filter(company_id=company_id, state="waiting")

    for task in _open(company_id=7): ...

The function must not look at its arguments: they stand for values of any call. Where one of them
is a collection, it says so: `filter(id__in=prepared.each(ids))`, once in a statement.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet

from tieout.store.compiled import (
    Change,
    Each,
    Insert,
    Place,
    Read,
    Removal,
    Statement,
    first,
    places,
)

Wanted = ParamSpec("Wanted")
Found = TypeVar("Found")
Compiled = TypeVar("Compiled", bound=Statement)
Asked = Callable[Wanted, QuerySet[Any, Any]]
Changing = Callable[Concatenate[Mapping[str, Any], Wanted], int]


def rows(build: Callable[Wanted, QuerySet[Any, Found]]) -> Callable[Wanted, list[Found]]:
    """All rows of the queryset that `build` describes."""
    remembered: _Remembered[Read[Found]] = _Remembered(build, Read)

    @wraps(build)
    def ask(*_: Wanted.args, **values: Wanted.kwargs) -> list[Found]:
        return remembered.here().all(values)

    return ask


def row(build: Callable[Wanted, QuerySet[Any, Found]]) -> Callable[Wanted, Found | None]:
    """The first row of the queryset in its own order; None when there is none."""
    remembered: _Remembered[Read[Found]] = _Remembered(build, first)

    @wraps(build)
    def ask(*_: Wanted.args, **values: Wanted.kwargs) -> Found | None:
        found = remembered.here().all(values)
        return found[0] if found else None

    return ask


def change(*columns: str) -> Callable[[Asked[Wanted]], Changing[Wanted]]:
    """Set these columns on the rows of the queryset; answers how many rows there were.

    What is called then takes the new values first, by the name of their column.
    """

    def decorate(build: Asked[Wanted]) -> Changing[Wanted]:
        remembered: _Remembered[Change] = _Remembered(build, partial(Change, columns))

        @wraps(build)
        def run(new: Mapping[str, Any], /, *_: Wanted.args, **values: Wanted.kwargs) -> int:
            return remembered.here().run(new, values)

        return run

    return decorate


def removal(build: Callable[Wanted, QuerySet[Any, Any]]) -> Callable[Wanted, int]:
    """Delete the rows of the queryset, and nothing that hangs on them; answers how many."""
    remembered: _Remembered[Removal] = _Remembered(build, Removal)

    @wraps(build)
    def run(*_: Wanted.args, **values: Wanted.kwargs) -> int:
        return remembered.here().run({}, values)

    return run


def insert(model: type[Model], *columns: str) -> Callable[[Mapping[str, Any]], int]:
    """Store a row with these columns, all others being default; answers its id."""
    remembered: _Remembered[Insert] = _Remembered(lambda: model(**places(model, columns)), Insert)

    def run(new: Mapping[str, Any]) -> int:
        return remembered.here().store(new)

    return run


def each(values: Any) -> Any:
    """What something is to be `in`: all of `values`, an argument that is a collection."""
    return Each(values.name)


class _Remembered(Generic[Compiled]):
    """The statement as each thread, with its own connection, has compiled it."""

    def __init__(
        self,
        build: Callable[..., Any],
        compile_: Callable[[Any, BaseDatabaseWrapper], Compiled],
    ) -> None:
        self._build = build
        self._compile = compile_
        self._places: dict[str, Any] = {}
        for each in inspect.signature(build).parameters.values():
            if each.kind is not each.KEYWORD_ONLY:
                message = f"{build.__name__} must take its arguments by name only."
                raise TypeError(message)
            self._places[each.name] = Place(each.name)
        self._of_thread = threading.local()

    def here(self) -> Compiled:
        """The statement for the connection of this thread."""
        connection = connections[DEFAULT_DB_ALIAS]
        known: Compiled | None = getattr(self._of_thread, "statement", None)
        if known is None or known.connection is not connection:
            known = self._compile(self._build(**self._places), connection)
            self._of_thread.statement = known
        return known
