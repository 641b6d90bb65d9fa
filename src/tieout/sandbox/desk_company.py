"""The bookkeeper's work on the company: preferences, closing date, faults, backup and restore."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tieout.sandbox import faults, loading, schema, settings
from tieout.sandbox.desk import Desk
from tieout.sandbox.errors import BookError
from tieout.sandbox.faults import Fault


class CompanyDesk(Desk):
    """Preferences, faults, backups. Everything raises BookError when it is refused."""

    path: Path

    def preferences(self) -> dict[str, Any]:
        """Return every preference with its present value."""
        with self._reading() as books:
            return {name: books.setting(name) for name in settings.DEFAULTS}

    def set_preference(self, name: str, value: object) -> None:
        """Change one preference, such as class_tracking, sales_tax or user_mode."""
        wanted = settings.read_value(name, value)
        with self._writing() as books:
            books.set_setting(name, wanted)

    def set_closing_date(self, day: str) -> None:
        """Close the books up to and including a day (YYYY-MM-DD); empty opens them again."""
        self.set_preference("closing_date", day)

    def raise_fault(
        self,
        kind: str,
        *,
        times: int | None = None,
        skip: int = 0,
        target: str = "",
        delay_s: float = 0.0,
        code: int = 0,
        message: str = "",
    ) -> Fault:
        """Raise a fault that acts until cleared, or `times` times after `skip` occasions."""
        with self._writing() as books:
            return faults.add(
                books, kind, times=times, skip=skip, target=target, delay_s=delay_s, code=code,
                message=message,
            )  # fmt: skip

    def list_faults(self) -> list[Fault]:
        """Return the raised faults."""
        with self._reading() as books:
            return faults.active(books)

    def clear_faults(self, *, fault_id: int | None = None, kind: str = "") -> int:
        """Clear one fault, all of a kind, or all; return how many."""
        with self._writing() as books:
            return faults.clear(books, fault_id=fault_id, kind=kind)

    def load(self, description: Mapping[str, Any]) -> dict[str, int]:
        """Fill the company from a description in one transaction; return counts per list."""
        with self._writing() as books:
            return loading.load(books, description)

    def backup(self, target: Path) -> None:
        """Write a snapshot of the whole company to a new file."""
        target = Path(target)
        if target.exists():
            message = f"There is already a file at {target}."
            raise BookError(0, message, "Choose another path for the backup.")
        try:
            copy = sqlite3.connect(target)
        except sqlite3.OperationalError as error:
            message = f"The backup cannot be written to {target}."
            raise BookError(
                0, message, "Choose a folder that exists and can be written."
            ) from error
        with copy:
            self._books.connection.backup(copy)
        copy.close()

    def restore(self, source: Path) -> None:
        """Bring back a backup: sessions end, recovery records are lost, LastRestoreTime is now."""
        schema.connect(Path(source)).close()
        connection = self._books.connection
        connection.execute("ATTACH DATABASE ? AS backup", (str(source),))
        try:
            with self._writing() as books:
                generation, shown = books.setting("generation"), books.setting("company_file")
                given = connection.execute(schema.ID_COUNTERS).fetchall()
                for table in schema.RESTORED_TABLES:
                    connection.execute(f"DELETE FROM main.{table}")  # noqa: S608 fixed names
                    connection.execute(
                        f"INSERT INTO main.{table} SELECT * FROM backup.{table}"  # noqa: S608
                    )
                connection.execute("DELETE FROM recovery")
                # An id holds the second. A restore takes longer than one, save here: so that no id
                # is given twice, its counter goes on.
                connection.executemany(
                    "INSERT INTO counter VALUES (?, ?) ON CONFLICT(name)"
                    " DO UPDATE SET value = MAX(value, excluded.value)",
                    given,
                )
                books.set_setting("generation", generation + 1)
                books.set_setting("company_file", shown)
                books.set_setting("last_restore", books.now())
        finally:
            connection.execute("DETACH DATABASE backup")
