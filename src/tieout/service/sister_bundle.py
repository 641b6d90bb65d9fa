"""Many clients, items or class values saved in one transaction: read together, written together.

Each is decided with the version on which its change was built. What that takes is read, and what
comes of it is written, in a fixed number of statements, whether it is one record or five hundred:
a save on a screen, suggestions in bulk and a mapping file all go this way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from tieout.service.access import Access
from tieout.service.mapping_state import (
    REASON_MAX,
    How,
    Refused,
    Saved,
    changed_meanwhile,
    renamed_meanwhile,
)
from tieout.service.plan_wish import want_planning
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import events, locks, mappings
from tieout.store.commits import sister_mappings as commits
from tieout.store.commits.sister_mappings import Locked, Target
from tieout.store.queries import qb_lists
from tieout.store.queries.mappings import Event, SisterKind, latest_events
from tieout.store.queries.qb_lists import QbCustomer

WORDS = {"client": "customer", "item": "item", "class": "class"}
SUBJECTS = {"client": "client_mapping", "item": "item_mapping", "class": "class_mapping"}
RECORD_UNKNOWN = Refused(
    text="This record is not known here.",
    remedy="Import it again under Import.",
    reason="unknown_record",
)
NOTHING_TO_SAVE = Refused(
    text="Nothing was changed.", remedy="Choose another entry.", reason="nothing_to_save"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SisterCommand:
    """What one record shall be linked to, "" for nothing, and the version that was on the screen.

    `undoes` is the version of the change that is taken back, 0 for none.
    """

    expected_version: int
    target_list_id: str
    why: str = ""
    undoes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many records were written, and how many invoices are planned again."""

    saved: int
    planned_again: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    record: Locked
    command: SisterCommand
    after: Target | None


class SisterBundle:
    """These records of one kind, locked until the caller's transaction ends.

    `look_up` what they shall be linked to, `save` each of them, then `write` what was decided.
    """

    def __init__(self, access: Access, kind: SisterKind, ids: Collection[int]) -> None:
        self.access = access
        self.kind: SisterKind = kind
        self.company_id = access.company.pk
        locks.desk(company_id=self.company_id)
        locked = commits.lock_sisters(company_id=self.company_id, kind=kind, ids=ids)
        self.records = {record.pk: record for record in locked}
        self._targets: dict[str, Target] = {}
        self._decided: dict[int, _Decided] = {}

    def last_changes(self) -> dict[int, Event]:
        """Record -> the event that made the present version of its mapping; two queries a kind."""
        found: dict[int, Event] = {}
        for subject in sorted({subject_of(each) for each in self.records.values()}):
            some = [each for each in self.records.values() if subject_of(each) == subject]
            latest = latest_events(
                company_id=self.company_id, subject=subject, keys=[each.key for each in some]
            )
            for record in some:
                last = latest.get(record.key)
                if last is not None and last.after["version"] == record.version:
                    found[record.pk] = last
        return found

    def look_up(self, list_ids: Iterable[str]) -> None:
        """Read what the records shall be linked to; one query."""
        wanted = {each for each in list_ids if each}
        if self.kind == "client":
            found = qb_lists.customers_by_list_id(company_id=self.company_id, list_ids=wanted)
            self._targets = dict(found)
        else:
            entries = qb_lists.entries_by_list_id(
                company_id=self.company_id, kind=self.kind, list_ids=wanted
            )
            self._targets = dict(entries)

    def save(
        self, record_id: int | None, command: SisterCommand, *, seen: str = ""
    ) -> Saved | Refused:
        """What the command makes of one record, or why it changes nothing; no query.

        `seen` is the full name under which the target was shown, "" when nobody looked at one.
        Nothing is written before `write`; a record that was decided about is not changed twice.
        """
        record = self.records.get(record_id or 0)
        if record is None:
            return RECORD_UNKNOWN
        target = self._targets.get(command.target_list_id)
        refusal = self._not_this(command.target_list_id, target)
        if refusal is not None:
            return refusal
        if target is not None and seen and seen.strip() != target.full_name.strip():
            return renamed_meanwhile(seen=seen, now=target.full_name)
        decided = self._decided.get(record.pk)
        if decided is not None or record.version != command.expected_version:
            present = decided.after if decided else record.target
            by = record.mapping.changed_by if record.mapping and not decided else self.access.user
            return changed_meanwhile(
                who=by.shown_name if by else "", target=present.full_name if present else ""
            )
        if record.target == target:
            return NOTHING_TO_SAVE
        self._decided[record.pk] = _Decided(record=record, command=command, after=target)
        return Saved(
            text=_sentence(record, target, undone=bool(command.undoes)),
            version=record.version + 1,
            list_id=target.list_id if target else "",
        )

    def _not_this(self, list_id: str, target: Target | None) -> Refused | None:
        """Why nothing can be linked to that entry."""
        if not list_id:
            return None
        word = WORDS[self.kind]
        if target is None or target.gone_at is not None:
            return Refused(
                text=f"This QuickBooks {word} is not in the list.",
                remedy="Check that it exists in QuickBooks, then choose Refresh QuickBooks list.",
                reason="unknown_target",
            )
        if isinstance(target, QbCustomer) and target.parent_list_id:
            return Refused(
                text=f"{target.full_name} is a job, not a customer.",
                remedy="Choose the customer itself; jobs are mapped under Map Jobs.",
                reason="not_allowed",
            )
        return None

    def write(self, *, now: datetime, how: How, suggest: bool = True) -> Written:
        """Write what was decided, in its order, with one event each.

        Without `suggest` the caller asks for suggestions himself, once his last bundle is written.
        Invoices are locked before the log, as the worker that plans them does.
        """
        decided = list(self._decided.values())
        if not decided:
            return Written(saved=0, planned_again=0)
        user = self.access.user
        entries = [_entry(each, how) for each in decided]  # while the records are as they were
        records = [each.record for each in decided]
        commits.write_sisters(
            company_id=self.company_id,
            kind=self.kind,
            links=[(each.record, each.after) for each in decided],
            user=user,
            now=now,
        )
        if self.kind == "client":
            ids = [record.pk for record in records]
            mappings.restate_clients(company_id=self.company_id, client_ids=ids)
            if suggest:
                want_suggestions(self.company_id, now, user)
        concerned = commits.concerned(records)
        again = mappings.plan_again(company_id=self.company_id, concerned=concerned)
        if again:
            want_planning(self.company_id, now, user)
        events.append(company_id=self.company_id, at=now, actor=user, entries=entries)
        return Written(saved=len(decided), planned_again=again)


def subject_of(record: Locked) -> str:
    """The subject under which the events of this record's mapping are kept."""
    return subject(kind=record.kind, invoice_kind=record.invoice_kind)


def subject(*, kind: str, invoice_kind: str) -> str:
    """The same for a kind of record and of invoice, "" for a client's."""
    return f"{SUBJECTS[kind]}:{invoice_kind}" if invoice_kind else SUBJECTS[kind]


def _sentence(record: Locked, target: Target | None, *, undone: bool) -> str:
    text = (
        f"{record.name} is mapped to {target.full_name}."
        if target
        else f"The association of {record.name} was removed."
    )
    return f"Undone. {text}" if undone else text


def _entry(decided: _Decided, how: How) -> events.Entry:
    record, before, after = decided.record, decided.record.target, decided.after
    return events.Entry(
        verb="removed" if after is None else "remapped" if before else "mapped",
        subject=subject_of(record),
        subject_key=record.key,
        before={
            "list_id": before.list_id if before else "",
            "full_name": before.full_name if before else "",
        },
        after={
            "version": record.version + 1,
            "undoes": decided.command.undoes,
            "how": how.value,
            "list_id": after.list_id if after else "",
            "full_name": after.full_name if after else "",
        },
        reason=decided.command.why.strip()[:REASON_MAX],
    )
