"""The company file: SQLite tables, and how a connection to them is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tieout.sandbox.errors import BookError

APPLICATION_ID = 0x71424B53
FORMAT_VERSION = 1
BUSY_TIMEOUT_S = 30.0

DDL = """
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE entry(
  family TEXT NOT NULL, list_id TEXT NOT NULL, kind TEXT NOT NULL, parent_id TEXT NOT NULL,
  name TEXT NOT NULL, full_name TEXT NOT NULL, path_key TEXT NOT NULL, sublevel INTEGER NOT NULL,
  is_active INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
  edit_sequence INTEGER NOT NULL, balance INTEGER NOT NULL, total_balance INTEGER NOT NULL,
  detail TEXT NOT NULL
);
CREATE UNIQUE INDEX entry_id ON entry(family, list_id);
CREATE UNIQUE INDEX entry_path ON entry(family, path_key);
CREATE INDEX entry_parent ON entry(family, parent_id);
CREATE INDEX entry_modified ON entry(family, modified);
CREATE TABLE txn(
  txn_number INTEGER PRIMARY KEY, txn_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
  entity_id TEXT NOT NULL, txn_date TEXT NOT NULL, ref_number TEXT, ref_key TEXT,
  created INTEGER NOT NULL, modified INTEGER NOT NULL, edit_sequence INTEGER NOT NULL,
  subtotal INTEGER NOT NULL, tax INTEGER NOT NULL, applied INTEGER NOT NULL,
  is_pending INTEGER NOT NULL, is_void INTEGER NOT NULL, guid TEXT, detail TEXT NOT NULL
);
CREATE INDEX txn_order ON txn(kind, txn_date, txn_number);
CREATE INDEX txn_ref ON txn(kind, ref_number);
CREATE INDEX txn_ref_key ON txn(kind, ref_key);
CREATE INDEX txn_entity ON txn(entity_id, kind);
CREATE INDEX txn_modified ON txn(kind, modified);
CREATE TABLE line(
  txn_number INTEGER NOT NULL, position INTEGER NOT NULL, line_id TEXT NOT NULL,
  item_id TEXT, class_id TEXT, amount INTEGER NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY(txn_number, position)
) WITHOUT ROWID;
CREATE INDEX line_item ON line(item_id);
CREATE INDEX line_class ON line(class_id);
CREATE TABLE link(
  credit_number INTEGER NOT NULL, debit_number INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY(credit_number, debit_number)
) WITHOUT ROWID;
CREATE INDEX link_debit ON link(debit_number);
CREATE TABLE deleted(
  id INTEGER PRIMARY KEY, family TEXT NOT NULL, kind TEXT NOT NULL, object_id TEXT NOT NULL,
  name TEXT, created INTEGER NOT NULL, deleted INTEGER NOT NULL
);
CREATE INDEX deleted_when ON deleted(family, deleted);
CREATE TABLE extension_definition(
  owner TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
  objects TEXT NOT NULL, PRIMARY KEY(owner, name_key)
) WITHOUT ROWID;
CREATE TABLE extension(
  scope TEXT NOT NULL, object_id TEXT NOT NULL, owner TEXT NOT NULL, name_key TEXT NOT NULL,
  value TEXT NOT NULL, PRIMARY KEY(scope, object_id, owner, name_key)
) WITHOUT ROWID;
CREATE TABLE recovery(
  app TEXT NOT NULL, set_id TEXT NOT NULL, digest TEXT NOT NULL, response TEXT,
  stored INTEGER NOT NULL, PRIMARY KEY(app, set_id)
) WITHOUT ROWID;
CREATE TABLE fault(
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, times INTEGER, skip INTEGER NOT NULL,
  target TEXT NOT NULL, delay_s REAL NOT NULL, code INTEGER NOT NULL, message TEXT NOT NULL,
  raised INTEGER NOT NULL
);
"""

ID_COUNTERS = "SELECT name, value FROM counter WHERE name = 'txn id' OR name LIKE 'list %'"
# What a restore brings back. Recovery records are lost and faults belong to the rehearsal.
RESTORED_TABLES = (
    "setting",
    "counter",
    "entry",
    "txn",
    "line",
    "link",
    "deleted",
    "extension_definition",
    "extension",
)


def create(path: Path) -> sqlite3.Connection:
    """Make an empty company file; BookError when something is already there."""
    if path.exists():
        message = f"There is already a file at {path}."
        raise BookError(0, message, "Choose another path or remove that file first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _open(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(f"BEGIN IMMEDIATE; {DDL}")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={FORMAT_VERSION}")
    connection.execute("COMMIT")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Open an existing company file; BookError when it is missing or something else."""
    if not path.is_file():
        message = f"There is no company file at {path}."
        raise BookError(0, message, "Create one with `tieout sandbox FILE create`.")
    try:
        connection = _open(path)
        found = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError:
        connection, found = None, None
    if connection is None or found != APPLICATION_ID:
        if connection is not None:
            connection.close()
        message = f"{path} is not a rehearsal company file."
        raise BookError(
            0, message, "Give the path of a file made by `tieout sandbox FILE create`."
        )
    return connection


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA cache_size=-16000")
    return connection
