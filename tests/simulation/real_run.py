"""Run a schedule through the real service, store and rehearsal company, in this process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests import factories as make
from tests.simulation.real_books import INVOICE, RealBooks, make_template
from tests.simulation.real_tieout import BASE, Office, RealTieout, furnish
from tests.simulation.rows import START
from tests.simulation.schedules import Schedule
from tests.simulation.world import Run, World

from tieout.service import conversation, moments
from tieout.service.turns import Turn, Until

APP = "Tieout"
MEMORY = Path("/dev/shm")  # a disk in memory, where there is one


class RollBack(Exception):
    """Ends a run's transaction: the next one starts from the same rows."""


class RealRuns:
    """A furnished company whose rows and files every run starts from."""

    def __init__(self, patch: pytest.MonkeyPatch, *, kind: str = INVOICE) -> None:
        self.kind = kind
        self._tieout: Any = None
        patch.setattr(moments, "now", self.clock)
        patch.setattr(moments, "uptime", self.uptime)
        patch.setattr(conversation, "_from_tasks", _no_tasks)
        home = MEMORY if MEMORY.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(dir=home)
        self.folder = Path(self._folder.name)
        self.template = self.folder / "template.sqlite3"
        make_template(self.template, self.clock)
        self.office = self._furnish()

    def clock(self) -> datetime:
        """The clock of Tieout and of QuickBooks."""
        return BASE + timedelta(seconds=self._tieout.now if self._tieout is not None else START)

    def uptime(self) -> moments.Uptime:
        """The clock that only runs."""
        return moments.Uptime("boot", self._tieout.uptime if self._tieout is not None else 0)

    def _furnish(self) -> Office:
        with self.books([], same_path=True) as books:
            return furnish(make.world(), books)

    @contextmanager
    def books(self, log: list[Any], *, same_path: bool) -> Iterator[RealBooks]:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            books = RealBooks(
                log, self.template, Path(folder), self.clock, same_path=same_path, kind=self.kind
            )
            try:
                yield books
            finally:
                books.close()

    def run(
        self,
        schedule: Schedule,
        *,
        before: Callable[[RealTieout, RealBooks], None] = lambda tieout, books: None,
    ) -> Run:
        """One run, after what `before` does; afterwards the database is as it was."""
        log: list[Any] = []
        done: list[Run] = []
        self._tieout = None
        with self.books(log, same_path=schedule.same_path) as books:
            try:
                with transaction.atomic():
                    tieout = RealTieout(self.office, books, schedule.invoices, app=APP)
                    self._tieout = tieout
                    before(tieout, books)
                    done.append(World(schedule, tieout, books, log).run())
                    raise RollBack
            except RollBack:
                self._tieout = None
        return done[0]

    def close(self) -> None:
        """Remove the files."""
        self._folder.cleanup()


def _no_tasks(turn: Turn, now: datetime, otherwise: datetime | None) -> Until:
    """Exporting alone: the schedules hold no refresh and no tie-out."""
    return Until(at=otherwise if otherwise is not None and otherwise > now else None)
