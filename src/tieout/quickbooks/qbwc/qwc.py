"""The .qwc file that adds Tieout to the Web Connector: checked, then rendered.

Rules are Intuit's documentation: https unless the host is localhost, no IP address, both
addresses on one host, a description of at most 80 characters, ids as GUIDs in braces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tieout.quickbooks.errors import LocalError

DESCRIPTION_CHARS_MAX: Final = 80
NAME_CHARS_MAX: Final = 60
URL_CHARS_MAX: Final = 300
MINUTES_MAX: Final = 24 * 60
CONTENT_TYPE: Final = "text/xml; charset=utf-8"
_URL: Final = re.compile(
    r"(?P<scheme>[a-z]+)://(?P<host>[^/?#:@\s]*|\[[^\]]*\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#][\x21-\x7e]*)?",
    re.IGNORECASE,
)
_LABEL: Final = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_PORT_MAX: Final = 65535
_UNPRINTABLE: Final = re.compile("[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class QwcFile:
    """What the file says. One per company: its own `app_name`, `user_name` and `file_id`.

    `app_name` is shown to people and is the name QuickBooks authorises. `read_only`: the Web
    Connector lets no write pass. `unattended`: it may work while nobody has the file open.
    `every_minutes`: schedule, None = only by hand.
    """

    app_name: str
    description: str
    app_url: str
    support_url: str
    user_name: str
    owner_id: UUID
    file_id: UUID
    every_minutes: int | None = 5
    read_only: bool = False
    unattended: bool = False
    notify: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the Web Connector would refuse the file: the element, what is wrong, what to do."""

    element: str
    message: str
    remedy: str


class QwcRefused(LocalError):
    """The Web Connector would refuse this file."""


def check_qwc(file: QwcFile) -> tuple[Problem, ...]:
    """Everything the Web Connector would refuse; empty when the file is good."""
    support = _check_url("AppSupport", file.support_url)
    service = _check_url("AppURL", file.app_url)
    found = [
        *_check_text("AppName", file.app_name, NAME_CHARS_MAX),
        *_check_text("AppDescription", file.description, DESCRIPTION_CHARS_MAX),
        *_check_text("UserName", file.user_name, NAME_CHARS_MAX),
        *service,
        *support,
        *([] if service or support else _check_hosts(file)),
        *_check_ids(file),
        *_check_schedule(file.every_minutes),
    ]
    return tuple(found)


def render_qwc(file: QwcFile) -> bytes:
    """The file's bytes. Raises QwcRefused when `check_qwc` finds anything."""
    problems = check_qwc(file)
    if problems:
        first = problems[0]
        msg = f"{first.element}: {first.message}"
        raise QwcRefused(msg, remedy=first.remedy)
    lines = [
        _element("AppName", file.app_name),
        _element("AppID", ""),
        _element("AppURL", file.app_url),
        _element("AppDescription", file.description),
        _element("AppSupport", file.support_url),
        _element("UserName", file.user_name),
        _element("OwnerID", _braced(file.owner_id)),
        _element("FileID", _braced(file.file_id)),
        _element("QBType", "QBFS"),
        _element("Style", "Document"),
        _element("UnattendedModePref", "umpRequired" if file.unattended else "umpOptional"),
        _element("PersonalDataPref", "pdpNotNeeded"),
        _element("Notify", _flag(value=file.notify)),
        _element("IsReadOnly", _flag(value=file.read_only)),
    ]
    if file.every_minutes is not None:
        every = _element("RunEveryNMinutes", str(file.every_minutes))
        lines.append(f"<Scheduler>{every}</Scheduler>")
    body = "\n".join(f"  {line}" for line in lines)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<QBWCXML>\n{body}\n</QBWCXML>\n'.encode()


def _check_text(element: str, text: str, limit: int) -> list[Problem]:
    if not text.strip():
        return [Problem(element, "it is empty", "Fill it in.")]
    if len(text) > limit:
        message = f"it has {len(text)} characters, {limit} are allowed"
        return [Problem(element, message, "Shorten it.")]
    if _UNPRINTABLE.search(text):
        return [Problem(element, "it holds a control character", "Type it again.")]
    return []


def _check_url(element: str, url: str) -> list[Problem]:
    found = _URL.fullmatch(url)
    if found is None or len(url) > URL_CHARS_MAX or int(found["port"] or 1) not in _ports():
        remedy = "Write it like https://books.example.com/qbwc."
        return [Problem(element, "it is no address the Web Connector can call", remedy)]
    host = found["host"].rstrip(".")
    if host.startswith("[") or _NUMBER.fullmatch(host.rpartition(".")[2]):
        remedy = "Give the server a name in DNS, and a certificate for that name."
        return [Problem(element, "it names an IP address", remedy)]
    if not _HOST.fullmatch(host):
        return [Problem(element, "its host is no name", "Check the name of the server.")]
    if found["scheme"].lower() == "https" or _is_local_http(found["scheme"], host):
        return []
    remedy = "Serve Tieout over https; plain http is allowed for localhost only."
    return [Problem(element, "it is not https", remedy)]


def _ports() -> range:
    return range(1, _PORT_MAX + 1)


def _is_local_http(scheme: str, host: str) -> bool:
    return scheme.lower() == "http" and host.lower() == "localhost"


def _check_hosts(file: QwcFile) -> list[Problem]:
    if _host(file.app_url) == _host(file.support_url):
        return []
    remedy = "Use a support address on the same host as the service."
    return [Problem("AppSupport", "its host is not that of AppURL", remedy)]


def _host(url: str) -> str:
    """The host of an address that was found good."""
    return re.split(r"[/?#:]", url.partition("://")[2])[0].lower().rstrip(".")


def _check_ids(file: QwcFile) -> list[Problem]:
    remedy = "Make a new one at random, and keep it for this company."
    found = [
        Problem(element, "it is the empty GUID", remedy)
        for element, value in (("OwnerID", file.owner_id), ("FileID", file.file_id))
        if value.int == 0
    ]
    if file.owner_id == file.file_id and not found:
        found = [Problem("FileID", "it is the same as OwnerID", remedy)]
    return found


def _check_schedule(minutes: int | None) -> list[Problem]:
    if minutes is None or 1 <= minutes <= MINUTES_MAX:
        return []
    message = f"{minutes} minutes are no schedule of the Web Connector"
    return [Problem("Scheduler", message, f"Choose 1 to {MINUTES_MAX} minutes.")]


def _element(name: str, text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}>{escaped}</{name}>"


def _braced(value: UUID) -> str:
    return f"{{{str(value).upper()}}}"


def _flag(*, value: bool) -> str:
    return "true" if value else "false"
