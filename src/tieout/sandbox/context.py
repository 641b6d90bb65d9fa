"""What a request handler is given: the books, the caller, the session's iterators and macros."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tieout.sandbox.books import Books


@dataclass(slots=True)
class Iterator:
    """One open iterator: for which request, after which key, how many were and are to be sent."""

    request: str
    key: tuple[Any, ...] | None
    sent: int
    total: int


@dataclass(slots=True)
class Context:
    """One session's view while it handles a set. Iterators die with the session."""

    books: Books
    app: str = ""
    iterators: dict[str, Iterator] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)
