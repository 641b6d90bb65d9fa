"""Customers and jobs. A job is a customer with a parent; one list holds both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Final, Literal

from tieout.quickbooks.qbxml.requests import (
    ACTIVE_STATUS,
    OUR_FAULT,
    ActiveStatus,
    Address,
    Iterate,
    NameFilter,
    NameRange,
    Ref,
    Request,
    check_paging,
)
from tieout.quickbooks.qbxml.schema import RefusedByUs, el

JobStatus = Literal["Awarded", "Closed", "InProgress", "None", "NotAwarded", "Pending"]
JOB_STATUS: Final = ("Awarded", "Closed", "InProgress", "None", "NotAwarded", "Pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerQuery(Request):
    """Ask for customers and jobs: by ``list_ids``, by ``full_names``, or by filters.

    ``active_status`` is ``All`` unless told otherwise: QuickBooks' own default hides inactive
    jobs, which would then look deleted. ``from_modified`` is inclusive wall clock. Custom fields
    come only with ``owner_ids=("0",)`` and, when ``include`` is used, with ``DataExtRet`` in it.
    """

    KIND: ClassVar[str] = "CustomerQuery"
    ITERABLE: ClassVar[bool] = True

    list_ids: tuple[str, ...] = field(default=(), metadata=el("ListID", "id", group=1, many=True))
    full_names: tuple[str, ...] = field(
        default=(), metadata=el("FullName", "text", 209, group=2, many=True)
    )
    max_returned: int | None = field(default=None, metadata=el("MaxReturned", "count", group=3))
    active_status: ActiveStatus = field(
        default="All", metadata=el("ActiveStatus", "enum", group=3, choices=ACTIVE_STATUS)
    )
    from_modified: datetime | date | None = field(
        default=None, metadata=el("FromModifiedDate", "datetime", group=3)
    )
    to_modified: datetime | date | None = field(
        default=None, metadata=el("ToModifiedDate", "datetime", group=3)
    )
    name_filter: NameFilter | None = field(
        default=None, metadata=el("NameFilter", "nested", group=3)
    )
    name_range: NameRange | None = field(
        default=None, metadata=el("NameRangeFilter", "nested", group=3)
    )
    include: tuple[str, ...] = field(
        default=(), metadata=el("IncludeRetElement", "text", 50, many=True)
    )
    owner_ids: tuple[str, ...] = field(default=(), metadata=el("OwnerID", "owner", many=True))
    iterator: Iterate | None = None
    metadata_only: bool = False

    def check(self) -> None:
        """Refuse two name filters at once, and paging over explicit ids."""
        check_paging(
            iterator=self.iterator, max_returned=self.max_returned, iterable=self.ITERABLE,
            explicit=bool(self.list_ids or self.full_names),
        )  # fmt: skip
        if self.name_filter and self.name_range:
            raise RefusedByUs(
                element="NameFilter", value=self.name_filter,
                limit="excludes NameRangeFilter", remedy=OUR_FAULT,
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAdd(Request):
    """Create a customer, or a job when ``parent_list_id`` is given. Blank fields are left out.

    The name must be unique among its siblings (3100 otherwise) and may not hold a colon, which
    separates the levels of a full name. No opening balance: it would create an invoice.
    """

    KIND: ClassVar[str] = "CustomerAdd"
    BODY: ClassVar[str] = "CustomerAdd"

    name: str = field(metadata=el("Name", "name", 41, required=True))
    is_active: bool | None = field(default=None, metadata=el("IsActive", "bool"))
    class_: Ref | None = field(default=None, metadata=el("ClassRef", "ref", 159))
    parent_list_id: str = field(default="", metadata=el("ParentRef", "list_id"))
    company_name: str = field(default="", metadata=el("CompanyName", "text", 41))
    first_name: str = field(default="", metadata=el("FirstName", "text", 25))
    middle_name: str = field(default="", metadata=el("MiddleName", "text", 5))
    last_name: str = field(default="", metadata=el("LastName", "text", 25))
    bill_address: Address | None = field(default=None, metadata=el("BillAddress", "address"))
    phone: str = field(default="", metadata=el("Phone", "text", 21))
    email: str = field(default="", metadata=el("Email", "text", 1023))
    contact: str = field(default="", metadata=el("Contact", "text", 41))
    customer_type: Ref | None = field(default=None, metadata=el("CustomerTypeRef", "ref", 159))
    terms: Ref | None = field(default=None, metadata=el("TermsRef", "ref", 31))
    account_number: str = field(default="", metadata=el("AccountNumber", "text", 99))
    job_status: JobStatus | None = field(
        default=None, metadata=el("JobStatus", "enum", choices=JOB_STATUS)
    )
    job_start_date: date | None = field(default=None, metadata=el("JobStartDate", "date"))
    job_projected_end_date: date | None = field(
        default=None, metadata=el("JobProjectedEndDate", "date")
    )
    job_end_date: date | None = field(default=None, metadata=el("JobEndDate", "date"))
    job_desc: str = field(default="", metadata=el("JobDesc", "text", 99))
    job_type: Ref | None = field(default=None, metadata=el("JobTypeRef", "ref", 159))
    notes: str = field(default="", metadata=el("Notes", "text", 4095))
    external_guid: str = field(default="", metadata=el("ExternalGUID", "guid"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMod(Request):
    """Change a customer or job: ``None`` leaves a field alone, ``""`` clears it.

    ``edit_sequence`` is the one last read; a stale one is refused with 3200 and nothing changes.
    """

    KIND: ClassVar[str] = "CustomerMod"
    BODY: ClassVar[str] = "CustomerMod"

    list_id: str = field(metadata=el("ListID", "id", required=True))
    edit_sequence: str = field(metadata=el("EditSequence", "text", 16, required=True))
    name: str | None = field(default=None, metadata=el("Name", "name", 41))
    is_active: bool | None = field(default=None, metadata=el("IsActive", "bool"))
    parent_list_id: str | None = field(default=None, metadata=el("ParentRef", "list_id"))
    company_name: str | None = field(
        default=None, metadata=el("CompanyName", "text", 41, clearable=True)
    )
    first_name: str | None = field(
        default=None, metadata=el("FirstName", "text", 25, clearable=True)
    )
    middle_name: str | None = field(
        default=None, metadata=el("MiddleName", "text", 5, clearable=True)
    )
    last_name: str | None = field(
        default=None, metadata=el("LastName", "text", 25, clearable=True)
    )
    job_status: JobStatus | None = field(
        default=None, metadata=el("JobStatus", "enum", choices=JOB_STATUS)
    )
    job_start_date: date | Literal[""] | None = field(
        default=None, metadata=el("JobStartDate", "date", clearable=True)
    )
    job_projected_end_date: date | Literal[""] | None = field(
        default=None, metadata=el("JobProjectedEndDate", "date", clearable=True)
    )
    job_end_date: date | Literal[""] | None = field(
        default=None, metadata=el("JobEndDate", "date", clearable=True)
    )
    job_desc: str | None = field(default=None, metadata=el("JobDesc", "text", 99, clearable=True))
    notes: str | None = field(default=None, metadata=el("Notes", "text", 4095, clearable=True))
