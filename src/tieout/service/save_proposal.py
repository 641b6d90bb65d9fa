"""Save the rows of a proposal, all or chosen, and undo everything that was saved of it.

Each row goes through the same rules as on the screens, with the version on which the preview was
built: what somebody changed meanwhile is set aside, never overwritten. A few rows are done at
once in one transaction; many are done by the worker, bundle by bundle, each in its own transaction
of a fixed number of statements, and taken up again after a crash, because what was done is in the
rows. An undo goes from the last row to the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from django.db import transaction

from tieout.service.access import Access
from tieout.service.mapping_columns import REASON
from tieout.service.mapping_state import REASON_MAX, Refused
from tieout.service.proposal_bundles import save_rows, undo_rows
from tieout.service.suggest_wish import want_suggestions
from tieout.store.commits import proposals as commits
from tieout.store.commits import tasks
from tieout.store.queries import proposals
from tieout.store.queries.proposals import LOCKED, Proposal, ProposedChange, RowState
from tieout.store.queries.tasks import Task

INLINE_ROWS = 500  # saved while the page waits: one bundle
BATCH = 500  # rows in one transaction: the others wait half a second for it at most
State = Proposal.State
Beat = Callable[[int], None]
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
        if ids is None:
            count = proposals.count_rows(proposal_id=proposal_id, states=states)
            if count > INLINE_ROWS:
                params = {"do": "save", "confirm": confirm}
                return _later(access, proposal, State.SAVING, params, count, now)
        rows = proposals.rows_of(proposal_id=proposal_id, states=states, ids=ids)
        if not rows:
            return NOTHING_CHOSEN
        save_rows(access, proposal, rows, now)
        commits.note(proposal=proposal, saved_at=now)
        return Done(count=len(rows))


def undo(*, access: Access, proposal_id: int, now: datetime, reason: str = "") -> Done | Refused:
    """Lead every saved row back to what it was, as new events; what changed since stays.

    So does a job whose invoices are where it leads now, until somebody gives a `reason`.
    """
    with transaction.atomic():
        proposal = _open(access, proposal_id)
        if isinstance(proposal, Refused):
            return proposal
        reason = _reason(proposal, reason)
        saved = (RowState.SAVED,)
        count = proposals.count_rows(proposal_id=proposal_id, states=saved)
        if not count:
            return NOTHING_TO_UNDO
        if count > INLINE_ROWS:
            params: dict[str, object] = {"do": "undo", "reason": reason}
            return _later(access, proposal, State.UNDOING, params, count, now)
        rows = proposals.rows_of(proposal_id=proposal_id, states=saved)
        undo_rows(access, proposal, rows, now, reason=reason)
        commits.note(proposal=proposal, undone_at=now)
        return Done(count=count)


def _reason(proposal: Proposal, reason: str) -> str:
    """The reason of an undo; what was kept for want of one is undone with it, too."""
    reason = reason.strip()[:REASON_MAX]
    if reason:
        commits.take_up_again(proposal=proposal, field=REASON)
    return reason


def leave_locked(proposal: Proposal) -> int:
    """Refuse the rows that would change a saved association; returns how many."""
    return commits.refuse_mapped(
        proposal=proposal,
        message="This contractor job is mapped to something else, and a saved mapping is locked in.",
        remedy="Allow it with --remap, or map the job again on Map Jobs.",
    )


def unlock(proposal: Proposal) -> None:
    """Let saved associations be changed without being asked about; what else is odd is."""
    commits.unlock(proposal=proposal, kind=LOCKED)


def save_now(access: Access, proposal: Proposal, now: datetime, *, confirm: bool = False) -> int:
    """Save everything here and now, batch by batch; returns the rows that were tried."""
    states = READY_OR_ASKED if confirm else READY
    return _work_now(access, proposal, states, save_rows, now)


def undo_now(access: Access, proposal: Proposal, now: datetime, *, reason: str = "") -> int:
    """Undo everything here and now, batch by batch; returns the rows that were tried."""
    step = partial(undo_rows, reason=_reason(proposal, reason))
    return _work_now(access, proposal, (RowState.SAVED,), step, now)


class Step(Protocol):
    """Save or undo a bundle of rows; without `suggest` the caller asks for suggestions."""

    def __call__(
        self,
        access: Access,
        proposal: Proposal,
        rows: list[ProposedChange],
        now: datetime,
        *,
        suggest: bool,
    ) -> None: ...


def work_off(
    access: Access, proposal: Proposal, task: Task, beat: Beat, now: Callable[[], datetime]
) -> int:
    """What a task asks for, until no row is left or another worker has taken the task over.

    Returns how many of the task's rows are done, those before a crash among them.
    """
    undoing = task.params["do"] == "undo"
    states = READY_OR_ASKED if task.params.get("confirm") else READY
    if undoing:
        states = (RowState.SAVED,)
    left = proposals.count_rows(proposal_id=proposal.pk, states=states)
    before = max((task.total or left) - left, 0)
    step = partial(undo_rows, reason=task.params.get("reason", "")) if undoing else save_rows
    done = before + _work(
        access,
        proposal,
        states,
        step,
        now,
        task=task,
        beat=lambda count: beat(before + count),
    )
    with transaction.atomic():
        locked = commits.lock(company_id=access.company.pk, proposal_id=proposal.pk)
        if locked is not None and tasks.still_ours(task=task):
            wish(proposal, now())
            commits.move(proposal=locked, state=State.OPEN)
    return done


def wish(proposal: Proposal, now: datetime) -> None:
    """Let suggestions be looked for again after many bundles, once; in the caller's transaction."""
    if proposal.kind in {"job", "client"}:
        want_suggestions(proposal.company_id, now)


def _work_now(
    access: Access, proposal: Proposal, states: Collection[str], step: Step, now: datetime
) -> int:
    done = _work(access, proposal, states, step, lambda: now)
    if done:
        with transaction.atomic():
            wish(proposal, now)
    return done


def _work(
    access: Access,
    proposal: Proposal,
    states: Collection[str],
    step: Step,
    now: Callable[[], datetime],
    *,
    task: Task | None = None,
    beat: Beat | None = None,
) -> int:
    done = 0
    undoing = RowState.SAVED in states
    while True:
        with transaction.atomic():
            # locked: of two workers that have the same task, only one does each bundle
            locked = commits.lock(company_id=access.company.pk, proposal_id=proposal.pk)
            if locked is None or (task is not None and not tasks.still_ours(task=task)):
                return done
            rows = proposals.rows_of(
                proposal_id=proposal.pk, states=states, limit=BATCH, last_first=undoing
            )
            if not rows:
                return done
            at = now()
            step(access, proposal, rows, at, suggest=False)
            commits.note(proposal=locked, **{"undone_at" if undoing else "saved_at": at})
        done += len(rows)
        if beat:
            beat(done)


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
