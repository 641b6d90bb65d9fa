"""What a session asks first: the program, the company, its preferences, its restores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from tieout.quickbooks.qbxml.requests import Request
from tieout.quickbooks.qbxml.schema import el


@dataclass(frozen=True, slots=True, kw_only=True)
class HostQuery(Request):
    """Ask which product answers, which qbXML versions it speaks and in which mode the file is."""

    KIND: ClassVar[str] = "HostQuery"

    include_max_capacity: bool | None = field(
        default=None,
        metadata=el("IncludeMaxCapacity", "bool", under="IncludeListMetaData"),
    )
    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyQuery(Request):
    """Ask which company file is open; our stamp comes only with our GUID in ``owner_ids``."""

    KIND: ClassVar[str] = "CompanyQuery"

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesQuery(Request):
    """Ask for class tracking, sales tax, closing date, currencies and our access rights."""

    KIND: ClassVar[str] = "PreferencesQuery"

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyActivityQuery(Request):
    """Ask when the file was last restored from a backup."""

    KIND: ClassVar[str] = "CompanyActivityQuery"

    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
