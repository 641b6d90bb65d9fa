"""What happens to a call between its arrival and its reply. No HTTP here.

Rules. A repeated call id never runs twice. A write is in the journal as handed over before
QuickBooks sees it and its reply is there before the caller gets it. Only writes are fenced: on
receipt, and again by the file that is really open, in the transaction that hands them over. A
write without a known result is *abandoned* only when nothing of it runs any more and QuickBooks
has answered HostQuery in a session that began later.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tieout.connector.journal import Entry, Journal, Refused, stopped_reply
from tieout.connector.link import LinkError, LinkSession
from tieout.connector.problems import fence_problem, problem
from tieout.connector.proof import Proof
from tieout.connector.worker import Sessions, Task, Worker
from tieout.quickbooks import wire

log = logging.getLogger("tieout.connector")

TOO_LATE = "QuickBooks was busy or still opening until the call's time-out."
# QuickBooks' time for a set ends so much before the caller's, who then still hears of it.
SETTLE_S = 1.0


class LiveCall:
    """A call between admission and its reply.

    Whoever claims it first decides: the worker, that it is handed to QuickBooks or failed before;
    its caller, that it never will be.
    """

    def __init__(self, call: wire.ProcessCall, *, writes: bool, user: str) -> None:
        self.call = call
        self.writes = writes
        self.user = user
        self.reply = wire.ProcessReply(
            call_id=call.call_id, outcome="unknown", state="received", executed=None
        )
        self.refused: Refused | None = None
        self.task: Task | None = None
        self._until = time.monotonic() + call.timeout_s
        self._claimed = threading.Lock()

    def claim(self) -> bool:
        """True for the first who asks."""
        return self._claimed.acquire(blocking=False)

    @property
    def limit_s(self) -> float:
        """Seconds that QuickBooks may still work on it; 0 when that is too little to begin.

        A write needs half of the call's time: one that is cut short is unknown.
        """
        left_s = self._until - time.monotonic()
        needed_s = self.call.timeout_s / 2 if self.writes else 0.0
        return max(left_s - SETTLE_S, left_s / 2) if left_s > needed_s else 0.0


class Calls:
    """The calls of one connector: those under way, and those in its journal."""

    def __init__(self, *, journal: Journal, worker: Worker, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._worker = worker
        self._clock = clock
        self._proof = Proof(journal=journal, worker=worker, clock=clock)
        self._lock = threading.Lock()
        self._live: dict[str, LiveCall] = {}

    def process(
        self, call: wire.ProcessCall, *, user: str, access: wire.Access
    ) -> wire.ProcessReply:
        """Run a call, or answer a repeated one; waits at most the call's `timeout_s`."""
        writes = wire.contains_write(call.qbxml)
        if writes and "read-only" in (access, call.access):
            raise problem(
                403,
                "read-only",
                "This user may only read, and the message set writes.",
                "Give the user full access in the connector, or use another user.",
            )
        with self._lock:
            known = self._known(call)
            live = known if isinstance(known, LiveCall) else None
            if known is None:
                live = self._admit(call, writes=writes, user=user)
        if live is None:
            return self.recall(call.call_id)
        return self._wait(live, call.timeout_s)

    @property
    def journal_id(self) -> str:
        """Which journal answers here."""
        return self._journal.journal_id

    def recall(self, call_id: str) -> wire.ProcessReply:
        """What became of a write. Raises Problem 404 for an id that the journal does not hold."""
        live = self._live.get(call_id)
        if live is not None:
            return live.reply
        entry = self._journal.get(call_id)
        if entry is None:
            raise problem(
                404,
                "unknown-call",
                "The journal holds no write with this id; queries are not kept.",
                "Ask QuickBooks itself what it holds.",
            )
        if entry.reply.executed is None and entry.state in {"handed over", "finished"}:
            return self._proof.seek(entry)
        return entry.reply

    def withdraw(
        self, call_id: str, withdrawal: wire.WithdrawCall, *, user: str
    ) -> wire.ProcessReply:
        """Make sure that a call never runs from now on, and say what became of it."""
        with self._lock:
            live = self._live.get(call_id)
            if live is not None:
                self._give_up(live, "withdrawn", "The call was withdrawn while it waited.")
                return live.reply
            if self._journal.get(call_id) is None:
                self._leave_stone(call_id, withdrawal, user)
        return self.recall(call_id)

    def take_over(self, takeover: wire.TakeoverCall) -> None:
        """Let another installation write to a company file."""
        self._journal.record_takeover(takeover, now=self._clock())
        log.warning(
            "%s now writes to %r from epoch %d",
            takeover.installation_id,
            takeover.company_file,
            takeover.epoch,
        )

    def stop(self, *, grace_s: float) -> bool:
        """Let the running call end, refuse the waiting ones; True when all ended in time."""
        waiting, ended = self._worker.stop(grace_s=grace_s)
        for task in waiting:
            # A copy, made in one step: callers whose time is over take theirs out meanwhile.
            live = next((live for live in list(self._live.values()) if live.task is task), None)
            if live is not None and live.claim():
                self._end(live, stopped_reply(live.call.call_id, self._clock()), was="received")
            task.done.set()
        return ended

    # ------------------------------------------------------------------ admission

    def _known(self, call: wire.ProcessCall) -> LiveCall | Entry | None:
        live = self._live.get(call.call_id)
        entry = None if live is not None else self._journal.get(call.call_id)
        seen = live.call.sha256 if live is not None else entry.sha256 if entry else ""
        if seen and seen != call.sha256:
            raise problem(
                409,
                "other-bytes",
                "This call id already stands for another message set.",
                "Ask for the first call's result; send new bytes under a new id.",
            )
        return live or entry

    def _admit(self, call: wire.ProcessCall, *, writes: bool, user: str) -> LiveCall:
        if not self._worker.has_room:
            raise problem(
                429,
                "busy",
                "QuickBooks is busy with other requests.",
                "Wait a few seconds, then send the call again.",
                retry_after_s=5,
            )
        live = LiveCall(call, writes=writes, user=user)
        if writes:
            try:
                self._journal.record_received(call, user=user, reply=live.reply, now=self._clock())
            except Refused as refused:
                raise fence_problem(refused) from refused
        live.task = Task(lambda sessions: self._run(live, sessions), label=call.call_id)
        self._live[call.call_id] = live
        if not self._worker.submit(live.task):  # it began to stop meanwhile
            self._end(live, stopped_reply(call.call_id, self._clock()), was="received")
            live.task.done.set()
        return live

    def _leave_stone(self, call_id: str, withdrawal: wire.WithdrawCall, user: str) -> None:
        latest = self._worker.sessions.latest_names
        if not withdrawal.app_name and latest is not None:
            app_name, company_file, mode = latest
            withdrawal = wire.WithdrawCall(app_name=app_name, company_file=company_file, mode=mode)
        reply = wire.ProcessReply(
            call_id=call_id,
            outcome="unknown",
            state="finished",
            executed=None,
            code="withdrawn",
            message="The call never arrived here and will not run from now on.",
            finished=self._clock(),
        )
        self._journal.record_withdrawn(withdrawal, reply=reply, user=user, now=self._clock())

    # ------------------------------------------------------------------ waiting

    def _wait(self, live: LiveCall, timeout_s: float) -> wire.ProcessReply:
        task = live.task
        if task is not None and not task.done.wait(timeout_s):
            self._give_up(live, "waited-too-long", TOO_LATE)
        if live.refused is not None:
            raise fence_problem(live.refused)
        return live.reply

    def _give_up(self, live: LiveCall, code: str, message: str) -> None:
        """See to it that the call is never handed over; too late once the worker claimed it."""
        if live.task is None or not live.claim():
            return
        self._not_sent(live, code, message)
        if self._worker.cancel(live.task):  # else its session is just being opened, for the next
            live.task.done.set()

    def _not_sent(self, live: LiveCall, code: str, message: str, company_file: str = "") -> None:
        reply = replace(
            live.reply,
            outcome="not-sent",
            state="not sent",
            executed=False,
            code=code,
            message=message,
            company_file=clean(company_file, 1024),
            finished=self._clock(),
        )
        self._end(live, reply, was="received")

    def _end(self, live: LiveCall, reply: wire.ProcessReply, *, was: wire.State) -> None:
        if live.writes:
            try:
                self._journal.record_end(reply, was=was)
            except (sqlite3.Error, LookupError, wire.WireError):
                # The caller still gets the truth; the journal keeps the last step it knows.
                log.exception("the end of call %s could not be journalled", reply.call_id)
        else:
            self._record_query(live, reply.outcome)
        live.reply = reply
        self._live.pop(reply.call_id, None)

    def _record_query(self, live: LiveCall, outcome: str) -> None:
        try:
            self._journal.record_query(
                live.call, user=live.user, outcome=outcome, now=self._clock()
            )
        except sqlite3.Error:
            log.exception("query %s left no line in the journal", live.call.call_id)

    # ------------------------------------------------------------------ on the worker's thread

    def _run(self, live: LiveCall, sessions: Sessions) -> None:
        ours = False
        try:
            session = self._open(live, sessions)
            ours = session is not None and live.claim()
            if session is not None and ours:
                limit_s = self._hand_over(live, session)
                if limit_s > 0:
                    self._process(live, sessions, session, limit_s)
        finally:
            if live.reply.state == "received" and (ours or live.claim()):
                self._not_sent(live, "internal", "The connector failed before the hand-over.")
            if ours:
                self._live.pop(live.call.call_id, None)

    def _open(self, live: LiveCall, sessions: Sessions) -> LinkSession | None:
        call = live.call
        try:
            session = sessions.get(
                app_name=call.app_name, company_file=call.company_file, mode=call.mode
            )
        except LinkError as error:
            if live.claim():
                self._end(live, self._failed(live, error), was="received")
            return None
        expected = wire.fence_key(call.expected_company)
        if expected and wire.fence_key(session.company_file) != expected:
            text = f"{session.company_file} is open, expected was {call.expected_company}."
            if live.claim():
                self._not_sent(live, "wrong-company-file", clean(text, 4000), session.company_file)
            return None
        if call.expected_session and session.session_id != call.expected_session:
            text = "QuickBooks was opened anew since the sender looked which company file is open."
            if live.claim():
                self._not_sent(live, "other-session", text, session.company_file)
            return None
        return session

    def _hand_over(self, live: LiveCall, session: LinkSession) -> float:
        """How many seconds QuickBooks may work on it from now on; 0 = it was not handed over."""
        limit_s = live.limit_s
        if not limit_s:
            self._not_sent(live, "waited-too-long", TOO_LATE, session.company_file)
            return 0.0
        now = self._clock()
        handed = replace(
            live.reply,
            state="handed over",
            company_file=clean(session.company_file, 1024),
            session_id=clean(session.session_id, 128),
            session_versions=tuple(clean(name, 16) for name in session.versions[:100]),
            started=now,
        )
        if live.writes:
            try:
                self._journal.record_handed_over(live.call, reply=handed, now=now)
            except Refused as refused:
                live.refused = refused
                live.reply = replace(live.reply, highest_epoch=refused.highest_epoch)
                self._not_sent(live, refused.code, refused.message, session.company_file)
                return 0.0
        live.reply = handed
        return limit_s

    def _process(
        self, live: LiveCall, sessions: Sessions, session: LinkSession, limit_s: float
    ) -> None:
        try:
            answer = session.process(live.call.qbxml, limit_s=limit_s)
        except LinkError as error:
            sessions.drop(error)
            self._end(live, self._failed(live, error), was="handed over")
            return
        except Exception as error:  # a defect of the link must not pass for silence
            log.exception("the link failed outside its contract")
            sessions.close()
            text = f"The connector failed inside ({type(error).__name__})."
            reply = replace(
                live.reply, state="finished", code="internal", message=text, finished=self._clock()
            )
            self._end(live, reply, was="handed over")
            return
        reply = replace(
            live.reply,
            outcome="response",
            state="finished",
            executed=True,
            qbxml=clean(answer),
            finished=self._clock(),
        )
        self._end(live, reply, was="handed over")

    def _failed(self, live: LiveCall, error: LinkError) -> wire.ProcessReply:
        return replace(
            live.reply,
            outcome="hresult",
            state="finished",
            executed=error.executed,
            stage=error.stage,
            hresult=error.hresult,
            message=clean(error.message, 4000),
            finished=self._clock(),
        )


def clean(text: str, limit: int | None = None) -> str:
    """What QuickBooks said, within the contract: its strings may hold half of a surrogate pair."""
    text = text[:limit]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
