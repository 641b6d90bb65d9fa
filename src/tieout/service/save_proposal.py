"""Save the rows of a proposal, all or chosen, and undo everything that was saved of it.

Each row goes through the same verb as on the screens, with the version on which the preview was
built: what somebody changed meanwhile is set aside, never overwritten. A few rows are done at
once in one transaction; many are done by the worker, batch by batch, each in its own transaction,
and taken up again after a crash, because what was done is in the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tieout.core import mapping as rules
from tieout.service import save_mapping, save_sisters
from tieout.service.access import Access
from tieout.service.mapping_columns import Kind
from tieout.service.save_mapping import How, Refused, Saved
from tieout.store.commits import proposals as commits
from tieout.store.commits import tasks
from tieout.store.queries import proposals
from tieout.store.queries.proposals import Proposal, ProposedChange, RowState
from tieout.store.queries.tasks import Task

INLINE_ROWS = 100
BATCH = 100
State = Proposal.State
Beat = Callable[[int], None]
EVERY_WARNING = tuple(kind.value for kind in rules.WarningKind)
READY, READY_OR_ASKED = (RowState.READY,), (RowState.READY, RowState.CONFIRM)

UNKNOWN = Refused(
    text="There is no such list of changes.", remedy="Upload the file again.", reason="unknown"
)
BUSY = Refused(
    text="These changes are being worked on.", remedy="Wait until that is done.", reason="busy"
)
NOTHING_CHOSEN = Refused(
    text="Nothing is chosen that could be saved.",
    remedy="Choose rows that are Ready or To confirm.",
    reason="nothing_to_save",
)
NOTHING_TO_UNDO = Refused(
    text="Nothing of it is saved.", remedy="There is nothing to undo.", reason="nothing_to_undo"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How many rows were worked off; None when the worker does it."""

    count: int | None


def save(
    *,
    access: Access,
    proposal_id: int,
    now: datetime,
    ids: Collection[int] | None = None,
    confirm: bool = False,
) -> Done | Refused:
    """Save the chosen rows, or without `ids` all that are ready, with `confirm` also the asked.

    To choose a row that is to be confirmed is to confirm it.
    """
    states = READY_OR_ASKED if confirm or ids is not None else READY
    with transaction.atomic():
        proposal = _open(access, proposal_id)
        if isinstance(proposal, Refused):
            return proposal
        count = (
            len(proposals.rows_of(proposal_id=proposal_id, states=states, ids=ids))
            if ids is not None
            else proposals.count_rows(proposal_id=proposal_id, states=states)
        )
        if not count:
            return NOTHING_CHOSEN
        if ids is None and count > INLINE_ROWS:
            params = {"do": "save", "confirm": confirm}
            return _later(access, proposal, State.SAVING, params, count, now)
        rows = proposals.rows_of(proposal_id=proposal_id, states=states, ids=ids)
        _save_rows(access, proposal, rows, now)
        commits.note(proposal=proposal, saved_at=now)
        return Done(count=len(rows))


def undo(*, access: Access, proposal_id: int, now: datetime) -> Done | Refused:
    """Lead every saved row back to what it was, as new events; what changed since stays."""
    with transaction.atomic():
        proposal = _open(access, proposal_id)
        if isinstance(proposal, Refused):
            return proposal
        saved = (RowState.SAVED,)
        count = proposals.count_rows(proposal_id=proposal_id, states=saved)
        if not count:
            return NOTHING_TO_UNDO
        if count > INLINE_ROWS:
            return _later(access, proposal, State.UNDOING, {"do": "undo"}, count, now)
        rows = proposals.rows_of(proposal_id=proposal_id, states=saved)
        _undo_rows(access, proposal, rows, now)
        commits.note(proposal=proposal, undone_at=now)
        return Done(count=count)


def leave_locked(proposal: Proposal) -> int:
    """Refuse the rows that would change a saved association; returns how many."""
    return commits.refuse_mapped(
        proposal=proposal,
        message="This contractor job is mapped to something else, and a saved mapping is locked in.",
        remedy="Allow it with --remap, or map the job again on Map Jobs.",
    )


def save_now(access: Access, proposal: Proposal, now: datetime, *, confirm: bool = False) -> int:
    """Save everything here and now, batch by batch; returns the rows that were tried."""
    states = READY_OR_ASKED if confirm else READY
    return _work(access, proposal, states, _save_rows, now)


def undo_now(access: Access, proposal: Proposal, now: datetime) -> int:
    """Undo everything here and now, batch by batch; returns the rows that were tried."""
    return _work(access, proposal, (RowState.SAVED,), _undo_rows, now)


Step = Callable[[Access, Proposal, list[ProposedChange], datetime], None]


def work_off(
    access: Access, proposal: Proposal, task: Task, beat: Beat, now: Callable[[], datetime]
) -> int:
    """What a task asks for, until no row is left or another worker has taken the task over."""
    undoing = task.params["do"] == "undo"
    states = READY_OR_ASKED if task.params.get("confirm") else READY
    done = _work(
        access,
        proposal,
        (RowState.SAVED,) if undoing else states,
        _undo_rows if undoing else _save_rows,
        now(),
        task=task,
        beat=beat,
    )
    with transaction.atomic():
        locked = commits.lock(company_id=access.company.pk, proposal_id=proposal.pk)
        if locked is not None and commits.still_ours(task=task):
            commits.move(proposal=locked, state=State.OPEN)
    return done


def _work(
    access: Access,
    proposal: Proposal,
    states: Collection[str],
    step: Step,
    now: datetime,
    *,
    task: Task | None = None,
    beat: Beat | None = None,
) -> int:
    done = 0
    while True:
        with transaction.atomic():
            if task is not None and not commits.still_ours(task=task):
                return done
            rows = proposals.rows_of(proposal_id=proposal.pk, states=states, limit=BATCH)
            if not rows:
                return done
            step(access, proposal, rows, now)
            undone = step is _undo_rows
            moments = {"undone_at": now} if undone else {"saved_at": now}
            commits.note(proposal=proposal, **moments)
        done += len(rows)
        if beat:
            beat(done)


# ------------------------------------------------------------------ row by row


def _save_rows(
    access: Access, proposal: Proposal, rows: list[ProposedChange], now: datetime
) -> None:
    kind: Kind = proposal.kind  # type: ignore[assignment] # only Kinds are stored
    commits.lock_records(kind=kind, rows=rows)
    from_file = proposal.origin == Proposal.Origin.FILE
    usual = f"Mapping file {proposal.name}" if from_file else proposal.name
    for row in rows:
        reason = row.reason or usual[: save_mapping.REASON_MAX]
        answer = _save_row(access, kind, row, reason, How.FILE if from_file else How.BULK, now)
        if isinstance(answer, Saved):
            row.state, row.saved_version = RowState.SAVED, answer.version
            row.message = row.remedy = row.field = ""
        else:
            _not_saved(row, answer)
    commits.write_rows(rows)


def _save_row(
    access: Access, kind: Kind, row: ProposedChange, reason: str, how: How, now: datetime
) -> Saved | Refused:
    if kind != "job":
        return save_sisters.save_sister(
            access=access,
            kind=kind,
            pk=row.record_id or 0,
            expected_version=row.version,
            target_list_id=row.to_list_id or None,
            reason=reason,
            now=now,
            how=how,
        )
    return save_mapping.save_job_mapping(
        access=access,
        job_key=row.key,
        expected_version=row.version,
        target_list_id=row.to_list_id,
        remove=bool(row.from_list_id),
        confirmed=[kind for kind, _ in row.warnings],
        reason=reason,
        now=now,
        how=how,
    )


def _not_saved(row: ProposedChange, refused: Refused) -> None:
    meanwhile = refused.reason == rules.RefusalReason.CHANGED_MEANWHILE
    row.state = RowState.ASIDE if meanwhile else RowState.ERROR
    row.message, row.remedy = refused.text[:500], refused.remedy[:500]


def _undo_rows(
    access: Access, proposal: Proposal, rows: list[ProposedChange], now: datetime
) -> None:
    """Rows may have changed places with one another: what asks for a confirmation only because
    another row is not back yet is tried again, and then led back as it was, asked or not."""
    kind: Kind = proposal.kind  # type: ignore[assignment] # only Kinds are stored
    commits.lock_records(kind=kind, rows=rows)
    reason = f"Undo of {proposal.name}"[: save_mapping.REASON_MAX]
    waiting = list(rows)
    for also in ((), (), EVERY_WARNING):
        asked = []
        for row in reversed(waiting):
            answer = _undo_row(access, kind, row, reason, now, also)
            if isinstance(answer, Saved):
                row.state, row.message, row.remedy = RowState.UNDONE, "", ""
            elif answer.to_confirm and not also:
                asked.append(row)
            else:
                row.state = RowState.KEPT
                row.message, row.remedy = answer.text[:500], answer.remedy[:500]
        waiting = asked[::-1]
    commits.write_rows(rows)


def _undo_row(
    access: Access,
    kind: Kind,
    row: ProposedChange,
    reason: str,
    now: datetime,
    also: Collection[str],
) -> Saved | Refused:
    version = row.saved_version or 0
    if kind != "job":
        return save_sisters.undo_sister(
            access=access,
            kind=kind,
            pk=row.record_id or 0,
            expected_version=version,
            reason=reason,
            now=now,
            how=How.BULK_UNDO,
        )
    return save_mapping.undo_job_mapping(
        access=access,
        job_key=row.key,
        expected_version=version,
        reason=reason,
        now=now,
        also_confirmed=also,
        how=How.BULK_UNDO,
    )


def _open(access: Access, proposal_id: int) -> Proposal | Refused:
    proposal = commits.lock(company_id=access.company.pk, proposal_id=proposal_id)
    if proposal is None:
        return UNKNOWN
    return proposal if proposal.state == State.OPEN else BUSY


def _later(
    access: Access,
    proposal: Proposal,
    state: str,
    params: dict[str, object],
    count: int,
    now: datetime,
) -> Done:
    task = tasks.request(
        company_id=access.company.pk,
        kind=Task.Kind.MAPPINGS,
        now=now,
        user=access.user,
        params={"proposal": proposal.pk, **params},
        on_lane=False,
        total=count,
    )
    commits.move(proposal=proposal, state=state, task=task)
    return Done(count=None)
