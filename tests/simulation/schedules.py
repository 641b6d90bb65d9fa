"""A schedule: what goes wrong, and when. From a seed, and the same for the model and the real code.

Time is counted in ticks: one tick is one small step of whoever is at work (take the lane, build,
carry, keep, apply). An *arrow* strikes the next message of its kind; an *event* happens at its tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# what strikes a message on its way, and QuickBooks while it works
ARROWS = (
    "request lost", "not reached", "request late", "answer lost", "answer twice", "answer late",
    "answer cut", "cut", "before save", "after save", "reply lost", "not stored",
    "forgets the answer", "hangs", "connector dies", "connector dies late", "connector dies never",
    "recall lost", "soap lost",
    "search fails",
)  # fmt: skip
# arrows that wait for one kind of question
ONLY = {"recall lost": "recall", "search fails": "search"}
# what happens to us, to QuickBooks or by people; the number is its weight
EVENTS = (
    ("crash", 12), ("pause", 6), ("second worker", 6), ("clock forward", 2), ("clock back", 2),
    ("switch road", 4), ("back up ours", 2), ("restore ours", 3), ("back up theirs", 2),
    ("restore theirs", 3), ("renumber", 3), ("delete", 2), ("void", 2), ("edit", 2), ("unmark", 2),
    ("foreign", 2), ("alike", 2), ("lock", 3), ("refuse", 2), ("dialog", 3), ("wrong file", 3),
    ("quickbooks restarts", 3), ("connector restarts", 3), ("records lost", 3), ("people", 3), ("moved away", 2),
)  # fmt: skip
_KINDS = [kind for kind, _ in EVENTS]
_WEIGHTS: list[int] = []
for _, _weight in EVENTS:
    _WEIGHTS.append((_WEIGHTS[-1] if _WEIGHTS else 0) + _weight)

# faults that are dangerous together, in this order; "" is any arrow, "~" one that strikes a query
THEMES = (
    ("back up ours", "", "restore ours"),
    ("back up theirs", "", "restore theirs"),
    ("connector dies late", "", ""),
    ("request late", "crash", ""),
    ("pause", "not reached", "crash", ""),
    ("", "renumber", "", "people"),
    ("reply lost", "moved away", "foreign"),
    ("connector dies late", "not reached"),
    ("hangs", "~records lost", "switch road"),
    ("after save", "search fails", "~cut"),
)
TICKS = 34  # faults stop here; a healthy export of two invoices takes about thirty


@dataclass(frozen=True, slots=True)
class Fault:
    """`at`: tick. `kind`: of ARROWS or EVENTS. `which`: a posting, or a small number for it."""

    at: int
    kind: str
    which: int
    writes: bool  # an arrow: it waits for a write


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run. `people`: bits that decide what people do when they are asked."""

    seed: int
    invoices: int
    road: str  # where it begins: "remote" or "web connector"
    same_path: bool  # the wrong company file lies at the path of the right one
    people: int
    faults: tuple[Fault, ...]


def make(seed: int) -> Schedule:
    """The schedule of a seed. Changing this changes every seed."""
    random = Random(seed)
    draw = random.random
    faults = []
    for _ in range(1 + int(draw() * 5)):
        at = int(draw() * TICKS)
        if draw() < 0.5:
            kind = ARROWS[int(draw() * len(ARROWS))]
        else:
            kind = random.choices(_KINDS, cum_weights=_WEIGHTS)[0]
        faults.append(Fault(at, kind, int(draw() * 8), draw() < 0.75))
    theme = int(draw() * 14)
    if theme < len(THEMES):
        at = int(draw() * 16)
        for kind in THEMES[theme]:
            if kind == "":
                kind = ARROWS[int(draw() * len(ARROWS))]
            writes = kind[0] != "~"
            faults.append(Fault(at, kind.lstrip("~"), int(draw() * 8), writes))
            at += int(draw() * 14)
    faults.sort(key=_at)
    return Schedule(
        seed,
        1 + int(draw() * 2.4),
        "web connector" if draw() < 0.4 else "remote",
        draw() < 0.5,
        int(draw() * 4096),
        tuple(faults),
    )


def _at(fault: Fault) -> int:
    return fault.at
