"""What each row of a mapping file would change: from, to, what to confirm, or why it cannot be.

Nothing is written here. Rows are looked at in batches, so that a batch costs a fixed number of
queries, whatever the size of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tieout.core import mapping as rules
from tieout.core.names import tokens
from tieout.service import sister_bundle
from tieout.service.mapping_columns import (
    KEYS,
    LIST_ID,
    OURS,
    REASON,
    TARGETS,
    VERSION,
    Kind,
    Row,
    RowRefused,
)
from tieout.service.mapping_state import SUBJECT, label_of, stay
from tieout.service.proposed_targets import Remove, Target, Targets
from tieout.store.queries import proposals, qb_lists
from tieout.store.queries.mappings import latest_events
from tieout.store.queries.planning import job_fact, qb_job_fact
from tieout.store.queries.proposals import LOCKED, ProposedChange, RowState

OTHER_NAME = "other_name"  # a kind of warning beside those of core.mapping
WORDS: dict[Kind, str] = {
    "job": "contractor job",
    "client": "client",
    "item": "pay/bill item",
    "class": "custom field value",
}
LABEL_MAX = 420
INVOICE_KINDS = frozenset({"contractor", "direct_hire"})


@dataclass(slots=True)
class _Record:
    """One record of ours with its mapping, whatever its kind."""

    pk: int
    key: str
    name: str
    label: str
    row: Any
    mapping: Any

    @property
    def version(self) -> int:
        return self.mapping.version if self.mapping else 0

    @property
    def target(self) -> Target | None:
        return self.mapping.target if self.mapping else None

    @property
    def who(self) -> str:
        by = self.mapping.changed_by if self.mapping else None
        return by.shown_name if by else "Somebody else"


@dataclass(slots=True)
class _Wanted:
    """A row that asks for a change: its record and what it shall be linked to."""

    row: Row
    record: _Record
    target: Target | None
    expected: int | None  # version in the file, None when it names none


class Reader:
    """Turns rows into proposed changes, batch after batch of one file."""

    def __init__(self, kind: Kind, company_id: int, *, reason: str = "") -> None:
        self.kind = kind
        self.company_id = company_id
        self.reason = reason  # for rows that give none
        self.unchanged = 0
        self._targets = Targets(kind, company_id)
        self.contradicted: dict[int, int] = {}  # line -> a later one that says something else
        # id of a record -> line on which it stood first, and what that said
        self._lines: dict[int, tuple[int, tuple[str, str]]] = {}
        self._chosen: dict[str, tuple[int, str]] = {}  # ListID -> line and label that chose it
        self._former: dict[int, frozenset[str]] = {}  # id of a record of the batch -> names

    def read(self, batch: Sequence[Row | RowRefused]) -> list[ProposedChange]:
        """The rows that would change something, and those that cannot; the others are counted."""
        rows = [row for row in batch if isinstance(row, Row)]
        records = self._records(rows)
        self._targets.look_up(rows)
        self._former = self._former_names(records.values())
        answers = [
            row if isinstance(row, RowRefused) else self._wanted(row, records) for row in batch
        ]
        wanted = [each for each in answers if isinstance(each, _Wanted)]
        odd = _Oddities(self.kind, self.company_id, wanted)
        return [
            self._refused(each, self._find(row, records))
            if isinstance(each, RowRefused)
            else self._change(each, odd)
            for row, each in zip(batch, answers, strict=True)
            if each is not None
        ]

    # -------------------------------------------------------------- what a row asks for

    def _records(self, rows: Sequence[Row]) -> dict[tuple[str, str], _Record]:
        keys = [key for row in rows if (key := row.cell(KEYS[self.kind]))]
        if self.kind == "job":
            jobs = proposals.jobs_by_key(company_id=self.company_id, keys=keys)
            return {("", key): _of_job(row) for key, row in jobs.items()}
        found = proposals.sisters_by_key(company_id=self.company_id, kind=self.kind, keys=keys)
        return {key: _of_sister(self.kind, row) for key, row in found.items()}

    def _former_names(self, records: Collection[_Record]) -> dict[int, frozenset[str]]:
        """What the targets were called when the records were mapped, where that is another name
        than now; in lower case. At most two queries."""
        found: dict[int, frozenset[str]] = {}
        mapped: dict[str, list[_Record]] = {}
        for record in records:
            if record.target is not None:
                mapped.setdefault(_subject(self.kind, record), []).append(record)
        for subject, some in mapped.items():
            said = latest_events(
                company_id=self.company_id, subject=subject, keys=[each.key for each in some]
            )
            for record in some:
                names = {getattr(record.mapping, "remembered_full_name", "")}
                if event := said.get(record.key):
                    names.add(event.after.get("full_name", ""))
                now = record.target.full_name if record.target else ""
                found[record.pk] = frozenset(each.lower() for each in names - {now, ""})
        return found

    def _wanted(
        self, row: Row, records: dict[tuple[str, str], _Record]
    ) -> _Wanted | RowRefused | None:
        record = row.broken() or self._record(row, records)
        if isinstance(record, RowRefused):
            return record
        present = record.target.list_id if record.target else ""
        meant = self._targets.meant(row, present, former=self._former.get(record.pk, frozenset()))
        if isinstance(meant, RowRefused):
            return meant
        target = None if isinstance(meant, Remove) else meant
        if meant is None or (target.list_id if target else "") == present:
            self.unchanged += 1
            return None
        version = row.cell(VERSION)
        if version and not (version.isascii() and version.isdigit() and len(version) < 9):
            return row.refused(
                VERSION, f"{version} is no version.", "Leave this column as it was downloaded."
            )
        return _Wanted(row, record, target, int(version) if version else None)

    def _record(self, row: Row, records: dict[tuple[str, str], _Record]) -> _Record | RowRefused:
        field, word = KEYS[self.kind], WORDS[self.kind]
        key = row.cell(field)
        if not key:
            return row.refused(field, f"The row names no {word}.", f"Fill the column {field}.")
        if self.kind in {"item", "class"} and _invoice_kind(row) not in INVOICE_KINDS:
            return row.refused(
                "kind", "This is no kind of invoice.", "Write contractor or direct_hire."
            )
        record = self._find(row, records)
        if record is None:
            return row.refused(
                field,
                f"There is no {word} {key} here.",
                "Correct it, or import it first. A spreadsheet drops leading zeros from CSV: "
                "download as Excel instead.",
            )
        says = (row.cell(LIST_ID), row.cell(TARGETS[self.kind]))
        first, said = self._lines.setdefault(record.pk, (row.line, says))
        if first != row.line:
            if says != said:
                self.contradicted[first] = row.line
            return row.refused(
                field,
                f"This {word} stands on line {first} already.",
                "Keep one of the two lines.",
            )
        return record

    def _find(
        self, row: Row | RowRefused, records: dict[tuple[str, str], _Record]
    ) -> _Record | None:
        if isinstance(row, RowRefused):
            return None
        of = _invoice_kind(row) if self.kind in {"item", "class"} else ""
        return records.get((of, row.cell(KEYS[self.kind])))

    # -------------------------------------------------------------- what would come of it

    def _change(self, wanted: _Wanted, odd: _Oddities) -> ProposedChange:
        row, record, target = wanted.row, wanted.record, wanted.target
        before = record.target
        change = ProposedChange(
            line=row.line,
            state=RowState.READY,
            record_id=record.pk,
            key=record.key,
            label=record.label[:LABEL_MAX],
            version=record.version,
            from_list_id=before.list_id if before else "",
            from_name=before.full_name if before else "",
            to_list_id=target.list_id if target else "",
            to_name=target.full_name if target else "",
            reason=(row.cell(REASON) or self.reason)[:500],
        )
        if wanted.expected is not None and wanted.expected != record.version:
            return _set_aside(change, record)
        staying = odd.staying(wanted)
        if staying and not change.reason:
            return _not_so(
                change,
                REASON,
                f"{staying} invoice{'' if staying == 1 else 's'} of this contractor job "
                f"went to {change.from_name}, so a change needs a reason.",
                f"Write why in the column {REASON}.",
            )
        gravest = odd.refusal(wanted)
        if gravest:
            return _not_so(change, "", gravest, "Choose Refresh QuickBooks list, then another.")
        if staying:
            change.notes = [f"{stay(staying)} on {change.from_name}"]
        change.warnings = [
            *self._locked(change), *odd.to_confirm(wanted), *self._in_this_file(change, wanted),
        ]  # fmt: skip
        change.notes += odd.notes(wanted)
        change.state = RowState.CONFIRM if change.warnings else RowState.READY
        return change

    def _locked(self, change: ProposedChange) -> list[list[str]]:
        """A saved mapping of a contractor job is locked in, also against a slip in a spreadsheet."""
        if self.kind != "job" or not change.from_name:
            return []
        what = "maps it again" if change.to_name else "removes that"
        return [[LOCKED, f"It is mapped to {change.from_name}: saving {what}."]]

    def _in_this_file(self, change: ProposedChange, wanted: _Wanted) -> list[list[str]]:
        """What is odd about the row within its own file."""
        said = []
        ours = wanted.row.cell(OURS[self.kind]) if OURS[self.kind] else ""
        if ours and tokens(ours) != tokens(wanted.record.name):
            said.append(
                [OTHER_NAME, f"The file says {ours[:100]}; {change.key} is {wanted.record.name}."]
            )
        if self.kind == "job" and change.to_list_id:
            line, label = self._chosen.setdefault(change.to_list_id, (change.line, change.label))
            if line != change.line:
                text = f"{change.to_name} is also chosen on line {line} for {label}."
                said.append([rules.WarningKind.SHARED.value, text])
        return said

    def _refused(self, refused: RowRefused, record: _Record | None) -> ProposedChange:
        before = record.target if record else None
        return ProposedChange(
            line=refused.line,
            state=RowState.ERROR,
            record_id=record.pk if record else None,
            key=record.key if record else "",
            label=record.label[:LABEL_MAX] if record else "",
            from_list_id=before.list_id if before else "",
            from_name=before.full_name if before else "",
            field=refused.field,
            value=refused.value,
            message=refused.message[:500],
            remedy=refused.remedy[:500],
        )


class _Oddities:
    """What the rules and the books say about a batch of wanted changes; two queries for jobs."""

    def __init__(self, kind: Kind, company_id: int, wanted: Sequence[_Wanted]) -> None:
        self._jobs = kind == "job"
        if not self._jobs:
            return
        targets = {each.target.pk for each in wanted if each.target}
        self._served = qb_lists.served_by(company_id=company_id, target_ids=targets)
        mapped = [
            (each.record.key, each.record.target.pk) for each in wanted if each.record.target
        ]
        self._staying = proposals.staying(
            company_id=company_id,
            job_keys=[key for key, _ in mapped],
            target_ids=sorted({pk for _, pk in mapped}),
        )

    def staying(self, wanted: _Wanted) -> int:
        before = wanted.record.target
        if not self._jobs or before is None:
            return 0
        return self._staying.get((wanted.record.key, before.list_id), 0)

    def refusal(self, wanted: _Wanted) -> str:
        return next((each.text for each in self._checked(wanted) if each.refuses), "")

    def to_confirm(self, wanted: _Wanted) -> list[list[str]]:
        checked = self._checked(wanted)
        return [[each.kind.value, each.text] for each in checked if each.needs_confirmation]

    def notes(self, wanted: _Wanted) -> list[str]:
        if not self._jobs:
            odd = wanted.target is not None and not wanted.target.active
            return ["inactive in QuickBooks"] if odd else []
        said = [each for each in self._checked(wanted) if not each.needs_confirmation]
        return [each.text for each in said if each.kind is rules.WarningKind.JOB_ENDED]

    def _checked(self, wanted: _Wanted) -> tuple[rules.MappingWarning, ...]:
        target, job = wanted.target, wanted.record.row
        if not self._jobs or target is None:
            return ()
        client = getattr(job.client, "mapping", None)
        customer = client.target if client else None
        return rules.check(
            job_fact(job),
            client_customer=qb_job_fact(customer) if customer else None,
            target=qb_job_fact(target),  # type: ignore[arg-type] # of a job it is a QbCustomer
            served=[job_fact(other) for other in self._served.get(target.pk, [])],
        )


def _set_aside(change: ProposedChange, record: _Record) -> ProposedChange:
    present = f"mapped it to {change.from_name}" if change.from_name else "removed its association"
    change.state = RowState.ASIDE
    change.message = f"{record.who} {present} since the file was downloaded."
    change.remedy = "Look at the present mapping; download again if it shall be another."
    return change


def _not_so(change: ProposedChange, field: str, message: str, remedy: str) -> ProposedChange:
    change.state = RowState.ERROR
    change.field, change.message, change.remedy = field, message[:500], remedy[:500]
    return change


def _subject(kind: Kind, record: _Record) -> str:
    """Under which subject the events of the record's mapping are kept."""
    if kind == "job":
        return SUBJECT
    of = "" if kind == "client" else record.row.kind
    return sister_bundle.subject(kind=kind, invoice_kind=of)


def _invoice_kind(row: Row) -> str:
    return row.cell("kind").casefold().replace(" ", "_")


def _of_job(job: Any) -> _Record:
    mapping = getattr(job, "mapping", None)
    return _Record(job.pk, job.key, job.contractor, label_of(job), job, mapping)


def _of_sister(kind: Kind, row: Any) -> _Record:
    if kind == "class":
        return _Record(row.pk, row.value, row.value, row.value, row, row)
    mapping = getattr(row, "mapping", None)
    return _Record(row.pk, row.key, row.name, row.name, row, mapping)
