"""What QuickBooks keeps of a text, so that we send it that way and compare it fairly.

QuickBooks Desktop stores Windows-1252-like text: Latin-1 letters survive; characters beyond
Latin-1 are refused raw and stored as ``?`` when sent as entities (observed). How punctuation of
Windows-1252 such as dashes fares is untested. So everything is brought to Latin-1 before it is
sent: – becomes -, ’ becomes ', ł becomes l; what has no counterpart becomes ``?`` here already,
visibly, before a clerk approves it. Control characters are illegal in XML 1.0 and dropped; CRLF
becomes LF because the XML parser would do the same.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_KEEP: Final = "\t\n"
_SPECIAL: Final = str.maketrans(
    {
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
        "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2033": '"', "\u2039": "<", "\u203a": ">",
        "\u2022": "*", "\u2026": "...", "\u20ac": "EUR", "\u2122": "(TM)", "\u2044": "/",
        "\u0141": "L", "\u0142": "l", "\u0110": "D", "\u0111": "d", "\u0126": "H", "\u0127": "h",
        "\u0131": "i", "\u0152": "OE", "\u0153": "oe", "\u1e9e": "SS", "\u0166": "T",
        "\u0167": "t", "\u2028": "\n", "\u2029": "\n", "\u200b": "", "\u200c": "", "\u200d": "",
        "\u2060": "", "\ufeff": "", "\u00ad": "-",
    }
)  # fmt: skip


def to_quickbooks(s: str, *, limit: int | None = None) -> str:
    """Return the text as QuickBooks will keep it, cut to ``limit`` characters if given.

    Idempotent. Cutting drops the blanks it leaves at the end. Show the clerk what this returns.
    """
    s = s.replace("\r\n", "\n").replace("\r", "\n")
    if not s.isascii():
        s = "".join(map(_to_latin1, unicodedata.normalize("NFC", s).translate(_SPECIAL)))
    if not s.isprintable():
        s = "".join(c for c in s if c in _KEEP or unicodedata.category(c) != "Cc")
    return s if limit is None or len(s) <= limit else s[:limit].rstrip()


def _to_latin1(c: str) -> str:
    """Keep Latin-1, else take the base letters of its decomposition, else ``?``."""
    if c <= "\xff":
        return c
    if unicodedata.combining(c) or unicodedata.category(c) == "Cf":
        return ""
    base = "".join(b for b in unicodedata.normalize("NFKD", c) if not unicodedata.combining(b))
    base = base.translate(_SPECIAL)
    return base if base and all(b <= "\xff" for b in base) else "?"


def same_in_quickbooks(a: str, b: str) -> bool:
    """Whether two texts are one text once QuickBooks keeps them; blanks at the ends ignored."""
    return to_quickbooks(a).strip() == to_quickbooks(b).strip()
