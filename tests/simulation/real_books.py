"""The rehearsal company in the place of the model QuickBooks, with the same faults on request."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.simulation.books import RIGHT, WRONG, Died, Invoice

from tieout.channels.base import Answer, Outcome
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.translate import IDENTITY
from tieout.sandbox import CompanyFile, HResult
from tieout.service import company_facts

ACME = "Acme Health"
JOBS = (f"{ACME}:Ortiz, Elena - ICU", f"{ACME}:Reed, Sam - Forklift")
AWAY = f"{ACME}:Somebody else"
DESCRIPTION: dict[str, Any] = {
    "name": "Northgate",
    "company_file": "C:\\N.QBW",
    "accounts": [
        {"name": "Accounts Receivable", "type": "AccountsReceivable"},
        {"name": "Staffing Revenue", "type": "Income"},
    ],
    "items": [
        {
            "kind": "Service", "name": "Regular Hours", "full_name": "Regular Hours",
            "income_account": "Staffing Revenue", "active": True,
        },
    ],
    "customers": [{"full_name": name, "active": True} for name in (ACME, *JOBS, AWAY)],
}  # fmt: skip
AT_SAVE = {
    "before save": "crash_before_save",
    "after save": "crash_after_save",
    "not stored": "state_not_stored",
    "forgets the answer": "forget_response",
}
LOCKED, REFUSED = 3176, 3140
INVOICE, CREDIT_MEMO = "Invoice", "CreditMemo"


def make_template(path: Path, clock: Callable[[], datetime]) -> None:
    """A company file that each run copies."""
    made = CompanyFile.create(path, name="Northgate", clock=clock)
    made.load(DESCRIPTION)
    made.close()
    with sqlite3.connect(path) as disk:
        disk.execute("PRAGMA journal_mode=DELETE")


class Reply(bytes):
    """An answer of QuickBooks, and the path of the file it is about."""

    path = ""


class OneFile:
    """One rehearsal company file, as the world asks for it."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.disk = CompanyFile(path, clock=clock)
        self.sql = self.disk._books.connection
        self.sql.execute("PRAGMA synchronous=OFF")  # nothing of a run survives it
        self.session: Any = None
        self.last_number = 0

    @property
    def path(self) -> str:
        return self.disk.company_file

    def close(self) -> None:
        if self.session is not None:
            self.session[1].close()
        self.disk.close()


class RealBooks:
    """The same face as `books.QuickBooks`, over two rehearsal company files."""

    def __init__(
        self,
        log: list[Any],
        template: Path,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        same_path: bool,
        kind: str = INVOICE,
    ) -> None:
        """`kind`: what is exported, INVOICE or CREDIT_MEMO."""
        self.log = log
        self.kind = kind
        self.files = []
        for name in ("right", "wrong"):
            path = folder / f"{name}.sqlite3"
            shutil.copyfile(template, path)
            self.files.append(OneFile(path, clock))
        self.files[WRONG].disk.set_preference("name", "Harbor")
        if not same_path:
            self.files[WRONG].disk.set_preference("company_file", "C:\\H.QBW")
        self.folder = folder
        self.open = RIGHT
        self.generation = 1
        self.dialog = self.lock = self.refuse = False
        self._backups = 0
        rows = self.files[RIGHT].sql.execute(
            "SELECT full_name, list_id FROM entry WHERE family = 'Entity'"
        )
        self.list_ids = dict(rows.fetchall())
        self.names = {list_id: name for name, list_id in self.list_ids.items()}

    def close(self) -> None:
        """Close both files."""
        for file in self.files:
            file.close()

    # ------------------------------------------------------------------ sessions and calls

    def begin(self) -> int:
        """Open a session and return its generation; Died(False) while a dialog is open."""
        if self.dialog:
            raise Died(executed=False)
        return self.generation

    def process(self, session: int, app: str, request: bytes, strike: str = "") -> Any:
        """Execute one message set on the file that is open."""
        if session != self.generation or self.dialog:
            raise Died(executed=False)
        file = self.files[self.open]
        if self._adds(request):
            return self._write(file, app, request, strike)
        if strike == "cut":
            return b"<garbage"
        if strike in ("before save", "after save", "reply lost"):
            self.generation += 1
            raise Died(executed=None)
        if b"requestID=" not in request:  # a status check names no request
            self.log.append(("asked for", _set_id(request)))
        return self._run(file, app, request)

    def _adds(self, request: bytes) -> bool:
        return f"{self.kind}AddRq".encode("ascii") in request

    def _write(self, file: OneFile, app: str, request: bytes, strike: str) -> Any:
        set_id = _set_id(request)
        known = self._record(file, app, set_id)
        refused = not known and strike != "before save" and (self.lock or self.refuse)
        if refused:
            code = LOCKED if self.lock else REFUSED
            text = "It is locked: it is being edited in another window." if self.lock else "No."
            target = f"{self.kind}Add"
            file.disk.raise_fault("refuse", target=target, code=code, message=text, times=1)
            self.lock = self.refuse = False
            self.log.append(("refused", set_id))
        elif not known and strike in AT_SAVE:
            file.disk.raise_fault(AT_SAVE[strike], times=1)
        try:
            answer = self._run(file, app, request)
        except Died:
            self.generation += 1
            raise
        finally:
            file.disk.clear_faults()
            self._note_created(file, set_id)
        if strike == "reply lost" and not known:
            self.generation += 1
            raise Died(executed=None)
        return b"<garbage" if strike == "cut" else answer

    def _run(self, file: OneFile, app: str, request: bytes) -> bytes:
        if file.session is None or file.session[0] != (self.generation, app):
            if file.session is not None:
                file.session[1].close()
            opened = file.disk.open_session(app_name=app)
            opened._books.connection.execute("PRAGMA synchronous=OFF")
            file.session = ((self.generation, app), opened)
        try:
            answer: str = file.session[1].process(request.decode("utf-8"))
        except HResult as error:
            file.session[1].close()
            file.session = None
            raise Died(executed=None) from error
        reply = Reply(answer.encode("utf-8"))
        reply.path = file.path
        return reply

    def _note_created(self, file: OneFile, set_id: str) -> None:
        rows = self._invoices(file, after=file.last_number)
        for number, invoice in rows:
            file.last_number = number
            self.log.append(("created", self.open, invoice, set_id))

    def _record(self, file: OneFile, app: str, set_id: str) -> bool:
        row = file.sql.execute(
            "SELECT 1 FROM recovery WHERE app = ? AND set_id = ?", (app, set_id)
        ).fetchone()
        return row is not None

    def stored(self, app: str, request: bytes) -> bytes | None:
        """The answer kept under that request's set id, None when there is none."""
        if not self._adds(request):
            return None
        row = (
            self.files[self.open]
            .sql.execute(
                "SELECT response FROM recovery WHERE app = ? AND set_id = ?",
                (app, _set_id(request)),
            )
            .fetchone()
        )
        return row[0].encode("utf-8") if row and row[0] else None

    # ------------------------------------------------------------------ people

    def _invoices(self, file: OneFile, *, after: int = 0) -> list[tuple[int, Invoice]]:
        rows = file.sql.execute(
            "SELECT txn_number, txn_id, guid, ref_number, entity_id, subtotal + tax, is_void"
            " FROM txn WHERE kind = ? AND txn_number > ? ORDER BY txn_number",
            (self.kind, after),
        )
        return [
            (
                row[0],
                Invoice(
                    row[1], (row[2] or "").upper(), "", row[3], row[4],
                    Decimal(row[5]) / 100, bool(row[6]),  # type: ignore[arg-type]
                ),
            )
            for row in rows.fetchall()
        ]  # fmt: skip

    def _mine(self, guid: str) -> Invoice | None:
        return next((each for each in self.right_books() if each.guid == guid), None)

    def edit(self, guid: str, **changes: Any) -> bool:
        """Somebody changes our invoice: number, customer, marker, total or voided."""
        invoice = self._mine(guid)
        if invoice is None or (invoice.voided and "total" in changes):
            return False
        disk, which = self.files[RIGHT].disk, str(invoice.txn)
        if "voided" in changes:
            disk.void_invoice(which)
        elif "total" in changes:
            disk.edit_invoice_line(which, 1, amount=f"{changes['total']:.2f}")
        if "number" in changes:
            disk.renumber_invoice(which, changes["number"])
        if "customer" in changes:
            disk.move_invoice(which, AWAY)
        if "key" in changes:
            disk.edit_invoice(which, memo="")
        self.log.append(("edited", invoice.txn, tuple(changes)))
        return True

    def delete(self, guid: str) -> bool:
        """Somebody deletes our invoice."""
        invoice = self._mine(guid)
        if invoice is None:
            return False
        self.files[RIGHT].disk.delete_invoice(str(invoice.txn))
        self.log.append(("gone", invoice.txn, "deleted"))
        return True

    def add_foreign(self, number: str, customer: str, total: Decimal) -> None:
        """Other software, or a person, types an invoice with that number."""
        file = self.files[RIGHT]
        file.disk.add_invoice(
            self.names[customer],
            [{"item": "Regular Hours", "amount": f"{total:.2f}"}],
            kind=self.kind,
            number=number,
            date="2026-10-04",
        )
        file.last_number = self._invoices(file)[-1][0]

    def make_room(self, number: str, guid: str) -> None:
        """Somebody gives foreign invoices with our number another one."""
        for at, invoice in enumerate(self.right_books()):
            if invoice.number == number and invoice.guid != guid:
                self.files[RIGHT].disk.renumber_invoice(str(invoice.txn), f"{number}f{at}")

    def switch(self, which: int) -> None:
        """Close the file and open another one; sessions die with it."""
        if which != self.open:
            self.open = which
            self.generation += 1

    def die(self) -> None:
        """QuickBooks is closed and opened again."""
        self.generation += 1

    def back_up(self) -> None:
        """Make a backup of the right file."""
        self._backups += 1
        self.files[RIGHT].disk.backup(self.folder / f"backup{self._backups}.sqlite3")

    def restore(self) -> bool:
        """Restore that backup: later invoices vanish, deleted ones are back, records are lost."""
        if not self._backups:
            return False
        file = self.files[RIGHT]
        before = {invoice.txn for invoice in self.right_books()}
        file.disk.restore(self.folder / f"backup{self._backups}.sqlite3")
        self.generation += 1
        after = {invoice.txn for invoice in self.right_books()}
        numbers = [number for number, _ in self._invoices(file)]
        file.last_number = max(numbers, default=0)
        for txn in sorted(before - after, key=str):
            self.log.append(("gone", txn, "restored"))
        for txn in sorted(after - before, key=str):
            self.log.append(("back", txn))
        return True

    def lose_records(self) -> None:
        """The recovery records are lost, all of them."""
        for file in self.files:
            file.sql.execute("DELETE FROM recovery")

    def all_sales(self) -> list[object]:
        """What a tie-out reads of the right file."""
        query = qbxml.InvoiceQuery if self.kind == INVOICE else qbxml_credits.CreditMemoQuery
        request = qbxml.render([query(request_id="all", include=IDENTITY)])
        raw = self._run(self.files[RIGHT], "Somebody", request)
        return list(qbxml.parse_response(raw).responses[0].rets)

    def facts(self) -> dict[str, Any]:
        """What a session check reads of the open file, as the Book row keeps it."""
        file = self.files[self.open]
        raw = self._run(file, "Somebody", company_facts.request())
        answer = Answer(outcome=Outcome.RESPONSE, qbxml=raw, company_file=file.path)
        return company_facts.read(answer).book_columns()

    def right_books(self) -> list[Invoice]:
        """What stands in the right file."""
        return [invoice for _, invoice in self._invoices(self.files[RIGHT])]

    def wrong_books(self) -> list[Invoice]:
        """What stands in the other file."""
        return [invoice for _, invoice in self._invoices(self.files[WRONG])]


def _set_id(request: bytes) -> str:
    """newMessageSetID of a message set."""
    found = re.search(rb'newMessageSetID="([^"]*)"', request)
    return found[1].decode() if found else ""
