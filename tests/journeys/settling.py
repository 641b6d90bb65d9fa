"""What happens between the last fault and the last export: a slow end explains itself."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

Ask = Callable[..., list[tuple[object, ...]]]
# queued or under way, by Tieout's own book
OPEN = """
    FROM store_posting WHERE (state = 'ready' AND queued_at IS NOT NULL)
    OR state IN ('claimed', 'probed', 'sending', 'unconfirmed', 'resendable')
"""
MESSAGES = """
    SELECT x.created_at, x.answered_at, p.number, x.purpose, x.outcome, x.message
    FROM store_exchange x LEFT JOIN store_posting p ON p.id = x.posting_id
    WHERE x.id > ? ORDER BY x.id
"""
SLOW_S = 20.0  # an end that took longer is told second by second


class Settling:
    """Watches one end. `ask` reads Tieout's book, `around` says what else there is to know."""

    def __init__(self, ask: Ask, around: Callable[[], str]) -> None:
        self._ask, self._around = ask, around
        self._began, self._began_at = time.monotonic(), datetime.now(UTC)
        self._last_message = ask("SELECT COALESCE(MAX(id), 0) FROM store_exchange")[0][0]
        self._seen: list[tuple[float, str]] = []
        self.took_s = 0.0
        self.at_first = ask(f"SELECT COUNT(*) {OPEN}")[0][0]

    def is_over(self) -> bool:
        """Look once; what has changed since the last look is noted with its moment."""
        states = self._ask(f"SELECT state, COUNT(*) {OPEN} GROUP BY state ORDER BY state")
        lane = self._ask("SELECT owner, epoch, held_reason FROM store_lane")
        trouble = self._ask("SELECT problem FROM store_connection")
        self.took_s = time.monotonic() - self._began
        said = f"{states} lane {lane} trouble {trouble} {self._around()}"
        if not self._seen or self._seen[-1][1] != said:
            self._seen.append((self.took_s, said))
        return not states

    def summary(self) -> str:
        """One line: how long it took, and where the time went."""
        told = self._messages()
        waited = [end - begin for begin, end, _ in told if end is not None]
        moments = sorted([0.0, self.took_s, *(begin for begin, _, _ in told)])
        gap = max(later - earlier for earlier, later in itertools.pairwise(moments))
        return (
            f"{self.at_first} open, over after {self.took_s:.1f} s: {len(told)} messages, "
            f"{sum(waited):.1f} s with the connector, at most {max(waited, default=0):.1f} s; "
            f"at most {gap:.1f} s between two"
        )

    def story(self) -> str:
        """Everything that was seen and said, in its order."""
        said = [(begin, text) for begin, _, text in self._messages()]
        lines = [f"  {at:7.2f} s  {text}" for at, text in sorted(self._seen + said)]
        return "\n".join([self.summary(), *lines])

    def _messages(self) -> list[tuple[float, float | None, str]]:
        found = []
        for created, answered, number, purpose, outcome, message in self._ask(
            MESSAGES, self._last_message
        ):
            begin, end = self._since(created), None if answered is None else self._since(answered)
            took = "no answer" if end is None else f"{end - begin:.2f} s"
            found.append((begin, end, f"{number} {purpose}: {outcome} ({took}) {message}"))
        return found

    def _since(self, moment: object) -> float:
        at = datetime.fromisoformat(str(moment))
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return (aware - self._began_at).total_seconds()
