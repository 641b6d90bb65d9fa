"""The facts that decisions are made from and the decisions themselves: read this file first.

Everything here is frozen, holds plain values and knows no database, no clock and no QuickBooks
message. A fact holds what a decision needs; it never mirrors a table. Money and quantities are
`Decimal` (dollars, hours, units), days are `date`, moments are `datetime`, keys are the texts by
which the back office or QuickBooks knows a record ("" where there is none).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

# ------------------------------------------------------------------ the back office (Bilflo)


class WorkerType(StrEnum):
    """How the contractor is paid. The back office numbers them 1 (W2) and 2 (1099)."""

    UNKNOWN = ""
    W2 = "W2"
    C1099 = "1099"


class InvoiceKind(StrEnum):
    """Which of the two item and class mappings an invoice uses."""

    CONTRACTOR = "contractor"
    DIRECT_HIRE = "direct_hire"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceClient:
    """A client of the agency."""

    key: str
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceJob:
    """A contractor job: one contractor placed at one client."""

    key: str
    client_key: str
    contractor: str
    title: str = ""
    start_date: date | None = None
    projected_end_date: date | None = None
    end_date: date | None = None
    active: bool = True
    worker_type: WorkerType = WorkerType.UNKNOWN
    class_value: str = ""  # the custom field that the class mapping reads
    po_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItem:
    """A pay/bill item: Regular Time, Overtime, Double Time, per diem, a fee …"""

    key: str
    name: str
    kind: InvoiceKind = InvoiceKind.CONTRACTOR
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of a source invoice. `amount` is what the agency bills; it is never recomputed."""

    number: int
    item_key: str
    amount: Decimal
    job_key: str = ""
    description: str = ""
    quantity: Decimal | None = None
    rate: Decimal | None = None
    service_date: date | None = None
    class_value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInvoice:
    """An invoice of the back office, with every line."""

    key: str
    number: str
    client_key: str
    invoice_date: date
    lines: tuple[SourceLine, ...]
    kind: InvoiceKind = InvoiceKind.CONTRACTOR
    due_date: date | None = None
    terms: str = ""
    po_number: str = ""
    memo: str = ""
    approved: bool = True
    total: Decimal | None = None  # as printed by the back office; checked against the lines


# ------------------------------------------------------------------ QuickBooks, as last seen


@dataclass(frozen=True, slots=True, kw_only=True)
class QbJob:
    """A Customer:Job (or a customer, when `parent_list_id` is "") of the company file."""

    list_id: str
    full_name: str
    parent_list_id: str = ""
    top_list_id: str = ""  # the customer at the root of the path; equals list_id for a customer
    active: bool = True
    gone: bool = False  # deleted or merged away since it was mirrored

    @property
    def is_customer(self) -> bool:
        return not self.parent_list_id

    @property
    def root(self) -> str:  # ListID of the customer at the top, "" when it is not known
        return self.top_list_id or ("" if self.parent_list_id else self.list_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class QbEntry:
    """One entry of a QuickBooks list that a line or header refers to (item, class, terms)."""

    list_id: str
    full_name: str
    active: bool = True
    gone: bool = False
    has_account: bool = True  # an item without an income account cannot be invoiced


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFacts:
    """What the company file's preferences allow, read at Verify and at each refresh."""

    closing_date: date | None = None
    uses_classes: bool = False
    uses_sales_tax: bool = False
    non_taxable_code: str = "Non"
    multi_currency: bool = False


# --------------------------------------------------------- the company's own choices and mappings


class Syncing(StrEnum):
    PER_JOB = "per_job"
    PER_CLIENT = "per_client"


class JoblessLines(StrEnum):
    """What becomes of a line that names no contractor job when exporting per job."""

    BLOCK = "block"
    CLIENT = "client"


class ZeroTotals(StrEnum):
    BLOCK = "block"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRules:
    """The company's settings that planning obeys."""

    syncing: Syncing = Syncing.PER_JOB
    jobless_lines: JoblessLines = JoblessLines.CLIENT
    zero_totals: ZeroTotals = ZeroTotals.BLOCK
    require_approval: bool = False
    split_suffix: str = "-{n}"  # appended to the number when one invoice becomes several
    number_prefix_strip: str = ""  # removed from the front of a number, e.g. "INV-"
    template_name: str = ""  # the QuickBooks invoice template, "" = QuickBooks' default


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLink:
    """The saved link of one contractor job, with the QuickBooks job as it is now."""

    job_key: str
    version: int
    target: QbJob
    other_customer_confirmed: bool = False
    drift_unanswered: str = ""  # what changed under it, until somebody answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """All mappings that one plan may use. Keys are the back office's."""

    jobs: dict[str, JobLink] = field(default_factory=dict)
    clients: dict[str, QbJob] = field(default_factory=dict)
    items: dict[tuple[InvoiceKind, str], QbEntry] = field(default_factory=dict)
    classes: dict[tuple[InvoiceKind, str], QbEntry] = field(default_factory=dict)
    terms: dict[str, QbEntry] = field(default_factory=dict)  # lower-cased terms name -> entry


# ------------------------------------------------------------------ what planning answers


class PostingKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_MEMO = "credit_memo"


class Reason(StrEnum):
    """Why an invoice cannot be exported now. The text is stored; never rename a value."""

    JOB_UNKNOWN = "job_unknown"
    JOB_NOT_MAPPED = "job_not_mapped"
    JOB_INACTIVE = "job_inactive"
    JOB_GONE = "job_gone"
    JOB_OTHER_CUSTOMER = "job_other_customer"
    DRIFT_UNANSWERED = "drift_unanswered"
    LINE_WITHOUT_JOB = "line_without_job"
    CLIENT_NOT_MAPPED = "client_not_mapped"
    CLIENT_INACTIVE = "client_inactive"
    ITEM_NOT_MAPPED = "item_not_mapped"
    ITEM_INACTIVE = "item_inactive"
    ITEM_WITHOUT_ACCOUNT = "item_without_account"
    CLASS_NOT_MAPPED = "class_not_mapped"
    CLASS_INACTIVE = "class_inactive"
    TERMS_UNKNOWN = "terms_unknown"
    NUMBER_MISSING = "number_missing"
    NUMBER_TOO_LONG = "number_too_long"
    NUMBER_TAKEN = "number_taken"
    LINE_DOES_NOT_ADD_UP = "line_does_not_add_up"
    TOTAL_DIFFERS = "total_differs"
    NO_LINES = "no_lines"
    ZERO_TOTAL = "zero_total"
    PERIOD_CLOSED = "period_closed"
    APPROVAL_MISSING = "approval_missing"
    REFUSED = "refused"  # QuickBooks refused it: found when sending, not when planning


class Who(StrEnum):
    """Who can remove a block."""

    BILLER = "Biller"
    SUPER_USER = "Super User"
    BOOKKEEPER = "Bookkeeper"
    BACK_OFFICE = "Back office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One reason why (part of) an invoice waits, with its remedy and who applies it."""

    reason: Reason
    message: str  # one sentence for the clerk, naming the record
    remedy: str  # one sentence: what to do
    who: Who
    job_key: str = ""
    line: int | None = None
    subject: str = ""  # the item, class, terms or client key concerned: where the fix is applied


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingLine:
    """One line as QuickBooks will hold it; `amount` is what must come back, to the cent.

    Sent are `quantity` and `rate`, or with `send_amount` the amount and `quantity` if known.
    """

    item: QbEntry
    amount: Decimal
    description: str = ""
    quantity: Decimal | None = None
    rate: Decimal | None = None
    send_amount: bool = False
    service_date: date | None = None
    class_: QbEntry | None = None
    source_line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One invoice or credit memo, ready to be sent: the whole content, nothing looked up later."""

    source_key: str
    job_key: str  # "" when the posting is not for one job
    kind: PostingKind
    number: str
    customer: QbJob
    mapping_version: int  # version of the job mapping it was planned from, 0 without one
    txn_date: date
    total: Decimal  # positive for both kinds; a credit memo reduces
    lines: tuple[PostingLine, ...]
    due_date: date | None = None
    terms: QbEntry | None = None
    po_number: str = ""
    memo: str = ""
    template_name: str = ""
    tax_code: str = ""
    fingerprint: str = ""  # fingerprints.of_posting: equal when the same would be written
    notes: tuple[str, ...] = ()  # what was cut, fitted or transliterated, shown before export


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer to "what becomes of this invoice": postings, or blocks, or skipped."""

    source_key: str
    postings: tuple[Posting, ...] = ()
    blocks: tuple[Block, ...] = ()
    skipped: str = ""  # why nothing is to be exported, e.g. a zero total

    @property
    def ready(self) -> bool:
        return bool(self.postings) and not self.blocks


# ------------------------------------------------------------------ the tie-out


@dataclass(frozen=True, slots=True, kw_only=True)
class OurInvoice:
    """What Tieout says was exported: one posting at or past *exported*."""

    posting_id: int
    number: str
    txn_id: str
    customer_list_id: str
    job_key: str
    txn_date: date
    total: Decimal  # negative for a credit memo
    voided: bool = False
    marker_key: str = ""  # its posting key: finds the invoice when its TxnID is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirInvoice:
    """What QuickBooks holds, as read back."""

    txn_id: str
    number: str
    customer_list_id: str
    txn_date: date
    total: Decimal  # negative for a credit memo
    marker_key: str = ""  # the posting key in its memo marker, "" when it carries none
    voided: bool = False


class Verdict(StrEnum):
    TIED = "tied"
    MISSING = "missing"
    EXTRA = "extra"
    WRONG_JOB = "wrong job"
    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"
    VOIDED = "voided"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One compared pair (or a lone side) with its verdict and the money that differs."""

    verdict: Verdict
    ours: OurInvoice | None
    theirs: TheirInvoice | None
    difference: Decimal  # ours minus theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTotal:
    """Both books' totals of one QuickBooks job."""

    customer_list_id: str
    ours: Decimal
    theirs: Decimal

    @property
    def difference(self) -> Decimal:
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOut:
    """Two books compared: per job, per invoice, and the difference that must be zero."""

    totals: tuple[JobTotal, ...]
    findings: tuple[Finding, ...]
    ours: Decimal
    theirs: Decimal

    @property
    def difference(self) -> Decimal:
        return self.ours - self.theirs

    @property
    def tied(self) -> bool:
        return all(f.verdict is Verdict.TIED for f in self.findings)
