"""What all requests share: the base classes, references, addresses and paging.

The concrete messages live in ``customers``, ``invoices``, ``credits``, ``lists``, ``company``,
``transactions`` and ``custom_data``. All are frozen and keyword-only; the order of their fields
is the order of the elements.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal

from tieout.quickbooks.qbxml.schema import RefusedByUs, el

ActiveStatus = Literal["All", "ActiveOnly", "InactiveOnly"]
ACTIVE_STATUS: Final = ("All", "ActiveOnly", "InactiveOnly")
MATCH: Final = ("StartsWith", "Contains", "EndsWith")
USE_MAPPED_ID: Final = "Refresh the QuickBooks lists and choose the entry again."
OUR_FAULT: Final = "This is a fault in Tieout; report it with the log."


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference to a list entry. ``list_id`` wins when both are given (Intuit's documentation);
    ``full_name`` matches without regard to case."""

    list_id: str = ""
    full_name: str = ""

    def __bool__(self) -> bool:
        return bool(self.list_id or self.full_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address. QuickBooks prints at most five lines in all: Addr1-5 plus the line of
    city, state and postal code (Intuit's documentation); more is refused here."""

    addr1: str = field(default="", metadata=el("Addr1", "text", 41))
    addr2: str = field(default="", metadata=el("Addr2", "text", 41))
    addr3: str = field(default="", metadata=el("Addr3", "text", 41))
    addr4: str = field(default="", metadata=el("Addr4", "text", 41))
    addr5: str = field(default="", metadata=el("Addr5", "text", 41))
    city: str = field(default="", metadata=el("City", "text", 31))
    state: str = field(default="", metadata=el("State", "text", 21))
    postal_code: str = field(default="", metadata=el("PostalCode", "text", 13))
    country: str = field(default="", metadata=el("Country", "text", 31))
    note: str = field(default="", metadata=el("Note", "text", 41))

    def check(self) -> None:
        """Refuse more printed lines than QuickBooks takes."""
        lines = sum(map(bool, (self.addr1, self.addr2, self.addr3, self.addr4, self.addr5)))
        if lines + bool(self.city or self.state or self.postal_code) > 5:
            raise RefusedByUs(
                element="Address", value=self, limit="may print at most five lines",
                remedy="Join two lines of the address.",
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Iterate:
    """One step of paging. Continue and Stop name the iterator that Start's answer gave.

    An iterator lives in one QuickBooks session of one application; Continue repeats the filters.
    """

    action: Literal["Start", "Continue", "Stop"]
    iterator_id: str = ""


@dataclass(frozen=True, slots=True)
class NameFilter:
    """Match a name; ``criterion`` is StartsWith, Contains or EndsWith."""

    criterion: Literal["StartsWith", "Contains", "EndsWith"] = field(
        metadata=el("MatchCriterion", "enum", choices=MATCH, required=True)
    )
    name: str = field(metadata=el("Name", "text", 209, required=True))


@dataclass(frozen=True, slots=True)
class NameRange:
    """Names from ... to, both inclusive, either may be blank."""

    from_name: str = field(default="", metadata=el("FromName", "text", 209))
    to_name: str = field(default="", metadata=el("ToName", "text", 209))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One XxxRq element. ``request_id`` is echoed in its answer (at most 50 characters)."""

    KIND: ClassVar[str] = ""
    """Element name without ``Rq``."""
    BODY: ClassVar[str] = ""
    """Inner aggregate (``CustomerAdd``) that holds the fields; queries have none."""
    ITERABLE: ClassVar[bool] = False
    """Whether the schema gives this query ``iterator``; elsewhere the attribute is invalid."""

    request_id: str

    def check(self) -> None:
        """Raise ``RefusedByUs`` for rules between fields. The writer checks each field alone."""

    @classmethod
    def writes(cls) -> bool:
        """Whether QuickBooks changes something: anything that is not a query."""
        return not cls.KIND.endswith("Query")


def check_paging(
    *, iterator: Iterate | None, max_returned: int | None, explicit: bool, iterable: bool
) -> None:
    """Refuse paging that QuickBooks would refuse or silently ignore."""
    if iterator is None:
        return
    limit = ""
    if not iterable:
        limit = "is not allowed on this query"
    elif explicit:
        limit = "makes no sense with explicit ids, names or numbers"
    elif iterator.action not in {"Start", "Continue", "Stop"}:
        limit = "must be Start, Continue or Stop"
    elif (iterator.action == "Start") == bool(iterator.iterator_id):
        limit = "needs an iteratorID exactly when it continues or stops"
    elif max_returned is None and iterator.action != "Stop":
        limit = "needs max_returned, the size of a page"
    if limit:
        raise RefusedByUs(element="iterator", value=iterator, limit=limit, remedy=OUR_FAULT)
