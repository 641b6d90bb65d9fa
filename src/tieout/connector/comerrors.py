"""pywin32's exceptions in the connector's words: the true HRESULT, its stage and its meaning."""

from __future__ import annotations

import struct

from tieout.connector.link import LinkError, Stage
from tieout.quickbooks.qbxml import hresult

CLASS_NOT_REGISTERED = 0x80040154
WRONG_FILE = 0x8004040A
FILE_NAME_UNAVAILABLE = 0x8004040B
LOCKED = 0x8004041B
VERSION_UNKNOWN = 0x80040423
RPC_CALL_FAILED = 0x800706BE
UNEXPECTED = 0x8000FFFF
# IDispatch wraps what the called method raised: the true code is in the exception record.
DISPATCH_EXCEPTION = 0x80020009
# A property with a parameter was read without it.
PARAMETER_MISSING = frozenset({0x8002000E, 0x8002000F})


def code_of(error: BaseException) -> int:
    """The unsigned HRESULT in a `pythoncom.com_error`; UNEXPECTED when it carries none."""
    code = _number(getattr(error, "hresult", None))
    record = _record(error)
    if code == DISPATCH_EXCEPTION and len(record) > 5:
        code = _number(record[5]) or code
    return code or UNEXPECTED


def text_of(error: BaseException) -> str:
    """QuickBooks' own sentence if it gave one, else Windows' text for the code."""
    record = _record(error)
    said = record[2] if len(record) > 2 else None
    text = said or getattr(error, "strerror", None) or ""
    return " ".join(str(text).split())


def failure(stage: Stage, call: str, error: BaseException) -> LinkError:
    """The LinkError for what `call` raised."""
    code = code_of(error)
    return explained(stage, call, code, text_of(error))


def explained(stage: Stage, call: str, code: int, text: str = "") -> LinkError:
    """A LinkError that names the call, what the code means, and what QuickBooks said."""
    words = f"{call}: {hresult.lookup(code).meaning}."
    if code == CLASS_NOT_REGISTERED:
        words += f" {not_registered(bits())}"
    return LinkError(stage, code, f"{words} {text}".strip())


def defect(stage: Stage, call: str, error: BaseException) -> LinkError:
    """The LinkError for an exception that is not COM's: a defect here or an unknown library."""
    return LinkError(stage, UNEXPECTED, f"{call} failed inside ({type(error).__name__}: {error}).")


def bits() -> int:
    """The width of this process: 32 or 64."""
    return struct.calcsize("P") * 8


def not_registered(width: int) -> str:
    """What 80040154 nearly always means: the other width, for a library loaded in-process."""
    other = 32 if width == 64 else 64
    which = "QuickBooks to 2021" if other == 32 else "QuickBooks 2022 and later"
    return (
        f"This connector is a {width}-bit program and Windows knows no {width}-bit request "
        f"processor: run the connector with a {other}-bit Python ({which}), or repair QuickBooks."
    )


def _number(value: object) -> int:
    return value & 0xFFFFFFFF if isinstance(value, int) else 0


def _record(error: BaseException) -> tuple[object, ...]:
    record = getattr(error, "excepinfo", None)
    return record if isinstance(record, tuple) else ()
