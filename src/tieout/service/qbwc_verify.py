"""Which company file is open, as the Web Connector tells it: judged at every update, verified once.

At the beginning of an update the Web Connector itself reads host, company and preferences; that is
enough to see another company, not a restored backup. Verify asks for the rest and writes down what
holds, rung by rung, as it does over the Remote Connector.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from tieout.channels.base import Answer, Outcome, Rung
from tieout.quickbooks import qbxml, wire
from tieout.quickbooks.qbwc import Applied, CompanyChecked
from tieout.service import company_facts, company_identity
from tieout.service.company_facts import CompanyFacts
from tieout.service.ladder import Ladder, RungBroken
from tieout.store.commits import connection as connections_commits
from tieout.store.commits import events, lanes
from tieout.store.commits import web_connector as commits
from tieout.store.queries import connections
from tieout.store.queries.connections import Book
from tieout.store.queries.web_connector import Account

OPEN_RIGHT = "Open {} in QuickBooks and run the update again."
CONFIRM = (
    "Only when the file was moved or renamed on purpose, a Super User confirms the open one in "
    "Tieout, under QuickBooks Web Connector."
)


def wanted(*, account: Account, book: Book) -> bool:
    """Whether the next question is which company file is open, and how it is kept."""
    return account.verify_wanted_at is not None or book.read_at is None


def judge(*, account: Account, book: Book, hcp_response: str, company_file: str) -> CompanyChecked:
    """What the beginning of an update says about the company file.

    "unknown" lets only questions out: before the first Verify, or while one is wanted.
    """
    name = _name_in(hcp_response)
    if book.read_at is None:
        return CompanyChecked(verdict="unknown")
    found = {"company_file": company_file, "company_name": name or book.company_name}
    if _other_file(book, found) and not _accepted(account, found):
        commits.save_account(company_id=account.company_id, changes={"seen_file": found})
        shown = f"{found['company_name']} ({company_file or 'path not told'})"
        problem = f"QuickBooks has {shown} open, not {book.company_name} ({book.company_file}). "
        remedy = f"{OPEN_RIGHT.format(book.company_file or book.company_name)} {CONFIRM}"
        return CompanyChecked(
            verdict="wrong", problem=f"{problem}Nothing was sent.", remedy=remedy
        )
    if wanted(account=account, book=book) or not name:
        return CompanyChecked(verdict="unknown")
    return CompanyChecked(verdict="right")


def _name_in(hcp_response: str) -> str:
    if not hcp_response:
        return ""
    try:
        responses = qbxml.parse_response(hcp_response).responses
    except qbxml.MalformedResponse:
        return ""
    names = [
        ret.company_name
        for response in responses
        for ret in response.rets
        if isinstance(ret, qbxml.CompanyRet)
    ]
    return names[0] if names else ""


def _accepted(account: Account, found: dict[str, str]) -> bool:
    """Whether a Super User confirmed exactly this file; what it told of itself must not differ."""
    accepts = account.accepts
    return bool(accepts) and all(found[name] == accepts.get(name, found[name]) for name in found)


def _other_file(book: Book, found: dict[str, str]) -> bool:
    other_name = bool(found["company_name"]) and found["company_name"] != book.company_name
    path, known = found["company_file"], book.company_file
    other_path = bool(path and known) and wire.fence_key(path) != wire.fence_key(known)
    return other_name or other_path


def apply(
    *,
    company_id: int,
    account: Account,
    answer: bytes,
    company_file: str,
    epoch: int,
    now: datetime,
) -> Applied:
    """Write down what the answer to `company_facts.request` says, or why it will not do."""
    ladder = Ladder()
    ladder.hold(Rung.REACHABLE, "The Web Connector calls.")
    ladder.hold(Rung.TRUST, "The Web Connector checks the certificate of this Tieout.")
    ladder.hold(Rung.LOGIN, f"Signed in as {account.user_name}.")
    with transaction.atomic():
        lanes.check(company_id=company_id, epoch=epoch)
        was = connections.book_of(company_id=company_id)
        settings_at = connections.shown(company_id=company_id).updated_at
        try:
            facts = _read(answer, company_file)
            _climb(ladder, facts, was, account)
        except RungBroken as broken:
            ladder.broken = broken
            _record_broken(company_id, settings_at, ladder, broken, now)
            return Applied(remaining=None, stop=f"{broken.message} {broken.remedy}")
        _record(company_id, account, settings_at, ladder, facts, was, now)
    return Applied(remaining=None, trusted=True)


def _read(answer: bytes, company_file: str) -> CompanyFacts:
    told = Answer(outcome=Outcome.RESPONSE, qbxml=answer, company_file=company_file)
    try:
        return company_facts.read(told)
    except qbxml.MalformedResponse as error:
        message = "QuickBooks answered with something that is not qbXML."
        remedy = "Update QuickBooks and the Web Connector; nothing was changed."
        raise RungBroken(Rung.QUICKBOOKS, message, remedy) from error


def _climb(ladder: Ladder, facts: CompanyFacts, was: Book, account: Account) -> None:
    ladder.hold(Rung.QUICKBOOKS, f"{facts.product} answers.")
    found = {
        "company_file": facts.company_file,
        "company_name": facts.company_name,
        "stamp": facts.stamp,
    }
    wrong_stamp = company_identity.stamp_trouble(book=was, facts=facts)
    known = was.read_at is not None
    if known and (_other_file(was, found) or wrong_stamp) and not _accepted(account, found):
        commits.save_account(company_id=account.company_id, changes={"seen_file": found})
        message = f"Another company file is open: {facts.company_name} ({facts.company_file})."
        if wrong_stamp:
            message = f"{wrong_stamp} It is {facts.company_name} ({facts.company_file})."
        remedy = f"{OPEN_RIGHT.format(was.company_file or was.company_name)} {CONFIRM}"
        raise RungBroken(Rung.COMPANY_FILE, message, remedy)
    if wrong_stamp and account.accepts != found:
        commits.save_account(company_id=account.company_id, changes={"seen_file": found})
        remedy = f"{OPEN_RIGHT.format(was.company_file or facts.company_file)} {CONFIRM}"
        raise RungBroken(Rung.COMPANY_FILE, wrong_stamp, remedy)
    ladder.hold(
        Rung.COMPANY_FILE,
        f"{facts.company_name} ({facts.company_file}). {company_identity.shown(facts)}",
    )
    ladder.hold(Rung.USER_MODE, f"Mode: {facts.file_mode or 'not told'}.")
    ladder.hold(Rung.DIALOG, "No dialog is in the way.")
    if facts.refusal is not None:
        raise RungBroken(Rung.PERMISSION, facts.refusal.message, facts.refusal.remedy)
    may = "may only read" if account.read_only else "may read and write"
    ladder.hold(Rung.PERMISSION, f"Tieout {may}.")
    if facts.too_old is not None:
        raise RungBroken(Rung.VERSION, facts.too_old.message, facts.too_old.remedy)
    ladder.hold(Rung.VERSION, f"qbXML {facts.qbxml_version}.")
    ladder.hold(Rung.TEST_READ, f"Read the company information of {facts.company_name}.")


def _record_broken(
    company_id: int,
    settings_at: datetime | None,
    ladder: Ladder,
    broken: RungBroken,
    now: datetime,
) -> None:
    connections_commits.record_broken(
        company_id=company_id,
        settings_at=settings_at,
        ladder=ladder.rows(),
        problem=broken.message,
        remedy=broken.remedy,
        contact=True,
        now=now,
    )
    after = {"rung": broken.rung.value, "problem": broken.message}
    _log(company_id, now, events.Entry(verb="found broken", subject="connection", after=after))


def _record(
    company_id: int,
    account: Account,
    settings_at: datetime | None,
    ladder: Ladder,
    facts: CompanyFacts,
    was: Book,
    now: datetime,
) -> None:
    """A Super User's wish accepts a restored backup and frees a held lane; a first look does not
    have to."""
    book: dict[str, Any] = facts.book_columns()
    by_super_user = account.verify_wanted_at is not None
    if was.read_at is not None and not by_super_user:
        del book["last_restore_time"]
    connections_commits.record_verified(
        company_id=company_id,
        settings_at=settings_at,
        ladder=ladder.rows(),
        book=book,
        now=now,
    )
    if by_super_user or was.read_at is None:
        lanes.unhold(company_id=company_id, now=now)
    commits.save_account(
        company_id=company_id,
        changes={"verify_wanted_at": None, "accepts": {}, "seen_file": {}},
    )
    before = {"company_name": was.company_name, "company_file": was.company_file}
    after = {"company_name": facts.company_name, "company_file": facts.company_file}
    said = events.Entry(verb="verified", subject="connection", before=before, after=after)
    _log(company_id, now, said)


def _log(company_id: int, now: datetime, entry: events.Entry) -> None:
    events.append(company_id=company_id, at=now, actor_name="Web Connector", entries=[entry])
