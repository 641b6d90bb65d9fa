"""Every setting that comes from outside, read in one place; a wrong value fails loudly."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(Exception):
    """An environment variable holds something that cannot be meant."""


def text(name: str, default: str = "") -> str:
    """The variable's text, or the content of the file that NAME_FILE points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable."""
    value = text(name, "yes" if default else "no").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    message = f"{name} is {value!r}; say yes or no."
    raise BadSetting(message)


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        message = f"{name} is {value!r}; give a whole number."
        raise BadSetting(message) from error


def home() -> Path:
    """The data directory: database, keys, uploads, rehearsal company, logs."""
    return Path(text("TIEOUT_HOME") or Path.home() / ".local" / "share" / "tieout").absolute()


@dataclass(frozen=True, slots=True)
class Database:
    """One of the two databases that Tieout runs on."""

    engine: str  # "sqlite" or "postgresql"
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""


def database(data: Path) -> Database:
    """DATABASE_URL, or SQLite in the data directory when it is not set."""
    url = text("DATABASE_URL")
    if not url:
        return Database("sqlite", str(data / "tieout.sqlite3"))
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return Database("sqlite", unquote(parts.path.removeprefix("/")) or ":memory:")
    if parts.scheme in {"postgres", "postgresql"}:
        socket = parse_qs(parts.query).get("host", [""])[0]  # a folder: the local socket
        return Database(
            "postgresql",
            unquote(parts.path.lstrip("/")),
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            socket or unquote(parts.hostname or ""),
            str(parts.port or ""),
        )
    message = "DATABASE_URL starts with neither sqlite: nor postgresql:."
    raise BadSetting(message)
