"""Verify the connection to QuickBooks: climb the ladder rung by rung and write down what holds.

Nothing here writes to QuickBooks, so it may run while an export does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tieout.channels.address import AddressError, parse_address
from tieout.channels.base import Answer, Outcome, Rung
from tieout.channels.trust import CertificateError, fetch_certificate
from tieout.quickbooks import qbxml, wire
from tieout.service import (
    change_of_way,
    company_facts,
    company_identity,
    connect,
    moments,
    qbwc_account,
)
from tieout.service.access import Access, find_access
from tieout.service.company_facts import CompanyFacts
from tieout.service.ladder import Ladder, RungBroken, name_of
from tieout.store.commits import connection as commits
from tieout.store.commits import events, lanes, tasks
from tieout.store.queries import connections, web_connector
from tieout.store.queries.connections import Book, Connection
from tieout.store.queries.tasks import Task, any_task, latest_task
from tieout.store.secrets import SecretUnreadable

LEASE_S = 240  # longer than one call may take, so that no second worker starts the same climb
READ_ROWS = 1
CONNECTOR = "The Remote Connector answers."
SOMETHING = "Something answers at this address."


def start(
    *, access: Access, now: datetime, accept: dict[str, str] | None = None, reason: str = ""
) -> Task:
    """Ask for a Verify on the saved settings; one that is open already, and does the same, is
    answered instead.

    `accept` names another company file ({"company_file", "company_name"}) that a Super User has
    looked at and confirmed: it then becomes this company's file. While something is unconfirmed
    that takes a `reason`; raises WayRefused without one.
    """
    company_id = access.company.pk
    if web_connector.road(company_id=company_id) == Connection.Road.WEB_CONNECTOR:
        return _at_the_next_update(access, now, accept, reason)
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        connections.lock(company_id=company_id)  # two clicks at once make one task
        latest = latest_task(company_id=company_id, kind=Task.Kind.VERIFY)
        if latest is not None and not latest.over and _does_the_same(latest, access, accept):
            return latest
        if accept:
            why = change_of_way.reason_for(access=access, reason=reason)
            said = events.Entry(verb="confirmed", subject="company_file", after=accept, reason=why)
            events.append(company_id=company_id, at=now, actor=access.user, entries=[said])
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.VERIFY,
            now=now,
            user=access.user,
            params={"accept": accept or {}},
            on_lane=False,
            total=len(Rung),
        )


def _does_the_same(task: Task, access: Access, accept: dict[str, str] | None) -> bool:
    """Whether an open Verify accepts the same file, and as much as this person's would."""
    same_file = task.params.get("accept", {}) == (accept or {})
    return same_file and (_by_super_user(task) or not access.can_configure)


def _at_the_next_update(
    access: Access, now: datetime, accept: dict[str, str] | None, reason: str
) -> Task:
    """Nobody can be called over the Web Connector's road: it looks when it calls next.

    Only a Super User's wish is noted, because it accepts a restored backup.
    """
    message = "A Super User can have the company file looked at when the Web Connector calls."
    if access.can_configure or accept:
        qbwc_account.ask_verify(access=access, now=now, accept=accept, reason=reason)
        message = "The Web Connector looks at the company file when it calls next."
    with transaction.atomic():
        task = tasks.request(
            company_id=access.company.pk,
            kind=Task.Kind.VERIFY,
            now=now,
            user=access.user,
            on_lane=False,
        )
        tasks.finish(task_id=task.pk, now=now, message=message, result={})
    task.refresh_from_db()
    return task


def run(task_id: int) -> None:
    """Do the task: called by the worker. Whatever breaks ends up on the ladder, not in the air."""
    task = any_task(task_id=task_id)
    climb = _Climb(task)
    try:
        facts = climb.to_the_top()
    except RungBroken as broken:
        climb.ladder.broken = broken
        _record_broken(task, climb, broken)
        return
    _record_verified(task, climb, facts)


class _Climb:
    """One way up the ladder; each rung is saved as it is passed."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.ladder = Ladder()
        self.contact = False  # QuickBooks itself has answered

    def to_the_top(self) -> CompanyFacts:
        """All rungs in order. Raises RungBroken at the first that does not hold."""
        line = self._line()
        self._show("Calling the Remote Connector")
        read_only = self._knock(line)
        facts = self._ask_for_facts(line)
        self._judge(facts, read_only=read_only)
        self._read_a_row(line)
        return facts

    def _line(self) -> connect.Line:
        self.settings = connections.shown(company_id=self.task.company_id)
        try:
            line = connect.line_to(company_id=self.task.company_id)
        except SecretUnreadable as error:
            remedy = "Enter the password of the Remote Connector again and save."
            raise RungBroken(Rung.LOGIN, str(error), remedy) from error
        # which file is open is what is to be found out
        return replace(line, expected_company="")

    # ------------------------------------------------------------ the connector

    def _knock(self, line: connect.Line) -> bool:
        """Reachable, trusted, known; answers whether the connector's user may only read."""
        status = line.channel.status()
        if status.rung is not None:
            offer = self._certificate() if status.rung is Rung.TRUST else {}
            self._hold_below(status.rung, named=status.named)
            raise RungBroken(status.rung, status.message, status.remedy, offer=offer)
        self._hold(Rung.REACHABLE, f"The Remote Connector {status.version} answers.")
        self._hold(Rung.TRUST, self._trust())
        self._hold(Rung.LOGIN, f"Signed in as {self.settings.username}.")
        busy = " It is answering another request; Verify waits its turn." if status.running else ""
        self._show(f"Asking QuickBooks.{busy}")
        return status.read_only

    def _trust(self) -> str:
        if parse_address(self.settings.url).scheme == "http":
            return "No TLS: the connector runs on this machine."
        if self.settings.fingerprint:
            return "The certificate is the one that was confirmed here."
        return "This machine trusts the certificate."

    def _certificate(self) -> dict[str, str]:
        try:
            _, fingerprint = fetch_certificate(self.settings.url)
        except (CertificateError, AddressError):
            return {}
        return {"fingerprint": fingerprint}

    def _hold_below(self, rung: Rung, *, named: bool) -> None:
        """What the failure proves about the rungs before it: who answers, only if it said so."""
        if rung is Rung.REACHABLE:
            return
        self.ladder.hold(Rung.REACHABLE, CONNECTOR if named else SOMETHING)
        if rung is not Rung.TRUST:
            self.ladder.hold(Rung.TRUST, self._trust())

    # ------------------------------------------------------------ QuickBooks

    def _ask_for_facts(self, line: connect.Line) -> CompanyFacts:
        answer = self._deliver(line, company_facts.request())
        self.contact = True
        try:
            return company_facts.read(answer)
        except qbxml.MalformedResponse as error:
            message = "QuickBooks answered with something that is not qbXML."
            remedy = "Update QuickBooks and the Remote Connector; nothing was changed."
            raise RungBroken(Rung.QUICKBOOKS, message, remedy) from error

    def _deliver(self, line: connect.Line, message: bytes) -> Answer:
        answer = line.channel.deliver(line.ask(message))
        if answer.outcome is Outcome.RESPONSE:
            return answer
        rung = answer.rung or Rung.QUICKBOOKS
        later = list(Rung).index(rung) > list(Rung).index(Rung.QUICKBOOKS)
        if later and Rung.QUICKBOOKS not in self.ladder.details:
            self._hold(Rung.QUICKBOOKS, "QuickBooks is there.")
        raise RungBroken(rung, answer.message, answer.remedy)

    def _judge(self, facts: CompanyFacts, *, read_only: bool) -> None:
        self._hold(Rung.QUICKBOOKS, f"{facts.product} answers.")
        self._judge_file(facts)
        self._hold(Rung.USER_MODE, _mode_words(facts.file_mode))
        self._hold(Rung.DIALOG, "No dialog is in the way.")
        if facts.refusal is not None:
            raise RungBroken(Rung.PERMISSION, facts.refusal.message, facts.refusal.remedy)
        if read_only:
            raise RungBroken(
                Rung.PERMISSION,
                f"The connector's user {self.settings.username} may only read; exporting writes.",
                "Use a user with full access, or set this one to Full in the Remote Connector.",
                who="IT person",
            )
        self._hold(Rung.PERMISSION, "Tieout may read and write.")
        if facts.too_old is not None:
            raise RungBroken(Rung.VERSION, facts.too_old.message, facts.too_old.remedy)
        self._hold(Rung.VERSION, f"qbXML {facts.qbxml_version}.")

    def _judge_file(self, facts: CompanyFacts) -> None:
        known = connections.book_of(company_id=self.task.company_id)
        same_file = wire.fence_key(known.company_file) == wire.fence_key(facts.company_file)
        same = known.read_at is None or (same_file and known.company_name == facts.company_name)
        found = {
            "company_file": facts.company_file,
            "company_name": facts.company_name,
            "stamp": facts.stamp,
        }
        accepted = self.task.params.get("accept") == found
        wrong_stamp = company_identity.stamp_trouble(book=known, facts=facts)
        if same and wrong_stamp and not accepted:
            raise RungBroken(
                Rung.COMPANY_FILE,
                f"{wrong_stamp} It is called {facts.company_name} ({facts.company_file}).",
                "Open the right company file in QuickBooks and verify again. Only when this one "
                "is the company's file now, confirm it here.",
                offer=found,
            )
        if not same and not accepted:
            raise RungBroken(
                Rung.COMPANY_FILE,
                f"Another company file is open: {facts.company_name} ({facts.company_file}). "
                f"This company keeps its books in {known.company_name} ({known.company_file}).",
                f"Open {known.company_file} in QuickBooks and verify again. Only when the file "
                "was moved or renamed on purpose, confirm the open one here.",
                offer=found,
            )
        restored = known.last_restore_time not in {"", facts.last_restore_time}
        more = f" A backup was restored: {facts.last_restore_time}." if restored else ""
        known_by = company_identity.shown(facts)
        self._hold(
            Rung.COMPANY_FILE, f"{facts.company_name} ({facts.company_file}). {known_by}{more}"
        )

    def _read_a_row(self, line: connect.Line) -> None:
        query = qbxml.CustomerQuery(request_id="test-read", max_returned=READ_ROWS)
        answer = self._deliver(line, qbxml.render([query]))
        try:
            name = company_facts.read_one_customer(answer.qbxml)
        except company_facts.Refusal as refusal:
            raise RungBroken(Rung.TEST_READ, refusal.message, refusal.remedy) from refusal
        self._hold(Rung.TEST_READ, f"Read {name}." if name else "Read: no customer yet.")

    # ------------------------------------------------------------ saying how far it is

    def _hold(self, rung: Rung, detail: str) -> None:
        self.ladder.hold(rung, detail)
        commits.save_ladder(
            company_id=self.task.company_id,
            settings_at=self.settings.updated_at,
            ladder=self.ladder.rows(),
        )
        self._show(f"{name_of(rung)}: {detail}")

    def _show(self, message: str) -> None:
        tasks.progress(
            task_id=self.task.pk,
            done=self.ladder.passed(),
            total=len(Rung),
            message=message[:500],
            lease_until=moments.now() + timedelta(seconds=LEASE_S),
        )


def _mode_words(file_mode: str) -> str:
    return {"SingleUser": "Single-user mode.", "MultiUser": "Multi-user mode."}.get(
        file_mode, "The mode is not told."
    )


def _record_broken(task: Task, climb: _Climb, broken: RungBroken) -> None:
    now = moments.now()
    with transaction.atomic():
        lanes.lock(company_id=task.company_id)
        written = commits.record_broken(
            company_id=task.company_id,
            settings_at=climb.settings.updated_at,
            ladder=climb.ladder.rows(),
            problem=broken.message,
            remedy=broken.remedy,
            contact=climb.contact,
            now=now,
        )
        if not written:
            _overtaken(task, now)
            return
        after = {"rung": broken.rung.value, "problem": broken.message}
        _log(task, now, events.Entry(verb="found broken", subject="connection", after=after))
        tasks.fail(task_id=task.pk, now=now, problem=broken.message, remedy=broken.remedy)


def _record_verified(task: Task, climb: _Climb, facts: CompanyFacts) -> None:
    now = moments.now()
    with transaction.atomic():
        lanes.lock(company_id=task.company_id)
        was = connections.book_of(company_id=task.company_id)
        by_super_user = _by_super_user(task)
        written = commits.record_verified(
            company_id=task.company_id,
            settings_at=climb.settings.updated_at,
            ladder=climb.ladder.rows(),
            book=_columns(facts, was, accepted=by_super_user),
            now=now,
        )
        if not written:
            _overtaken(task, now)
            return
        if by_super_user:
            lanes.unhold(company_id=task.company_id, now=now)
        commits.note_contact(company_id=task.company_id, now=now)
        before = {"company_name": was.company_name, "company_file": was.company_file}
        after = {"company_name": facts.company_name, "company_file": facts.company_file}
        said = events.Entry(verb="verified", subject="connection", before=before, after=after)
        _log(task, now, said)
        message = f"connected to {facts.company_name}"
        tasks.finish(task_id=task.pk, now=now, message=message, result=after)


def _by_super_user(task: Task) -> bool:
    """Only a Super User's Verify accepts a restored backup and frees a held lane."""
    user = task.requested_by
    access = find_access(user=user, company_id=task.company_id) if user else None
    return access is not None and access.can_configure


def _columns(facts: CompanyFacts, was: Book, *, accepted: bool) -> dict[str, Any]:
    """As the Book keeps them; a restore nobody accepted is left for the exporter to stop at."""
    columns = facts.book_columns()
    if was.read_at is not None and not accepted:
        del columns["last_restore_time"]
    return columns


def _overtaken(task: Task, now: datetime) -> None:
    problem = "The settings were changed while they were being verified."
    tasks.fail(task_id=task.pk, now=now, problem=problem, remedy="Verify again.")


def _log(task: Task, now: datetime, entry: events.Entry) -> None:
    events.append(company_id=task.company_id, at=now, actor=task.requested_by, entries=[entry])
