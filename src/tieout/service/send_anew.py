"""Send an invoice anew that was voided or deleted in QuickBooks: as its next revision.

The next revision is another invoice in QuickBooks: its key, and with it its marker and its GUID,
are its own, and so is its number. QuickBooks keeps a voided invoice under its number, and the
record of a deleted one; under the same number the probe would take the one for the other. The
number is the next one by the company's rule for parts of an invoice.

Nothing is queued by it: the revision waits among the ready ones. Before it is sent QuickBooks is
asked, as always, and for the one that it replaces, too: restored with a backup that would make two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from tieout.core import facts
from tieout.core.exporting import State
from tieout.service import plan_export, posting_content
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.store.commits import events, invoices, lanes
from tieout.store.commits import exports as export_commits
from tieout.store.commits import planning as commits
from tieout.store.queries import companies
from tieout.store.queries import exports as export_queries
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import Posting
from tieout.store.queries.invoices import Standing

OVER = frozenset({State.VOIDED, State.DELETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Anew:
    """What would be sent: the part as it was, and as it becomes, with its new number."""

    former: Posting
    planned: facts.Posting

    @property
    def revision(self) -> int:
        """Which one it will be."""
        number: int = self.former.revision
        return number + 1


def preview(*, access: Access, posting_id: int) -> Anew:
    """What would be sent; raises CannotWrite where it cannot be sent anew."""
    with transaction.atomic():
        return _anew(access, posting_id)


def send_anew(
    *, access: Access, posting_id: int, number: str, reason: str, now: datetime
) -> Posting:
    """Add the next revision, ready to be exported. `number`: the one that was shown.

    Raises CannotWrite, and nothing is changed.
    """
    with transaction.atomic():
        lanes.lock(company_id=access.company.pk)
        anew = _anew(access, posting_id)
        former, planned = anew.former, anew.planned
        if planned.number != number:
            message = (
                f"Its number would be {planned.number} now. Look at it again, then send it anew."
            )
            raise CannotWrite(message)
        if not reason.strip():
            message = "Give a reason: it stays in the history of this invoice."
            raise CannotWrite(message)
        row = _added(access, anew, now)
        export_commits.notice_answered(
            posting_id=former.pk, remedy=f"It was sent anew, as {row.number}."
        )
        export_commits.settle_standing(invoice_ids=[row.invoice_id])
        entry = events.Entry(
            verb="sent anew",
            subject="posting",
            subject_key=row.key,
            before={"number": former.qb_number or former.number, "state": former.state,
                    "revision": former.revision, "txn_id": former.txn_id},
            after={"number": row.number, "state": row.state, "revision": row.revision,
                   "total": str(row.total)},
            reason=reason.strip(),
        )  # fmt: skip
        events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[entry])
        return row


def _added(access: Access, anew: Anew, now: datetime) -> Posting:
    planned = anew.planned
    company_key = companies.key_of(company_id=access.company.pk)
    try:
        with transaction.atomic():
            return commits.add_revision(
                former=anew.former,
                planned=planned,
                content=posting_content.to_json(planned),
                identity=plan_export.identity(planned, company_key, revision=anew.revision),
                now=now,
            )
    except IntegrityError as taken:
        # a plan that ran at the same time gave the number to another invoice
        message = (
            f"Another invoice was just given the number {planned.number}. Nothing was changed: "
            "look at it again, and it says what to do."
        )
        raise CannotWrite(message) from taken


def _anew(access: Access, posting_id: int) -> Anew:
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    company_id = access.company.pk
    export_queries.lock_invoice_of(company_id=company_id, posting_id=posting_id)
    former = export_queries.posting_for_change(company_id=company_id, posting_id=posting_id)
    if former is None:
        message = "There is no such invoice in this company."
        raise CannotWrite(message)
    _may_be_sent_anew(company_id, former)
    plan = plan_export.what_if(
        company_id=company_id, invoice_id=former.invoice_id, anew=former.job_key
    )
    if plan.blocks:
        message = f"{plan.blocks[0].message} {plan.blocks[0].remedy}"
        raise CannotWrite(message)
    planned = next((each for each in plan.postings if each.job_key == former.job_key), None)
    if planned is None:
        message = "The back office bills nothing of this part any more. There is nothing to send."
        raise CannotWrite(message)
    return Anew(former=former, planned=planned)


def _may_be_sent_anew(company_id: int, former: Posting) -> None:
    held = invoices.lock_with_postings(company_id=company_id, invoice_id=former.invoice_id)
    parts = [each for each in held[1] if each.job_key == former.job_key] if held else []
    later = [each for each in parts if each.revision > former.revision]
    if later:
        message = f"It was sent anew already, as {later[-1].number}, which is {later[-1].state}."
        raise CannotWrite(message)
    if State(former.state) not in OVER:
        message = (
            f"{former.number} is {former.state}. Only what is voided or deleted in QuickBooks, and "
            "was found to be so, is sent anew: void it from here, or have QuickBooks looked at."
        )
        raise CannotWrite(message)
    open_ = queries.open_of_postings(posting_ids=[former.pk])
    if open_:
        message = f"“{open_[former.pk].title}” is not settled yet. See Changes sent to QuickBooks."
        raise CannotWrite(message)
    if former.invoice.standing == Standing.CHANGED:
        message = (
            "The back office changed it since. Settle that first, on the page of the invoice."
        )
        raise CannotWrite(message)
