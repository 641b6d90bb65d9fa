"""The proof that a write without a known result runs no more.

It is given when nothing of the write runs here and QuickBooks, which serves one request at a time
(observed), has answered HostQuery in a session that began later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from tieout.connector import host_query
from tieout.connector.journal import Entry, Journal
from tieout.connector.link import LinkError
from tieout.connector.worker import Sessions, Task, Worker
from tieout.quickbooks import wire

# How long a question about a call waits for QuickBooks to prove that the call is over.
RECALL_WAIT_S = 20.0


class Proof:
    """Asks QuickBooks for it, on the worker's thread."""

    def __init__(self, *, journal: Journal, worker: Worker, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._worker = worker
        self._clock = clock

    def seek(self, entry: Entry) -> wire.ProcessReply:
        """Let QuickBooks answer a newer session, then say abandoned; else what is known."""
        if not entry.app_name:
            return entry.reply
        found: list[wire.ProcessReply] = []
        task = Task(
            lambda sessions: found.extend(self._ask_host(entry, sessions)),
            label=f"proof for {entry.call_id}",
        )
        if not self._worker.submit(task):
            return entry.reply
        if not task.done.wait(RECALL_WAIT_S) and self._worker.cancel(task):
            return entry.reply
        return found[0] if found else entry.reply

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
            answer = session.process(host_query.request(), limit_s=RECALL_WAIT_S)
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
