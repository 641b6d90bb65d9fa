"""Custom fields and the private company stamp.

The stamp is a private value of the company itself, under our own OwnerID: with it every session
proves that it faces the right company file. A copied or restored file carries the same stamp.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final

from tieout.quickbooks.qbxml.requests import OUR_FAULT, Ref, Request
from tieout.quickbooks.qbxml.schema import RefusedByUs, el

OBJECTS: Final = (
    "Account", "Charge", "Company", "CreditMemo", "Customer", "Invoice", "Item", "Vendor",
)  # fmt: skip
LIST_OBJECTS: Final = ("Account", "Customer", "Item", "Vendor")
TXN_OBJECTS: Final = ("Charge", "CreditMemo", "Invoice")
VALUE_TYPES: Final = (
    "AMTTYPE", "DATETIMETYPE", "INTTYPE", "PERCENTTYPE", "PRICETYPE", "QUANTYPE",
    "STR1024TYPE", "STR255TYPE",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtDefAdd(Request):
    """Define a field. Under OwnerID "0" people see it, and only STR255TYPE is possible."""

    KIND: ClassVar[str] = "DataExtDefAdd"
    BODY: ClassVar[str] = "DataExtDefAdd"

    owner_id: str = field(metadata=el("OwnerID", "owner", required=True))
    name: str = field(metadata=el("DataExtName", "name", 31, required=True))
    value_type: str = field(
        default="STR255TYPE", metadata=el("DataExtType", "enum", choices=VALUE_TYPES)
    )
    assign_to: tuple[str, ...] = field(
        default=(), metadata=el("AssignToObject", "enum", many=True, choices=OBJECTS)
    )

    def check(self) -> None:
        """Refuse a visible field of any other type."""
        if self.owner_id == "0" and self.value_type != "STR255TYPE":
            raise RefusedByUs(
                element="DataExtType", value=self.value_type,
                limit="must be STR255TYPE for a custom field", remedy=OUR_FAULT,
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DataExtAdd(Request):
    """Write a value: on a list entry (``list_type`` + ``entry``), on a transaction (``txn_type`` +
    ``txn_id``), or on the company itself (``other_type="Company"``, see ``on_company``), which is
    the stamp. The field must be defined first. It changes the edit sequence of what it is written
    on."""

    KIND: ClassVar[str] = "DataExtAdd"
    BODY: ClassVar[str] = "DataExtAdd"

    owner_id: str = field(metadata=el("OwnerID", "owner", required=True))
    name: str = field(metadata=el("DataExtName", "name", 31, required=True))
    list_type: str = field(
        default="", metadata=el("ListDataExtType", "enum", choices=LIST_OBJECTS, group=1)
    )
    entry: Ref | None = field(default=None, metadata=el("ListObjRef", "ref", 209, group=1))
    txn_type: str = field(
        default="", metadata=el("TxnDataExtType", "enum", choices=TXN_OBJECTS, group=2)
    )
    txn_id: str = field(default="", metadata=el("TxnID", "id", group=2))
    other_type: str = field(
        default="", metadata=el("OtherDataExtType", "enum", choices=("Company",), group=3)
    )
    value: str = field(metadata=el("DataExtValue", "text", 255, required=True))

    def check(self) -> None:
        """Refuse a value that is written on nothing, or on half of something."""
        complete = (
            bool(self.list_type and self.entry),
            bool(self.txn_type and self.txn_id),
            bool(self.other_type),
        )
        if not any(complete):
            raise RefusedByUs(
                element="DataExtAdd", value=self.name, remedy=OUR_FAULT,
                limit="must be written on a list entry, a transaction or the company",
            )  # fmt: skip

    @classmethod
    def on_company(cls, *, request_id: str, owner_id: str, name: str, value: str) -> DataExtAdd:
        """The private stamp of the company file."""
        return cls(
            request_id=request_id, owner_id=owner_id, name=name, value=value, other_type="Company"
        )
