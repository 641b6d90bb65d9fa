"""The bookkeeper's work on lists: customers and jobs, items, classes, terms, accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tieout.sandbox import customers, entries, items, names
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import BookError, RequestError


class Desk:
    """Where the bookkeeper works: transactions whose refusals are BookErrors."""

    _books: Books

    @contextmanager
    def _writing(self) -> Iterator[Books]:
        try:
            with self._books.writing() as books:
                yield books
        except RequestError as error:
            raise BookError(error.code, error.message) from error

    @contextmanager
    def _reading(self) -> Iterator[Books]:
        try:
            with self._books.reading() as books:
                yield books
        except RequestError as error:
            raise BookError(error.code, error.message) from error


def need(books: Books, family: str, full_name: str, word: str) -> Entry:
    """Return the element with that full name; BookError 3120 when there is none."""
    entry = entries.by_path(books, family, names.path_key(full_name))
    if entry is None:
        message = f'There is no {word} called "{full_name}".'
        raise BookError(3120, message, f"List them to see the {word}s and their exact names.")
    return entry


class ListDesk(Desk):
    """Customers, jobs and the other lists."""

    def add_customer(self, full_name: str, *, is_active: bool = True, **detail: Any) -> str:
        """Add a customer, or a job below an existing one; return its ListID."""
        with self._writing() as books:
            parent_name, _, name = full_name.rpartition(":")
            parent = need(books, "Entity", parent_name, "customer") if parent_name else None
            return customers.create(
                books, name=name, parent_id=parent.list_id if parent else "",
                is_active=is_active, detail=detail,
            )  # fmt: skip

    def add_item(self, name: str, *, price: str = "") -> str:
        """Add a service item; return its ListID."""
        with self._writing() as books:
            account = need(books, "Account", "Service Income", "account")
            detail = {"Price": price, "AccountRef": account.list_id}
            return items.create(
                books, kind=items.SERVICE, name=name, parent_id="", is_active=True, detail=detail
            )
