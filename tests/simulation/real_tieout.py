"""The real service and store in the place of the model: the same face as `tieout_model.Tieout`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from django.db import connection, transaction
from tests import factories as make
from tests.simulation import rows as model
from tests.simulation.real_books import ACME, INVOICE, JOBS, RealBooks
from tests.simulation.rows import LEASE_S, NEVER, START, WEB, LaneLost
from tests.simulation.tieout_model import TROUBLE_S

from tieout.channels.base import Answer, Outcome
from tieout.service import adopt_set_aside, conversation, moments, plan_export, run_export
from tieout.service.access import Access, find_access
from tieout.service.turns import Lease, Message, Road, RoadKind, Trouble, Turn, Until
from tieout.store.commits import lanes
from tieout.store.models import (
    Batch,
    Book,
    Exchange,
    Lane,
    Posting,
    SourceInvoice,
    Task,
    WebConnectorSession,
)
from tieout.store.queries import exports as queries
from tieout.store.queries.web_connector import CALLED

BASE = datetime(2026, 10, 19, 14, 0, tzinfo=UTC)
PURPOSES = {
    Exchange.Purpose.SESSION: "session",
    Exchange.Purpose.PROBE: "probe",
    Exchange.Purpose.WRITE: "write",
    Exchange.Purpose.STATUS_CHECK: "status",
    Exchange.Purpose.SEARCH: "search",
    Exchange.Purpose.RECALL: "recall",
}
RPC_FAILED, BUSY = 0x800706BE, 0x8004041B
T = TypeVar("T")
RESTORED = (Posting, Lane, Book, SourceInvoice, Task)  # rows that are there before and after


@dataclass
class Office:
    """A company with three planned invoices, ready to export."""

    company: Any
    bea: Access
    sam: Access
    invoice_ids: list[int]


def furnish(world: make.World, books: RealBooks) -> Office:
    """Map two jobs to those of the rehearsal company and plan three invoices, or credit memos."""
    company = world.northgate
    Book.objects.filter(company=company).update(**books.facts())
    acme = make.qb_customer(company, ACME, books.list_ids[ACME])
    client = make.client(company)
    make.map_client(client, acme)
    for key, name in zip(("J-1", "J-2"), JOBS, strict=True):
        target = make.qb_customer(company, name, books.list_ids[name])
        make.map_job(make.job(client, key=key), target)
    entry = make.qb_entry(company, "Regular Hours")
    (list_id,) = (
        books.files[0]
        .sql.execute(
            "SELECT list_id FROM entry WHERE family = 'Item' AND full_name = 'Regular Hours'"
        )
        .fetchone()
    )
    entry.list_id = list_id
    entry.save()
    make.map_item(make.item(company), entry)
    sign = "" if books.kind == INVOICE else "-"
    ids = [
        make.invoice(
            client, f"2041{n}", lines=[(f"J-{n % 2 + 1}", "REG", f"{sign}{100 + n}.00")]
        ).pk
        for n in range(3)
    ]
    plan_export.plan_waiting(company_id=company.pk)
    bea = find_access(user=world.bea, company_id=company.pk)
    sam = find_access(user=world.sam, company_id=company.pk)
    assert bea is not None
    assert sam is not None
    return Office(company, bea, sam, ids)


class Carried(NamedTuple):
    """A message of the service with the names that the world knows."""

    call_id: str
    purpose: str
    request: bytes
    posting: int
    set_id: str
    recall: str
    real: Message

    @property
    def writes(self) -> bool:
        return self.real.writes


class Row:
    """A posting as the world and the people see it."""

    def __init__(self, tieout: RealTieout, index: int) -> None:
        self._tieout = tieout
        self.index = index
        row = self._row
        self.guid = row.guid.upper()
        self.number = row.number
        self.customer = row.customer.list_id
        self.total = row.total

    @property
    def _row(self) -> Posting:
        return Posting.objects.get(pk=self._tieout.posting_ids[self.index])

    @property
    def state(self) -> str:
        return str(self._row.state)

    @property
    def holds(self) -> bool:
        return bool(self._row.holds_queue)

    @property
    def found(self) -> Any:
        txn = self._row.found.get("txn_id")
        if not txn:
            return None
        return next((i for i in self._tieout.books.right_books() if i.txn == txn), None)


def fenced(work: Callable[..., T]) -> Callable[..., T]:
    """Let the world know a lost lane by its own name."""

    def done(*given: Any) -> T:
        try:
            return work(*given)
        except lanes.LaneLost as lost:
            raise LaneLost from lost
        finally:
            given[0].forget()

    return done


class RealTieout:
    """The rows of one company in the database, moved by the service."""

    def __init__(self, office: Office, books: RealBooks, invoices: int, *, app: str) -> None:
        self.now = START
        self.uptime = 0
        self.app = app
        self.office = office
        self.books = books
        self.company_id = office.company.pk
        self._read: tuple[Any, ...] | None = None
        ids = office.invoice_ids[:invoices]
        run_export.start(access=office.bea, invoice_ids=ids, now=moments.now())
        found = Posting.objects.filter(invoice_id__in=ids).order_by("id")
        self.posting_ids = list(found.values_list("pk", flat=True))
        self.postings = [Row(self, n) for n in range(len(self.posting_ids))]

    # ------------------------------------------------------------------ the lane's row

    def _lane(self) -> tuple[Any, ...]:
        """The row, read again after everything that may change it; by hand, it is read so often."""
        if self._read is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT epoch, wake_at, lease_until, held_reason, fence_epoch"
                    " FROM store_lane WHERE company_id = %s",
                    [self.company_id],
                )
                self._read = cursor.fetchone()
        return self._read

    def forget(self) -> None:
        """Something was done: the row may have changed."""
        self._read = None

    @property
    def epoch(self) -> int:
        return int(self._lane()[0])

    @property
    def wake_at(self) -> int | None:
        return _seconds(self._lane()[1])

    @property
    def lease_until(self) -> int:
        until = _seconds(self._lane()[2])
        return NEVER if until is None else until

    @property
    def held(self) -> str:
        return str(self._lane()[3])

    @property
    def fence_epoch(self) -> int:
        return int(self._lane()[4])

    @fenced
    def take(self, owner: str, lease_s: int = LEASE_S) -> int | None:
        epoch = lanes.take(
            company_id=self.company_id, owner=owner, now=moments.now(), lease_s=lease_s
        )
        if epoch is not None:
            lanes.clear_wish(company_id=self.company_id, epoch=epoch)
        return epoch

    @fenced
    def renew(self, turn: model.Turn, lease_s: int = LEASE_S) -> None:
        lanes.renew(
            company_id=self.company_id, epoch=turn.epoch, now=moments.now(), lease_s=lease_s
        )

    @fenced
    def release(self, turn: model.Turn, wake_at: int | None) -> None:
        at = None if wake_at is None else BASE + timedelta(seconds=wake_at)
        lanes.release(company_id=self.company_id, epoch=turn.epoch, wake_at=at)

    @fenced
    def check(self, turn: model.Turn) -> None:
        lanes.check(company_id=self.company_id, epoch=turn.epoch)

    def session_looked_at(self, turn: model.Turn) -> str:
        """As `advance` reads it before a write is handed to the connector."""
        lane = queries.lane_facts(company_id=self.company_id)
        return str(lane.checked_session) if lane.checked(turn.epoch) else ""

    def note_call(self, ticket: str) -> None:
        """A call under the ticket, as its row keeps it."""
        now, state = moments.now(), {CALLED: list(moments.uptime())}
        WebConnectorSession.objects.update_or_create(
            ticket=ticket,
            company_id=self.company_id,
            defaults={"last_call_at": now, "state": state},
            create_defaults={"opened_at": now, "last_call_at": now, "state": state},
        )

    def tie_out(self, invoices: list[Any]) -> bool:
        """What a tie-out does with what was set aside."""
        if not Posting.objects.filter(pk__in=self.posting_ids, state="set aside").exists():
            return False
        sales = self.books.all_sales()
        with transaction.atomic():
            found = adopt_set_aside.adopt(
                company_id=self.company_id, sales=sales, now=moments.now()
            )
        self.forget()
        return bool(found)

    @fenced
    def hold_wrong_file(self, turn: model.Turn) -> None:
        lanes.check(company_id=self.company_id, epoch=turn.epoch)
        if not self.held:
            lanes.hold(
                company_id=self.company_id,
                epoch=turn.epoch,
                reason="Another company file is open.",
            )

    @fenced
    def wake(self) -> None:
        lanes.wake(company_id=self.company_id, at=moments.now())

    # ------------------------------------------------------------------ the four parts

    def _turn(self, turn: model.Turn) -> Turn:
        kind = RoadKind.WEB_CONNECTOR if turn.road == WEB else RoadKind.REMOTE
        return Turn(
            lease=Lease(company_id=self.company_id, epoch=turn.epoch),
            road=Road(kind=kind, app_name=self.app, session_id=turn.ticket),
            may_write=turn.may_write,
        )

    @fenced
    def build(self, turn: model.Turn) -> Carried | int | None:
        got = conversation.build(self._turn(turn))
        if isinstance(got, Until):
            return _seconds(got.at)
        index = -1 if got.posting_id is None else self.posting_ids.index(got.posting_id)
        return Carried(
            got.call_id, PURPOSES[got.purpose], got.request, index, got.set_id, got.recall, got
        )

    @fenced
    def hand_out(self, turn: model.Turn, message: Carried) -> None:
        conversation.hand_out(self._turn(turn), message.real)

    @fenced
    def keep(self, turn: model.Turn, message: Carried, answer: model.Answer) -> None:
        real = self._answer(answer)
        if turn.road == WEB:
            conversation.keep_by_call(message.call_id, real)
        else:
            conversation.keep(self._turn(turn), message.real, real)

    @fenced
    def apply(self, turn: model.Turn, message: Carried, answer: model.Answer) -> int:
        real = self._turn(turn)
        trouble: Trouble | None
        if turn.road == WEB:
            trouble = conversation.apply_kept(real, message.call_id)
        else:
            trouble = conversation.apply(real, message.real, self._answer(answer))
        if trouble is None:
            return 0
        self._after(real, trouble)
        return TROUBLE_S

    def _after(self, turn: Turn, trouble: Trouble) -> None:
        """What `advance` does when QuickBooks was no help, with one wait for all troubles."""
        epoch = turn.lease.epoch
        lanes.note_checked(company_id=self.company_id, epoch=epoch, session_id="")
        if trouble.fence_epoch:
            lanes.check(company_id=self.company_id, epoch=epoch)
            lanes.hold(
                company_id=self.company_id,
                epoch=epoch,
                reason=trouble.problem,
                fence_epoch=trouble.fence_epoch,
            )

    @fenced
    def lose(self, turn: model.Turn, call_id: str) -> None:
        conversation.lose(self._turn(turn), call_id, "The answer was lost.")

    def _answer(self, answer: model.Answer) -> Answer:
        hresult = answer.outcome == "hresult"
        proved = False if answer.executed is False else None
        withdrawn = answer.payload == model.NEVER_CAME
        return Answer(
            outcome=Outcome(answer.outcome),
            qbxml=b"" if withdrawn else answer.payload or b"",
            code="withdrawn" if withdrawn else "",
            session_id=answer.session,
            company_file=getattr(answer.payload, "path", ""),
            stage="process" if hresult else "",
            hresult=(BUSY if proved is False else RPC_FAILED) if hresult else None,
            message="" if answer.outcome == "response" else "It did not work.",
            highest_epoch=answer.highest or None,
            money_affected=proved,
        )

    # ------------------------------------------------------------------ people

    @fenced
    def link(self, index: int) -> None:
        run_export.link(
            access=self.office.bea, posting_id=self.posting_ids[index], now=moments.now()
        )

    @fenced
    def send_again(self, index: int) -> None:
        run_export.send_again(
            access=self.office.bea, posting_id=self.posting_ids[index], now=moments.now()
        )

    @fenced
    def set_aside(self, index: int) -> None:
        run_export.set_aside(
            access=self.office.sam,
            posting_id=self.posting_ids[index],
            reason="decided in a rehearsal",
            now=moments.now(),
        )

    @fenced
    def retry(self, index: int) -> None:
        run_export.retry(
            access=self.office.bea, posting_id=self.posting_ids[index], now=moments.now()
        )

    @fenced
    def verify(self, facts: dict[str, Any]) -> None:
        Book.objects.filter(company_id=self.company_id).update(**facts)
        lanes.unhold(company_id=self.company_id, now=moments.now())

    @fenced
    def take_over(self) -> None:
        epoch = lanes.pass_fence(company_id=self.company_id)
        lanes.took_over(company_id=self.company_id, epoch=epoch, now=moments.now())

    # ------------------------------------------------------------------ backup

    def snapshot(self) -> dict[Any, Any]:
        """A backup of the database: every row that a run changes."""
        kinds = (*RESTORED, Batch, Exchange, WebConnectorSession)
        return {kind: list(kind.objects.values()) for kind in kinds}

    @fenced
    def restore(self, rows: dict[Any, Any]) -> None:
        """Put it in place; what was said since is not known any more."""
        Exchange.objects.all().delete()
        WebConnectorSession.objects.all().delete()
        for kind in RESTORED:
            for values in rows[kind]:
                kind.objects.filter(
                    pk=values["id" if "id" in values else kind._meta.pk.attname]
                ).update(**values)
        for kind in (Exchange, WebConnectorSession):
            kind.objects.bulk_create(kind(**values) for values in rows[kind])
        Lane.objects.filter(company_id=self.company_id).update(
            lease_until=None, wake_at=moments.now()
        )

    # ------------------------------------------------------------------ what is claimed

    def states(self) -> tuple[str, ...]:
        """Where each posting stands."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, state FROM store_posting WHERE company_id = %s", [self.company_id]
            )
            found = dict(cursor.fetchall())
        return tuple([found[pk] for pk in self.posting_ids])

    def claims(self) -> list[tuple[str, str]]:
        """State and the id in QuickBooks of each posting."""
        rows = Posting.objects.in_bulk(self.posting_ids)
        return [(rows[pk].state, rows[pk].txn_id) for pk in self.posting_ids]

    def has_answer(self, index: int) -> bool:
        """Whether a raw answer is kept to a write of this posting."""
        return Exchange.objects.filter(
            posting_id=self.posting_ids[index],
            purpose=Exchange.Purpose.WRITE,
            answered_at__isnull=False,
        ).exists()


def _seconds(moment: datetime | str | None) -> int | None:
    """A moment as the world counts; asked by hand SQLite gives it without its zone, UTC."""
    if moment is None:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round((moment - BASE).total_seconds())
