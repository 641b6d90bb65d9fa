"""The checklist before the first export, and the one next action of whoever looks."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from tieout.core.facts import Reason
from tieout.service.access import Access
from tieout.store.queries.home import Figures

# what else is mapped before invoices go: the reason that blocks, its page, what one calls them
SISTERS = (
    (Reason.ITEM_NOT_MAPPED, "Invoice Mapping", "item_mapping", "pay/bill items"),
    (Reason.CLIENT_NOT_MAPPED, "Client Mapping", "client_mapping", "clients"),
    (Reason.CLASS_NOT_MAPPED, "Class Mapping", "class_mapping", "custom field values"),
)
MAPPING_PAGES = {"map_jobs", *(page for _, _, page, _ in SISTERS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One prerequisite: whether it holds, and where it is put right."""

    name: str
    holds: bool
    detail: str
    page: str  # name of the page's address
    action: str
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The one thing to do now. `page` is "" when there is nothing to do, or nothing one may do."""

    sentence: str
    action: str = ""
    page: str = ""
    query: str = ""


def checklist(figures: Figures, access: Access) -> list[Step]:
    """What must hold before invoices can be exported per job, in the order of doing it."""
    connection, book = figures.connection, figures.book
    active = connection.status == "active"
    per_job = access.company.syncing == "per_job"
    return [
        Step(
            name="QuickBooks Desktop integration is configured",
            holds=bool(connection.url and connection.username),
            detail="URL, username and password of the QuickBooks Remote Connector.",
            page="connection",
            action="Configure",
        ),
        Step(
            name="The connection is verified and active",
            holds=active,
            detail=(
                f"Connected to {book.company_name}."
                if active
                else connection.problem or "The Remote Connector runs and QuickBooks answers."
            ),
            page="connection",
            action="Verify",
        ),
        Step(
            name="Syncing is set to Export per Job",
            holds=per_job,
            detail="" if per_job else "Syncing is Export per Client: jobs need no mapping.",
            page="connection",
            action="Change",
            required=False,
        ),
        Step(
            name="The QuickBooks jobs are read",
            holds=book.lists_refreshed_at is not None,
            detail="Refresh QuickBooks list finds the jobs that exist in QuickBooks.",
            page="map_jobs",
            action="Refresh QuickBooks list",
        ),
        Step(
            name="The contractor jobs are imported",
            holds=figures.jobs_count > 0,
            detail="Clients, contractor jobs, pay/bill items and invoices from the back office.",
            page="imports",
            action="Import",
        ),
    ]


def next_step(figures: Figures, steps: list[Step], access: Access) -> NextStep:
    """The most urgent thing that waits, in one sentence, and the button that leads to it."""
    undone = next((step for step in steps if step.required and not step.holds), None)
    if undone is not None:
        return NextStep(sentence=f"Next: {undone.action}.", action=undone.action, page=undone.page)
    found = _urgent(figures, access.company.open_drifts)
    if found is None:
        return NextStep(sentence=_nothing_waits(figures))
    if not access.can_work and found.page in MAPPING_PAGES:
        return NextStep(sentence=found.sentence)
    return found


def _urgent(figures: Figures, drifts: int) -> NextStep | None:
    """What comes first of all that waits; the order says what is more urgent."""
    wanted = (
        _standstill(figures),
        _of_quickbooks(figures),
        _ready(figures),
        _mapping(figures),
        _drifts(drifts),
        _the_rest(figures),
    )
    return next((step for step in wanted if step is not None), None)


def _standstill(figures: Figures) -> NextStep | None:
    if not figures.held_reason:
        return None
    return NextStep(
        sentence=f"Exporting stands still: {figures.held_reason}",
        action="Open the connection",
        page="connection",
    )


def _of_quickbooks(figures: Figures) -> NextStep | None:
    """Invoices about which QuickBooks' word leaves something to a person."""
    person, noticed = figures.needs_person.count, figures.noticed.count
    if person:
        return NextStep(
            sentence="Next: decide about the invoices that need a person.",
            action=f"Decide about {_count(person, 'invoice')}",
            page="invoices",
            query="?group=all&person=1",
        )
    if noticed:
        return NextStep(
            sentence="Next: look at exported invoices that QuickBooks holds otherwise, or twice.",
            action=f"Look at {_count(noticed, 'invoice')}",
            page="invoices",
            query="?group=all&noticed=1",
        )
    return None


def _ready(figures: Figures) -> NextStep | None:
    ready = figures.ready.count
    if not ready:
        return None
    return NextStep(
        sentence="Next: export what is ready.",
        action=f"Export {_count(ready, 'invoice')}",
        page="invoices",
        query="?group=ready&select=all",
    )


def _drifts(count: int) -> NextStep | None:
    if not count:
        return None
    return NextStep(
        sentence="Next: answer what changed under mappings; exports of some jobs may wait.",
        action=f"Look at {_count(count, 'change')}",
        page="drift_inbox",
    )


def _the_rest(figures: Figures) -> NextStep | None:
    """Mappings that hold up invoices, then whatever else blocks some."""
    attention, others = figures.attention, figures.other_blocks.count
    if attention:
        return NextStep(
            sentence="Next: look at mappings that hold up invoices: their QuickBooks job stands "
            "under another customer than the client's, changed, is inactive or gone. Each says why.",
            action=f"Look at {_count(attention, 'job')}",
            page="map_jobs",
            query="?state=attention",
        )
    if others:
        return NextStep(
            sentence="Next: see what blocks the rest; each has its fix beside it.",
            action=f"Look at {_count(others, 'blocked invoice')}",
            page="invoices",
            query="?group=blocked",
        )
    return None


def _mapping(figures: Figures) -> NextStep | None:
    """The mapping that most blocked invoices wait for; contractor jobs first where it is equal."""
    need = figures.need_job.count
    reason, action, page, many = max(SISTERS, key=lambda each: figures.blocked_by(each[0]).count)
    count = figures.blocked_by(reason).count
    if count > need:
        return NextStep(
            sentence=f"Next: map the {many} that block {_count(count, 'invoice')}.",
            action=action,
            page=page,
            query="?state=not_mapped",
        )
    if need and not figures.not_mapped:  # jobs that ended: Map Jobs shows the active ones first
        return NextStep(
            sentence="Next: map the ended jobs that block invoices.",
            action=f"Look at {_count(need, 'blocked invoice')}",
            page="invoices",
            query="?group=blocked&reason=job_not_mapped",
        )
    if need:
        return NextStep(
            sentence="Next: map the jobs that block invoices.",
            action="Map Jobs",
            page="map_jobs",
            query="?state=not_mapped",
        )
    return None


def _nothing_waits(figures: Figures) -> str:
    tie_out = figures.tie_out
    if figures.unconfirmed.count:
        return "QuickBooks is being asked about what is unconfirmed; nothing to do."
    if figures.queue.count:
        return "What was asked for is being exported; nothing to do."
    if tie_out is not None and tie_out.ours == tie_out.theirs and not tie_out.verdicts:
        return f"Nothing is waiting; both books agree as of {timezone.localtime(tie_out.at):%m/%d/%Y}."
    return "Nothing is waiting."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
