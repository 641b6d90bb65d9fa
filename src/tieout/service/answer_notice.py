"""A person says that it is right how an exported invoice became voided or deleted in QuickBooks.

Until then every tie-out names it: nobody knows yet whether the money is given up on purpose.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.core.exporting import State
from tieout.service.access import Access
from tieout.service.qb_writes import CannotWrite
from tieout.store.commits import events
from tieout.store.commits import exports as commits
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Posting


def is_right(*, access: Access, posting_id: int, reason: str, now: datetime) -> Posting:
    """Take it out of the tie-outs' findings, with a reason that stays in its history.

    Raises CannotWrite, and nothing is changed.
    """
    if not access.can_work:
        message = f"Your role does not allow this. Ask a Super User of {access.company}."
        raise CannotWrite(message)
    if not reason.strip():
        message = "Give a reason: it stays in the history of this invoice."
        raise CannotWrite(message)
    company_id = access.company.pk
    with transaction.atomic():
        queries.lock_invoice_of(company_id=company_id, posting_id=posting_id)
        posting = queries.posting_for_change(company_id=company_id, posting_id=posting_id)
        if posting is None:
            message = "There is no such invoice in this company."
            raise CannotWrite(message)
        if posting.noticed_at is None or posting.state not in {State.VOIDED, State.DELETED}:
            message = f"Invoice {posting.number} is {posting.state}; nothing about it is open."
            raise CannotWrite(message)
        commits.notice_answered(
            posting_id=posting.pk, remedy=f"{access.user} said that it is right: {reason.strip()}"
        )
        entry = events.Entry(
            verb="accepted",
            subject="posting",
            subject_key=posting.key,
            before={"number": posting.qb_number or posting.number, "total": str(posting.total)},
            after={"state": posting.state},
            reason=reason.strip()[:400],
        )
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
        return posting
