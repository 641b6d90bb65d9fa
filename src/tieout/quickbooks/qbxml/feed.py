"""Raw answer to clean UTF-8 pieces for the parser.

Why it exists: an answer comes as one string inside SOAP or JSON. It may begin with blanks or a
byte-order mark, may declare an encoding that no longer applies, and may hold character references
that XML 1.0 forbids (observed). All of that is mended here, a piece at a time. Whether a document
is hostile is not decided here but in the parser itself, after decoding, so that a UTF-16 document
hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tieout.quickbooks.xml_text import (
    HEAD_BYTES,
    LEADING,
    MARK,
    decoder_for,
    mend_controls,
    mend_references,
)

PIECE: Final = 64 * 1024
_BAD = re.compile("[\ud800-\udfff\ufffe\uffff]")
_OPEN_REFERENCE = re.compile(r"&(?:#[0-9A-Fa-fx]{0,11})?\Z")


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
            text = text.lstrip(LEADING)
            if not text:
                continue
            started = True
        if "&" in text[-13:] and (cut := _OPEN_REFERENCE.search(text, max(len(text) - 13, 0))):
            text, held = text[: cut.start()], text[cut.start() :]
        yield _clean(text)
    yield _clean(held)


def _clean(text: str) -> bytes:
    text = mend_references(text)
    if not text.isascii():
        text = _BAD.sub(MARK, text)
    return mend_controls(text.encode())


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
            if len(head) < HEAD_BYTES and b">" not in head:
                continue
            decoder = decoder_for(head)
            chunk = head
        for start in range(0, len(chunk), PIECE):
            yield decoder.decode(chunk[start : start + PIECE])
    if decoder is None:
        yield decoder_for(head).decode(head, True)  # noqa: FBT003  codecs' own signature
    else:
        yield decoder.decode(b"", True)  # noqa: FBT003
