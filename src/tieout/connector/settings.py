"""How one connector runs, and the file in its data folder that keeps it.

The file is JSON, readable by its owner alone, replaced as a whole. Passwords are not in it.
"""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from tieout.connector.private import write_private

SETTINGS_FILE = "settings.json"
PORT_DEFAULT = 8166
STATUS_PORT_DEFAULT = 8167
PORT_MAX = 65535
KEEP_DAYS_MIN = 14
IDLE_S_MIN = 0.1  # less would only keep the thread busy
IDLE_S_MAX = 86_400.0
CALL_LIMIT_S_MAX = 3600.0
LOG_FILES_MAX = 1000
LOG_MB_MAX = 1000
VERSION = 1

Rotation = Literal["size", "daily"]
Tls = str | tuple[Path, Path]


class SettingsError(Exception):
    """A setting that cannot be; one sentence with its name, its value and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """The log file: a new one each midnight, or after so many megabytes, and how many old ones
    are kept."""

    rotate: Rotation = "size"
    megabytes: int = 5
    keep: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one connector runs.

    `sandbox` is a rehearsal company file, `company_file` one of QuickBooks ("" = the open one);
    one of the two is served. `tls` is "self", "off", or a (certificate, key) pair of files.
    `status_port` is that of the page for people at this machine; None = no page.
    """

    data: Path
    sandbox: Path | None = None
    company_file: str | None = None
    host: str = "127.0.0.1"
    port: int = PORT_DEFAULT
    tls: Tls = "self"
    allowed: tuple[str, ...] = ("*",)
    idle_s: float = 120.0
    call_limit_s: float = 120.0
    queue_max: int = 8
    keep_days: int = KEEP_DAYS_MIN
    grace_s: float = 120.0
    status_port: int | None = None
    log: LogSettings = field(default_factory=LogSettings)


def load_settings(data: Path) -> Settings:
    """The settings of a data folder, the defaults where it has none; raises SettingsError."""
    path = data / SETTINGS_FILE
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings(data=data)
    except (OSError, UnicodeError) as error:
        msg = f"{path} cannot be read ({error}): correct its permissions."
        raise SettingsError(msg) from error
    try:
        kept = json.loads(text)
    except ValueError as error:
        msg = f"{path} is not JSON ({error}): correct it, or move it away and set up again."
        raise SettingsError(msg) from error
    if not isinstance(kept, dict) or kept.get("version") != VERSION:
        msg = f"{path} is no settings file of version {VERSION}: move it away and set up again."
        raise SettingsError(msg)
    try:
        return check(_read(data, kept))
    except SettingsError as error:
        msg = f"{path}: {error}"
        raise SettingsError(msg) from error


def save_settings(settings: Settings) -> Path:
    """Write the file as a whole, for its owner alone; returns its path."""
    log = settings.log
    kept: dict[str, Any] = {
        "version": VERSION,
        "sandbox": None if settings.sandbox is None else str(settings.sandbox),
        "company_file": settings.company_file,
        "host": settings.host,
        "port": settings.port,
        "tls": settings.tls
        if isinstance(settings.tls, str)
        else [str(each) for each in settings.tls],
        "allowed": list(settings.allowed),
        "idle_s": settings.idle_s,
        "call_limit_s": settings.call_limit_s,
        "queue_max": settings.queue_max,
        "keep_days": settings.keep_days,
        "status_port": settings.status_port,
        "log": {"rotate": log.rotate, "megabytes": log.megabytes, "keep": log.keep},
    }
    path = settings.data / SETTINGS_FILE
    write_private(path, json.dumps(kept, indent=1) + os.linesep)
    return path


def check(settings: Settings) -> Settings:
    """The same settings; raises SettingsError for one that cannot be."""
    status_port = settings.status_port
    log = settings.log
    ports = f"a number from 0 to {PORT_MAX}"
    rules: tuple[tuple[str, object, bool, str], ...] = (
        ("host", settings.host, bool(settings.host.strip()), "an address to listen on"),
        ("host", settings.host, settings.tls != "off" or is_loopback(settings.host),
         "127.0.0.1, or tls self; without TLS only this machine is served"),
        ("port", settings.port, 0 <= settings.port <= PORT_MAX, ports),
        ("status-port", status_port, 0 <= (status_port or 0) <= PORT_MAX, f"{ports}, or off"),
        ("status-port", status_port, status_port in (None, 0) or status_port != settings.port,
         "another number than port"),
        ("allow", settings.allowed, all(each.strip() for each in settings.allowed)
         and bool(settings.allowed), "one pattern at least, as 192.168.1.*"),
        ("idle", settings.idle_s, IDLE_S_MIN <= settings.idle_s <= IDLE_S_MAX,
         f"{IDLE_S_MIN} to {IDLE_S_MAX:.0f} seconds"),
        ("call-limit", settings.call_limit_s, 1 <= settings.call_limit_s <= CALL_LIMIT_S_MAX,
         f"1 to {CALL_LIMIT_S_MAX:.0f} seconds"),
        ("queue", settings.queue_max, settings.queue_max >= 0, "0 or more calls"),
        ("keep-days", settings.keep_days, settings.keep_days >= KEEP_DAYS_MIN,
         f"{KEEP_DAYS_MIN} days at least"),
        ("log-rotate", log.rotate, log.rotate in ("size", "daily"), "size or daily"),
        ("log-mb", log.megabytes, 1 <= log.megabytes <= LOG_MB_MAX, f"1 to {LOG_MB_MAX}"),
        ("log-keep", log.keep, 1 <= log.keep <= LOG_FILES_MAX, f"1 to {LOG_FILES_MAX} files"),
    )  # fmt: skip
    for name, value, holds, wanted in rules:
        if not holds:
            msg = f"{name} is {value!r}: give {wanted}."
            raise SettingsError(msg)
    return settings


def change(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """Settings with what is not None in `changes` (names of fields; those of the log as
    `log_rotate`, `log_megabytes`, `log_keep`). Raises SettingsError."""
    given = {name: value for name, value in changes.items() if value is not None}
    log = {each.name: given.pop(f"log_{each.name}", None) for each in fields(LogSettings)}
    if "sandbox" in given:
        given["company_file"] = None
    elif "company_file" in given:
        given["sandbox"] = None
    if given.get("status_port") == "off":
        given["status_port"] = None
    named = {name: value for name, value in log.items() if value is not None}
    return check(replace(settings, **given, log=replace(settings.log, **named)))


def is_loopback(host: str) -> bool:
    """True for an address that only this machine can reach."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _read(data: Path, kept: Mapping[str, Any]) -> Settings:
    """The settings in the file; a missing one is the default, a wrong type is refused."""
    given = {name: _typed(kept, name) for name in _READERS if name in kept}
    log = _typed(kept, "log") if "log" in kept else {}
    named = {name: _typed(log, name) for name in _LOG_READERS if name in log}
    return replace(Settings(data=data), **given | {"log": replace(LogSettings(), **named)})


def _typed(kept: Mapping[str, Any], name: str) -> Any:
    try:
        return (_READERS | _LOG_READERS)[name](kept[name])
    except TypeError as error:
        msg = f"{name} is {kept[name]!r}: {error}."
        raise SettingsError(msg) from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        msg = "give a text"
        raise TypeError(msg)
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        msg = "give a list of texts"
        raise TypeError(msg)
    return tuple(_text(each) for each in value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        msg = "give a whole number"
        raise TypeError(msg)
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        msg = "give a number of seconds"
        raise TypeError(msg)
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        msg = "give an object"
        raise TypeError(msg)
    return value


def _tls(value: Any) -> Tls:
    if value in ("self", "off"):
        return str(value)
    pair = _texts(value) if isinstance(value, list) else ()
    if len(pair) != 2:
        msg = "give self, off, or two files"
        raise TypeError(msg)
    return Path(pair[0]), Path(pair[1])


def _maybe(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "sandbox": _maybe(lambda value: Path(_text(value))),
    "company_file": _maybe(_text),
    "host": _text,
    "port": _whole,
    "tls": _tls,
    "allowed": _texts,
    "idle_s": _seconds,
    "call_limit_s": _seconds,
    "queue_max": _whole,
    "keep_days": _whole,
    "status_port": _maybe(_whole),
    "log": _mapping,
}
_LOG_READERS: dict[str, Callable[[Any], Any]] = {
    "rotate": _text,
    "megabytes": _whole,
    "keep": _whole,
}
