"""What the invoice pages say: reasons in words, where a block is mended, what may be pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from tieout.core import exporting
from tieout.core.exporting import IN_QUICKBOOKS, Event, State
from tieout.service import posting_content
from tieout.service.access import Access
from tieout.service.next_look import NextLook, next_look
from tieout.service.posting_words import why_no_link
from tieout.store.queries.invoices import InvoiceBlock, Posting, Row, SourceInvoice, Standing
from tieout.web.wording import REASONS

JOB_REASONS = {
    "job_not_mapped",
    "job_inactive",
    "job_gone",
    "job_other_customer",
    "drift_unanswered",
}
# reason -> (words of the link, name of the page, whether the page takes a search)
PLACES = {
    "job_unknown": ("Import contractor jobs", "imports", False),
    "client_not_mapped": ("Map the client", "client_mapping", True),
    "client_inactive": ("Map the client", "client_mapping", True),
    "item_not_mapped": ("Map the item", "item_mapping", True),
    "item_inactive": ("Map the item", "item_mapping", True),
    "item_without_account": ("Map the item", "item_mapping", True),
    "class_not_mapped": ("Map the class", "class_mapping", True),
    "class_inactive": ("Map the class", "class_mapping", True),
    "line_without_job": ("Import the corrected invoice", "imports", False),
    "number_missing": ("Import the corrected invoice", "imports", False),
    "number_too_long": ("Open the export settings", "integrations", False),
    "line_does_not_add_up": ("Import the corrected invoice", "imports", False),
    "total_differs": ("Import the corrected invoice", "imports", False),
    "no_lines": ("Import the corrected invoice", "imports", False),
    "approval_missing": ("Import the approved invoice", "imports", False),
    "zero_total": ("Open the export settings", "integrations", False),
    "period_closed": ("Refresh QuickBooks list", "map_jobs", False),
    "terms_unknown": ("Refresh QuickBooks list", "map_jobs", False),
}
LINK_SAYS_ALL = {"job_not_mapped", "client_not_mapped", "item_not_mapped", "class_not_mapped"}
RETRIED = {"refused", "number_taken"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A block with the place where it is mended. `dialog`: it opens over this page."""

    block: InvoiceBlock
    reason: str
    address: str = ""
    words: str = ""
    dialog: bool = False
    retry: Posting | None = None

    @property
    def tells(self) -> bool:
        """Whether the remedy says more than the link to it: "Map the item" needs no sentence."""
        return not (self.address and self.block.reason in LINK_SAYS_ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingView:
    """A posting with what a person of this role may do about it now."""

    posting: Posting
    can_retry: bool = False
    can_link: bool = False
    can_send_again: bool = False
    can_set_aside: bool = False
    next: NextLook | None = None  # what is done about it by itself

    @property
    def state(self) -> str:
        """The word for it: a ready one that somebody asked for is queued."""
        waits = self.posting.state == "ready" and self.posting.queued_at
        return "queued" if waits else self.posting.state

    @property
    def credit(self) -> bool:
        return bool(self.posting.kind == "credit_memo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs between what was exported and what the back office says now.

    `was` is None when not all of it stands in QuickBooks: then the totals cannot be compared.
    """

    was: Decimal | None
    now: Decimal

    @property
    def more(self) -> Decimal:
        """By how much the back office's total is higher; 0.00 when only other things differ."""
        return Decimal("0.00") if self.was is None else self.now - self.was


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row of the list."""

    row: Row
    fixes: list[Fix] = field(default_factory=list)
    postings: list[PostingView] = field(default_factory=list)

    @property
    def invoice(self) -> Any:
        return self.row.invoice

    @property
    def jobs(self) -> list[Any]:
        return self.row.jobs

    @property
    def change(self) -> Change | None:
        return change(self.row.invoice, self.row.postings)

    @property
    def cents(self) -> int:
        return int(self.row.invoice.total * 100)


def change(invoice: SourceInvoice, postings: list[Posting]) -> Change | None:
    """What changed in the back office after the export; None unless the invoice stands so."""
    if invoice.standing != Standing.CHANGED:
        return None
    known = bool(postings) and all(p.state in IN_QUICKBOOKS | {State.DELETED} for p in postings)
    worth = [p for p in postings if p.state not in {State.VOIDED, State.DELETED}]
    signed = (-p.total if p.kind == "credit_memo" else p.total for p in worth)
    return Change(was=sum(signed, Decimal("0.00")) if known else None, now=invoice.total)


def row_view(access: Access, row: Row) -> RowView:
    """The row with its fixes and its postings' buttons."""
    job_ids = {job.key: job.pk for job in row.jobs}
    return RowView(
        row=row,
        fixes=[fix(access, block, row.postings, job_ids) for block in row.blocks],
        postings=[posting_view(access, posting) for posting in row.postings],
    )


def fix(
    access: Access, block: InvoiceBlock, postings: list[Posting], job_ids: Mapping[str, int]
) -> Fix:
    """Where this block is mended; nowhere here when only QuickBooks or nobody can.

    `job_ids`: the rows of the invoice's contractor jobs by their keys.
    """
    reason = REASONS.get(block.reason, block.reason.replace("_", " ").capitalize())
    plain = Fix(block=block, reason=reason)
    if not access.can_work:
        return plain
    company_id = access.company.pk
    if block.reason in JOB_REASONS and block.job_key in job_ids:
        address = reverse("record_mapping", args=[company_id, job_ids[block.job_key]])
        return Fix(block=block, reason=reason, address=address, words="Map the job", dialog=True)
    if block.reason in RETRIED:
        stuck = [p for p in postings if p.number == block.subject]
        return Fix(block=block, reason=reason, retry=stuck[0] if stuck else None)
    if block.reason not in PLACES:
        return plain
    words, name, searches = PLACES[block.reason]
    address = reverse(name, args=[company_id])
    if searches and block.subject:
        address = f"{address}?{urlencode({'q': block.subject})}"
    return Fix(block=block, reason=reason, address=address, words=words)


def posting_view(access: Access, posting: Posting) -> PostingView:
    """What may be pressed, by the export machine's own rules; the service asks again."""
    state, works = State(posting.state), access.can_work
    asks, sent = state is State.NEEDS_PERSON, posting.writes > 0
    return PostingView(
        posting=posting,
        can_retry=works and (state is State.REFUSED or (asks and not sent)),
        can_link=works and asks and not why_no_link(posting),
        can_send_again=works and asks and sent and not posting.holds_queue,
        can_set_aside=access.can_configure
        and Event.PERSON_SETS_ASIDE in exporting.TABLE[state]
        and bool(state is not State.READY or posting.problem),
        next=next_look(posting),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A posting as the QuickBooks invoice that it will become (or became)."""

    view: PostingView
    content: Any  # core.facts.Posting
    can_be_anew: bool = False  # it is gone from QuickBooks, and nothing replaces it yet

    @property
    def has_class(self) -> bool:
        return any(line.class_ for line in self.content.lines)


def paper(access: Access, posting: Posting) -> Paper:
    """The frozen content of the posting, readable."""
    return Paper(
        view=posting_view(access, posting), content=posting_content.from_json(posting.content)
    )


def papers(access: Access, postings: Sequence[Posting]) -> list[Paper]:
    """All of an invoice's, those that were replaced too."""
    latest = {posting.job_key: posting.revision for posting in sorted(postings, key=_revision)}
    return [
        replace(
            paper(access, posting),
            can_be_anew=posting.state in {State.VOIDED, State.DELETED}
            and posting.revision == latest[posting.job_key],
        )
        for posting in postings
    ]


def _revision(posting: Posting) -> int:
    return posting.revision
