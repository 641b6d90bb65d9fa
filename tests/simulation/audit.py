"""The auditor: looks at QuickBooks' books and at what Tieout claims, and shares no code with either.

It reads plain facts only (numbers, texts, the history of the books) and imports nothing of what it
audits. What it finds is a list of sentences; an empty list is a clean run.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

FENCE_S = 900  # so long a ticket of the Web Connector must have been silent
OPEN = {"sending", "unconfirmed", "resendable"}  # a write whose outcome is not known
LATE_AND_LOST = "QuickBooks committed later than the fence and had lost its recovery record"
FORGOTTEN = (
    "our database was restored over a write that was still on its way, and QuickBooks lost its "
    "recovery record"
)
MOVED = (
    "our database was restored, the invoice has another number and customer, and QuickBooks lost "
    "its recovery record"
)
UNSETTLED = OPEN | {"claimed", "probed"}


def audit(run: Any) -> list[str]:
    """What is wrong with a run that is over."""
    found = []
    if not run.ended:
        found.append("it does not end by itself")
    history = _History(run, found)
    for index, wanted in enumerate(run.wanted):
        _posting(run, index, wanted, history, found)
    for invoice in run.wrong:
        if invoice.guid:
            found.append(f"{invoice.number} stands in the wrong company file")
    _writes(run, found)
    return found


class _History:
    """What happened to every invoice of ours, in order."""

    def __init__(self, run: Any, found: list[str]) -> None:
        self.gone: dict[int, str] = {}
        self.restored = False  # our database was: it knows nothing of what was deleted since
        self.edited: set[int] = set()
        self.gone_before: dict[int, set[int]] = {}  # posting -> deleted before its latest write
        self.live: dict[str, set[int]] = {}
        self.guid_of: dict[int, str] = {}
        for entry in run.log:
            self._enter(entry, found)

    def _enter(self, entry: tuple[Any, ...], found: list[str]) -> None:
        what = entry[0]
        if what == "created":
            _, file, invoice, _ = entry
            self.guid_of[invoice.txn] = invoice.guid
            if file == 0:
                live = self.live.setdefault(invoice.guid, set())
                live.add(invoice.txn)
                if len(live) > 1:
                    found.append(f"duplicate: {invoice.number} was saved twice")
        elif what == "gone":
            _, txn, why = entry
            self.gone[txn] = why
            self.live.get(self.guid_of.get(txn, ""), set()).discard(txn)
        elif what == "back":
            self.gone.pop(entry[1], None)
            guid = self.guid_of.get(entry[1], "")
            if guid:
                self.live.setdefault(guid, set()).add(entry[1])
        elif what == "sent":
            deleted = {txn for txn, why in self.gone.items() if why == "deleted"}
            self.gone_before[entry[2]] = deleted
        elif what == "restored ours":
            self.restored = True
        elif what == "edited":
            self.edited.add(entry[1])


def _posting(run: Any, index: int, wanted: Any, history: _History, found: list[str]) -> None:
    guid, customer, number, total = wanted
    state, txn = run.claims[index]
    mine = [invoice for invoice in run.right if invoice.guid == guid]
    if len(mine) > 1:
        found.append(f"duplicate: {number} stands {len(mine)} times in QuickBooks")
    if state in UNSETTLED:
        found.append(f"{number} is left {state}")
    if state == "exported":
        there = [invoice for invoice in run.right if invoice.txn == txn]
        if not there and txn not in history.gone:
            found.append(f"lost: {number} is exported as {txn} and is not in QuickBooks")
        if mine and txn not in [invoice.txn for invoice in mine]:
            found.append(f"{number} is exported as {txn}, QuickBooks has it as {mine[0].txn}")
        if txn in history.gone_before.get(index, ()) and not history.restored:
            found.append(f"{number} is exported as {txn}, deleted before it was sent")
        if there and there[0].guid != guid:
            found.append(f"{number} is exported as {txn}, which is somebody else's invoice")
        for invoice in mine:
            if invoice.txn in history.edited:
                continue
            if invoice.customer != customer:
                found.append(f"{number} stands on customer {invoice.customer}, not {customer}")
            if invoice.total != total or invoice.number != number:
                found.append(f"{number} has another total or number in QuickBooks")
    elif mine:
        found.append(f"{number} is {state}, and QuickBooks holds it")


def _writes(run: Any, found: list[str]) -> None:
    """One write at a time; one set id for one set of bytes; a new id after a refusal.

    After our database was restored it knows nothing of what left before: those rules begin anew.
    """
    bytes_of: dict[str, Any] = {}
    refused: set[str] = set()  # set ids that QuickBooks refused
    spent: set[str] = set()  # those of which Tieout knows it
    last_of: dict[int, str] = {}  # posting -> its latest set id
    forgotten: frozenset[str] = frozenset()
    out: frozenset[str] = frozenset()
    running = ""  # the call that QuickBooks executes
    unasked: set[str] = set()  # left with a ticket, and QuickBooks was not asked for it since
    called: dict[str, int] = {}  # ticket -> its latest call
    told: dict[int, set[int]] = {}  # posting -> what it was told late that QuickBooks saved
    for entry in run.log:
        if entry[0] == "told" and entry[3] != "sending":  # then it was on its way already
            told.setdefault(entry[1], set()).update(entry[2])
            out |= entry[4]  # so were these
        elif entry[0] == "gone":
            for saved in told.values():
                saved.discard(entry[1])
        elif entry[0] == "call":
            called[entry[1]] = entry[2]
        elif entry[0] == "runs":
            running = entry[1]
        elif entry[0] == "refused" and running not in forgotten:
            refused.add(entry[1])
        elif entry[0] in ("asked for", "never ran"):
            unasked.discard(entry[1])
        elif entry[0] == "states":
            for index, state in enumerate(entry[1]):
                if state in ("ready", "refused") and last_of.get(index) in refused:
                    spent.add(last_of[index])
        elif entry[0] == "restored ours":
            forgotten = entry[1]
            refused.clear()
            spent.clear()
            told.clear()
            unasked.clear()
            last_of.clear()
            bytes_of.clear()
        elif entry[0] == "stale hand":
            found.append(f"tick {entry[1]}: worker {entry[2]} moved an invoice after its lease")
        elif entry[0] == "judged" and not entry[2]:
            found.append(f"posting {entry[1]} is settled by an answer that was not kept")
        if entry[0] != "sent":
            continue
        _, tick, index, set_id, digest, states, call_id, by, at = entry
        if call_id in forgotten:
            continue  # it left before our database was restored
        for other, state in enumerate(states):
            if other != index and state in OPEN:
                found.append(f"tick {tick}: a write leaves while posting {other} is {state}")
        if bytes_of.setdefault(set_id, digest) != digest:
            found.append(f"tick {tick}: other bytes under the set id {set_id}")
        if set_id in spent:
            found.append(f"tick {tick}: {set_id} was refused and leaves again")
        if set_id in unasked:
            found.append(f"tick {tick}: {set_id} leaves again, and its answer was not asked for")
        if by != "remote" and at - called.get(by, at) < FENCE_S:  # later, nobody can know of it
            unasked.add(set_id)
        if told.get(index) and call_id not in out:
            found.append(
                f"tick {tick}: {set_id} leaves although the answer that it was saved is kept"
            )
        last_of[index] = set_id


def apart(run: Any) -> str:
    """Why a run is outside the promise, "" when it is not; told by what happened, not by claims.

    Only one thing is: that QuickBooks executes one set twice, which it does only when it has lost
    the record of it, because a call of that set was executed when it could run no more by all that
    can be known. Two sets for one invoice are outside the promise only when the record of the first was
    lost and QuickBooks refused it at its second execution.
    """
    past = _Past(run)
    for made in past.made.values():
        for former, later in itertools.pairwise(made):
            if later.instead:
                continue
            if former.set_id != later.set_id:
                # a refusal of the former set once more: it was executed twice all the same
                if past.restored and former.txn in past.moved and former.set_id in past.again:
                    return MOVED
                continue
            if former.over or later.over:
                return "" if later.set_id in past.cleared else LATE_AND_LOST
            if later.forgotten or former.forgotten:
                return FORGOTTEN
            if past.restored and former.txn in past.moved:
                return MOVED
    return ""


@dataclass
class _Made:
    """An invoice that QuickBooks made of a set. `over`: the call could run no more by the fence."""

    txn: int
    set_id: str
    over: bool
    forgotten: bool  # handed out before our database was restored, and executed after that
    instead: bool  # the one before it was gone by then
    gone: bool = False


class _Past:
    """What happened, from the history alone."""

    def __init__(self, run: Any) -> None:
        self.made: dict[str, list[_Made]] = {}  # by GUID
        self.moved: set[int] = set()
        self.cleared: set[str] = set()  # set ids whose record we had QuickBooks clear
        self.again: set[str] = set()  # set ids that were executed once more, and refused
        self.restored = False
        self._fenced: set[str] = set()
        self._of_call: dict[str, str] = {}  # call -> the ticket that carries it, or "remote"
        self._before: set[str] = set()  # calls from before our database was restored
        self._called: dict[str, int] = {}  # ticket -> its latest call
        self._runs = ("", 0)
        for entry in run.log:
            self._enter(entry)

    def _enter(self, entry: tuple[Any, ...]) -> None:
        match entry:
            case ("sent", _, _, _, _, _, call_id, by, _):
                self._of_call[call_id] = by
            case ("call", ticket, at):
                self._called[ticket] = at
            case ("fence", call_id):
                self._fenced.add(call_id)
            case ("runs", call_id, at):
                self._runs = (call_id, at)
            case ("created", _, invoice, set_id):
                self._create(invoice, set_id)
            case ("gone", txn, _):
                for made in self.made.values():
                    for each in made:
                        each.gone = each.gone or each.txn == txn
            case ("edited", txn, what) if "customer" in what:
                self.moved.add(txn)
            case ("refused", set_id):
                if any(each.set_id == set_id for each in itertools.chain(*self.made.values())):
                    self.again.add(set_id)
            case ("cleared", set_id):
                self.cleared.add(set_id)
            case ("restored ours", out):
                self.restored = True
                self._before.update(out, self._of_call)

    def _create(self, invoice: Any, set_id: str) -> None:
        call_id, at = self._runs
        by = self._of_call.get(call_id, "remote")
        over = call_id in self._fenced
        if by != "remote":
            over = at - self._called.get(by, at) >= FENCE_S
        made = self.made.setdefault(invoice.guid, [])
        instead = bool(made) and made[-1].gone
        made.append(_Made(invoice.txn, set_id, over, call_id in self._before, instead))
