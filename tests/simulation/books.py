"""A QuickBooks small enough to run millions of times: two company files, recovery records, faults.

It knows what Intuit documents and what has been observed, and nothing of Tieout: numbers are not
unique, an ExternalGUID is echoed and never enforced, a set id that is stored is not executed
again, records belong to an application, a restored file has lost them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

RIGHT, WRONG = 0, 1

NOT_STORED_CODE, CHANGED, NO_RESPONSE = 600, 9001, 9002
LOCKED, REFUSED = 3176, 3140


class Invoice(NamedTuple):
    """An invoice as QuickBooks holds it; every change makes a new one under the same `txn`."""

    txn: int
    guid: str
    key: str  # the marker in the memo, "" when somebody edited it away
    number: str
    customer: int
    total: int
    voided: bool = False


class Died(Exception):
    """QuickBooks did not answer the call. `executed` is what the code proves: False or None."""

    def __init__(self, executed: bool | None) -> None:
        super().__init__(executed)
        self.executed = executed


class File:
    """One company file: what is in it now."""

    __slots__ = ("deleted", "invoices", "name", "path", "records", "restored")

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path
        self.invoices: dict[int, Invoice] = {}
        self.deleted: list[tuple[int, str]] = []  # (txn, number)
        self.records: dict[tuple[str, str], tuple[str, Any]] = {}  # (app, set id) -> digest, reply
        self.restored = 0


class QuickBooks:
    """The program with one file open. `log` is what the auditor reads: the history of the books."""

    def __init__(self, log: list[tuple[Any, ...]], *, same_path: bool) -> None:
        self.log = log
        self.files = [File("Northgate", "C:/N.QBW"), File("Harbor", "C:/H.QBW")]
        if same_path:
            self.files[WRONG].path = self.files[RIGHT].path
        self.open = RIGHT
        self.generation = 1  # a session of another generation is dead
        self.dialog = False
        self._next_txn = 1
        self._backup: tuple[dict[int, Invoice], list[tuple[int, str]]] | None = None
        self._restores = 0
        self.lock = False  # the customer is open on somebody's screen
        self.refuse = False  # the next write is refused for good

    # ------------------------------------------------------------------ sessions and calls

    def begin(self) -> int:
        """Open a session and return its generation; Died(False) while a dialog is open."""
        if self.dialog:
            raise Died(executed=False)
        return self.generation

    def process(self, session: int, app: str, request: tuple[Any, ...], strike: str = "") -> Any:
        """Execute one message set. `strike`: where QuickBooks dies, or what it forgets."""
        if session != self.generation:
            raise Died(executed=False)  # 0x8004040D: the ticket is no longer valid
        if self.dialog:
            raise Died(executed=False)
        file = self.files[self.open]
        kind = request[0]
        if kind == "write":
            return self._write(file, app, request, strike)
        if strike == "cut":
            return ("garbage",)
        if strike in ("before save", "after save", "reply lost"):
            self.generation += 1
            raise Died(executed=None)
        if kind == "session":
            return ("facts", file.name, file.path, file.restored)
        if kind == "probe":
            return self._probe(file, request)
        if kind == "status":
            return self._status(file, app, request[1])
        return self._search(file, request)

    def _write(self, file: File, app: str, request: tuple[Any, ...], strike: str) -> Any:
        _, set_id, old_id, digest, guid, key, number, customer, total = request
        if old_id != set_id and file.records.pop((app, old_id), None) is not None:
            self.log.append(("cleared", old_id))
        known = file.records.get((app, set_id))
        if known is not None:
            if known[0] != digest:
                return ("state", CHANGED)
            answer = ("state", NO_RESPONSE) if known[1] is None else known[1]
            return ("garbage",) if strike == "cut" else answer
        if strike == "before save":
            self.generation += 1
            raise Died(executed=None)
        if self.lock or self.refuse:
            strike = strike if strike in ("reply lost", "cut") else ""  # nothing is saved
            reply: Any = ("written", LOCKED if self.lock else REFUSED, None)
            self.lock = self.refuse = False
            self.log.append(("refused", set_id))
        else:
            invoice = Invoice(self._next_txn, guid, key, number, customer, total)
            self._next_txn += 1
            file.invoices[invoice.txn] = invoice
            self.log.append(("created", self.open, invoice, set_id))
            reply = ("written", 0, invoice)
        if strike == "after save":
            self.generation += 1
            raise Died(executed=None)
        if strike != "not stored":
            kept = None if strike == "forgets the answer" else reply
            file.records[app, set_id] = (digest, kept)
        if strike == "reply lost":
            self.generation += 1
            raise Died(executed=None)
        return ("garbage",) if strike == "cut" else reply

    def _status(self, file: File, app: str, set_id: str) -> Any:
        self.log.append(("asked for", set_id))
        known = file.records.get((app, set_id))
        if known is None:
            return ("state", NOT_STORED_CODE)
        return ("state", NO_RESPONSE) if known[1] is None else known[1]

    def _probe(self, file: File, request: tuple[Any, ...]) -> Any:
        _, number, customer, widely = request
        rows = file.invoices.values()
        return (
            "found",
            tuple(i for i in rows if i.number == number),
            tuple(i for i in rows if widely or i.customer == customer),
        )

    def _search(self, file: File, request: tuple[Any, ...]) -> Any:
        number = request[1]
        rows = file.invoices.values()
        return (
            "searched",
            tuple(i for i in rows if i.number == number),
            tuple(rows),  # all that was changed since it was sent
            tuple(n for _, n in file.deleted if n == number),
        )

    # ------------------------------------------------------------------ people

    def _mine(self, guid: str) -> Invoice | None:
        for invoice in self.files[RIGHT].invoices.values():
            if invoice.guid == guid:
                return invoice
        return None

    def edit(self, guid: str, **changes: Any) -> bool:
        """Somebody changes our invoice: number, marker (key), total or voided."""
        invoice = self._mine(guid)
        if invoice is None or (invoice.voided and "total" in changes):
            return False
        self.files[RIGHT].invoices[invoice.txn] = invoice._replace(**changes)
        self.log.append(("edited", invoice.txn, tuple(changes)))
        return True

    def delete(self, guid: str) -> bool:
        """Somebody deletes our invoice."""
        invoice = self._mine(guid)
        if invoice is None:
            return False
        file = self.files[RIGHT]
        del file.invoices[invoice.txn]
        file.deleted.append((invoice.txn, invoice.number))
        self.log.append(("gone", invoice.txn, "deleted"))
        return True

    def add_foreign(self, number: str, customer: int, total: int) -> None:
        """Other software, or a person, types an invoice with that number."""
        invoice = Invoice(self._next_txn, "", "", number, customer, total)
        self._next_txn += 1
        self.files[RIGHT].invoices[invoice.txn] = invoice

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
        file = self.files[RIGHT]
        self._backup = (dict(file.invoices), list(file.deleted))

    def restore(self) -> bool:
        """Restore that backup: later invoices vanish, deleted ones are back, records are lost."""
        if self._backup is None:
            return False
        file = self.files[RIGHT]
        before = file.invoices
        file.invoices, file.deleted = dict(self._backup[0]), list(self._backup[1])
        file.records = {}
        self._restores += 1
        file.restored = self._restores
        self.generation += 1
        for txn in before.keys() - file.invoices.keys():
            self.log.append(("gone", txn, "restored"))
        for txn in file.invoices.keys() - before.keys():
            self.log.append(("back", txn))
        return True

    def lose_records(self) -> None:
        """The recovery records are lost, all of them."""
        for file in self.files:
            file.records = {}

    def stored(self, app: str, request: tuple[Any, ...]) -> Any:
        """The answer kept under that request's set id, None when there is none."""
        known = self.files[self.open].records.get((app, request[1])) if len(request) > 1 else None
        return None if known is None else known[1]

    def make_room(self, number: str, guid: str) -> None:
        """Somebody gives foreign invoices with our number another one."""
        rows = self.files[RIGHT].invoices
        for txn, invoice in rows.items():
            if invoice.number == number and invoice.guid != guid:
                rows[txn] = invoice._replace(number=f"{number}f{txn}")

    def facts(self) -> tuple[Any, ...]:
        """What a session check answers for the open file."""
        file = self.files[self.open]
        return (file.name, file.path, file.restored)

    def right_books(self) -> list[Invoice]:
        """What stands in the right file."""
        return list(self.files[RIGHT].invoices.values())

    def wrong_books(self) -> list[Invoice]:
        """What stands in the other file."""
        return list(self.files[WRONG].invoices.values())
