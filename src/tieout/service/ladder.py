"""The rungs of Verify as they are climbed: what held, what broke, and who puts it right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from tieout.channels.base import Rung

State = Literal["ok", "broken", "skipped", "waiting"]

_AT_QUICKBOOKS = "Whoever sits at the QuickBooks computer"
WHO: dict[Rung, str] = {
    Rung.REACHABLE: "IT person",
    Rung.TRUST: "Super User with the IT person",
    Rung.LOGIN: "Super User",
    Rung.QUICKBOOKS: _AT_QUICKBOOKS,
    Rung.COMPANY_FILE: _AT_QUICKBOOKS,
    Rung.USER_MODE: _AT_QUICKBOOKS,
    Rung.DIALOG: _AT_QUICKBOOKS,
    Rung.PERMISSION: "QuickBooks Admin",
    Rung.VERSION: "IT person",
    Rung.TEST_READ: "IT person",
}


def name_of(rung: Rung) -> str:
    """The rung as the screens write it."""
    return "QuickBooks" if rung is Rung.QUICKBOOKS else rung.value.capitalize()


class RungBroken(Exception):
    """The climb ends here. `offer` is what a Super User may confirm to go on (or empty)."""

    def __init__(
        self,
        rung: Rung,
        message: str,
        remedy: str,
        *,
        who: str = "",
        offer: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.rung = rung
        self.message = message
        self.remedy = remedy
        self.who = who or WHO[rung]
        self.offer = offer or {}


@dataclass(slots=True)
class Ladder:
    """The rungs in order; those not reached yet wait."""

    details: dict[Rung, str] = field(default_factory=dict)
    broken: RungBroken | None = None

    def hold(self, rung: Rung, detail: str) -> None:
        """This rung holds."""
        self.details[rung] = detail

    def passed(self) -> int:
        """How many rungs hold."""
        return len(self.details)

    def rows(self) -> list[dict[str, Any]]:
        """As kept on the connection: rung, name, state, detail, remedy, who, offer."""
        return [self._row(rung) for rung in Rung]

    def _row(self, rung: Rung) -> dict[str, Any]:
        row: dict[str, Any] = {"rung": rung.value, "name": name_of(rung)}
        broken = self.broken
        if broken is not None and broken.rung is rung:
            return row | {
                "state": "broken",
                "detail": broken.message,
                "remedy": broken.remedy,
                "who": broken.who,
                "offer": broken.offer,
            }
        state: State = "skipped" if broken is not None else "waiting"
        if rung in self.details:
            state = "ok"
        return row | {
            "state": state,
            "detail": self.details.get(rung, ""),
            "remedy": "",
            "who": "",
        }
