"""The Web Connector's account of a company: its road, name, password, ids and .qwc file.

The password is made here: 26 random characters (130 bits), shown once, kept as a salted SHA-256.
Nobody can try so many, so a slow hash would protect nothing, but it would let anybody who knows
the address keep this server busy.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from tieout.quickbooks import qbwc
from tieout.quickbooks.qbwc.working import UP_TO_DATE
from tieout.service import change_of_way, moments
from tieout.service.access import Access
from tieout.store.commits import events, lanes
from tieout.store.commits import web_connector as commits
from tieout.store.queries import connections, lane_queue
from tieout.store.queries import web_connector as queries
from tieout.store.queries.web_connector import Account, Connection

PATH = "/qbwc/"  # where the service is served; it stands in .qwc files, so it never changes
DESCRIPTION = "Exports invoices to QuickBooks and reads its lists."
LOG_FILE = qbwc.LOG_FILE
PASSWORD_CHARS = 26
_ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{2,59}")
_NO_HASH = f"sha256${'0' * 32}${'0' * 64}"  # compared where there is no account, as slowly


class Refused(Exception):
    """A wish that cannot be granted. `field` names it; the text says why, with the remedy."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The settings as a person chooses them. `every_minutes`: None = only by hand."""

    user_name: str
    app_name: str
    every_minutes: int | None
    read_only: bool


def ensure(*, access: Access, now: datetime) -> Account:
    """The company's account; made on first use, with ids of its own and no password yet."""
    company = access.company
    with transaction.atomic():
        lanes.lock(company_id=company.pk)
        commits.lock_company(company_id=company.pk)
        found = queries.account(company_id=company.pk)
        if found is not None:
            return found
        made = commits.create_account(
            company_id=company.pk, user_name=_free_name(company.name, company.pk), now=now
        )
        _log(access, now, "created", after={"user_name": made.user_name})
        _give_own_app_name(access, now)
        return made


def _give_own_app_name(access: Access, now: datetime) -> None:
    """Two applications of one name would replace each other in one Web Connector, unasked.

    An unconfirmed write keeps the name: QuickBooks holds its answer under it.
    """
    company_id = access.company.pk
    present = connections.shown(company_id=company_id).app_name
    taken = queries.app_name_taken(app_name=present, company_id=company_id)
    if not taken or lane_queue.unsettled(company_id=company_id) is not None:
        return
    printable = "".join(each for each in access.company.name if each.isprintable())
    name = f"Tieout - {printable}"[: qbwc.qwc.NAME_CHARS_MAX].strip()
    if queries.app_name_taken(app_name=name, company_id=company_id):
        name = f"{name[: qbwc.qwc.NAME_CHARS_MAX - 12]} {company_id}"
    commits.save_connection(company_id=company_id, changes={"app_name": name})
    _log(access, now, "changed", before={"app_name": present}, after={"app_name": name})


def _free_name(company_name: str, company_id: int) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", company_name.lower()).strip("-")[:40] or "tieout"
    name = slug if len(slug) > 2 else f"tieout-{slug}"  # as _NAME asks
    if queries.name_taken(user_name=name, company_id=company_id):
        name = f"{name}-{moments.random10()[:5]}"
    return name


def make_password(*, access: Access, now: datetime) -> str:
    """A new password, to be shown once; the former one is refused from now on."""
    ensure(access=access, now=now)
    password = "".join(secrets.choice(_ALPHABET) for _ in range(PASSWORD_CHARS))
    with transaction.atomic():
        commits.save_account(
            company_id=access.company.pk,
            changes={"password_hash": _hash(password), "password_set_at": now},
        )
        _log(access, now, "changed", after={"password": "…"})
    return password


def _hash(password: str) -> str:
    salt = secrets.token_hex(16)
    return f"sha256${salt}${_digest(salt, password)}"


def _digest(salt: str, password: str) -> str:
    return hmac.new(salt.encode(), password.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def is_password(account: Account | None, password: str) -> bool:
    """Whether it is the account's; takes the same time for a name that nobody has."""
    stored = account.password_hash if account and account.password_hash else _NO_HASH
    _, salt, digest = stored.split("$")
    same = hmac.compare_digest(digest, _digest(salt, password))
    return same and stored is not _NO_HASH


def save(*, access: Access, wishes: Wishes, now: datetime) -> tuple[str, ...]:
    """Save what changed and return its names. Raises Refused; then nothing is saved."""
    company_id = access.company.pk
    ensure(access=access, now=now)
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        connections.lock(company_id=company_id)
        account = queries.account(company_id=company_id)
        connection = connections.shown(company_id=company_id)
        if account is None:
            message = "The account has just been removed. Open the page again."
            raise Refused(message, field="user_name")
        wanted: dict[str, Any] = {
            "user_name": _user_name(wishes.user_name.strip(), company_id),
            "every_minutes": wishes.every_minutes,
            "read_only": wishes.read_only,
        }
        app_name = wishes.app_name.strip()
        _check(access, wishes, app_name, connection)
        changes = {name: v for name, v in wanted.items() if getattr(account, name) != v}
        if changes:
            commits.save_account(company_id=company_id, changes=changes)
        before = {name: getattr(account, name) for name in changes}
        if app_name != connection.app_name:
            commits.save_connection(company_id=company_id, changes={"app_name": app_name})
            before["app_name"], changes["app_name"] = connection.app_name, app_name
        if changes:
            _log(access, now, "changed", before=before, after=changes)
    return tuple(changes)


def _user_name(name: str, company_id: int) -> str:
    if not _NAME.fullmatch(name):
        message = (
            "A user name has 3 to 60 letters, digits or . _ @ - and begins with a letter or digit."
        )
        raise Refused(message, field="user_name")
    if queries.name_taken(user_name=name, company_id=company_id):
        message = f"{name} is taken by another company of this Tieout. Choose another name."
        raise Refused(message, field="user_name")
    return name


def _check(access: Access, wishes: Wishes, app_name: str, connection: Connection) -> None:
    """What the .qwc file would not take, and a name that must not change now."""
    minutes = wishes.every_minutes
    if minutes is not None and not 1 <= minutes <= qbwc.qwc.MINUTES_MAX:
        message = f"Choose 1 to {qbwc.qwc.MINUTES_MAX} minutes, or none to run it by hand."
        raise Refused(message, field="every_minutes")
    if not app_name or len(app_name) > qbwc.qwc.NAME_CHARS_MAX or not app_name.isprintable():
        message = f"Enter a name of 1 to {qbwc.qwc.NAME_CHARS_MAX} characters."
        raise Refused(message, field="app_name")
    if app_name == connection.app_name:
        return
    if queries.app_name_taken(app_name=app_name, company_id=access.company.pk):
        message = (
            f"{app_name} is the application name of another company here, and the Web Connector "
            "would replace one by the other. Choose another name."
        )
        raise Refused(message, field="app_name")
    if lane_queue.unsettled(company_id=access.company.pk) is not None:
        message = (
            "An invoice is unconfirmed, and QuickBooks keeps its answer under the present name. "
            "Wait until it is settled, then change the name."
        )
        raise Refused(message, field="app_name")


def new_ids(*, access: Access, now: datetime) -> None:
    """New OwnerID and FileID: for a company file that carries another stamp (QBWC1039)."""
    ensure(access=access, now=now)
    ids = {"owner_id": moments.guid(), "file_id": moments.guid()}
    with transaction.atomic():
        commits.save_account(company_id=access.company.pk, changes=ids)
        _log(access, now, "changed", after={name: str(value) for name, value in ids.items()})


def switch(*, access: Access, road: str, now: datetime, reason: str = "") -> bool:
    """Work over this road from now on; False when it was so already.

    Safe between two answers: whoever works on the other road loses the lane at once, and what was
    out there is kept when it comes, or looked up in QuickBooks before anything else is sent. While
    something is unconfirmed it takes a `reason`; raises WayRefused without one.
    """
    company_id = access.company.pk
    if road not in Connection.Road.values:
        message = f"There is no road {road!r}: it is {' or '.join(Connection.Road.values)}."
        raise Refused(message, field="road")
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        connections.lock(company_id=company_id)
        was = queries.road(company_id=company_id)
        if was == road:
            return False
        why = change_of_way.reason_for(access=access, reason=reason)
        commits.switch_road(company_id=company_id, road=road)
        change_of_way.changed(company_id=company_id, now=now)
        said = events.Entry(
            verb="changed",
            subject="connection",
            before={"road": was},
            after={"road": road},
            reason=why,
        )
        events.append(company_id=company_id, at=now, actor=access.user, entries=[said])
    return True


def ask_verify(
    *, access: Access, now: datetime, accept: dict[str, str] | None = None, reason: str = ""
) -> None:
    """Have the company file looked at when the Web Connector calls next.

    `accept` names another file ({"company_file", "company_name"}) that a Super User has looked at
    and confirmed: it then becomes this company's file. While something is unconfirmed that takes
    a `reason`; raises WayRefused without one.
    """
    ensure(access=access, now=now)
    with transaction.atomic():
        lanes.lock(company_id=access.company.pk)
        why = change_of_way.reason_for(access=access, reason=reason) if accept else ""
        changes = {"verify_wanted_at": now, "accepts": accept or {}}
        commits.save_account(company_id=access.company.pk, changes=changes)
        if accept:
            said = events.Entry(verb="confirmed", subject="company_file", after=accept, reason=why)
            events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[said])


def qwc_file(*, account: Account, app_name: str, base_url: str) -> bytes:
    """The .qwc file. Raises qbwc.QwcRefused with the remedy when the address cannot be used."""
    service = service_url(base_url)
    return qbwc.render_qwc(
        qbwc.QwcFile(
            app_name=app_name,
            description=DESCRIPTION,
            app_url=service,
            support_url=service,
            user_name=account.user_name,
            owner_id=account.owner_id,
            file_id=account.file_id,
            every_minutes=account.every_minutes,
            read_only=account.read_only,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A .qwc file, or why the Web Connector would refuse it."""

    data: bytes = b""
    problem: str = ""


def try_qwc_file(*, account: Account, app_name: str, base_url: str) -> Made:
    """The same for a page: a problem is a sentence with its remedy."""
    try:
        return Made(data=qwc_file(account=account, app_name=app_name, base_url=base_url))
    except qbwc.QwcRefused as error:
        return Made(
            problem=f"The Web Connector would refuse the .qwc file: {error}. {error.remedy}"
        )


def explain(log_line: str) -> tuple[qbwc.LogCode, ...]:
    """The known codes in a piece of the Web Connector's log."""
    return qbwc.find_codes(log_line)


def ended_early(last_error: str) -> bool:
    """Whether what an update was told at its end is more than that all is done."""
    return last_error not in {"", UP_TO_DATE}


def service_url(base_url: str) -> str:
    """The address of the service below the address of this Tieout."""
    public = str(getattr(settings, "PUBLIC_URL", "")) or base_url
    return public.rstrip("/") + PATH


def _log(
    access: Access,
    now: datetime,
    verb: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    said = events.Entry(verb=verb, subject="web_connector", before=before or {}, after=after or {})
    events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[said])
