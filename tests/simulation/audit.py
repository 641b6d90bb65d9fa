"""The auditor: looks at QuickBooks' books and at what Tieout claims, and shares no code with either.

It reads plain facts only (numbers, texts, the history of the books) and imports nothing of what it
audits. What it finds is a list of sentences; an empty list is a clean run.
"""

from __future__ import annotations

from typing import Any

FENCE_S = 900  # so long a ticket of the Web Connector must have been silent
OPEN = {"sending", "unconfirmed", "resendable"}  # a write whose outcome is not known
LATE_AND_LOST = "QuickBooks committed later than the fence and had lost its recovery record"
SET_ASIDE = "QuickBooks committed late what a person had set aside"
FORGOTTEN = "our database was restored to before a write that QuickBooks then committed late"
AGAIN = "a person had it sent again, and QuickBooks committed the first one later than the fence"
JUMPED = "the clock jumped or the Web Connector slept over the wait; a late commit had no record"
MOVED = "somebody gave it another number and customer, and QuickBooks had lost its recovery record"
RENUMBERED = "our database was restored, and the invoice had another number in QuickBooks by then"
SWAPPED = "another file was put at the same path between the look and the write"
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
        self.edited: set[int] = set()
        self.live: dict[str, set[int]] = {}
        self.guid_of: dict[int, str] = {}
        self.refused: set[str] = set()  # set ids that QuickBooks refused
        self.executed: dict[str, int] = {}  # set id -> how many invoices it made
        self.late: set[str] = set()
        self.set_of: dict[int, str] = {}
        for entry in run.log:
            self._enter(entry, found)

    def _enter(self, entry: tuple[Any, ...], found: list[str]) -> None:
        what = entry[0]
        if what == "created":
            _, file, invoice, set_id = entry
            self.guid_of[invoice.txn] = invoice.guid
            self.set_of[invoice.txn] = set_id
            self.executed[set_id] = self.executed.get(set_id, 0) + 1
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
        elif what == "edited":
            self.edited.add(entry[1])
        elif what == "refused":
            self.refused.add(entry[1])
        elif what == "late":
            self.late.add(entry[1])


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
    """One write at a time; one set id for one set of bytes; a new id after a refusal."""
    bytes_of: dict[str, Any] = {}
    last_of: dict[int, str] = {}  # posting -> its latest set id
    late: set[str] = set()
    restored = False
    spent: set[str] = set()  # set ids that were refused, or proved not to have run
    told: dict[int, set[int]] = {}  # posting -> what it was told late that QuickBooks saved
    for entry in run.log:
        if entry[0] == "told" and entry[3] != "sending":  # then it was on its way already
            told.setdefault(entry[1], set()).update(entry[2])
        elif entry[0] == "gone":
            for saved in told.values():
                saved.discard(entry[1])
        if entry[0] == "states":
            for index, state in enumerate(entry[1]):
                if state in ("ready", "refused") and index in last_of:
                    spent.add(last_of[index])
        elif entry[0] == "restored ours":
            restored = True
            spent.clear()
            told.clear()
        elif entry[0] == "late":
            late.add(entry[1])
        elif entry[0] == "stale hand":
            found.append(f"tick {entry[1]}: worker {entry[2]} moved an invoice after its lease")
        elif entry[0] == "judged" and not entry[2]:
            found.append(f"posting {entry[1]} is settled by an answer that was not kept")
        if entry[0] != "sent":
            continue
        _, tick, index, set_id, digest, states, _ = entry
        if restored and set_id in late:
            continue  # left before our database was restored
        for other, state in enumerate(states):
            if other != index and state in OPEN:
                found.append(f"tick {tick}: a write leaves while posting {other} is {state}")
        if bytes_of.setdefault(set_id, digest) != digest:
            found.append(f"tick {tick}: other bytes under the set id {set_id}")
        if set_id in spent:
            found.append(f"tick {tick}: {set_id} is over and leaves again")
        if told.get(index):
            found.append(
                f"tick {tick}: {set_id} leaves although the answer that it was saved is kept"
            )
        last_of[index] = set_id


def apart(run: Any) -> str:
    """Why a run is outside the promise, "" when it is not; told by what happened, not by claims."""
    late: set[str] = set()
    made: dict[str, list[str]] = {}  # guid -> the set ids that made an invoice of it
    guids: dict[int, str] = {}
    renumbered: set[str] = set()
    unrecorded: dict[str, str] = {}  # set id -> why QuickBooks knows it no more
    again: set[str] = set()  # what a person had sent again
    moved: set[str] = set()
    ours_restored = False
    jumped = False  # our clock
    looked = 0  # the file in which Tieout last looked
    for entry in run.log:
        what = entry[0]
        if what == "late":
            late.add(entry[1])
        elif what == "event" and (entry[2].startswith("clock") or entry[2] == "pause"):
            jumped = True
        elif what == "looked":
            looked = entry[1]
        elif what == "unrecorded":
            unrecorded[entry[1]] = entry[2]
        elif what == "sent again":
            again.add(run.wanted[entry[1]][0])
        elif what == "created":
            _, file, invoice, set_id = entry
            made.setdefault(invoice.guid, []).append(set_id)
            guids[invoice.txn] = invoice.guid
            if file != 0 and run.schedule.same_path and looked == 0:
                return SWAPPED
        elif what == "restored ours":
            ours_restored = True
        elif what == "edited" and "number" in entry[2]:
            renumbered.add(guids[entry[1]])
            if "customer" in entry[2]:
                moved.add(guids[entry[1]])
    for guid, set_ids in made.items():
        lost = {unrecorded[set_id] for set_id in set_ids if set_id in unrecorded}
        if len(set_ids) > 1 and late & set(set_ids):
            if "lost" in lost:
                if _was_fenced(run, late & set(set_ids)):
                    return LATE_AND_LOST
                if jumped:
                    return JUMPED
            if ours_restored:
                return FORGOTTEN
            if guid in again:
                return AGAIN
        if len(set_ids) > 1 and guid in moved and "lost" in lost:
            return MOVED
        if len(set_ids) > 1 and ours_restored and guid in renumbered:
            return RENUMBERED
    for wanted, (state, _) in zip(run.wanted, run.claims, strict=True):
        if state == "set aside" and wanted[0] in moved:
            return MOVED
        if state == "set aside" and ours_restored and wanted[0] in renumbered:
            return RENUMBERED
        if state == "set aside" and late & set(made.get(wanted[0], ())):
            return SET_ASIDE
    return ""


def _was_fenced(run: Any, set_ids: set[str]) -> bool:
    """Whether each call of these sets was over by the fence before the same bytes left again."""
    fenced: set[str] = set()
    first: dict[str, tuple[str, str, int]] = {}
    for entry in run.log:
        if entry[0] == "fence":
            fenced.add(entry[1])
        elif entry[0] == "sent" and entry[3] in set_ids:
            call_id, road, now = first.get(entry[3], ("", "", 0))
            if road == "remote" and call_id not in fenced:
                return False
            if road == "web connector" and entry[6][2] - now < FENCE_S:
                return False
            first[entry[3]] = entry[6]
    return True
