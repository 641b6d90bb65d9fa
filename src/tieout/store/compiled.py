"""What `prepared` remembers of a question or a change: its SQL, where the values of a call go, and
what is made of the rows that come back.

Everything that can be known beforehand is looked up once, when the statement is compiled, because
a round trip of the Web Connector runs twenty of these.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, NotSupportedError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    Expression,
    Field,
    IntegerField,
    JSONField,
    Model,
    PositiveIntegerField,
    QuerySet,
    TextField,
)
from django.db.models.base import ModelState
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import DeleteQuery, InsertQuery, UpdateQuery
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from tieout.store.sqlite.base import DatabaseWrapper as Sqlite

Found = TypeVar("Found")
Row = Sequence[Any]
_NOTHING: Final[Mapping[str, Any]] = {}
_MANY: Final = "%s/* each */"
_SAME_EACH_TIME: Final = frozenset({dict, list})  # defaults that are made anew, and equal
# a value of exactly this type needs nothing done to it before it is stored in such a column
_STORED_AS_IT_IS: Final[dict[type, type]] = {
    CharField: str,
    TextField: str,
    BooleanField: bool,
    IntegerField: int,
    PositiveIntegerField: int,
    BigIntegerField: int,
    BigAutoField: int,
}
_COMPARED_AS_IT_IS: Final = frozenset({int, bool, str, bytes, type(None)})


class Place(Expression):
    """Where the value of an argument goes, or the new value of a `column`."""

    def __init__(self, name: str, column: Any = None) -> None:
        super().__init__()
        self.name = name
        self.column = column

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return "%s", [self]


class Each(Place):
    """Where all values of a collection go; one of these in a statement."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        return f"({_MANY})", [self]


def places(model: type[Model], columns: Iterable[str]) -> dict[str, Any]:
    """A place for the new value of each of these columns."""
    return {name: Place(name, model._meta.get_field(name)) for name in columns}


class Statement:
    """SQL with its parameters: constants, and places for what a call brings."""

    def __init__(self, connection: BaseDatabaseWrapper, sql: str, params: Iterable[Any]) -> None:
        self.connection = connection
        self.sql = sql
        params = tuple(params)
        self._params = [None if isinstance(each, Place) else each for each in params]
        places_at = [(at, each) for at, each in enumerate(params) if isinstance(each, Place)]
        self._arguments = [
            (at, each.name)
            for at, each in places_at
            if each.column is None and not isinstance(each, Each)
        ]
        self._many = [(at, each.name) for at, each in places_at if isinstance(each, Each)]
        self._columns = [
            (at, each.name, *_storing(each.column, connection))
            for at, each in places_at
            if each.column is not None
        ]

    def bind(self, values: Mapping[str, Any], new: Mapping[str, Any] = _NOTHING) -> list[Any]:
        """The parameters of one call."""
        bound = self._params.copy()
        for at, name in self._arguments:
            value = values[name]
            bound[at] = value if type(value) in _COMPARED_AS_IT_IS else self._adapted(value)
        for at, name, kind, prepare in self._columns:
            value = new[name]
            bound[at] = value if value is None or type(value) is kind else prepare(value)
        return bound

    def _each(self, values: Iterable[Any]) -> list[Any]:
        """The values of a collection."""
        same = _COMPARED_AS_IT_IS
        return [each if type(each) in same else self._adapted(each) for each in values]

    def _adapted(self, value: Any) -> Any:
        """A value to compare with, as the database takes it."""
        if isinstance(value, str):
            return str(value)  # an enum's member as its text
        if isinstance(value, datetime):
            return self.connection.ops.adapt_datetimefield_value(value)
        message = f"A {type(value).__name__} has no place in a prepared statement."
        raise TypeError(message)


def _storing(
    field: Field[Any, Any], connection: BaseDatabaseWrapper
) -> tuple[type | None, Callable[[Any], Any]]:
    """Of which type a value of the column is stored as it is, and what is made of any other."""
    while field.remote_field is not None:
        field = field.target_field  # type: ignore[attr-defined] # a foreign key's
    if type(field) is JSONField and field.encoder is None and isinstance(connection, Sqlite):
        return None, json.dumps
    prepare = partial(field.get_db_prep_save, connection=connection)
    if type(field) is DateTimeField:
        return None, partial(_moment, connection.ops.adapt_datetimefield_value, prepare)
    return _STORED_AS_IT_IS.get(type(field)), prepare


def _moment(adapt: Callable[[Any], Any], prepare: Callable[[Any], Any], value: Any) -> Any:
    """An aware moment needs only to be adapted; Django looks at, and warns of, any other."""
    aware = type(value) is datetime and value.tzinfo is not None
    return adapt(value) if aware else prepare(value)


def rows_of(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> list[Any]:
    """The rows that a question brings."""
    if isinstance(connection, Sqlite) and connection.is_unobserved:
        return connection.run(sql, params).fetchall()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def count_of(connection: BaseDatabaseWrapper, sql: str, params: Sequence[Any]) -> int:
    """How many rows a change met."""
    if isinstance(connection, Sqlite) and connection.is_unobserved:
        return connection.run(sql, params).rowcount
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


# ------------------------------------------------------------------ reading


class Read(Statement, Generic[Found]):
    """A question, and what it makes of each row."""

    def __init__(self, queryset: QuerySet[Any, Any], connection: BaseDatabaseWrapper) -> None:
        compiler = queryset.query.get_compiler(connection=connection)
        super().__init__(connection, *compiler.as_sql())
        self._locks = queryset.query.select_for_update
        columns = [each[0] for each in compiler.select[: compiler.col_count]]
        self._converters = [
            (at, convert, expression)
            for at, (converters, expression) in compiler.get_converters(columns).items()
            for convert in converters
        ]
        self._make = _maker(queryset, compiler)

    def all(self, values: Mapping[str, Any]) -> list[Found]:
        """The rows, all of them read."""
        if self._locks and not self.connection.in_atomic_block:
            message = "A row can be locked only inside a transaction."
            raise TransactionManagementError(message)
        sql, bound = self.sql, self.bind(values)
        for at, name in self._many:
            many = self._each(values[name])
            # in NULL is nothing, on both databases
            sql = sql.replace(_MANY, ", ".join(["%s"] * len(many)) or "NULL")
            bound[at : at + 1] = many
        found: list[Row] = rows_of(self.connection, sql, bound)
        if self._converters:
            found = [self._converted(each) for each in found]
        return [self._make(each) for each in found]

    def _converted(self, row: Row) -> Row:
        values = list(row)
        for at, convert, expression in self._converters:
            values[at] = convert(values[at], expression, self.connection)
        return values


def first(queryset: QuerySet[Any, Found], connection: BaseDatabaseWrapper) -> Read[Found]:
    """The question for the first row alone."""
    return Read(queryset[:1], connection)


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
    model, columns = klass_info["model"], klass_info["select_fields"]
    start, end = columns[0], columns[-1] + 1
    names = [each[0].target.attname for each in compiler.select[start:end]]
    populators = get_related_populators(  # type: ignore[call-arg] # the stubs are Django 6's
        klass_info, compiler.select, DEFAULT_DB_ALIAS
    )

    def make(row: Row) -> Any:
        made = _object(model, zip(names, row[start:end], strict=True))
        for each in populators:
            _populate(each, row, made)
        return made

    return make


def _populate(populator: Any, row: Row, made: Model) -> None:
    """What Django's `RelatedPopulator.populate` does, the object beside `made` as `_object`.

    `made` holds it, and is not held by it: what holds each other is not freed when a page is drawn,
    and collecting it took a tenth of the time of all pages, in single requests.
    """
    if populator.reorder_for_init:
        columns = populator.reorder_for_init(row)
    else:
        columns = row[populator.cols_start : populator.cols_end]
    beside = None
    if columns[populator.pk_idx] is not None:
        beside = _object(populator.model_cls, zip(populator.init_list, columns, strict=True))
        for each in populator.related_populators:
            _populate(each, row, beside)
    populator.local_setter(made, beside)


def _object(model: type[Model], columns: Iterable[tuple[str, Any]]) -> Model:
    """What `Model.from_db` makes, a tenth as slow: no field is asked for its default, and columns
    that are not there are deferred in the same way."""
    made = model.__new__(model)
    made.__dict__.update(columns)
    made._state = state = ModelState()
    state.adding = False
    state.db = DEFAULT_DB_ALIAS
    return made


# ------------------------------------------------------------------ writing


class Write(Statement):
    """A change. `columns`: what a call must bring, no more and no less."""

    columns: frozenset[str] = frozenset()

    def run(self, new: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        """How many rows were written."""
        return count_of(self.connection, self.sql, self._checked(new, values))

    def _checked(self, new: Mapping[str, Any], values: Mapping[str, Any]) -> list[Any]:
        if new.keys() != self.columns:
            message = f"These columns differ: {', '.join(new.keys() ^ self.columns)}."
            raise TypeError(message)
        return self.bind(values, new)


class Change(Write):
    """New values for columns of the queryset's rows."""

    def __init__(
        self,
        columns: Sequence[str],
        queryset: QuerySet[Any, Any],
        connection: BaseDatabaseWrapper,
    ) -> None:
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(places(queryset.model, columns))
        query.clear_ordering(force=True)
        super().__init__(connection, *query.get_compiler(connection=connection).as_sql())
        self.columns = frozenset(columns)


class Removal(Write):
    """The queryset's rows go."""

    def __init__(self, queryset: QuerySet[Any, Any], connection: BaseDatabaseWrapper) -> None:
        query = queryset.query.chain(DeleteQuery)
        query.clear_ordering(force=True)
        super().__init__(connection, *query.get_compiler(connection=connection).as_sql())


class Insert(Write):
    """A new row."""

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
        self.columns = frozenset(n for n, value in values.items() if isinstance(value, Place))

    def store(self, new: Mapping[str, Any]) -> int:
        """The id of the new row."""
        ((made,),) = rows_of(self.connection, self.sql, self._checked(new, _NOTHING))
        return int(made)


def _refuse_new_each_time(field: Field[Any, Any], value: Any) -> None:
    """A default that differs from call to call would be the same for ever."""
    default = field.default if field.has_default() else None
    made_anew = callable(default) and default not in _SAME_EACH_TIME
    if made_anew and not isinstance(value, Place):
        message = f"The default of {field} is new each time: it must be given."
        raise NotSupportedError(message)
