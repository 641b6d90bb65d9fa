"""What all of the bookkeeper's desks share: transactions, look-ups by name, checked details."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tieout.sandbox import entries, names, values
from tieout.sandbox.books import Books
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import BookError, RequestError

# word of the bookkeeper -> (element, its type)
CUSTOMER_FIELDS: dict[str, tuple[str, str]] = {
    "job_status": ("JobStatus", "STR"),
    "start": ("JobStartDate", "DATE"),
    "projected_end": ("JobProjectedEndDate", "DATE"),
    "end": ("JobEndDate", "DATE"),
    "description": ("JobDesc", "STR99"),
    "company_name": ("CompanyName", "STR41"),
    "first_name": ("FirstName", "STR25"),
    "last_name": ("LastName", "STR25"),
    "email": ("Email", "STR1023"),
    "phone": ("Phone", "STR21"),
    "notes": ("Notes", "STR4095"),
    "account_number": ("AccountNumber", "STR99"),
}
JOB_STATUSES = ("Awarded", "Closed", "InProgress", "None", "NotAwarded", "Pending")
FAMILIES = {
    "customer": "Entity",
    "item": "Item",
    "class": "Class",
    "terms": "Terms",
    "account": "Account",
    "tax code": "SalesTaxCode",
    "template": "Template",
}


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


def need(books: Books, word: str, full_name: str) -> Entry:
    """Return the element of the list `word` with that full name; BookError 3120 without one."""
    entry = entries.by_path(books, FAMILIES[word], names.path_key(full_name))
    if entry is None:
        message = f'There is no {word} called "{full_name}".'
        raise BookError(3120, message, "List them to see the exact names.")
    return entry


def customer_detail(given: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Turn the bookkeeper's words into checked elements; empty values are left out."""
    detail: dict[str, Any] = {}
    for word, value in given.items():
        if word not in CUSTOMER_FIELDS:
            message = f'{where}: there is no field called "{word}".'
            raise BookError(0, message, f"Known are: {', '.join(CUSTOMER_FIELDS)}.")
        tag, kind = CUSTOMER_FIELDS[word]
        text = "" if value is None else str(value)
        fault = values.fault_of(kind, text, field=tag)
        if fault:
            raise BookError(fault[0], f"{where}: {fault[1]}")
        if word == "job_status" and text and text not in JOB_STATUSES:
            message = f'{where}: "{text}" is no job status.'
            raise BookError(3110, message, f"Choose one of: {', '.join(JOB_STATUSES)}.")
        if text:
            detail[tag] = text
    return detail
