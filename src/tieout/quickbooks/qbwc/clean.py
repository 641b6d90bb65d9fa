"""Request bodies to clean UTF-8, a piece at a time.

Why it exists: the Web Connector packs QuickBooks' answer into XML, and such a body may hold
characters, raw or as references, that XML 1.0 forbids (observed); a strict parser would lose the
whole answer for one of them. Here each becomes U+FFFD, visible and harmless. What the bytes are
encoded in is settled here as well, so that the parser behind sees one encoding only and nothing
hides from it in UTF-16.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_HEAD_BYTES: Final = 256
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_SINGLE_BYTE: Final = {"iso8859-1", "cp1252", "ascii"}
_BAD: Final = ("\ufffe", "\uffff")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_OPEN_REFERENCE = re.compile(r"&#?[0-9A-Za-z]{0,11}\Z")
_TAIL: Final = 13
_CONTROLS: Final = bytes([*range(9), 11, 12, *range(14, 32)])
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LEADING: Final = " \t\r\n\ufeff"
_MARK: Final = "\ufffd"


class Cleaner:
    """Bytes in, clean UTF-8 out. `mended` tells whether anything had to be replaced."""

    def __init__(self) -> None:
        self.mended = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._head = b""
        self._held = ""
        self._started = False

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes; return what can already be passed on."""
        if self._decoder is None:
            data = self._head + data
            self._head = data
            if len(data) < _HEAD_BYTES and b">" not in data:
                return b""
            self._decoder = _decoder(data)
            self._head = b""
        return self._pass(self._decoder.decode(data))

    def close(self) -> bytes:
        """Return what is left when the body is over."""
        decoder = self._decoder or _decoder(self._head)
        rest = self._pass(decoder.decode(self._head, True))  # noqa: FBT003  codecs' own signature
        held, self._held = self._held, ""
        return rest + held.encode()

    def _pass(self, text: str) -> bytes:
        text = self._held + text
        self._held = ""
        if not self._started:
            text = text.lstrip(_LEADING)
            self._started = bool(text)
        if "&" in text[-_TAIL:]:
            cut = _OPEN_REFERENCE.search(text, max(len(text) - _TAIL, 0))
            if cut:
                text, self._held = text[: cut.start()], text[cut.start() :]
        return self._clean(text)

    def _clean(self, text: str) -> bytes:
        clean = _REFERENCE.sub(_mend_reference, text) if "&#" in text else text
        for bad in _BAD:
            clean = clean.replace(bad, _MARK)
        data = clean.encode()
        if len(data.translate(None, _CONTROLS)) < len(data):  # faster than a search
            data = _CONTROL.sub(_MARK.encode(), data)
            self.mended = True
        self.mended = self.mended or clean != text
        return data


def _mend_reference(found: re.Match[str]) -> str:
    hexadecimal, decimal = found.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    legal = code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    return found[0] if legal or 0x10000 <= code <= 0x10FFFF else _MARK


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
