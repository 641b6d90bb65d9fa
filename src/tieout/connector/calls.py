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
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tieout.connector import host_query
from tieout.connector.journal import Entry, Journal, Refused, stopped_reply
from tieout.connector.link import LinkError, LinkSession
from tieout.connector.worker import Sessions, Task, Worker
from tieout.quickbooks import wire

log = logging.getLogger("tieout.connector")

# How long a question about a call waits for QuickBooks to prove that the call is over.
RECALL_WAIT_S = 20.0


class Problem(Exception):
    """An answer that is not 200. `status` is the HTTP code, `retry_after_s` a hint for 429."""

    def __init__(self, status: int, reply: wire.ProblemReply, *, retry_after_s: int = 0) -> None:
        super().__init__(reply.message)
        self.status = status
        self.reply = reply
        self.retry_after_s = retry_after_s


class LiveCall:
    """A call between admission and its reply."""

    def __init__(self, call: wire.ProcessCall, *, writes: bool, user: str) -> None:
        self.call = call
        self.writes = writes
        self.user = user
        self.reply = wire.ProcessReply(
            call_id=call.call_id, outcome="unknown", state="received", executed=None
        )
        self.refused: Refused | None = None
        self.task: Task | None = None


class Calls:
    """The calls of one connector: those under way, and those in its journal."""

    def __init__(self, *, journal: Journal, worker: Worker, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._worker = worker
        self._clock = clock
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
            return self._fence_off(entry)
        return entry.reply

    def withdraw(
        self, call_id: str, withdrawal: wire.WithdrawCall, *, user: str
    ) -> wire.ProcessReply:
        """Make sure that a call never runs from now on, and say what became of it."""
        with self._lock:
            live = self._live.get(call_id)
            if live is not None:
                if live.task is not None and self._worker.cancel(live.task):
                    self._not_sent(live, "withdrawn", "The call was withdrawn while it waited.")
                    live.task.done.set()
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
            live = next((live for live in self._live.values() if live.task is task), None)
            if live is not None:
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
        if task is not None and not task.done.wait(timeout_s) and self._worker.cancel(task):
            self._not_sent(
                live, "waited-too-long", "QuickBooks was busy until the call's time-out."
            )
            task.done.set()
        if live.refused is not None:
            raise fence_problem(live.refused)
        return live.reply

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
        try:
            session = self._open(live, sessions)
            if session is not None and self._hand_over(live, session):
                self._process(live, sessions, session)
        finally:
            if live.call.call_id in self._live and live.reply.state == "received":
                self._not_sent(live, "internal", "The connector failed before the hand-over.")
            self._live.pop(live.call.call_id, None)

    def _open(self, live: LiveCall, sessions: Sessions) -> LinkSession | None:
        call = live.call
        try:
            session = sessions.get(
                app_name=call.app_name, company_file=call.company_file, mode=call.mode
            )
        except LinkError as error:
            self._end(live, self._failed(live, error), was="received")
            return None
        expected = wire.fence_key(call.expected_company)
        if expected and wire.fence_key(session.company_file) != expected:
            text = f"{session.company_file} is open, expected was {call.expected_company}."
            self._not_sent(live, "wrong-company-file", clean(text, 4000), session.company_file)
            return None
        return session

    def _hand_over(self, live: LiveCall, session: LinkSession) -> bool:
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
                return False
        live.reply = handed
        return True

    def _process(self, live: LiveCall, sessions: Sessions, session: LinkSession) -> None:
        try:
            answer = session.process(live.call.qbxml)
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

    # ------------------------------------------------------------------ proving that it is over

    def _fence_off(self, entry: Entry) -> wire.ProcessReply:
        """Let QuickBooks answer a newer session, then say abandoned; else what is known."""
        if not entry.app_name:
            return entry.reply
        proof: list[wire.ProcessReply] = []
        task = Task(
            lambda sessions: proof.extend(self._ask_host(entry, sessions)),
            label=f"proof for {entry.call_id}",
        )
        if not self._worker.submit(task):
            return entry.reply
        if not task.done.wait(RECALL_WAIT_S) and self._worker.cancel(task):
            return entry.reply
        return proof[0] if proof else entry.reply

    def _ask_host(self, entry: Entry, sessions: Sessions) -> list[wire.ProcessReply]:
        current = self._journal.get(entry.call_id)
        if current is None or current.reply.executed is not None or current.state != entry.state:
            return [current.reply] if current is not None else []
        try:
            # Every session of this thread began later: a failed request killed its own, and
            # those of an earlier process died with it.
            session = sessions.get(
                app_name=entry.app_name, company_file=entry.company_file, mode=entry.mode
            )
            file = wire.fence_key(entry.reply.company_file)
            if file and file != wire.fence_key(session.company_file):
                return []
            answer = session.process(host_query.request(session.versions))
        except LinkError as error:
            sessions.drop(error)
            return []
        if not host_query.was_answered(answer):
            return []
        reply = replace(
            entry.reply, outcome="abandoned", state="abandoned", fenced_at=self._clock()
        )
        self._journal.record_end(reply, was=entry.state)
        return [reply]


def clean(text: str, limit: int | None = None) -> str:
    """What QuickBooks said, within the contract: its strings may hold half of a surrogate pair."""
    text = text[:limit]
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def problem(
    status: int, code: str, message: str, remedy: str, *, retry_after_s: int = 0
) -> Problem:
    """A Problem from its words."""
    reply = wire.ProblemReply(code=code, message=message, remedy=remedy)
    return Problem(status, reply, retry_after_s=retry_after_s)


def fence_problem(refused: Refused) -> Problem:
    """409 with the highest epoch that was seen."""
    remedies = {
        "fenced": "Stop this writer; if the database was restored, a person confirms that.",
        "other-installation": "A Super User takes the company file over, or stops here.",
    }
    reply = wire.ProblemReply(
        code=refused.code,
        message=refused.message,
        remedy=remedies[refused.code],
        highest_epoch=refused.highest_epoch,
    )
    return Problem(409, reply)
