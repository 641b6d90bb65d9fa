"""Write the Web Connector's account and sessions, keep big answers in parts, change the road."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tieout.quickbooks.qbwc import SessionState, Work
from tieout.store import prepared
from tieout.store.models import (
    AnswerPart,
    Company,
    Connection,
    KeptAnswer,
    Lane,
    WebConnectorAccount,
    WebConnectorSession,
)
from tieout.store.queries.waiting import VERIFY
from tieout.store.queries.web_connector import CALLED
from tieout.store.queries.web_connector import OWNER as OWNER

PART_BYTES = 256 * 1024
PARTS_AT_ONCE = 8
SESSIONS_KEPT = 200
WORKED_KEPT = timedelta(days=1)  # after the last call, however many logins came since
STRAYS_MAX = 20  # answers to nothing known, of one session


def create_account(*, company_id: int, user_name: str, now: datetime) -> WebConnectorAccount:
    """A new account without a password, with ids of its own."""
    return WebConnectorAccount.objects.create(
        company_id=company_id, user_name=user_name, created_at=now
    )


def save_account(*, company_id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of the account."""
    WebConnectorAccount.objects.filter(company_id=company_id).update(**changes)


def save_connection(*, company_id: int, changes: Mapping[str, Any]) -> None:
    """Change columns of the connection without touching what was verified."""
    Connection.objects.filter(company_id=company_id).update(**changes)


def switch_road(*, company_id: int, road: str) -> None:
    """From now on the company works over `road`."""
    Connection.objects.filter(company_id=company_id).update(road=road)


def extend_lease(*, company_id: int, epoch: int, now: datetime, lease_s: float) -> None:
    """The ticket has called: its silence begins anew. An old epoch extends nothing."""
    Lane.objects.filter(company_id=company_id, epoch=epoch).update(
        lease_until=now + timedelta(seconds=lease_s)
    )


# ------------------------------------------------------------------ sessions


def add_session(
    *, state: SessionState, address: str, app_name: str, uptime: tuple[str, int] | None = None
) -> WebConnectorSession:
    """The row of a new ticket; rows that are long over make room."""
    row = WebConnectorSession.objects.create(
        ticket=state.ticket,
        company_id=state.company_id,
        opened_at=state.opened_at,
        address=address[:64],
        app_name=app_name,
        **_columns(state, uptime),
    )
    old = (
        WebConnectorSession.objects.filter(company_id=state.company_id)
        .order_by("-id")
        .values_list("id", flat=True)[SESSIONS_KEPT : SESSIONS_KEPT + 1]
    )
    waiting = KeptAnswer.objects.filter(applied_at__isnull=True).values("session_id")
    for first in old:
        over = WebConnectorSession.objects.filter(company_id=state.company_id, id__lte=first)
        # one that worked tells how long its ticket is silent, when its write is looked for
        over = over.filter(Q(epoch=0) | Q(last_call_at__lt=state.opened_at - WORKED_KEPT))
        over.exclude(pk__in=waiting).delete()
    return row


def save_session(
    *,
    session_id: int,
    state: SessionState,
    request_ids: Sequence[Sequence[str]],
    uptime: tuple[str, int] | None = None,
) -> None:
    """Save what a call made of the ticket's row.

    `uptime`: when it called, by the clock that only runs; None when it is not known.
    """
    changes = {**_columns(state, uptime), "request_ids": list(request_ids)}
    _save(changes, session_id=session_id)


@prepared.change(
    "phase", "epoch", "last_call_at", "answered", "last_error", "state", "request_ids"
)
def _save(*, session_id: int) -> QuerySet[WebConnectorSession]:
    return WebConnectorSession.objects.filter(pk=session_id)


def _columns(state: SessionState, uptime: tuple[str, int] | None) -> dict[str, Any]:
    return {
        "phase": state.phase.value,
        "epoch": state.epoch,
        "last_call_at": state.last_call_at,
        "answered": state.answered,
        "last_error": state.last_error,
        "state": state_json(state) | ({} if uptime is None else {CALLED: list(uptime)}),
    }


def state_json(state: SessionState) -> dict[str, Any]:
    """The reducer's row as JSON; `queries.web_connector.state_of` reads it back."""
    saved = {name: getattr(state, name) for name in SessionState.__slots__}
    return saved | {
        "opened_at": state.opened_at.isoformat(),
        "last_call_at": state.last_call_at.isoformat(),
        "phase": state.phase.value,
        "outstanding": _work_json(state.outstanding),
        "last_work": _work_json(state.last_work),
    }


def _work_json(work: Work | None) -> dict[str, Any] | None:
    return None if work is None else {"key": work.key, "writes": work.writes}


# ------------------------------------------------------------------ answers in parts


def keep_parts(
    *,
    session: WebConnectorSession,
    call_id: str,
    pieces: Iterable[bytes],
    size: int,
    sha256: str,
    hresult: str,
    message: str,
    now: datetime,
) -> KeptAnswer | None:
    """Keep an answer in parts of at most 256 KB, in order; the same one twice is kept once.

    None when it belongs to nothing we asked and this session brought too many of that kind.
    """
    strays = KeptAnswer.objects.filter(session=session, call_id="")
    if not call_id and strays.count() >= STRAYS_MAX:
        return None
    answer, made = KeptAnswer.objects.get_or_create(
        session=session,
        call_id=call_id,
        sha256=sha256,
        defaults={
            "company_id": session.company_id,
            "size": size,
            "hresult": hresult[:20],
            "message": message[:500],
            "kept_at": now,
        },
    )
    if not made:
        return answer
    waiting: list[AnswerPart] = []
    for number, piece in enumerate(pieces):
        digest = hashlib.sha256(piece).hexdigest()
        waiting.append(AnswerPart(answer=answer, number=number, data=piece, sha256=digest))
        if len(waiting) == PARTS_AT_ONCE:
            AnswerPart.objects.bulk_create(waiting)
            waiting = []
    AnswerPart.objects.bulk_create(waiting)
    return answer


def claim_answer(*, now: datetime, lease_s: int) -> KeptAnswer | None:
    """Take the oldest kept answer that nobody applies; a dead worker's is taken again."""
    for answer in _kept_answers(now=now):
        free = _free(KeptAnswer.objects.filter(pk=answer.pk), now)
        taken = free.update(lease_until=now + timedelta(seconds=lease_s))
        if taken:
            return answer
    return None


@prepared.rows
def _kept_answers(*, now: datetime) -> QuerySet[KeptAnswer]:
    kept = _free(KeptAnswer.objects.filter(call_id__gt=""), now).exclude(
        call_id__startswith=VERIFY
    )
    return kept.select_related("session").order_by("id")[:5]


def _free(answers: QuerySet[KeptAnswer], now: datetime) -> QuerySet[KeptAnswer]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return answers.filter(free, applied_at__isnull=True)


def answer_applied(*, answer_id: int, now: datetime) -> None:
    """It is applied: its parts may go, its row says that it was there."""
    AnswerPart.objects.filter(answer_id=answer_id).delete()
    KeptAnswer.objects.filter(pk=answer_id).update(applied_at=now, lease_until=None)


def lock_company(*, company_id: int) -> None:
    """Two clicks at once make one account."""
    Company.objects.select_for_update(no_key=True).only("pk").get(pk=company_id)
