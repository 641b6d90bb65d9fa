"""JSON bytes to messages and back, with every bound checked on the way in."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from tieout.quickbooks.wire import messages as m

Check = Callable[[object], object]
Message = TypeVar("Message")


class WireError(ValueError):
    """The other side sent something outside the contract; the text names the key."""


def _text(limit: int, *, blank: bool = True, pattern: str = "") -> Check:
    shape = re.compile(pattern) if pattern else None

    def check(value: object) -> str:
        if not isinstance(value, str):
            msg = "must be a string"
            raise WireError(msg)
        if len(value) > limit:
            msg = f"must have at most {limit} characters"
            raise WireError(msg)
        if not blank and not value.strip():
            msg = "must not be blank"
            raise WireError(msg)
        if shape is not None and not shape.fullmatch(value):
            msg = f"must match {pattern}"
            raise WireError(msg)
        if not value.isascii() and any("\ud800" <= mark <= "\udfff" for mark in value):
            msg = "must not hold half of a surrogate pair"
            raise WireError(msg)
        return value

    return check


def _document(*, blank: bool) -> Check:
    """A whole qbXML document; surrogates are looked for by encoding, at the speed of C."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            msg = "must be a string"
            raise WireError(msg)
        if not blank and not value.strip():
            msg = "must not be blank"
            raise WireError(msg)
        if not value.isascii():
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                msg = "must not hold half of a surrogate pair"
                raise WireError(msg) from error
        return value

    return check


def _one_of(*allowed: str) -> Check:
    def check(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise WireError("must be one of " + ", ".join(repr(name) for name in allowed))
        return value

    return check


def _integer(low: int, high: int) -> Check:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            msg = "must be an integer"
            raise WireError(msg)
        if not low <= value <= high:
            msg = f"must lie between {low} and {high}"
            raise WireError(msg)
        return value

    return check


def _seconds(value: object) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        msg = "must be a number of seconds"
        raise WireError(msg)
    if not math.isfinite(value) or not m.TIMEOUT_S_MIN <= value <= m.TIMEOUT_S_MAX:
        msg = f"must lie between {m.TIMEOUT_S_MIN} and {m.TIMEOUT_S_MAX}"
        raise WireError(msg)
    return float(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        msg = "must be true or false"
        raise WireError(msg)
    return value


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        msg = "must be a moment in ISO 8601"
        raise WireError(msg)
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            msg = "must name its offset from UTC"
            raise WireError(msg)
        return moment.astimezone(UTC)
    except WireError:
        raise
    except (ValueError, OverflowError) as error:  # the latter at the ends of the calendar
        msg = "must be a moment in ISO 8601"
        raise WireError(msg) from error


def _maybe(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _each(check: Check, limit: int) -> Check:
    def checked(value: object) -> tuple[object, ...]:
        if not isinstance(value, list):
            msg = "must be a list"
            raise WireError(msg)
        if len(value) > limit:
            msg = f"must have at most {limit} entries"
            raise WireError(msg)
        return tuple(check(entry) for entry in value)

    return checked


_CALL_ID = _text(64, pattern=r"[A-Za-z0-9._-]{1,64}")
_INSTALLATION = _text(64, pattern=r"[A-Za-z0-9._:-]{1,64}")
_PATH = _text(1024)
_SENTENCE = _text(4096)
_VERSIONS = _each(_text(16), 100)
_EPOCH = _integer(0, m.EPOCH_MAX)
_FENCE: Mapping[str, Check] = {
    "company_file": _PATH,
    "installation_id": _INSTALLATION,
    "epoch": _EPOCH,
}

_CHECKS: dict[type, Mapping[str, Check]] = {
    m.ProcessCall: {
        "call_id": _CALL_ID,
        "company_file": _PATH,
        "app_name": _text(128, blank=False),
        "mode": _one_of("single", "multi", "either"),
        "access": _one_of("full", "read-only"),
        "timeout_s": _seconds,
        "qbxml": _document(blank=False),
        "installation_id": _INSTALLATION,
        "epoch": _EPOCH,
        "sha256": _text(64, pattern=r"[0-9a-f]{64}"),
        "expected_company": _PATH,
        "expected_session": _text(128),
    },
    m.ProcessReply: {
        "call_id": _CALL_ID,
        "outcome": _one_of("response", "hresult", "unknown", "abandoned", "not-sent"),
        "state": _one_of("received", "handed over", "finished", "not sent", "abandoned"),
        "executed": _maybe(_boolean),
        "qbxml": _document(blank=True),
        "stage": _one_of("", "open", "begin", "process", "end"),
        "hresult": _maybe(_integer(0, 2**32 - 1)),
        "code": _text(64),
        "message": _SENTENCE,
        "company_file": _PATH,
        "session_id": _text(128),
        "session_versions": _VERSIONS,
        "started": _maybe(_moment),
        "finished": _maybe(_moment),
        "highest_epoch": _maybe(_EPOCH),
        "fenced_at": _maybe(_moment),
        "journal_id": _text(64),
    },
    m.StatusReply: {
        "version": _text(64),
        "contracts": _each(_text(16), 16),
        "access": _one_of("full", "read-only"),
        "queue_length": _integer(0, 2**31),
        "queue_max": _integer(0, 2**31),
        "running": _boolean,
        "quickbooks_up": _maybe(_boolean),
        "company_file": _PATH,
        "session_id": _text(128),
        "session_versions": _VERSIONS,
        "last_error": _SENTENCE,
        "last_error_at": _maybe(_moment),
        "started": _moment,
        "journal_id": _text(64),
        "fences": _each(lambda value: _build(m.FenceMark, value), 10_000),
    },
    m.ProblemReply: {
        "code": _text(64, blank=False),
        "message": _SENTENCE,
        "remedy": _SENTENCE,
        "highest_epoch": _maybe(_EPOCH),
    },
    m.FenceMark: _FENCE,
    m.TakeoverCall: {**_FENCE, "company_file": _text(1024, blank=False)},
    m.WithdrawCall: {
        "company_file": _PATH,
        "app_name": _text(128),
        "mode": _one_of("single", "multi", "either"),
    },
}


def encode(message: object) -> bytes:
    """A message as JSON in UTF-8. Moments become ISO 8601 in UTC; raises WireError past 96 MiB."""
    body = json.dumps(_plain(message), ensure_ascii=False, separators=(",", ":"))
    raw = body.encode("utf-8")
    if len(raw) > m.BODY_BYTES_MAX:
        msg = f"the body is larger than {m.BODY_BYTES_MAX} bytes"
        raise WireError(msg)
    return raw


def decode_call(raw: bytes) -> m.ProcessCall:
    """A call from its body; raises WireError, also when `sha256` does not fit `qbxml`."""
    call = decode(m.ProcessCall, raw)
    if m.digest(call.qbxml) != call.sha256:
        msg = "sha256 is not the digest of qbxml"
        raise WireError(msg)
    return call


def decode(kind: type[Message], raw: bytes) -> Message:
    """A message of the given kind from its body; raises WireError naming the key at fault."""
    if len(raw) > m.BODY_BYTES_MAX:
        msg = f"the body is larger than {m.BODY_BYTES_MAX} bytes"
        raise WireError(msg)
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except WireError:
        raise
    except (ValueError, RecursionError) as error:
        msg = "the body is not JSON in UTF-8"
        raise WireError(msg) from error
    return _build(kind, value)


def keys(kind: type) -> tuple[str, ...]:
    """The keys of a body, in the order in which they are written."""
    return tuple(_CHECKS[kind])


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a key appears twice"
        raise WireError(msg)
    return found


def _no_constant(name: str) -> object:
    msg = f"{name} is not a number of this contract"
    raise WireError(msg)


def _build(kind: type[Message], value: object) -> Message:
    if not isinstance(value, dict):
        msg = "the body must be a JSON object"
        raise WireError(msg)
    checked: dict[str, object] = {}
    for key, check in _CHECKS[kind].items():
        if key not in value:
            msg = f"{key} is missing"
            raise WireError(msg)
        try:
            checked[key] = check(value[key])
        except WireError as error:
            msg = f"{key} {error}"
            raise WireError(msg) from None
    return kind(**checked)


def _plain(value: object) -> object:
    if type(value) in _CHECKS:
        names = [field.name for field in fields(cast("Any", value))]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value
