"""A mapping file becomes a proposal: kept, read in batches, shown; nothing is changed by it.

A small file is read at once, in one transaction. A large one is read by the worker; a reading
that was broken off begins again from the first row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from tieout.service import uploads
from tieout.service.access import Access
from tieout.service.mapping_columns import KEYS, FileUnreadableError, Kind, Table, too_large
from tieout.service.proposed_rows import Reader
from tieout.sources.sheets import SheetRefused
from tieout.store.commits import proposals as commits
from tieout.store.commits import tasks
from tieout.store.queries.proposals import Proposal
from tieout.store.queries.tasks import Task

INLINE_BYTES = 200_000  # some 2,000 rows: about half a second
BATCH = 500
Beat = Callable[[int], None]


def receive(
    access: Access, kind: Kind, source: uploads.Uploaded | Path, filename: str, now: datetime
) -> Proposal:
    """Keep an uploaded file and read it, or have it read by the worker.

    Raises FileUnreadableError when it is no mapping file of this kind: then nothing is kept.
    """
    proposal, path = _keep(access, kind, source, filename, now)
    if path.stat().st_size > INLINE_BYTES:
        return _later(access, proposal, now)
    with transaction.atomic():
        return read(proposal, path)


def receive_now(
    access: Access, kind: Kind, source: Path, now: datetime, *, reason: str = ""
) -> Proposal:
    """The same here and now, whatever its size; `reason` is for rows that give none."""
    proposal, path = _keep(access, kind, source, source.name, now)
    return read(proposal, path, reason=reason)


def read(
    proposal: Proposal, path: Path, *, reason: str = "", beat: Beat | None = None
) -> Proposal:
    """Read the kept file into rows. A file that cannot be read through fails as a whole."""
    kind: Kind = proposal.kind  # type: ignore[assignment] # only Kinds are stored
    reader = Reader(kind, proposal.company_id, reason=reason)
    count = 0
    try:
        rows = Table(kind, path, filename=proposal.name).rows()
        commits.begin_reading(proposal=proposal)
        while batch := list(islice(rows, BATCH)):
            changes = reader.read(batch)
            for change in changes:
                change.proposal = proposal
            with transaction.atomic():
                commits.add_rows(changes)
            count += len(batch)
            if beat:
                beat(count)
        commits.refuse_contradicted(
            proposal=proposal,
            lines=reader.contradicted,
            field=KEYS[kind],
            remedy="Keep one of the two lines.",
        )
        commits.read(proposal=proposal, rows_read=count, unchanged=reader.unchanged)
    except FileUnreadableError as error:
        commits.begin_reading(proposal=proposal)
        commits.fail(proposal=proposal, problem=str(error), remedy=error.remedy)
    uploads.remove(path.relative_to(uploads.root()).as_posix())
    return proposal


def _keep(
    access: Access, kind: Kind, source: uploads.Uploaded | Path, filename: str, now: datetime
) -> tuple[Proposal, Path]:
    try:
        received = uploads.keep(source, company_id=access.company.pk, filename=filename)
    except SheetRefused as error:
        raise too_large() from error  # the bound of uploads is above that of mapping files
    path = uploads.root() / received.path
    try:
        Table(kind, path, filename=received.filename)
    except FileUnreadableError:
        uploads.remove(received.path)
        raise
    proposal = commits.add(
        company_id=access.company.pk,
        kind=kind,
        origin=Proposal.Origin.FILE,
        name=received.filename,
        path=received.path,
        user=access.user,
        now=now,
    )
    return proposal, path


def _later(access: Access, proposal: Proposal, now: datetime) -> Proposal:
    with transaction.atomic():
        task = tasks.request(
            company_id=access.company.pk,
            kind=Task.Kind.MAPPINGS,
            now=now,
            user=access.user,
            params={"proposal": proposal.pk, "do": "read"},
            on_lane=False,
        )
        commits.move(proposal=proposal, state=Proposal.State.READING, task=task)
    return proposal
