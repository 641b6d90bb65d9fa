"""What the worker does about a proposal: read a large file, look through many suggestions, save or
undo many rows."""

from __future__ import annotations

from django.db import transaction

from tieout.service import moments, propose_mappings, propose_suggestions, save_proposal, uploads
from tieout.service.access import Access, find_access
from tieout.store.commits import proposals as commits
from tieout.store.commits import tasks
from tieout.store.queries import proposals
from tieout.store.queries.proposals import Proposal
from tieout.store.queries.suggestions import BulkFilter
from tieout.store.queries.tasks import Task, any_task

LEASE_S = 600
WORDS = {"read": "Looked at", "look": "Looked at", "save": "Saved", "undo": "Undone"}


def run(task_id: int) -> None:
    """Bring the task to its end. What it did is in the rows, so it may be begun again.

    When another worker has taken it meanwhile, this one stops and leaves the task to it.
    """
    task = any_task(task_id=task_id)
    proposal = proposals.by_task(task_id=task_id)
    access = _access(task)
    if proposal is None or access is None:
        tasks.fail(
            task_id=task_id,
            now=moments.now(),
            problem="These changes are gone, or whoever asked for them may not save any more.",
            remedy="Upload the file again.",
        )
        give_up(task)
        return
    doing = WORDS[task.params["do"]]

    def beat(done: int) -> None:
        message = f"{doing} {done:,} rows"
        tasks.beat(task=task, now=moments.now(), message=message, lease_s=LEASE_S, done=done)

    try:
        if task.params["do"] in {"read", "look"}:
            done = _read(proposal, task, beat)
        else:
            done = save_proposal.work_off(access, proposal, task, beat, moments.now)
    except tasks.TakenError:
        return
    if tasks.still_ours(task=task):
        tasks.finish(
            task_id=task.pk,
            now=moments.now(),
            message=f"{doing} {done:,} rows",
            result={"rows": done},
        )


def give_up(task: Task) -> None:
    """The task will not be tried again: a person sees what is there and decides."""
    proposal = proposals.by_task(task_id=task.pk)
    if proposal is None:
        return
    if proposal.state == Proposal.State.READING:
        commits.fail(
            proposal=proposal,
            problem="This could not be read to its end.",
            remedy="Upload the file again, or preview the suggestions again.",
        )
    else:
        save_proposal.wish(proposal, moments.now())
        commits.move(proposal=proposal, state=Proposal.State.OPEN)


def _read(proposal: Proposal, task: Task, beat: propose_mappings.Beat) -> int:
    if proposal.state == Proposal.State.READING:
        if task.params["do"] == "look":
            wanted = BulkFilter(**task.params["wanted"])
            propose_suggestions.look(proposal, wanted, beat=beat)
        else:
            path = uploads.root() / proposal.path
            propose_mappings.read(proposal, path, beat=beat)
        with transaction.atomic():
            if tasks.still_ours(task=task):
                commits.move(proposal=proposal, state=proposal.state)
    return proposal.rows_read


def _access(task: Task) -> Access | None:
    if task.requested_by is None:
        return None
    access = find_access(user=task.requested_by, company_id=task.company_id)
    return access if access is not None and access.can_work else None
