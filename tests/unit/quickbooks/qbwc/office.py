"""A stand-in for the service: rows, a lane and a queue in memory, every effect written down.

It interprets effects the plainest way there is, so that the tests show the session and nothing
else. `diary` holds one line per effect and reply, in order.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tieout.quickbooks.qbwc import (
    Applied,
    Apply,
    AskWork,
    Authenticate,
    AuthenticateReply,
    Call,
    CheckCompany,
    CompanyChecked,
    Effect,
    Event,
    Expire,
    Facts,
    GiveBack,
    HandOut,
    HandOverReply,
    KeepAnswer,
    LaneTaken,
    Log,
    MarkUnconfirmed,
    PercentReply,
    Question,
    ReleaseLane,
    RenewLane,
    Reply,
    Rules,
    SessionState,
    StopQueue,
    TakeLane,
    TextReply,
    Told,
    Unreadable,
    Work,
    WorkFound,
    begin,
    expire,
    step,
)

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
INVOICE = Work(key="invoice-1042", writes=True)
LIST = Work(key="jobs-page-1", writes=False)


class Office:
    """One company. Change its attributes between calls to change the world."""

    def __init__(self, *queue: Work, rules: Rules | None = None) -> None:
        self.now = START
        self.rules = rules or Rules()
        self.rows: dict[str, SessionState] = {}
        self.lane_epoch = 0
        self.lane_taken = False
        self.queue = list(queue)
        self.unconfirmed: list[Work] = []
        self.kept: list[KeepAnswer] = []
        self.stopped = ""
        self.company = CompanyChecked(verdict="right")
        self.applied_later = False
        self.stop = ""
        self.wait = False
        self.diary: list[str] = []
        self.logs: list[str] = []
        self.latest = ""

    def later(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def row(self, ticket: str) -> SessionState:
        return self.rows[ticket]

    def log_in(self, ticket: str, **facts) -> Reply:
        """authenticate: a new row, kept when it got the lane."""
        facts = {"admitted": True, "rival": self.rows.get(self.latest), **facts}
        fresh = begin(ticket=ticket, company_id=7, now=self.now)
        call = Authenticate(user_name="northgate", password="pw")
        return self._run(ticket, fresh, call, facts)

    def call(self, call: Call | Unreadable, **facts) -> Reply:
        ticket = getattr(call, "ticket", "")
        return self._run(ticket, self.rows.get(ticket), call, facts)

    def _run(self, ticket: str, row: SessionState | None, call: Event, facts: dict) -> Reply:
        event = call
        while True:
            known = Facts(**{"now": self.now, "lane_epoch": self.lane_epoch, **facts})
            done = step(row, event, facts=known, rules=self.rules)
            row = done.state
            told = None
            for effect in done.effects:
                assert told is None, "a question is the last effect"
                told = self._do(effect)
            assert (done.reply is None) == (told is not None)
            if row is not None:
                self.rows[ticket] = row
            if told is None:
                assert done.reply is not None
                if row is not None and row.epoch and isinstance(call, Authenticate):
                    self.latest = ticket
                self.diary.append(f"→ {_shown(done.reply)}")
                return done.reply
            event = told

    def _do(self, effect: Effect) -> Told | None:
        if isinstance(effect, Question):
            self.diary.append(type(effect).__name__)
            return self._tell(effect)
        match effect:
            case MarkUnconfirmed(work=work):
                self.unconfirmed.append(work)
            case GiveBack(work=work):
                self.queue.insert(0, work)
            case KeepAnswer():
                self.kept.append(effect)
            case HandOut(work=work):
                self.queue = [each for each in self.queue if each != work]
            case Expire(ticket=ticket):
                self.rows[ticket] = expire(self.rows[ticket])
            case ReleaseLane(epoch=epoch) | RenewLane(epoch=epoch):
                assert epoch == self.lane_epoch
                self.lane_taken = isinstance(effect, RenewLane)
            case StopQueue(why=why):
                self.stopped = why
            case Log(text=text):
                self.logs.append(text)
                return None
        self.diary.append(_shown(effect))
        return None

    def _tell(self, question: Question) -> Told:
        match question:
            case TakeLane():
                self.lane_epoch += 1
                self.lane_taken = True
                return LaneTaken(epoch=self.lane_epoch)
            case CheckCompany():
                return self.company
            case AskWork(writes=writes):
                if self.unconfirmed:
                    check = f"check {self.unconfirmed[0].key}"
                    return WorkFound(work=Work(key=check, writes=False))
                fit = [work for work in self.queue if writes or not work.writes]
                return WorkFound(work=fit[0] if fit else None, wait=self.wait)
            case Apply(work=work):
                if work.key.startswith("check "):
                    self.unconfirmed.pop(0)
                left = None if self.applied_later else len(self.queue) + len(self.unconfirmed)
                return Applied(remaining=left, stop=self.stop)

    def take_over(self) -> None:
        """A worker takes the lane, as one may after the lease has run out."""
        self.lane_epoch += 1


def _shown(thing: Effect | Reply) -> str:
    name = type(thing).__name__
    match thing:
        case MarkUnconfirmed() | GiveBack() | HandOut():
            return f"{name} {thing.work.key}"
        case KeepAnswer():
            return f"{name} {thing.key or '?'}{' late' if thing.late else ''}"
        case Expire():
            return f"{name} {thing.ticket}"
        case AuthenticateReply():
            return f"[{thing.ticket}, {thing.verdict!r}, {thing.postpone_s}]"
        case HandOverReply():
            return f"send {thing.key}"
        case PercentReply():
            return f"{thing.percent}%"
        case TextReply():
            return f"{thing.method}: {thing.text}"
    return name
