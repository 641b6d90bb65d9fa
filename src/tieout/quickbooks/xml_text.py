"""XML as it comes: which encoding it is in, and character references that XML 1.0 forbids.

Both the Web Connector's bodies and the answers of QuickBooks inside them need it.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

HEAD_BYTES: Final = 256
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SINGLE_BYTE: Final = {"iso8859-1", "cp1252", "ascii"}
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
MARK: Final = "\ufffd"  # stands, visible and harmless, for what cannot be kept
LEADING: Final = " \t\r\n\ufeff"  # what may stand before a document, and is no part of it
_CONTROLS: Final = bytes([*range(9), 11, 12, *range(14, 32)])
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def decoder_for(head: bytes) -> codecs.IncrementalDecoder:
    """Choose by byte-order mark, by the zero bytes of UTF-16, then by declaration.

    Of declared encodings only single-byte ones count; anything else is read as UTF-8, the
    default of XML. Bytes that do not fit become U+FFFD.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif head[1:2] == b"\x00":
        name = "utf-16-le"
    elif head[:1] == b"\x00":
        name = "utf-16-be"
    else:
        name = _declared(head)
    return codecs.getincrementaldecoder(name)("replace")


def _declared(head: bytes) -> str:
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    if found:
        try:
            known = codecs.lookup(found[1].decode("ascii")).name
        except LookupError:
            return "utf-8"
        if known in _SINGLE_BYTE:
            return known
    return "utf-8"


def mend_controls(data: bytes) -> bytes:
    """MARK instead of every control character that XML 1.0 forbids, in UTF-8; rarely is there one."""
    if len(data.translate(None, _CONTROLS)) == len(data):  # faster than a search
        return data
    return _CONTROL.sub(MARK.encode(), data)


def mend_references(text: str) -> str:
    """MARK instead of every reference to a character that XML 1.0 forbids."""
    return _REFERENCE.sub(_mend_reference, text) if "&#" in text else text


def _mend_reference(found: re.Match[str]) -> str:
    hexadecimal, decimal = found.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    legal = code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return found[0] if legal or 0x10000 <= code <= 0x10FFFF else MARK
