"""We die around every step of every other write, over both roads: it is done once all the same.

A crash undoes the open transaction, and nobody gives the lane back. What is sent, kept and found is
real: the connector with its journal, or the Web Connector, and the rehearsal company behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories import NOW, World
from tests.store.test_service_qb_writes_faults import CASES
from tests.two_roads import Office, open_office

from tieout.quickbooks.qbwc import HandOverReply, PercentReply
from tieout.service import advance, conversation, moments, web_connector
from tieout.store.commits import exchanges, lanes
from tieout.store.commits import exports as export_commits
from tieout.store.models import Exchange, Lane, Posting, QbWrite

REMOTE, WEB = "remote", "web connector"
WRITES = ("AddRq", "ModRq", "VoidRq")


class Killed(BaseException):
    """The process is no more."""


class Killer:
    """Dies once, where it is told; `sent` counts what was handed to QuickBooks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch = monkeypatch
        self.died = False

    def die(self) -> None:
        self.died = True
        raise Killed

    def at(self, place: Any, name: str, when: Callable[..., bool], *, after: bool = False) -> None:
        """Die at this call of `place.name`, before it is done or after."""
        real = getattr(place, name)

        def call(*given: Any, **more: Any) -> Any:
            here = not self.died and when(*given, **more)
            if here and not after:
                self.die()
            answer = real(*given, **more)
            if here:
                self.die()
            return answer

        self._patch.setattr(place, name, call)

    def plant(self, point: str, road: str) -> None:
        """Be ready to die at this point of the write of the present wish."""
        intent = lambda **more: more["out"].purpose == Exchange.Purpose.WRITE  # noqa: E731
        match point, road:
            case "before the intent", _:
                self.at(exchanges, "note", intent)
            case "in the transaction of the intent", _:
                self.at(exchanges, "note", intent, after=True)
            case "after the intent", "remote":
                self.at(advance, "_deliver", lambda turn, line, message: message.writes)
            case "after the intent", _:
                self.at(web_connector, "_rendered", _hands_out)
            case "sent, not kept", "remote":
                self.at(conversation, "keep", lambda turn, message, answer: message.writes)
            case "sent, not kept", _:
                self.at(conversation, "keep_by_call", lambda call_id, *a, **m: _is_write(call_id))
            case "kept, not applied", "remote":
                self.at(conversation, "apply", lambda turn, message, *a, **m: message.writes)
            case "kept, not applied", _:
                self.at(conversation, "apply_kept", lambda turn, call_id, **m: _is_write(call_id))
            case "while it is applied", _:
                self.at(export_commits, "save_row", _is_done, after=True)
            case "applied", "remote":
                self.at(advance, "_after", lambda turn, message, trouble: message.writes)
            case "applied", _:
                self.at(web_connector, "_rendered", _tells_progress)
            case _:
                message = f"No such point: {point}"
                raise AssertionError(message)


def _is_write(call_id: str) -> bool:
    return Exchange.objects.filter(call_id=call_id, purpose="write").exists()


def _is_done(*, row: Any, **more: Any) -> bool:
    return isinstance(row, QbWrite) and row.state == "exported"


def _hands_out(reply: Any, payload: str = "") -> bool:
    return isinstance(reply, HandOverReply) and any(each in payload for each in WRITES)


def _tells_progress(reply: Any, payload: str = "") -> bool:
    done = QbWrite.objects.filter(state="exported").exists()
    return done and isinstance(reply, PercentReply)


POINTS = (
    "before the intent",
    "in the transaction of the intent",
    "after the intent",
    "sent, not kept",
    "kept, not applied",
    "while it is applied",
    "applied",
)


@pytest.fixture(params=[REMOTE, WEB])
def office(
    request: pytest.FixtureRequest, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    with open_office(request.param, world, tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Half an hour passes: leases end, tickets are silent for long enough."""
    now, uptime, passed = moments.now, moments.uptime, [0]

    def ran() -> moments.Uptime:
        boot, seconds = uptime()
        return moments.Uptime(boot, seconds + passed[0])

    def go() -> None:
        passed[0] += 1800

    monkeypatch.setattr(moments, "now", lambda: now() + timedelta(seconds=passed[0]))
    monkeypatch.setattr(moments, "uptime", ran)
    return go


def due_now() -> None:
    for model in (Posting, QbWrite):
        model.objects.exclude(due_at=None).update(due_at=NOW)
    Lane.objects.update(wake_at=NOW)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", CASES)
def test_a_crash_of_ours_neither_loses_nor_doubles_it(
    office: Office,
    name: str,
    point: str,
    later: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin, done = CASES[name]
    write = begin(office)
    killer = Killer(monkeypatch)
    killer.plant(point, office.road)
    release = lanes.release
    monkeypatch.setattr(  # the dead give nothing back
        lanes, "release", lambda **given: None if killer.died else release(**given)
    )
    with pytest.raises(Killed):
        office.work()
    monkeypatch.setattr(lanes, "release", release)
    for _ in range(6):
        later()
        due_now()
        office.work()
        if not QbWrite.objects.exclude(state="exported").exists():
            break
    write.refresh_from_db()
    assert (write.state, write.problem) == ("exported", "")
    done(office)
    sets = Exchange.objects.filter(purpose="write", qb_write__isnull=False)
    wishes = QbWrite.objects.count()
    assert sets.values("qb_write", "set_id").distinct().count() == wishes
    # only where the bytes never left they are handed over once more
    assert sets.count() == wishes + (point == "after the intent")
