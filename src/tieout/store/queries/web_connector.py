"""The Web Connector's account, its sessions, and what waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tieout.quickbooks.qbwc import LIVE, Phase, SessionState, Work
from tieout.store import prepared
from tieout.store.models import AnswerPart as AnswerPart
from tieout.store.models import Book, Company, Connection, Exchange, Lane, SignInTry
from tieout.store.models import KeptAnswer as KeptAnswer
from tieout.store.models import WebConnectorAccount as Account
from tieout.store.models import WebConnectorSession as Session

__all__ = ["Account", "AnswerPart", "Connection", "KeptAnswer", "Session"]

_OFFICE = (
    "user_name", "read_only", "verify_wanted_at", "accepts",
    "company__connection__app_name", "company__connection__company_file",
    "company__connection__road", "company__book__company_name", "company__book__company_file",
    "company__book__read_at",
)  # fmt: skip
OWNER = "web connector"  # whose lane it is while a ticket holds it
_OF_A_CALL = ("company_id", "app_name", "state", "request_ids")
CALLED = "called"  # beside the reducer's row: when the ticket called, by the clock that only runs
_LIVE = [phase.value for phase in LIVE]
_DATES = ("opened_at", "last_call_at")
_WORKS = ("outstanding", "last_work")


def account(*, company_id: int) -> Account | None:
    """The company's account, if it was ever made."""
    return Account.objects.filter(company_id=company_id).first()


def office(*, company_id: int) -> tuple[Account, Connection, Book]:
    """The account, connection and company file, as far as a call needs them, in one question."""
    found = (
        Account.objects.select_related("company__connection", "company__book")
        .only(*_OFFICE)
        .get(company_id=company_id)
    )
    return found, found.company.connection, found.company.book


def account_named(*, user_name: str) -> Account | None:
    """The account behind a user name, of whichever company."""
    return Account.objects.filter(user_name=user_name).first()


def name_taken(*, user_name: str, company_id: int) -> bool:
    """Whether another company's account has this user name."""
    return Account.objects.filter(user_name=user_name).exclude(company_id=company_id).exists()


def app_name_taken(*, app_name: str, company_id: int) -> bool:
    """Whether another company that has an account bears this application name."""
    named = Connection.objects.filter(app_name__iexact=app_name)
    with_account = named.filter(company__web_connector__isnull=False)
    return with_account.exclude(company_id=company_id).exists()


def failed_tries(*, key: str) -> SignInTry | None:
    """The wrong passwords counted under this key, if any."""
    return SignInTry.objects.filter(key=key, failures__gt=0).first()


def road(*, company_id: int) -> str:
    """Over which road the company works now."""
    return Connection.objects.values_list("road", flat=True).get(company_id=company_id)


def company_name(*, company_id: int) -> str:
    """For a line of the log."""
    found = Company.objects.filter(pk=company_id).values_list("name", flat=True)
    return found.first() or ""


def lane(*, company_id: int) -> Lane:
    """The company's lane, locked until the transaction ends."""
    return Lane.objects.select_for_update(no_key=True).get(company_id=company_id)


@prepared.row
def lane_of_ticket(*, ticket: str) -> QuerySet[Lane, tuple[int, datetime | None]]:
    """Epoch and lease of the lane of the ticket's company; None: no such ticket. The lane stays
    locked until the transaction ends.

    It is locked before the session's row is read, as everywhere.
    """
    lane = Lane.objects.select_for_update(of=("self",), no_key=True)
    lane = lane.filter(company__web_connector_sessions__ticket=ticket)
    return lane.values_list("epoch", "lease_until")


def is_checked(*, company_id: int, epoch: int) -> bool:
    """Whether the company file was found to be the right one under this epoch of the lane."""
    held = Lane.objects.filter(company_id=company_id, checked_epoch=epoch)
    return held.exclude(checked_session="").exists()


@prepared.row
def session(*, ticket: str) -> QuerySet[Session]:
    """The row behind a ticket, with what a call needs of it."""
    return Session.objects.filter(ticket=ticket).only(*_OF_A_CALL)


def last_call_at(*, ticket: str) -> datetime | None:
    """When somebody last called under the ticket."""
    return Session.objects.filter(ticket=ticket).values_list("last_call_at", flat=True).first()


def called_at(*, ticket: str) -> tuple[str, int] | None:
    """The same by the clock that only runs; None when the row does not say it."""
    row = Session.objects.filter(ticket=ticket).values_list("state", flat=True).first()
    called = row.get(CALLED) if row else None
    return (str(called[0]), int(called[1])) if called else None


def opened_at(*, ticket: str) -> datetime | None:
    """When the session behind the ticket began."""
    return Session.objects.filter(ticket=ticket).values_list("opened_at", flat=True).first()


def company_of(*, ticket: str) -> int:
    """The company that the ticket was given to; 0 when it is none of ours."""
    found = Session.objects.filter(ticket=ticket).values_list("company_id", flat=True).first()
    return found or 0


def live_session(*, company_id: int) -> Session | None:
    """The company's latest session that has not ended, however long it has been silent."""
    return Session.objects.filter(company_id=company_id, phase__in=_LIVE).order_by("-id").first()


def sessions(*, company_id: int, limit: int) -> list[Session]:
    """The latest updates, latest first."""
    return list(Session.objects.filter(company_id=company_id).order_by("-id")[:limit])


# ------------------------------------------------------------------ kept answers


def kept_answer(*, session_id: int, call_id: str) -> KeptAnswer | None:
    """The answer kept in parts against a call of this session."""
    return KeptAnswer.objects.filter(session_id=session_id, call_id=call_id).first()


def parts(*, answer_id: int) -> Iterator[bytes]:
    """The pieces of a kept answer in order, one in memory at a time.

    One question each: what is written between them, by the same hand, disturbs no open cursor.
    """
    rows = AnswerPart.objects.filter(answer_id=answer_id)
    number = 0
    while data := rows.filter(number=number).values_list("data", flat=True).first():
        yield bytes(data)
        number += 1


def is_applied(*, answer_id: int) -> bool:
    """Whether somebody has acted on the kept answer."""
    return KeptAnswer.objects.filter(pk=answer_id, applied_at__isnull=False).exists()


def is_page(*, company_id: int, call_id: str) -> bool:
    """Whether that call asked for a page of a list."""
    page = Exchange.Purpose.PAGE
    return Exchange.objects.filter(company_id=company_id, call_id=call_id, purpose=page).exists()


# ------------------------------------------------------------------ state as JSON


def epoch_to_act_under(*, company_id: int, now: datetime) -> int | None:
    """The lane's epoch, when no worker holds it: a ticket does, or nobody. None: a worker does."""
    lane = Lane.objects.filter(company_id=company_id)
    worker = lane.filter(lease_until__gte=now).exclude(owner__in=["", OWNER])
    return None if worker.exists() else lane.values_list("epoch", flat=True).first()


def state_of(row: Session) -> SessionState:
    """The reducer's row as it was saved."""
    saved: dict[str, Any] = {name: row.state[name] for name in row.state if name != CALLED}
    for name in _DATES:
        saved[name] = datetime.fromisoformat(saved[name])
    for name in _WORKS:
        saved[name] = Work(**saved[name]) if saved[name] else None
    saved["unconfirmed"] = tuple(saved["unconfirmed"])
    saved["phase"] = Phase(saved["phase"])
    return SessionState(**saved)
