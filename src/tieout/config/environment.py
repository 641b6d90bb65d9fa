"""Every setting that comes from outside, read in one place.

A wrong value raises BadSetting: one sentence with the variable, what it holds, and the remedy. What
may be secret is never repeated in it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}
SECONDS_MAX = 86_400
DAYS_MAX = 3_660
SECRET_KEY_CHARS_MIN = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HERE = ("localhost", "127.0.0.1", "[::1]")
_HOST = re.compile(r"\*|\.?[a-z0-9-]+(\.[a-z0-9-]+)*\.?|\[[0-9a-f:.]+\]", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]{1,9}")
# what else an address of PostgreSQL may say, as its own programs understand it
_POSTGRESQL_OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "channel_binding"}
)


class BadSetting(Exception):
    """An environment variable holds something that cannot be meant."""


def text(name: str, default: str = "") -> str:
    """The variable's text, or the content of the file that NAME_FILE points to; `default` when
    neither says anything. Raises BadSetting when the file cannot be read."""
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, "").strip() or default
    try:
        return Path(path).read_text(encoding="utf-8").strip() or default
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no UTF-8 text"
        message = (
            f"{name}_FILE is {path!r}, which cannot be read ({why}): name a file that can be."
        )
        raise BadSetting(message) from error


def flag(name: str, *, default: bool) -> bool:
    """A yes/no variable."""
    value = text(name, "yes" if default else "no").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    message = f"{name} is {value!r}: say yes or no."
    raise BadSetting(message)


def seconds(name: str, default: int) -> int:
    """A span in whole seconds, from one to a day."""
    value = text(name, str(default))
    if _WHOLE.fullmatch(value) and 1 <= int(value) <= SECONDS_MAX:
        return int(value)
    message = f"{name} is {value!r}: give whole seconds from 1 to {SECONDS_MAX}."
    raise BadSetting(message)


def days(name: str, default: int, *, least: int) -> int:
    """A span in whole days, up to ten years."""
    value = text(name, str(default))
    if _WHOLE.fullmatch(value) and least <= int(value) <= DAYS_MAX:
        return int(value)
    message = f"{name} is {value!r}: give whole days from {least} to {DAYS_MAX}."
    raise BadSetting(message)


def log_level() -> str:
    """TIEOUT_LOG_LEVEL, as Python names it."""
    value = text("TIEOUT_LOG_LEVEL", "INFO").upper()
    if value in LOG_LEVELS:
        return value
    message = f"TIEOUT_LOG_LEVEL is {value!r}: choose one of {', '.join(LOG_LEVELS)}."
    raise BadSetting(message)


def time_zone() -> str:
    """TIEOUT_TIME_ZONE, the office's: it says when a day begins."""
    value = text("TIEOUT_TIME_ZONE", "America/New_York")
    try:
        zoneinfo.ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:  # unknown, malformed, or a folder of zones
        message = f"TIEOUT_TIME_ZONE is {value!r}: give a name such as America/Chicago."
        raise BadSetting(message) from error
    return value


def secret_key() -> str:
    """TIEOUT_SECRET_KEY, "" when it is not given."""
    value = text("TIEOUT_SECRET_KEY")
    if value and len(value) < SECRET_KEY_CHARS_MIN:
        message = (
            f"TIEOUT_SECRET_KEY has {len(value)} characters: give at least "
            f"{SECRET_KEY_CHARS_MIN} random ones, or leave it out."
        )
        raise BadSetting(message)
    return value


def is_host(name: str) -> bool:
    """Whether pages can be asked for under this name: no scheme, no port, IPv6 in brackets."""
    return _HOST.fullmatch(name) is not None


def allowed_hosts() -> list[str]:
    """TIEOUT_ALLOWED_HOSTS: this machine alone unless more names are given."""
    names = _list("TIEOUT_ALLOWED_HOSTS") or list(HERE)
    for name in names:
        if not is_host(name):
            message = (
                f"TIEOUT_ALLOWED_HOSTS holds {name!r}: give names alone, with commas between, "
                "such as tieout.example.com (no https://, no port)."
            )
            raise BadSetting(message)
    return names


def origins() -> list[str]:
    """TIEOUT_ORIGINS: where forms may come from behind a proxy, such as https://tieout.example.com."""
    found = _list("TIEOUT_ORIGINS")
    for origin in found:
        parts = _split(origin)
        if parts is None or parts.path or parts.query or parts.fragment:
            message = (
                f"TIEOUT_ORIGINS holds {origin!r}: give scheme and name, with commas between, "
                "such as https://tieout.example.com."
            )
            raise BadSetting(message)
    return found


def public_url() -> str:
    """TIEOUT_PUBLIC_URL without a slash at its end; "" when it is not given."""
    value = text("TIEOUT_PUBLIC_URL").rstrip("/")
    parts = _split(value)
    if value and (parts is None or parts.query or parts.fragment):
        message = (
            f"TIEOUT_PUBLIC_URL is {value!r}: give the whole address under which Tieout is "
            "reached, such as https://tieout.example.com."
        )
        raise BadSetting(message)
    return value


def _list(name: str) -> list[str]:
    return [each.strip() for each in text(name).split(",") if each.strip()]


def _split(url: str) -> SplitResult | None:
    """The parts of an address on the web; None when it is none, or carries a password."""
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0  # looked at: a wrong port raises
    except ValueError:
        return None
    spaced = any(each.isspace() for each in url)
    if parts.scheme not in {"http", "https"} or not named or "@" in parts.netloc or spaced:
        return None
    return parts


def home() -> Path:
    """The data directory: database, keys, uploads, rehearsal company, logs."""
    given = text("TIEOUT_HOME")
    try:
        path = Path(given).expanduser() if given else Path.home() / ".local" / "share" / "tieout"
    except RuntimeError as error:  # whose home it is cannot be told
        message = f"TIEOUT_HOME is {given!r}: give the whole path of a folder."
        raise BadSetting(message) from error
    return path.absolute()


@dataclass(frozen=True, slots=True)
class Database:
    """One of the two databases that Tieout runs on. `options`: as PostgreSQL calls them."""

    engine: str  # "sqlite" or "postgresql"
    name: str
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def database(data: Path) -> Database:
    """DATABASE_URL, or SQLite in the data directory when it is not set."""
    url = text("DATABASE_URL")
    if not url:
        return Database("sqlite", str(data / "tieout.sqlite3"))
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        _refuse_database("its server's name or port cannot be read")
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme not in {"postgres", "postgresql"}:
        _refuse_database("it starts with neither sqlite: nor postgresql:")
    return _postgresql(parts, port)


def _sqlite(parts: SplitResult) -> Database:
    if parts.netloc or parts.query or parts.fragment:
        _refuse_database("it names no file; write sqlite:////var/lib/tieout/tieout.sqlite3")
    return Database("sqlite", unquote(parts.path.removeprefix("/")) or ":memory:")


def _postgresql(parts: SplitResult, port: str) -> Database:
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    host = said.pop("host", "")  # a folder: the local socket
    name = unquote(parts.path.lstrip("/"))
    if not name or "/" in name or parts.fragment:
        _refuse_database(
            "it names no database, or its password holds one of / ? # @, to be written as "
            "%2F %3F %23 %40"
        )
    if unknown := sorted(said.keys() - _POSTGRESQL_OPTIONS):
        known = ", ".join(sorted(_POSTGRESQL_OPTIONS | {"host"}))
        _refuse_database(f"it says {unknown[0]!r}, but what is understood is {known}")
    if importlib.util.find_spec("psycopg") is None:
        _refuse_database("psycopg is not installed; run: pip install 'tieout[postgres]'")
    return Database(
        "postgresql",
        name,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        host or unquote(parts.hostname or ""),
        port,
        said,
    )


def _refuse_database(why: str) -> NoReturn:
    """The address itself is not repeated: it carries a password."""
    message = (
        f"DATABASE_URL cannot be used: {why}. Write postgresql://USER:PASSWORD@HOST/DATABASE, "
        "or leave it out for SQLite in the data directory."
    )
    raise BadSetting(message)
