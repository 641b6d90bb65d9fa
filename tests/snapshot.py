"""Rows that many tests begin with, made once by the code that makes them and then written back.

What is written back are the rows themselves, with the same ids. Moments of the real clock come
along: a row that was two seconds old when the rows were read is two seconds old again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.apps import apps
from django.db import connection

QUOTED = {"sqlite": "quote({})", "postgresql": "quote_nullable({}::text)"}
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)([ T])(\d\d:\d\d:\d\d\.\d{3,6})")
HASHED = {"store_event"}  # its hash holds the moment


@dataclass(frozen=True)
class Snapshot:
    """All rows of Tieout's own tables: what to execute for each table that has any."""

    inserts: Mapping[str, str]
    counts: Mapping[str, int]
    began: datetime
    taken: datetime

    def restore(self, *, over: Snapshot | None = None, said: Mapping[str, str] = {}) -> None:
        """Write the rows; `over` what was restored before, which they replace.

        Fails where those tables hold more than that: it would be lost.
        `said`: texts that are others now, such as an address. Foreign keys hold at the end.
        """
        later = datetime.now(UTC) - self.taken
        with connection.cursor() as cursor:
            for table in over.inserts if over else ():
                cursor.execute(f'DELETE FROM "{table}"')
                assert cursor.rowcount == over.counts[table], f"{table} was written to before"
            for table, insert in self.inserts.items():
                sql = insert
                for old, new in said.items():
                    sql = sql.replace(old, new)
                cursor.execute(sql if table in HASHED else self._moved(sql, later))

    def _moved(self, sql: str, later: timedelta) -> str:
        def move(found: re.Match[str]) -> str:
            day, between, time = found.groups()
            moment = datetime.fromisoformat(f"{day}T{time.ljust(15, '0')}+00:00")
            if not self.began <= moment <= self.taken:
                return found.group()
            return (moment + later).strftime(f"%Y-%m-%d{between}%H:%M:%S.%f")

        return MOMENT.sub(move, sql)


def take(*, began: datetime) -> Snapshot:
    """Read all rows; `began`: the real time at which the first of them was made."""
    inserts, counts = {}, {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("store").get_models(include_auto_created=True):
            table = model._meta.db_table
            columns = [field.column for field in model._meta.local_concrete_fields]
            quoted = [QUOTED[connection.vendor].format(f'"{name}"') for name in columns]
            cursor.execute(f'SELECT {", ".join(quoted)} FROM "{table}"')
            rows = [f"({', '.join(row)})" for row in cursor.fetchall()]
            if rows:
                counts[table] = len(rows)
                names = ", ".join(f'"{name}"' for name in columns)
                inserts[table] = f'INSERT INTO "{table}" ({names}) VALUES {", ".join(rows)}'
    return Snapshot(inserts, counts, began, datetime.now(UTC))
