"""Update an exported invoice in place, after the back office changed it.

Only where QuickBooks still holds what was sent, unpaid and not voided: it is asked before each
write. The invoice keeps its number and its QuickBooks job; re-mapping moves nothing exported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from tieout.core import facts, fingerprints
from tieout.core.exporting import State
from tieout.service import plan_export, posting_content
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.service.undo_batch import held_json
from tieout.store.commits import invoices, lanes
from tieout.store.commits import qb_writes as commits
from tieout.store.commits.planning import latest
from tieout.store.commits.qb_writes import Wish
from tieout.store.queries import intents
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import Posting, QbWrite
from tieout.store.queries.invoices import SourceInvoice, Standing

BY_HAND = "Correct it in QuickBooks by hand, then say so with Settled in QuickBooks."


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One invoice in QuickBooks: what it says as exported, and what it is to say."""

    posting: Posting
    was: facts.Posting
    target: facts.Posting

    @property
    def sides(self) -> tuple[tuple[str, facts.Posting], ...]:
        """Before and after, as a person compares them."""
        return (("Now", self.was), ("Then", self.target))


def preview(*, access: Access, invoice_id: int) -> list[Update]:
    """What would be written; raises CannotWrite where an update in place is not possible."""
    with transaction.atomic():
        _, updates = _updates(access, invoice_id)
    return updates


def update(*, access: Access, invoice_id: int, seen: str, now: datetime) -> list[QbWrite]:
    """Queue the update of every part that differs. `seen`: the content's hash on the screen."""
    with transaction.atomic():
        lanes.lock(company_id=access.company.pk)
        invoice, updates = _updates(access, invoice_id)
        if invoice.content_hash != seen:
            message = "The back office changed it again meanwhile. Look at it anew, then decide."
            raise CannotWrite(message)
        company_id = access.company.pk
        ids = [each.posting.pk for each in updates]
        made = queries.count_stems(company_id=company_id, kind=QbWrite.Kind.INVOICE_MOD, of=ids)
        wishes = [wish(each, invoice.content_hash, made) for each in updates]
        return commits.queue(company_id=company_id, wishes=wishes, user=access.user, now=now)


def why_not_now(*, row: QbWrite, target: facts.Posting) -> str:
    """Why this queued update is not what would be written now; "" when it still is.

    Asked in the transaction of its intent, before it is first sent, with the posting locked behind
    its invoice: an import, a refresh or a clerk may have changed what it was planned from. An
    update that a restored backup undid goes out as it was; only what it names must be there.
    """
    posting = row.posting
    if posting is None:
        return "It belongs to no invoice."
    if not intents.customer_stands(company_id=row.company_id, list_id=target.customer.list_id):
        return f"{target.customer.full_name} is inactive or gone in QuickBooks."
    if row.content.get("again"):
        lines = row.content["target"]["lines"]
        stand = intents.references_stand(company_id=row.company_id, lines=lines)
        return "" if stand else "An item or class of it is inactive or gone in QuickBooks."
    if posting.invoice.content_hash != row.content["source_hash"]:
        return "The back office changed it again meanwhile."
    plan = plan_export.what_if(company_id=row.company_id, invoice_id=posting.invoice_id)
    if plan.blocks:
        return plan.blocks[0].message
    planned = next((each for each in plan.postings if each.job_key == posting.job_key), None)
    if planned is None:
        return "It is divided over other jobs now."
    now = _compared(posting, planned)
    if now is None or now.target.fingerprint != target.fingerprint:
        return "It would be written otherwise now: an item, class or term is mapped anew."
    return ""


def _updates(access: Access, invoice_id: int) -> tuple[SourceInvoice, list[Update]]:
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    company_id = access.company.pk
    held = invoices.lock_with_postings(company_id=company_id, invoice_id=invoice_id)
    if held is None:
        message = "There is no such invoice in this company."
        raise CannotWrite(message)
    invoice, _ = held
    if invoice.standing != Standing.CHANGED:
        message = f"Invoice {invoice.number} does not stand as changed any more."
        raise CannotWrite(message)
    locked = queries.lock_of_invoice(company_id=company_id, invoice_id=invoice_id)
    postings = latest(locked)
    _may_be_updated(postings)
    plan = plan_export.what_if(company_id=company_id, invoice_id=invoice_id)
    if plan.blocks:
        message = f"{plan.blocks[0].message} {plan.blocks[0].remedy}"
        raise CannotWrite(message)
    wanted = {each.job_key: each for each in plan.postings}
    if set(wanted) != {posting.job_key for posting in postings} or plan.skipped:
        message = f"It is divided over other jobs now, or its total became zero. {BY_HAND}"
        raise CannotWrite(message)
    updates = [_compared(posting, wanted[posting.job_key]) for posting in postings]
    found = [each for each in updates if each is not None]
    if not found:
        message = f"Nothing that QuickBooks holds of it differs. {BY_HAND}"
        raise CannotWrite(message)
    return invoice, found


def _may_be_updated(postings: list[Posting]) -> None:
    open_ = queries.open_of_postings(posting_ids=[each.pk for each in postings])
    for posting in postings:
        if posting.state != State.EXPORTED or not posting.edit_sequence:
            message = f"{posting.number} is {posting.state}, so it cannot be updated. {BY_HAND}"
            raise CannotWrite(message)
        if posting.kind != "invoice":
            message = f"{posting.number} is a credit memo, which Tieout does not update. {BY_HAND}"
            raise CannotWrite(message)
        if posting.pk in open_:
            message = f"“{open_[posting.pk].title}” is under way. See Changes sent to QuickBooks."
            raise CannotWrite(message)


def _compared(posting: Posting, planned: facts.Posting) -> Update | None:
    """The update of one part, None when it says the same."""
    was = posting_content.from_json(posting.content)
    if planned.kind is not was.kind:
        message = f"{posting.number} would become a credit memo. {BY_HAND}"
        raise CannotWrite(message)
    target = replace(
        planned,
        number=was.number,
        customer=was.customer,
        mapping_version=was.mapping_version,
        template_name=was.template_name,
    )
    target = replace(target, fingerprint=fingerprints.of_posting(target))
    if target.fingerprint == fingerprints.of_posting(was):
        return None
    return Update(posting=posting, was=was, target=target)


def wish(
    update: Update, source_hash: str, made: Mapping[str, int], *, again: bool = False
) -> Wish:
    """The update of one part to what the back office says under that hash.

    `made`: how many updates were wished for before, by the stem of their keys. `again`: as it was
    accepted once already, before a restored backup undid it.
    """
    posting = update.posting
    stem = f"update-{posting.key}"
    return Wish(
        kind=QbWrite.Kind.INVOICE_MOD,
        key=f"{stem}-{made.get(stem, 0) + 1}",
        title=f"Update invoice {posting.qb_number or posting.number}",
        content={
            **held_json(posting),
            "target": posting_content.to_json(update.target),
            "source_hash": source_hash,
            "again": again,
        },
        posting=posting,
        after={
            "number": posting.number,
            "from": str(update.was.total),
            "to": str(update.target.total),
        },
    )
