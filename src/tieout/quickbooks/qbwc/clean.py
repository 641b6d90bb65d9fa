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

from tieout.quickbooks.xml_text import (
    HEAD_BYTES,
    LEADING,
    MARK,
    decoder_for,
    mend_controls,
    mend_references,
)

_BAD: Final = ("\ufffe", "\uffff")
_OPEN_REFERENCE = re.compile(r"&#?[0-9A-Za-z]{0,11}\Z")
_TAIL: Final = 13


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
            if len(data) < HEAD_BYTES and b">" not in data:
                return b""
            self._decoder = decoder_for(data)
            self._head = b""
        return self._pass(self._decoder.decode(data))

    def close(self) -> bytes:
        """Return what is left when the body is over."""
        decoder = self._decoder or decoder_for(self._head)
        rest = self._pass(decoder.decode(self._head, True))  # noqa: FBT003  codecs' own signature
        held, self._held = self._held, ""
        return rest + held.encode()

    def _pass(self, text: str) -> bytes:
        text = self._held + text
        self._held = ""
        if not self._started:
            text = text.lstrip(LEADING)
            self._started = bool(text)
        if "&" in text[-_TAIL:]:
            cut = _OPEN_REFERENCE.search(text, max(len(text) - _TAIL, 0))
            if cut:
                text, self._held = text[: cut.start()], text[cut.start() :]
        return self._clean(text)

    def _clean(self, text: str) -> bytes:
        clean = mend_references(text)
        for bad in _BAD:
            clean = clean.replace(bad, MARK)
        data = clean.encode()
        mended = mend_controls(data)
        self.mended = self.mended or clean != text or mended is not data
        return mended
