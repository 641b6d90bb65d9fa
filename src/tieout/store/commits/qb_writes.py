"""Writes to QuickBooks other than new invoices: wished for, and what they leave behind here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from tieout.core import facts
from tieout.core.exporting import State
from tieout.store.commits import events, lanes, mirror
from tieout.store.commits.exports import settle_standing
from tieout.store.models import (
    Book,
    Posting,
    QbCustomer,
    QbWrite,
    SourceInvoice,
    SourceJob,
    User,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A write that somebody asks for: what it is, under which key, and what it says, whole."""

    kind: QbWrite.Kind
    key: str
    title: str
    content: Mapping[str, Any]
    posting: Posting | None = None
    job: SourceJob | None = None
    after: Mapping[str, Any] = field(default_factory=dict)  # more for the log


def queue(
    *, company_id: int, wishes: Sequence[Wish], user: User, reason: str = "", now: datetime
) -> list[QbWrite]:
    """Queue the writes in this order, log who asked, and wake the lane.

    Part of the caller's transaction.
    """
    rows = QbWrite.objects.bulk_create(
        QbWrite(
            company_id=company_id,
            kind=wish.kind,
            key=wish.key,
            title=wish.title[:250],
            content=dict(wish.content),
            posting=wish.posting,
            job=wish.job,
            requested_by=user,
            created_at=now,
            state_at=now,
            queued_at=now,
        )
        for wish in wishes
    )
    entries = [
        events.Entry(
            verb="queued",
            subject="qb_write",
            subject_key=wish.key,
            after={"what": wish.title, "kind": wish.kind.value, **wish.after},
            reason=reason,
        )
        for wish in wishes
    ]
    lanes.wake(company_id=company_id, at=now)
    events.append(company_id=company_id, at=now, actor=user, entries=entries)
    return rows


def let_go(*, posting_id: int) -> None:
    """The posting begins anew: what was written over it before is its own no more.

    What was said to QuickBooks stays; what is not settled of it finds no invoice it may change.
    """
    QbWrite.objects.filter(posting_id=posting_id).update(posting=None)


# ------------------------------------------------------------------ what a done write changes


def mirror_new_job(
    *,
    company_id: int,
    list_id: str,
    full_name: str,
    parent_list_id: str,
    edit_sequence: str,
    job_status: str,
) -> None:
    """Put a job that was just created into the mirrored list, as the next refresh would.

    It counts as seen by the latest pass: one that runs now may have read past its place.
    """
    parent = QbCustomer.objects.filter(company_id=company_id, list_id=parent_list_id).first()
    latest = QbCustomer.objects.filter(company_id=company_id).aggregate(at=Max("seen_pass"))["at"]
    mirror.mirror_customers(
        company_id=company_id,
        rows=[
            mirror.CustomerRow(
                list_id=list_id,
                name=full_name.rpartition(":")[2],
                full_name=full_name,
                parent_list_id=parent_list_id,
                sublevel=(parent.sublevel if parent else 0) + 1,
                active=True,
                edit_sequence=edit_sequence,
                time_modified="",
                job_status=job_status,
            )
        ],
        seen_pass=latest or 0,
    )


def posting_updated(
    *,
    write: QbWrite,
    posting: Posting,
    target: facts.Posting,
    edit_sequence: str,
    qb_total: Decimal | None,
) -> None:
    """The posting says from now on what was written over it.

    Once every part of its invoice was updated, the invoice stands as exported; unless the back
    office changed it again meanwhile: then it stands as changed still.
    """
    source_hash = write.content["source_hash"]
    Posting.objects.filter(pk=posting.pk).update(
        content=write.content["target"],
        txn_date=target.txn_date,
        total=target.total,
        fingerprint=target.fingerprint,
        edit_sequence=edit_sequence,
        qb_total=qb_total if qb_total is not None else target.total,
        problem="",
        remedy="",
    )
    wished = QbWrite.objects.filter(
        kind=QbWrite.Kind.INVOICE_MOD,
        posting__invoice_id=posting.invoice_id,
        content__source_hash=source_hash,
    ).exclude(posting_id=posting.pk)
    # of a part that was tried again the latest wish counts
    latest = dict(wished.order_by("id").values_list("posting_id", "state"))
    if any(state != State.EXPORTED.value for state in latest.values()):
        return  # another part is not done, or stays as it was
    invoices = SourceInvoice.objects.filter(pk=posting.invoice_id)
    invoices.update(exported_hash=source_hash)
    settled = invoices.filter(
        standing=SourceInvoice.Standing.CHANGED, content_hash=source_hash
    ).update(standing=SourceInvoice.Standing.EXPORTED)
    if settled:
        settle_standing(invoice_ids=[posting.invoice_id])


def stamped(*, company_id: int, value: str) -> None:
    """The company file bears this stamp: every session must show it from now on."""
    Book.objects.filter(company_id=company_id).update(stamp=value)
