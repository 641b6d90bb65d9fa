"""A session with the company: opening it, and executing message sets in QuickBooks' order.

Each request that writes is one commit; the recovery state of the set is another one, after it.
Between the two QuickBooks can die (observed as an invoice without recovery record); the faults
strike at exactly these points.
"""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Sequence

from tieout.sandbox import faults, message, recovery
from tieout.sandbox.books import Books
from tieout.sandbox.context import Context
from tieout.sandbox.errors import PROCESS, HResult, RequestError
from tieout.sandbox.faults import Fault
from tieout.sandbox.handlers import HANDLERS, is_write
from tieout.sandbox.locks import check_locks
from tieout.sandbox.message import MessageSet, Request
from tieout.sandbox.reply import ERROR_FIRST, Answer, render_answer, render_set

REQUEST_ID_MAX = 50
NOT_SUPPORTED = "This request is not supported by this implementation."
NOT_PROCESSED = "The request has not been processed."
RPC_FAILED, RPC_UNAVAILABLE, TICKET_INVALID = 0x800706BE, 0x800706BA, 0x8004040D
MODES = {"single_user": "SingleUser", "multi_user": "MultiUser", "do_not_care": ""}


class Session:
    """An open session. Not for several threads at once; QuickBooks serves one call at a time."""

    def __init__(self, books: Books, *, app_name: str) -> None:
        self.session_id = str(uuid.uuid4())
        with books.reading():
            self.company_file: str = books.setting("company_file")
            self.versions: tuple[str, ...] = tuple(books.setting("versions").split())
            self._generation: int = books.setting("generation")
        self._books = books
        self._context = Context(books, app=app_name)
        self._open = True
        self._died = False

    def process(self, qbxml: str) -> str:
        """Execute one message set and return the response document.

        Raises HResult at stage "process". 0x80040400, 0x80040413 and 0x80040423 prove that nothing
        was executed; after an RPC failure the outcome is unknown and the session is dead.
        """
        self._check_alive()
        self._strike_call()
        parsed = message.read(qbxml, versions=self.versions)
        writes = any(is_write(request.kind) for request in parsed.requests)
        self._delay(writes=writes)
        try:
            reply = self._run(parsed)
        finally:
            if self._died:
                self.close()
        return self._deliver(reply, writes=writes)

    def close(self) -> None:
        """End the session; its iterators die with it. Closing twice is harmless."""
        if self._open:
            self._open = False
            self._context.iterators.clear()
            self._books.connection.close()

    def _check_alive(self) -> None:
        if not self._open:
            raise HResult(PROCESS, TICKET_INVALID)
        with self._books.reading():
            same = self._books.setting("generation") == self._generation
        if not same:
            self.close()
            raise HResult(PROCESS, TICKET_INVALID)

    def _strike_call(self) -> None:
        for fault in faults.take(self._books, faults.AT_CALL):
            if fault.kind in ("closed", "rpc"):
                self.close()
            code = RPC_UNAVAILABLE if fault.kind == "closed" else fault.code
            raise HResult(PROCESS, code, fault.message)

    def _delay(self, *, writes: bool) -> None:
        targets = ("write", "any") if writes else ("any",)
        for fault in faults.take(self._books, ("slow", "hang"), targets=targets):
            time.sleep(fault.delay_s)

    def _run(self, parsed: MessageSet) -> str:
        books, app = self._books, self._context.app
        if parsed.new_id is None and parsed.old_id is None:
            answers, _ = self._answers(parsed)
            return render_set(answers)
        with books.writing():
            settled = recovery.settle(books, app, parsed)
        if settled is not None:
            return settled
        answers, planned = self._answers(parsed)
        if parsed.new_id is None:
            return render_set(answers, set_id=parsed.old_id, status=0)
        return self._store(parsed, answers, planned)

    def _store(self, parsed: MessageSet, answers: str, planned: Sequence[Fault]) -> str:
        kinds = {fault.kind for fault in planned}
        set_id = parsed.new_id or ""
        reply = render_set(answers, set_id=set_id, status=0)
        if "state_not_stored" in kinds:
            return render_set(answers, set_id=set_id, status=recovery.NOT_STORED)
        kept = None if "forget_response" in kinds else reply
        with self._books.writing():
            recovery.store(self._books, self._context.app, set_id, parsed.digest, kept)
        self._strike(planned, "after_state")
        return reply

    def _answers(self, parsed: MessageSet) -> tuple[str, list[Fault]]:
        """Execute the requests one by one; nothing done is ever undone by a later failure."""
        self._context.macros.clear()
        parts: list[str] = []
        planned: list[Fault] = []
        stopped = False
        for request in parsed.requests:
            if stopped:
                answer = Answer(code=3231, message=NOT_PROCESSED)
            else:
                answer = self._answer(request, planned)
            stopped = stopped or (answer.code >= ERROR_FIRST and parsed.on_error == "stopOnError")
            with_data = parsed.with_data
            parts.append(
                render_answer(request.kind, request.request_id, answer, with_data=with_data)
            )
        return "".join(parts), planned

    def _answer(self, request: Request, planned: list[Fault]) -> Answer:
        if request.request_id is not None and len(request.request_id) > REQUEST_ID_MAX:
            return Answer(code=1060, message="The request ID is invalid.")
        if request.fault is not None:
            return Answer(code=request.fault[0], message=request.fault[1])
        if request.kind not in HANDLERS:
            return Answer(code=1030, message=NOT_SUPPORTED)
        refused = faults.take(self._books, ("refuse",), targets=(request.kind,))
        if refused:
            text = refused[0].message or "The request was refused."
            return Answer(code=refused[0].code, message=text)
        try:
            if is_write(request.kind):
                return self._write(request, planned)
            with self._books.reading():
                return HANDLERS[request.kind](self._context, request.node)
        except RequestError as error:
            return Answer(code=error.code, message=error.message)

    def _write(self, request: Request, planned: list[Fault]) -> Answer:
        struck = faults.take(self._books, faults.AT_SAVE, targets=(request.kind,))
        planned.extend(struck)
        check_locks(self._books, request)
        with self._books.writing():
            answer = HANDLERS[request.kind](self._context, request.node)
            self._strike(struck, "before_save")
        self._strike(struck, "after_save")
        return answer

    def _strike(self, planned: Sequence[Fault], point: str) -> None:
        for fault in planned:
            if fault.kind == f"kill_{point}":
                os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
            if fault.kind == f"crash_{point}":
                self._died = True
                raise HResult(PROCESS, fault.code, fault.message)

    def _deliver(self, reply: str, *, writes: bool) -> str:
        targets = ("write",) if writes else ()
        for fault in faults.take(self._books, faults.AT_REPLY, targets=targets):
            if fault.kind == "drop_reply":
                self.close()
                raise HResult(PROCESS, fault.code, fault.message)
            reply = reply[: len(reply) // 2]
            if fault.kind == "broken_reply":
                reply += "<<"
        return reply
