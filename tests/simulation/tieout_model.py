"""Tieout's side, small: rows in memory, decided by the real tables.

What may become of a posting and which question comes next is asked of `core.exporting` and
`core.recovering`, as the service does; bytes and words are left out. Each public method is one
transaction: a worker that dies between two of them leaves what the service would leave between
two. Planted bugs are subclasses of this (`mutants.py`).
"""

from __future__ import annotations

from typing import Any

from tests.simulation.rows import (
    NEVER,
    OF_A_CALL,
    REMOTE,
    UNKNOWN,
    USABLE,
    WEB,
    Answer,
    Exchange,
    Message,
    Posting,
    Rows,
    Turn,
)

from tieout.core import exporting, recovering
from tieout.core.exporting import Effect, Event, State
from tieout.core.recovering import Ask, Looked

FENCE_S = 900
TROUBLE_S = 30  # the wait after QuickBooks was no help
HELD_LOOK_S = 3600
LOCK_TRIES_MAX = 5
LOCK_DELAY_S = 60
DELAYS_S = (2, 10, 30, 60, 120, 300)
LOCKED = 3176
NO_RECORD = 600


class Tieout(Rows):
    """What the service does with the rows."""

    # ------------------------------------------------------------------ build

    def build(self, turn: Turn) -> Message | int | None:
        """The next message; else the moment before which nothing is to be asked, or None."""
        while True:
            while self.unapplied:
                self.apply_kept(turn, self.unapplied[0])
            row = self._unsettled()
            if row is not None:
                if row.state not in exporting.HOLDING:
                    return self.now + HELD_LOOK_S  # a person decides
                waits = row.due > self.now
                if waits or not self._may_settle(turn, row):
                    return row.due if waits else None
            else:
                row = self._next_queued(turn)
                if row is None:
                    return self._next_due()
            if self._needs_check(turn, row):
                self.ids += 1
                return Message(f"c{self.ids}", "session", ("session",))
            self.check(turn)
            message = self._build_for(turn, row)
            if message is not None:
                return message

    def _unsettled(self) -> Posting | None:
        asked = None
        for row in self.postings:
            if row.state in exporting.HOLDING:
                return row
            if row.holds and row.state is State.NEEDS_PERSON and asked is None:
                asked = row
        return asked

    def _may_settle(self, turn: Turn, row: Posting) -> bool:
        if row.state is not State.RESENDABLE:
            return True
        if self.held:
            return False
        return turn.may_write or not self._is_checked(turn)

    def _next_queued(self, turn: Turn) -> Posting | None:
        best: tuple[Any, ...] | None = None
        found = None
        for row in self.postings:
            begun = row.state is State.CLAIMED or row.state is State.PROBED
            if not begun and not (row.state is State.READY and row.queued != NEVER):
                continue
            if row.due > self.now:
                continue
            rank = (not begun, row.due, row.queued, row.index)
            if best is None or rank < best:
                best, found = rank, row
        if found is None or self.held:
            return None
        if not turn.may_write and self._is_checked(turn):
            return None
        return found

    def _next_due(self) -> int | None:
        dues = [
            row.due
            for row in self.postings
            if row.due > self.now
            and (
                row.state in (State.CLAIMED, State.PROBED)
                or (row.state is State.READY and row.queued != NEVER)
            )
        ]
        return min(dues) if dues else None

    def _is_checked(self, turn: Turn) -> bool:
        return self.checked_epoch == turn.epoch and bool(self.checked_session)

    def _needs_check(self, turn: Turn, row: Posting) -> bool:
        if row.state is State.SENDING or self._is_checked(turn):
            return False
        if row.state is not State.UNCONFIRMED:
            return True
        return recovering.next_ask(self.looked(turn, row)) is not Ask.RECALL

    def _build_for(self, turn: Turn, row: Posting) -> Message | None:
        """The row's next message; None when it moved on without one."""
        match row.state:
            case State.SENDING:
                self.meet(turn, row, Event.SILENCE)  # nobody waits for its answer any more
            case State.UNCONFIRMED:
                return self.ask(turn, row)
            case State.RESENDABLE:
                return self.resend(turn, row)
            case State.PROBED:
                if row.proof_epoch == turn.epoch:
                    return self.send(turn, row)
                self.meet(turn, row, Event.GIVE_BACK)
            case State.READY:
                self.meet(turn, row, Event.CLAIM)
                return self.probe(turn, row)
            case State.CLAIMED:
                return self.probe(turn, row)
            case _:
                pass
        return None

    def _message(self, row: Posting, purpose: str, request: Any, **more: Any) -> Message:
        self.ids += 1
        return Message(f"c{self.ids}", purpose, request, row.index, **more)

    def probe(self, turn: Turn, row: Posting) -> Message:
        """Ask whether QuickBooks already holds this number."""
        widely = row.writes > 0  # it may have come there already, and be there under any name
        return self._message(row, "probe", ("probe", row.number, row.customer, widely))

    def resend(self, turn: Turn, row: Posting) -> Message | None:
        """The same bytes once more, or nothing."""
        most = exporting.RESENDS_MAX
        if row.writes > most and self.in_quickbooks(row) > most:
            self.meet(turn, row, Event.LIMIT)
            return None
        if row.proof_epoch != turn.epoch:
            self.meet(turn, row, Event.GIVE_BACK)
            return None
        return self.send(turn, row)

    def send(self, turn: Turn, row: Posting) -> Message:
        """Commit the intent, then hand the message out: in the order of the table."""
        step = exporting.step(row.state, Event.SEND)
        request: tuple[Any, ...] = ()
        sent: Message | None = None
        for effect in step.effects:
            if effect is Effect.FREEZE_BYTES:
                request = self.frozen_bytes(row)
            elif effect is Effect.NEXT_SET_ID:
                row.set_id = self.next_set_id(row)
            elif effect is Effect.SAME_BYTES:
                request = self.last_write(row).message.request
            elif effect is Effect.COMMIT_INTENT:
                sent = self._commit_intent(turn, row, request)
            elif effect is Effect.SEND and sent is None:
                message = "a write leaves without an intent"
                raise RuntimeError(message)
        row.state = step.state
        if sent is None:
            message = "nothing was handed out"
            raise RuntimeError(message)
        return sent

    def frozen_bytes(self, row: Posting) -> tuple[Any, ...]:
        """The bytes that left under the row's set id; new ones when none did."""
        if row.writes:
            last = self.last_write(row).message
            if last.set_id == row.set_id:
                return last.request
        row.writes = 0
        return self.bytes_of(row, row.set_id or self.next_set_id(row), self.to_clear(row))

    def bytes_of(self, row: Posting, set_id: str, settled: str) -> tuple[Any, ...]:
        """The message set; its record in QuickBooks is compared by the digest."""
        digest = f"{settled}>{set_id}"
        return (
            "write", set_id, settled, digest, row.guid, row.key, row.number, row.customer,
            row.total,
        )  # fmt: skip

    def to_clear(self, row: Posting) -> str:
        """The set exported a hundred exports ago; no schedule has so many."""
        return ""

    def next_set_id(self, row: Posting) -> str:
        """The same after every restore of a backup, as the service makes it from the key."""
        return f"{row.set_id or row.key}+"

    def _commit_intent(self, turn: Turn, row: Posting, request: tuple[Any, ...]) -> Message:
        row.set_id = request[1]
        row.app = self.app
        row.writes += 1
        row.recoveries = row.looks = 0
        row.call_over = row.holds = row.nothing_stored = False
        row.due = NEVER
        message = self._message(row, "write", request, set_id=row.set_id)
        self.exchanges[message.call_id] = Exchange(message, turn, self.app, self.now)
        return message

    # ------------------------------------------------------------------ looking for a write

    def looked(self, turn: Turn, row: Posting) -> Looked:
        """What is known of the write, from the rows."""
        write = self.last_write(row)
        return Looked(
            recallable=write.road == REMOTE and turn.road == REMOTE,
            call_over=row.call_over,
            same_app=write.app == self.app,
            nothing_stored=row.nothing_stored,
            set_known=row.nothing_stored and row.set_known,
            looks=row.recoveries,
            tries=row.looks,
        )

    def ask(self, turn: Turn, row: Posting) -> Message:
        """The next question about an unconfirmed write."""
        write = self.last_write(row)
        match recovering.next_ask(self.looked(turn, row)):
            case Ask.RECALL:
                return self._message(row, "recall", (), recall=write.message.call_id)
            case Ask.STATUS_CHECK:
                request = ("status", row.set_id)
                silent = self.is_silent(write)
                return self._message(row, "status", request, set_id=row.set_id, silent=silent)
            case _:
                return self._message(row, "search", ("search", row.number))

    def is_silent(self, write: Exchange) -> bool:
        """Whether the ticket that carried the write was silent for the whole wait."""
        waits = self.fence_in(write)
        return waits is not None and waits <= 0

    def is_newer(self, turn: Turn, write: Exchange, session: str) -> bool:
        """Whether the session that answers began after the last call of the write's ticket."""
        since = max(write.at, self.on_wall[write.ticket][1])
        if turn.road == WEB:
            return self.on_wall[turn.ticket][0] > since
        return not any(
            each.answer is not None and each.answer.session == session and each.at <= since
            for each in self.exchanges.values()
        )

    def fence_in(self, write: Exchange) -> int | None:
        """The seconds after which the silence of the write's ticket counts."""
        if not write.ticket:
            return None
        return self.called[write.ticket] + FENCE_S - self.uptime

    # ------------------------------------------------------------------ keep, apply, lose

    def hand_out(self, turn: Turn, message: Message) -> None:
        """Web Connector: the row of a query before it leaves."""
        self.check(turn)
        if message.call_id not in self.exchanges:
            self.exchanges[message.call_id] = Exchange(message, turn, self.app, self.now)

    def keep(self, turn: Turn, message: Message, answer: Answer) -> None:
        """Keep the answer to a message; fenced by nothing."""
        if message.purpose == "recall":
            if answer.outcome in OF_A_CALL:
                self.keep_by_call(message.recall, answer)
                self._applied(message.recall)
            return
        if message.call_id not in self.exchanges:
            if message.writes or message.purpose == "session" or turn.road == WEB:
                return
            self.exchanges[message.call_id] = Exchange(message, turn, self.app, self.now)
        self.keep_by_call(message.call_id, answer)

    def lose(self, turn: Turn, call_id: str) -> None:
        """The answer will not come: a query is asked anew, a write becomes unconfirmed."""
        self.keep_by_call(call_id, UNKNOWN)
        self.apply_kept(turn, call_id)

    def apply(self, turn: Turn, message: Message, answer: Answer) -> int:
        """Act on an answer of this turn; returns the seconds to wait, 0 to go on."""
        if message.purpose == "recall" or message.call_id not in self.exchanges:
            trouble = self._act(turn, message, answer)
        else:
            trouble = self.apply_kept(turn, message.call_id)
        return self.after(turn, trouble)

    def after(self, turn: Turn, trouble: Answer | None) -> int:
        """What the lane does when QuickBooks was no help: look at the file anew, wait."""
        if trouble is None:
            return 0
        if turn.epoch == self.epoch:
            self.checked_epoch, self.checked_session = 0, ""
        if trouble.outcome == "fenced":
            self.check(turn)  # a worker that was merely overtaken ends here
            self.held, self.fence_epoch = "fenced", trouble.highest
        return TROUBLE_S

    def apply_kept(self, turn: Turn, call_id: str) -> Answer | None:
        """Act on the kept answer to a call, once. An answer back is one that was no help."""
        self.check(turn)
        exchange = self.exchanges.get(call_id)
        if exchange is None or exchange.answer is None or not self._applied(call_id):
            return None
        if not exchange.message.writes and not self.is_fresh(turn, exchange):
            return None
        return self._act(turn, exchange.message, exchange.answer)

    def is_fresh(self, turn: Turn, exchange: Exchange) -> bool:
        """An answer to a question counts in the holding of the lane that asked; proofs do not keep."""
        return exchange.epoch == turn.epoch

    # ------------------------------------------------------------------ acting on answers

    def _act(self, turn: Turn, message: Message, answer: Answer) -> Answer | None:
        if message.purpose == "session":  # it only narrows what may be written
            return self._take_session(turn, answer)
        self.check(turn)
        row = self.postings[message.posting]
        if message.purpose == "write":
            return self.take_write(turn, row, message, answer)
        if message.purpose == "probe":
            return self.take_probe(turn, row, message, answer)
        if row.state is not State.UNCONFIRMED:
            return None
        if message.purpose == "recall":
            return self._recalled(turn, row, answer)
        if answer.outcome != "response" or not self.same_session(turn, answer):
            return self.wait(turn, row, answer)
        if message.purpose == "status":
            return self._status_checked(turn, row, message, answer)
        return self.searched(turn, row, answer)

    def _take_session(self, turn: Turn, answer: Answer) -> Answer | None:
        if answer.outcome != "response" or answer.payload[0] != "facts":
            self.looked_in_vain()
            return answer
        facts = answer.payload[1:]
        if facts != self.verified:
            self.held = "another company file" if facts[:2] != self.verified[:2] else "restored"
            self.fence_epoch = 0
            self.looked_in_vain()
            return answer
        if turn.epoch == self.epoch:
            self.checked_epoch, self.checked_session = turn.epoch, answer.session
        return None

    def same_session(self, turn: Turn, answer: Answer) -> bool:
        """In another session another file or a restored backup may be open."""
        if self.checked_session == answer.session:
            return True
        self.checked_epoch, self.checked_session = 0, ""
        return False

    def take_probe(
        self, turn: Turn, row: Posting, message: Message, answer: Answer
    ) -> Answer | None:
        """Act on the answer to a probe."""
        if row.state is not State.CLAIMED:
            return None
        if answer.outcome != "response" or answer.payload[0] != "found":
            self.meet(turn, row, Event.GIVE_BACK)
            return answer
        _, by_number, others = answer.payload
        event, found = self.judge(row, [*self.marked(row, others), *by_number])
        if event is None:
            if not self.same_session(turn, answer):
                self.meet(turn, row, Event.GIVE_BACK)
                return answer
            event = Event.PROBE_CLEAN
        self.meet(turn, row, event, found)
        return None

    def take_write(
        self, turn: Turn, row: Posting, message: Message, answer: Answer
    ) -> Answer | None:
        """An answer may come when the row has moved on: late, twice, or after a decision."""
        if message.set_id != row.set_id or self.is_anew(row):
            self._take_former(turn, row, answer)
            return None
        if (
            answer.outcome != "response"
            and self.last_write(row).message.call_id != message.call_id
        ):
            return None  # that an earlier call failed says nothing of the one sent since
        state = row.state
        event, found = self.read_write(answer)
        if state is State.SENDING or (
            state is State.UNCONFIRMED and answer.outcome in ("response", "hresult")
        ):
            self._judged_write(turn, row, event, found)
        elif answer.outcome == "response" and event in exporting.TABLE[state]:
            self.meet(turn, row, event, found)
        return None if answer.outcome == "response" else answer

    def is_anew(self, row: Posting) -> bool:
        """Whether all that was sent of it is settled, and it is on its way from the beginning."""
        return row.writes == 0 and row.state in (State.READY, State.CLAIMED, State.PROBED)

    def _take_former(self, turn: Turn, row: Posting, answer: Answer) -> None:
        """Of a set that was settled before: what is about to leave is looked for once more."""
        saved = self.read_write(answer)[0] is Event.ACCEPTED
        if saved and row.state in (State.CLAIMED, State.PROBED, State.RESENDABLE):
            self.meet(turn, row, Event.GIVE_BACK)

    def _judged_write(self, turn: Turn, row: Posting, event: Event, found: Any) -> None:
        if event is Event.NOT_SENT:
            row.call_over = True  # it has ended, and it brought nothing
        self.meet(turn, row, self.of_resend(row, event), found)

    def of_resend(self, row: Posting, event: Event) -> Event:
        """That a resend did not get through says nothing of the first call."""
        return Event.RESEND_NOT_SENT if event is Event.NOT_SENT and row.writes > 1 else event

    def read_write(self, answer: Answer) -> tuple[Event, Any]:
        """What the answer to a write says."""
        if answer.outcome == "response":
            payload = answer.payload
            if payload[0] != "written":
                return Event.SILENCE, None
            return (Event.REFUSED, payload[1]) if payload[1] else (Event.ACCEPTED, payload[2])
        if answer.outcome in ("not sent", "fenced"):
            return Event.NOT_SENT, None
        if answer.outcome == "hresult" and answer.executed is False:
            return Event.NOT_SENT, None
        return Event.SILENCE, None

    def _recalled(self, turn: Turn, row: Posting, answer: Answer) -> Answer | None:
        if answer.outcome in USABLE or answer.outcome == "fenced":
            row.call_over, row.looks = True, 0  # it has ended, whatever it brought
            event, found = self.read_write(answer)
            self._judged_write(turn, row, event, found)
        elif answer.outcome == "abandoned":
            row.call_over, row.looks = True, 0
        else:
            return self.wait(turn, row, answer)
        if row.state is State.UNCONFIRMED:
            row.due = NEVER
        return None

    def _status_checked(
        self, turn: Turn, row: Posting, message: Message, answer: Answer
    ) -> Answer | None:
        if answer.payload[0] == "garbage":
            return self.wait(turn, row, answer)
        if answer.payload[0] == "written":
            event, found = self.read_write(answer)
            self.meet(turn, row, event, found)
            return None
        row.nothing_stored = True
        row.set_known = answer.payload != ("state", NO_RECORD)
        row.call_over = row.call_over or (
            message.silent and self.is_newer(turn, self.last_write(row), answer.session)
        )
        row.due = NEVER
        return None

    def searched(self, turn: Turn, row: Posting, answer: Answer) -> Answer | None:
        """Judge a search: evidence, or absence as far as it counts."""
        if answer.payload[0] != "searched":
            return self.wait(turn, row, answer)
        _, by_number, changed, deleted = answer.payload
        event, found = self.judge(row, [*self.marked(row, changed), *by_number])
        if event is None and not deleted and self.waits_for_a_session(turn, row, answer):
            return self.wait(turn, row, answer)
        if event is None:
            event = Event.FOUND_DELETED if deleted else self.absent(turn, row)
        row.looks += 1
        row.nothing_stored = False
        if event is Event.ABSENT_OPEN:
            waits = self.fence_in(self.last_write(row))
            row.due = self.now + waits if waits is not None and waits > 0 else self._later(row)
        elif event is Event.ABSENT_FENCED:
            row.due = NEVER
        self.meet(turn, row, event, found)
        return None

    def waits_for_a_session(self, turn: Turn, row: Posting, answer: Answer) -> bool:
        """Whether nothing but a newer session is missing for the fence."""
        write = self.last_write(row)
        if self.looked(turn, row).fenced or not self.is_silent(write):
            return False
        return not self.is_newer(turn, write, answer.session)

    def marked(self, row: Posting, found: Any) -> list[Any]:
        """Those that carry our GUID or our marker."""
        return [each for each in found if each.guid == row.guid or each.key == row.key]

    def absent(self, turn: Turn, row: Posting) -> Event:
        """What it means that the search found nothing."""
        return recovering.when_absent(self.looked(turn, row))

    def judge(self, row: Posting, found: Any) -> tuple[Event | None, Any]:
        """The strongest evidence among invoices: ours, a look-alike, a foreign one."""
        best: tuple[int, Event | None, Any] = (9, None, None)
        for each in found:
            same = each.customer == row.customer and each.total == row.total
            if each.guid == row.guid or (each.key == row.key and same):
                rank = (0, Event.FOUND_OURS, each)
            elif same or each.key == row.key:
                rank = (1, Event.FOUND_ALIKE, each)
            else:
                rank = (2, Event.FOUND_FOREIGN, each)
            if rank[0] < best[0]:
                best = rank
        return best[1], best[2]

    def wait(self, turn: Turn, row: Posting, answer: Answer) -> Answer:
        """Still unconfirmed: look again a little later each time."""
        row.looks += 1
        row.nothing_stored = False
        row.due = self._later(row)
        self.meet(turn, row, Event.SILENCE)
        return answer

    def _later(self, row: Posting) -> int:
        return self.now + DELAYS_S[min(row.looks, len(DELAYS_S) - 1)]

    # ------------------------------------------------------------------ tie-out

    def tie_out(self, invoices: Any) -> bool:
        """Read back the books: what was set aside and is there all the same counts as exported."""
        adopted = False
        for row in self.postings:
            if row.state is not State.SET_ASIDE:
                continue
            event, found = self.judge(row, self.marked(row, invoices))
            if event is Event.FOUND_OURS:
                self.meet(Turn(self.epoch, REMOTE), row, event, found)
                adopted = True
        return adopted

    # ------------------------------------------------------------------ transitions

    def meet(self, turn: Turn, row: Posting, event: Event, found: Any = None) -> None:
        """Perform a transition: the effects of the table, on this row."""
        step = exporting.step(row.state, event)
        if step.state is not row.state:
            self.moves += 1
            row.state_at = self.moves
        row.state = step.state
        for effect in step.effects:
            if effect is Effect.RECORD:
                row.txn = found.txn
                row.queued = row.due = NEVER
                row.holds, row.found = False, None
            elif effect is Effect.EXPLAIN:
                self._explain(row, found)
            elif effect is Effect.COUNT_RECOVERY:
                row.recoveries += 1
            elif effect is Effect.HOLD_UNLESS_FENCED:
                row.holds = not row.call_over
            elif effect is Effect.RELEASE:
                row.tries += 1
            elif effect is Effect.NEVER_SENT:
                row.writes = 0
            elif effect is Effect.NEXT_SET_ID:
                row.set_id = self.next_set_id(row)
        if event is Event.PROBE_CLEAN or event is Event.ABSENT_FENCED:
            row.proof_epoch = turn.epoch
        if step.state is State.REFUSED and found == LOCKED and row.tries < LOCK_TRIES_MAX:
            row.tries += 1
            row.queued = self.now if row.queued == NEVER else row.queued
            row.due = self.now + LOCK_DELAY_S * row.tries
            self.meet(turn, row, Event.FIXED)

    def _explain(self, row: Posting, found: Any) -> None:
        if found is not None and found is not True and not isinstance(found, int):
            row.found = found
        if row.state is State.REFUSED:
            row.writes = 0
        if row.state is State.UNCONFIRMED:
            row.due = self._later(row)
        else:
            row.queued = row.due = NEVER
