"""The simulation: seeded fault schedules a second, on all processors and on one.

Baseline, in the same run: the same schedules made and judged without being run, on one processor.
What is measured beside it is the model itself: Tieout's rows, both roads, QuickBooks and people.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SEEDS = int(os.environ.get("BENCH_SEEDS", "20000"))
AIM = 3_000.0  # schedules a second on two processors


def main() -> int:
    from tests.simulation import many
    from tests.simulation.schedules import make

    began = time.perf_counter()
    for seed in range(SEEDS):
        make(seed)
    made = SEEDS / (time.perf_counter() - began)

    wall, cpu = time.perf_counter(), time.process_time()
    alone = many.count(range(SEEDS // 4))
    one = alone.seeds / (time.perf_counter() - wall)
    of_cpu = alone.seeds / (time.process_time() - cpu)

    *_, total = many.run_many(0, SEEDS)
    every = total.seeds / total.seconds
    print(f"schedules made, not run          {made:>9,.0f}/s")
    print(f"run and judged, one process      {one:>9,.0f}/s ({of_cpu:,.0f} a processor second)")
    print(f"run and judged, {os.cpu_count()} processors     {every:>9,.0f}/s (aim {AIM:,.0f})")
    print(f"{total.clean:,} clean, {sum(total.apart.values()):,} apart, {total.failed:,} failed")
    print(f"{'ok' if not total.failed else 'over'}: no schedule fails")
    return 1 if total.failed or alone.failed else 0


if __name__ == "__main__":
    sys.exit(main())
