"""Save the settings of the way to QuickBooks and the company's export rules."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tieout.channels.address import AddressError, parse_address
from tieout.core.facts import ExportRules
from tieout.service import change_of_way
from tieout.service.access import Access
from tieout.service.plan_wish import want_planning
from tieout.store.commits import connection as commits
from tieout.store.commits import events, lanes, locks
from tieout.store.queries import connections, web_connector
from tieout.store.queries.planning import rules_of

NEVER_LOGGED = ("password", "certificate")
# setting -> what it is called on the page, and the most characters it may have
TEXTS = {
    "url": ("URL", 300),
    "username": ("Username", 100),
    "password": ("Password", 200),
    "company_file": ("Company file", 300),
    # with 8, 6 of the 11 characters of a number in QuickBooks are left
    "split_suffix": ("Number of a split invoice ends in", 8),
    "number_prefix_strip": ("Leave off at the front of a number", 20),
    "invoice_template": ("QuickBooks invoice template", 31),
}
NEEDED = frozenset({"url", "username"})
WAY = frozenset({"url", "company_file"})  # where a message goes


class SettingRefused(Exception):
    """A setting that cannot be meant. `field` names it, the text is one sentence with the remedy."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """As a person enters them. An empty password keeps the saved one."""

    url: str
    username: str
    password: str
    company_file: str = ""
    reason: str = ""  # of a change of the way while something is unconfirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSwitches:
    """What Tieout may do to jobs in QuickBooks: create them, keep job-level data in step."""

    create_jobs: bool = False
    keep_job_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving came to. `planned_again`: invoices that wait for a new plan because of it."""

    changed: tuple[str, ...]
    planned_again: int


def save(
    *,
    access: Access,
    settings: ConnectionSettings,
    rules: ExportRules,
    now: datetime,
    switches: JobSwitches | None = None,
) -> Saved:
    """Save all; what did not change, and switches that are None, are left alone.

    Raises SettingRefused; then nothing is saved.
    """
    company_id = access.company.pk
    with transaction.atomic(), events.at_the_end():
        lanes.lock(company_id=company_id)
        locks.desk(company_id=company_id)
        # the rules first: they lock invoices, and a change of the way locks their postings
        planned_again = _save_rules(access, rules, now)
        changed = _save_settings(access, settings, now)
        if switches is not None:
            changed += _save_switches(access, switches, now)
    if planned_again is None:
        return Saved(changed=changed, planned_again=0)
    return Saved(changed=(*changed, "rules"), planned_again=planned_again)


def confirm_certificate(*, access: Access, fingerprint: str, now: datetime) -> None:
    """Pin the certificate that a Super User has compared; only the one that Verify showed.

    Raises SettingRefused when the page showed another one than the last Verify did.
    """
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)
        connections.lock(company_id=company_id)
        row = connections.shown(company_id=company_id)
        offered = [rung.get("offer", {}).get("fingerprint") for rung in row.ladder]
        if not fingerprint or fingerprint not in offered:
            message = "This certificate is not the one that Verify saw. Verify again."
            raise SettingRefused(message, field="fingerprint")
        plain = fingerprint.replace(":", "")
        _commit(
            access, before={"fingerprint": row.fingerprint}, after={"fingerprint": plain}, now=now
        )


def _save_settings(access: Access, settings: ConnectionSettings, now: datetime) -> tuple[str, ...]:
    company_id = access.company.pk
    connections.lock(company_id=company_id)
    row = connections.shown(company_id=company_id)
    wanted: dict[str, Any] = {
        "url": settings.url.strip(),
        "username": settings.username.strip(),
        "company_file": settings.company_file.strip(),
    }
    after = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    _check_texts({**after, "password": settings.password})
    if "url" in after and _machine(wanted["url"]) != _machine(row.url, check=False):
        if not settings.password and row.url:
            message = "The address is another machine: enter the password for it, too."
            raise SettingRefused(message, field="password")
        if row.fingerprint:
            after["fingerprint"] = ""  # it was confirmed for the former machine
    why = _leave_way(access, settings.reason, now) if after.keys() & WAY else ""
    before = {name: getattr(row, name) for name in after}
    if settings.password:
        before["password"], after["password"] = "", settings.password
    if after:
        _commit(access, before=before, after=after, now=now, reason=why)
    return tuple(after)


def _check_texts(texts: dict[str, str]) -> None:
    """Raises SettingRefused for the first that is missing, too long, or holds what nobody types."""
    for field, text in texts.items():
        label, most = TEXTS[field]
        if field in NEEDED and not text:
            message = f"{label} is empty: enter it."
        elif len(text) > most:
            message = f"{label} has {len(text):,} characters: {most} are the most."
        elif not text.isprintable():
            message = f"{label} holds a character that cannot be printed: type it again."
        else:
            continue
        raise SettingRefused(message, field=field)


def _check_rules(rules: ExportRules) -> None:
    """The texts of the rules; a suffix must tell the parts of a split invoice apart."""
    suffix = rules.split_suffix
    _check_texts(
        {
            "split_suffix": suffix,
            "number_prefix_strip": rules.number_prefix_strip,
            "invoice_template": rules.template_name,
        }
    )
    if suffix.count("{n}") != 1:
        message = f"A split invoice ends in {suffix!r}: write {{n}} once, such as -{{n}}."
        raise SettingRefused(message, field="split_suffix")


def _leave_way(access: Access, reason: str, now: datetime) -> str:
    """Another connector or company file: why, where something is unconfirmed on the present way."""
    company_id = access.company.pk
    if web_connector.road(company_id=company_id) != connections.Connection.Road.REMOTE:
        return ""  # these settings lead nowhere now
    try:
        why = change_of_way.reason_for(access=access, reason=reason)
    except change_of_way.WayRefused as refused:
        raise SettingRefused(str(refused), field="reason") from refused
    change_of_way.changed(company_id=company_id, now=now)
    return why


def _commit(
    access: Access,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    now: datetime,
    reason: str = "",
) -> None:
    commits.save_settings(company_id=access.company.pk, changes=after, now=now)
    said = events.Entry(
        verb="changed",
        subject="connection",
        before={name: "…" if name in NEVER_LOGGED else value for name, value in before.items()},
        after={name: "…" if name in NEVER_LOGGED else value for name, value in after.items()},
        reason=reason,
    )
    events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[said])


def _machine(url: str, *, check: bool = True) -> tuple[str, str, int] | None:
    """Scheme, machine and port of an address. Raises SettingRefused for one that cannot be meant."""
    try:
        address = parse_address(url)
    except AddressError as error:
        if check:
            raise SettingRefused(str(error), field="url") from error
        return None
    return address.scheme, address.host, address.port


def _save_switches(access: Access, switches: JobSwitches, now: datetime) -> tuple[str, ...]:
    """Which switches were turned."""
    company = connections.company(company_id=access.company.pk)
    wanted = asdict(switches)
    before = {name: getattr(company, name) for name in wanted}
    after = {name: value for name, value in wanted.items() if before[name] != value}
    if after:
        commits.save_switches(company_id=access.company.pk, switches=after)
        said = events.Entry(
            verb="changed",
            subject="job_switches",
            before={name: before[name] for name in after},
            after=after,
        )
        events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[said])
    return tuple(after)


def _save_rules(access: Access, rules: ExportRules, now: datetime) -> int | None:
    """None when nothing changed, else how many invoices are planned again."""
    company_id = access.company.pk
    was = rules_of(connections.company(company_id=company_id))
    if was == rules:
        return None
    _check_rules(rules)
    before, after = asdict(was), asdict(rules)
    differs = [name for name in after if before[name] != after[name]]
    commits.save_rules(company_id=company_id, rules=rules)
    said = events.Entry(
        verb="changed",
        subject="export_rules",
        before={name: before[name] for name in differs},
        after={name: after[name] for name in differs},
    )
    events.append(company_id=company_id, at=now, actor=access.user, entries=[said])
    planned_again = commits.plan_all_again(company_id=company_id)
    if planned_again:
        want_planning(company_id, now, access.user)
    return planned_again
