"""What the models cannot say: events are append-only, and searching is indexed.

SQLite gets triggers and, for contractor jobs, an FTS5 trigram table kept up to date by triggers;
PostgreSQL gets a trigger function and pg_trgm indexes on the same columns. QuickBooks' customers
have no trigram table on SQLite: keeping it took longer than all the rest of a refresh, and a walk
along the plain index of the column finds a word among 100,000 names in some ten milliseconds.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

SEARCHED_ON_SQLITE = {"store_sourcejob": "job_search"}
SEARCHED_ON_POSTGRESQL = {**SEARCHED_ON_SQLITE, "store_qbcustomer": "qb_customer_search"}


def _sqlite() -> list[str]:
    statements = [
        f"""CREATE TRIGGER event_no_{verb.lower()} BEFORE {verb} ON store_event
        BEGIN SELECT RAISE(ABORT, 'events are append-only'); END"""
        for verb in ("UPDATE", "DELETE")
    ]
    for table, index in SEARCHED_ON_SQLITE.items():
        gone = f"INSERT INTO {index}({index}, rowid, search_text) VALUES('delete', old.id, old.search_text);"
        new = f"INSERT INTO {index}(rowid, search_text) VALUES(new.id, new.search_text);"
        statements += [
            f"""CREATE VIRTUAL TABLE {index} USING fts5(
            search_text, content='{table}', content_rowid='id', tokenize='trigram')""",
            f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {new} END",
            f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {gone} END",
            f"""CREATE TRIGGER {index}_update AFTER UPDATE OF search_text ON {table}
            WHEN old.search_text IS NOT new.search_text BEGIN {gone} {new} END""",
        ]
    return statements


def _postgresql() -> list[str]:
    statements = [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        """CREATE FUNCTION event_append_only() RETURNS trigger AS $$
        BEGIN RAISE EXCEPTION 'events are append-only'; END $$ LANGUAGE plpgsql""",
        """CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON store_event
        FOR EACH ROW EXECUTE FUNCTION event_append_only()""",
    ]
    statements += [
        f"CREATE INDEX {index} ON {table} USING gin (search_text gin_trgm_ops)"
        for table, index in SEARCHED_ON_POSTGRESQL.items()
    ]
    return statements


def forwards(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for statement in _sqlite() if vendor == "sqlite" else _postgresql():
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunPython(forwards, elidable=False)]
