"""Run fault schedules against the model, or show one step by step.

python -m tools.simulate --number 1000000            so many seeds from 0 on; exit 1 on a failure
python -m tools.simulate --first 7 --number 1 --trace   what happens under seed 7
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from tests.simulation import many
from tests.simulation.audit import apart, audit
from tests.simulation.books import QuickBooks
from tests.simulation.rows import Message, Posting, Turn
from tests.simulation.schedules import make
from tests.simulation.tieout_model import Tieout
from tests.simulation.world import World

from tieout.core.exporting import Event

EVERY = 20_000  # seeds between two lines of progress


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--number", type=int, default=1_000_000, help="how many seeds")
    parser.add_argument("--processes", type=int, default=0, help="0 = all processors")
    parser.add_argument("--trace", action="store_true", help="show the first seed step by step")
    chosen = parser.parse_args()
    if chosen.trace:
        return trace(chosen.first)
    return run(chosen.first, chosen.number, chosen.processes)


def run(first: int, number: int, processes: int) -> int:
    """Run them, say how it goes, and name every failure."""
    told = shown = 0
    total = many.Tally()
    for total in many.run_many(first, number, processes=processes):
        for seed, found in total.failures[shown:]:
            print(f"SEED {seed}: {'; '.join(found)}", flush=True)
        shown = len(total.failures)
        if total.seeds // EVERY > told:
            told = total.seeds // EVERY
            rate = total.seeds / total.seconds
            print(f"{total.seeds} seeds, {rate:.0f}/s, {total.failed} failed", flush=True)
    print(
        f"{total.seeds} schedules in {total.seconds:.0f} s ({total.seeds / total.seconds:.0f}/s)"
    )
    print(f"{total.clean} clean, {sum(total.apart.values())} apart, {total.failed} failed")
    for reason, times in total.apart.most_common():
        print(f"  apart {times}: {reason}")
    for state, times in total.states.most_common():
        print(f"  invoices {state}: {times}")
    for seed, _ in sorted(total.failures):
        print(f"  python -m tools.simulate --trace --first {seed}")
    return 1 if total.failed else 0


class Told(Tieout):
    """Tieout's side, saying what it does."""

    def meet(self, turn: Turn, row: Posting, event: Event, found: Any = None) -> None:
        before = row.state
        super().meet(turn, row, event, found)
        print(f"    {row.number}: {before.value} -- {event.value} --> {row.state.value}")

    def build(self, turn: Turn) -> Message | int | None:
        got = super().build(turn)
        print(f"  now {self.now}, epoch {turn.epoch}, {turn.road} {turn.ticket}: {got}")
        return got

    def apply(self, turn: Turn, message: Message, answer: Any) -> int:
        print(f"  answer to {message.call_id} ({message.purpose}): {answer}")
        return super().apply(turn, message, answer)


class Log(list[Any]):
    """The history, printed as it is written."""

    def append(self, entry: Any) -> None:
        if entry[0] != "states":
            print("      *", *entry)
        super().append(entry)


def trace(seed: int) -> int:
    """Show one run."""
    schedule = make(seed)
    print(f"seed {seed}: {schedule.invoices} invoices, {schedule.road}", schedule.same_path)
    for fault in schedule.faults:
        print("  ", fault)
    log = Log()
    books = QuickBooks(log, same_path=schedule.same_path)
    run = World(schedule, Told(schedule.invoices), books, log).run()
    print("claims:", run.claims)
    print("right file:", *run.right, sep="\n  ")
    print("other file:", *run.wrong, sep="\n  ")
    found = audit(run)
    print("apart:", apart(run) or "no")
    print("audit:", "; ".join(found) or "clean")
    return 1 if found and not apart(run) else 0


if __name__ == "__main__":
    sys.exit(main())
