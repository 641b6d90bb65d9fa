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

The function must not look at its arguments: they stand for values of any call.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial, wraps
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import DeleteQuery, InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Wanted = ParamSpec("Wanted")
Found = TypeVar("Found")
Compiled = TypeVar("Compiled", bound="_Statement")
Row = Sequence[Any]
Asked = Callable[Wanted, QuerySet[Any, Any]]
Changing = Callable[Concatenate[Mapping[str, Any], Wanted], int]
_NOTHING: Final[Mapping[str, Any]] = {}
_SAME_EACH_TIME: Final = frozenset({dict, list})  # defaults that are made anew, and equal


def rows(build: Callable[Wanted, QuerySet[Any, Found]]) -> Callable[Wanted, list[Found]]:
    """All rows of the queryset that `build` describes."""
    remembered: _Remembered[_Read[Found]] = _Remembered(build, _Read)

    @wraps(build)
    def ask(*_: Wanted.args, **values: Wanted.kwargs) -> list[Found]:
        return remembered.here().all(values)

    return ask


def row(build: Callable[Wanted, QuerySet[Any, Found]]) -> Callable[Wanted, Found | None]:
    """The first row of the queryset in its own order; None when there is none."""
    remembered: _Remembered[_Read[Found]] = _Remembered(build, _first)

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
        remembered: _Remembered[_Change] = _Remembered(build, partial(_Change, columns))

        @wraps(build)
        def run(new: Mapping[str, Any], /, *_: Wanted.args, **values: Wanted.kwargs) -> int:
            return remembered.here().run(new, values)

        return run

    return decorate


def removal(build: Callable[Wanted, QuerySet[Any, Any]]) -> Callable[Wanted, int]:
    """Delete the rows of the queryset, and nothing that hangs on them; answers how many."""
    remembered: _Remembered[_Removal] = _Remembered(build, _Removal)

    @wraps(build)
    def run(*_: Wanted.args, **values: Wanted.kwargs) -> int:
        return remembered.here().run({}, values)

    return run


def insert(model: type[Model], *columns: str) -> Callable[[Mapping[str, Any]], int]:
    """Store a row with these columns, all others being default; answers its id."""
    remembered: _Remembered[_Insert] = _Remembered(
        lambda: model(**_places(model, columns)), _Insert
    )

    def run(new: Mapping[str, Any]) -> int:
        return remembered.here().store(new)

    return run


# ------------------------------------------------------------------ what stands for a value


class _Place(Expression):
    """Where the value of an argument goes, or the new value of a `column`."""

    def __init__(self, name: str, column: Any = None) -> None:
        super().__init__()
        self.name = name
        self.column = column

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


def _places(model: type[Model], columns: Iterable[str]) -> dict[str, Any]:
    return {name: _Place(name, model._meta.get_field(name)) for name in columns}


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
            self._places[each.name] = _Place(each.name)
        self._of_thread = threading.local()

    def here(self) -> Compiled:
        """The statement for the connection of this thread."""
        connection = connections[DEFAULT_DB_ALIAS]
        known: Compiled | None = getattr(self._of_thread, "statement", None)
        if known is None or known.connection is not connection:
            known = self._compile(self._build(**self._places), connection)
            self._of_thread.statement = known
        return known


class _Statement:
    """SQL with its parameters: constants, and places for what a call brings."""

    def __init__(self, connection: BaseDatabaseWrapper, sql: str, params: Iterable[Any]) -> None:
        self.connection = connection
        self.sql = sql
        self._params = tuple(params)

    def bind(self, values: Mapping[str, Any], new: Mapping[str, Any] = _NOTHING) -> list[Any]:
        """The parameters of one call."""
        bound = []
        for each in self._params:
            if not isinstance(each, _Place):
                bound.append(each)
            elif each.column is None:
                bound.append(self._adapted(values[each.name]))
            else:
                bound.append(each.column.get_db_prep_save(new[each.name], self.connection))
        return bound

    def _adapted(self, value: Any) -> Any:
        """A value to compare with, as the database takes it."""
        if value is None or isinstance(value, (int, bytes)):
            return value
        if isinstance(value, str):
            return str(value)  # an enum's member as its text
        if isinstance(value, datetime):
            return self.connection.ops.adapt_datetimefield_value(value)
        message = f"A {type(value).__name__} has no place in a prepared statement."
        raise TypeError(message)


class _Read(_Statement, Generic[Found]):
    def __init__(self, queryset: QuerySet[Any, Any], connection: BaseDatabaseWrapper) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        super().__init__(connection, *compiler.as_sql())
        self._locks = queryset.query.select_for_update
        self._compiler = compiler
        columns = [each[0] for each in compiler.select[: compiler.col_count]]
        self._converters = compiler.get_converters(columns)
        self._make = _maker(queryset, compiler)

    def all(self, values: Mapping[str, Any]) -> list[Found]:
        """The rows, all of them read."""
        if self._locks and not self.connection.in_atomic_block:
            message = "A row can be locked only inside a transaction."
            raise TransactionManagementError(message)
        with self.connection.cursor() as cursor:
            cursor.execute(self.sql, self.bind(values))
            found: Iterable[Row] = cursor.fetchall()
        if self._converters:
            found = self._compiler.apply_converters(found, self._converters)
        return [self._make(each) for each in found]


def _first(queryset: QuerySet[Any, Found], connection: BaseDatabaseWrapper) -> _Read[Found]:
    return _Read(queryset[:1], connection)


def _maker(queryset: QuerySet[Any, Any], compiler: SQLCompiler) -> Callable[[Row], Any]:
    """What makes of a row what the queryset hands out: a value, a tuple, or an object."""
    kind = queryset._iterable_class
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return tuple
    klass_info: dict[str, Any] = compiler.klass_info or {}
    if kind is not ModelIterable or compiler.annotation_col_map:
        message = "Only objects without annotations, tuples and single values are prepared."
        raise NotSupportedError(message)
    model, places = klass_info["model"], klass_info["select_fields"]
    start, end = places[0], places[-1] + 1
    names = [each[0].target.attname for each in compiler.select[start:end]]
    populators = get_related_populators(  # type: ignore[call-arg] # the stubs are Django 6's
        klass_info, compiler.select, DEFAULT_DB_ALIAS
    )

    def make(row: Row) -> Any:
        made = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for each in populators:
            each.populate(row, made)
        return made

    return make


class _Write(_Statement):
    """`columns`: what a call must bring, no more and no less."""

    columns: frozenset[str] = frozenset()

    def run(self, new: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        """How many rows were written."""
        with self.connection.cursor() as cursor:
            self._execute(cursor, new, values)
            return int(cursor.rowcount)

    def _execute(
        self, cursor: CursorWrapper, new: Mapping[str, Any], values: Mapping[str, Any]
    ) -> None:
        if new.keys() != self.columns:
            message = f"These columns differ: {', '.join(new.keys() ^ self.columns)}."
            raise TypeError(message)
        cursor.execute(self.sql, self.bind(values, new))


class _Change(_Write):
    def __init__(
        self,
        columns: Sequence[str],
        queryset: QuerySet[Any, Any],
        connection: BaseDatabaseWrapper,
    ) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(_places(queryset.model, columns))
        query.clear_ordering(force=True)
        super().__init__(connection, *query.get_compiler(connection=connection).as_sql())
        self.columns = frozenset(columns)


class _Removal(_Write):
    def __init__(self, queryset: QuerySet[Any, Any], connection: BaseDatabaseWrapper) -> None:
        query = queryset.query.chain(DeleteQuery)
        query.clear_ordering(force=True)
        super().__init__(connection, *query.get_compiler(connection=connection).as_sql())


class _Insert(_Write):
    def __init__(self, made: Model, connection: BaseDatabaseWrapper) -> None:
        meta = type(made)._meta
        fields = [each for each in meta.local_concrete_fields if each is not meta.auto_field]
        values = {each.attname: getattr(made, each.attname) for each in fields}
        for each in fields:
            _refuse_new_each_time(each, values[each.attname])
        query = InsertQuery(type(made))
        query.insert_values(fields, [made])
        compiler = query.get_compiler(connection=connection)
        compiler.returning_fields = [meta.pk]
        ((sql, params),) = compiler.as_sql()
        super().__init__(connection, sql, params)
        self.columns = frozenset(n for n, value in values.items() if isinstance(value, _Place))

    def store(self, new: Mapping[str, Any]) -> int:
        """The id of the new row."""
        with self.connection.cursor() as cursor:
            self._execute(cursor, new, _NOTHING)
            return int(cursor.fetchone()[0])


def _refuse_new_each_time(field: Field[Any, Any], value: Any) -> None:
    """A default that differs from call to call would be the same for ever."""
    default = field.default if field.has_default() else None
    made_anew = callable(default) and default not in _SAME_EACH_TIME
    if made_anew and not isinstance(value, _Place):
        message = f"The default of {field} is new each time: it must be given."
        raise NotSupportedError(message)
