"""A bundle of a proposal's rows: saved or undone in the caller's transaction.

All of them are read, decided and written together, in a fixed number of statements: contractor
jobs by `mapping_bundle`, clients, items and classes by `sister_bundle`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tieout.core import mapping as rules
from tieout.service import save_sisters
from tieout.service.access import Access
from tieout.service.mapping_bundle import Bundle
from tieout.service.mapping_columns import REASON, WHY_IN_THE_FILE, Kind
from tieout.service.mapping_state import (
    NOT_SUGGESTED,
    NOTHING_TO_UNDO,
    REASON_MAX,
    RENAMED,
    How,
    Refused,
    Saved,
)
from tieout.service.sister_bundle import SisterBundle, SisterCommand
from tieout.store.commits import proposals as commits
from tieout.store.queries.mappings import SisterKind
from tieout.store.queries.proposals import Proposal, ProposedChange, RowState

EVERY_WARNING = tuple(kind.value for kind in rules.WarningKind)


def save_rows(
    access: Access,
    proposal: Proposal,
    rows: list[ProposedChange],
    now: datetime,
    *,
    suggest: bool = True,
) -> None:
    """Save the rows as far as they can be, and keep what became of each.

    Without `suggest` the caller asks for suggestions, once his last bundle is saved.
    """
    kind: Kind = proposal.kind  # type: ignore[assignment] # only Kinds are stored
    from_file = proposal.origin == Proposal.Origin.FILE
    usual = f"Mapping file {proposal.name}" if from_file else proposal.name
    how = How.FILE if from_file else How.BULK
    if kind == "job":
        answers = _save_jobs(
            access, rows, usual, how, now, suggest=suggest, suggested=not from_file
        )
    else:
        answers = _save_sisters(access, kind, rows, usual, how, now, suggest=suggest)
    for row, answer in zip(rows, answers, strict=True):
        if isinstance(answer, Saved):
            row.state, row.saved_version = RowState.SAVED, answer.version
            row.message = row.remedy = row.field = ""
        else:
            _not_saved(row, answer)
    commits.write_rows(rows)


def _save_jobs(
    access: Access,
    rows: list[ProposedChange],
    usual: str,
    how: How,
    now: datetime,
    *,
    suggest: bool,
    suggested: bool,
) -> list[Saved | Refused]:
    bundle = Bundle(access, [row.record_id for row in rows if row.record_id is not None])
    bundle.look_up(row.to_list_id for row in rows)
    answers = [
        bundle.save(
            row.record_id, _command(bundle, row, usual), seen=row.to_name, suggested=suggested
        )
        for row in rows
    ]
    bundle.write(now=now, how=how, suggest=suggest)
    return answers


def _why(bundle: Bundle, row: ProposedChange, usual: str) -> str:
    """What is said where nobody gave a reason. Where invoices stay behind, which came to be since
    somebody looked perhaps, that is none: a person has to say why."""
    job = bundle.jobs.get(row.record_id or 0)
    stays = job is not None and bundle.staying(job) > 0
    return "" if stays else usual[:REASON_MAX]


def _command(bundle: Bundle, row: ProposedChange, usual: str) -> rules.SaveCommand:
    return rules.SaveCommand(
        expected_version=row.version,
        target_list_id=row.to_list_id,
        remove=bool(row.from_list_id),
        confirmed=frozenset(
            rules.WarningKind(kind) for kind, _ in row.warnings if kind in EVERY_WARNING
        ),
        why=row.reason or _why(bundle, row, usual),
    )


def _save_sisters(
    access: Access,
    kind: SisterKind,
    rows: list[ProposedChange],
    usual: str,
    how: How,
    now: datetime,
    *,
    suggest: bool,
) -> list[Saved | Refused]:
    bundle = SisterBundle(access, kind, [row.record_id for row in rows if row.record_id])
    bundle.look_up(row.to_list_id for row in rows)
    answers = [
        bundle.save(
            row.record_id,
            SisterCommand(
                expected_version=row.version,
                target_list_id=row.to_list_id,
                why=row.reason or usual[:REASON_MAX],
            ),
            seen=row.to_name,
        )
        for row in rows
    ]
    bundle.write(now=now, how=how, suggest=suggest)
    return answers


def _not_saved(row: ProposedChange, refused: Refused) -> None:
    meanwhile = refused.reason in {
        rules.RefusalReason.CHANGED_MEANWHILE, RENAMED, NOT_SUGGESTED.reason,
    }  # fmt: skip
    row.state = RowState.ASIDE if meanwhile else RowState.ERROR
    row.message, row.remedy = refused.text[:500], refused.remedy[:500]
    if refused.reason == rules.RefusalReason.REASON_NEEDED:
        row.field, row.remedy = REASON, WHY_IN_THE_FILE


def undo_rows(
    access: Access,
    proposal: Proposal,
    rows: list[ProposedChange],
    now: datetime,
    *,
    reason: str = "",
    suggest: bool = True,
) -> None:
    """Lead the saved rows back, the last first, and keep what became of each.

    Without a `reason`, jobs whose invoices are where they lead now are kept: it is asked for.
    """
    kind: Kind = proposal.kind  # type: ignore[assignment] # only Kinds are stored
    usual = f"Undo of {proposal.name}"[:REASON_MAX]
    if kind == "job":
        undone = _undo_jobs(access, rows, usual, reason[:REASON_MAX], now, suggest=suggest)
    else:
        undone = _undo_sisters(access, kind, rows, usual, now, suggest=suggest)
    for row, answer in undone:
        if isinstance(answer, Saved):
            row.state, row.message, row.remedy, row.field = RowState.UNDONE, "", "", ""
            continue
        row.state = RowState.KEPT
        row.message, row.remedy = answer.text[:500], answer.remedy[:500]
        if answer.reason == rules.RefusalReason.REASON_NEEDED:
            row.field, row.remedy = REASON, "Say why, then undo it, too."
    commits.write_rows(rows)


Undone = list[tuple[ProposedChange, Saved | Refused]]


def _undo_jobs(
    access: Access,
    rows: list[ProposedChange],
    usual: str,
    reason: str,
    now: datetime,
    *,
    suggest: bool,
) -> Undone:
    """Rows may have changed places with one another: what asks for a confirmation only because
    another row is not back yet is tried again, and then led back as it was. What nobody confirmed
    then is not confirmed by that: a job under what is another customer by now needs attention."""
    bundle = Bundle(access, [row.record_id for row in rows if row.record_id is not None])
    back = {row.pk: _way_back(bundle, row) for row in rows}
    bundle.look_up(each.target_list_id for each in back.values() if each)
    done: Undone = []
    waiting = list(rows)
    for as_it_was in (False, False, True):
        asked = []
        for row in reversed(waiting):
            command = back[row.pk]
            answer: Saved | Refused = NOTHING_TO_UNDO
            if command is not None:
                why = reason or _why(bundle, row, usual)
                back_to = replace(command, why=why, as_it_was=as_it_was)
                answer = bundle.save(row.record_id, back_to)
            if isinstance(answer, Refused) and answer.to_confirm and not as_it_was:
                asked.append(row)
            else:
                done.append((row, answer))
        waiting = asked[::-1]
    bundle.write(now=now, how=How.BULK_UNDO, suggest=suggest)
    return done


def _way_back(bundle: Bundle, row: ProposedChange) -> rules.SaveCommand | None:
    job = bundle.jobs.get(row.record_id or 0)
    last = bundle.last_change(job) if job else None
    if last is None:
        return None
    return replace(rules.undo(last), expected_version=row.saved_version or 0)


def _undo_sisters(
    access: Access,
    kind: SisterKind,
    rows: list[ProposedChange],
    reason: str,
    now: datetime,
    *,
    suggest: bool,
) -> Undone:
    bundle = SisterBundle(access, kind, [row.record_id for row in rows if row.record_id])
    made = bundle.last_changes()
    back = {pk: save_sisters.way_back(event) for pk, event in made.items()}
    bundle.look_up(each.target_list_id for each in back.values())
    done: Undone = []
    for row in reversed(rows):
        command = back.get(row.record_id or 0)
        if command is None:
            done.append((row, NOTHING_TO_UNDO))
            continue
        version = row.saved_version or 0
        command = replace(command, expected_version=version, why=reason)
        done.append((row, bundle.save(row.record_id, command)))
    bundle.write(now=now, how=How.BULK_UNDO, suggest=suggest)
    return done
