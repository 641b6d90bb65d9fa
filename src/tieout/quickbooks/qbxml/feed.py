"""Raw answer to clean UTF-8 pieces for the parser.

Why it exists: an answer comes as one string inside SOAP or JSON. It may begin with blanks or a
byte-order mark, may declare an encoding that no longer applies, and may hold character references
that XML 1.0 forbids (observed). All of that is mended here, a piece at a time. Whether a document
is hostile is not decided here but in the parser itself, after decoding, so that a UTF-16 document
hides nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

PIECE: Final = 64 * 1024
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SINGLE_BYTE: Final = {"iso8859-1", "cp1252", "ascii"}
_BAD = re.compile("[\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_OPEN_REFERENCE = re.compile(r"&(?:#[0-9A-Fa-fx]{0,11})?\Z")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LEADING: Final = " \t\r\n\ufeff"


def pieces(source: Iterable[bytes] | bytes | str) -> Iterator[bytes]:
    """Yield UTF-8 pieces of at most about 64 KiB that hold only characters XML 1.0 allows.

    Characters it forbids, raw or as references, become U+FFFD, visible and harmless.
    """
    held = ""
    started = False
    for text in _texts(source):
        text = held + text
        held = ""
        if not started:
            text = text.lstrip(_LEADING)
            if not text:
                continue
            started = True
        if "&" in text[-13:] and (cut := _OPEN_REFERENCE.search(text, max(len(text) - 13, 0))):
            text, held = text[: cut.start()], text[cut.start() :]
        yield _clean(text)
    yield _clean(held)


def _clean(text: str) -> bytes:
    if "&#" in text:
        text = _REFERENCE.sub(_mend_reference, text)
    if not text.isascii():
        text = _BAD.sub("\ufffd", text)
    data = text.encode()
    if len(data.translate(None, _CONTROLS)) < len(data):  # faster than a search, and rarely true
        data = _CONTROL.sub("\ufffd".encode(), data)
    return data


def _mend_reference(found: re.Match[str]) -> str:
    hexadecimal, decimal = found.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    legal = code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return found[0] if legal or 0x10000 <= code <= 0x10FFFF else "\ufffd"


def _texts(source: Iterable[bytes] | bytes | str) -> Iterator[str]:
    if isinstance(source, str):
        for start in range(0, len(source), PIECE):
            yield source[start : start + PIECE]
        return
    chunks = [source] if isinstance(source, bytes) else source
    decoder = None
    head = b""
    for chunk in chunks:
        if decoder is None:
            head += chunk
            if len(head) < 256 and b">" not in head:
                continue
            decoder = _decoder(head)
            chunk = head
        for start in range(0, len(chunk), PIECE):
            yield decoder.decode(chunk[start : start + PIECE])
    if decoder is None:
        yield _decoder(head).decode(head, True)  # noqa: FBT003  codecs' own signature
    else:
        yield decoder.decode(b"", True)  # noqa: FBT003


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
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
