"""What QuickBooks will hold of a text: which characters, and how many.

QuickBooks Desktop keeps Latin-1 letters; other characters arrive as question marks (observed).
Planning therefore turns a text into what will be stored before the clerk sees it, says what was
changed, and cuts only here, so that nothing is refused or altered later without being shown.
The limits are those of Intuit's schema for invoices and credit memos.
"""

from __future__ import annotations

import re
import unicodedata

LINE_MAX = 4095  # description of a line
MEMO_MAX = 4095
PO_NUMBER_MAX = 25
OTHER_MAX = 29

# Letters that Unicode does not decompose, and the signs that word processors put in.
_PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "‟": '"',
    "″": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "*",
    "‹": "<", "›": ">", "⁄": "/", "∕": "/", "€": "EUR", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ħ": "h", "Ħ": "H", "ı": "i", "œ": "oe", "Œ": "OE", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N",
    "ĸ": "k", "ẞ": "SS", "\u00a0": " ", "\u2028": "\n", "\u2029": "\n", "\t": " ",
}  # fmt: skip
_INVISIBLE = {"Cc", "Cf", "Mn", "Me"}
_NEWLINES = re.compile(r"\r\n?")


def as_stored(text: str) -> str:
    """The text as QuickBooks will hold it, whole. Applying it twice changes nothing more."""
    return text if text.isascii() and text.isprintable() else _transliterate(text)[0]


def same_in_quickbooks(one: str, other: str) -> bool:
    """Whether two texts are one once QuickBooks holds them, but for white space around them."""
    return as_stored(one).strip() == as_stored(other).strip()


def storable(text: str, *, where: str, limit: int, one_line: bool) -> tuple[str, tuple[str, ...]]:
    """The text as QuickBooks will hold it, and one note for each thing that was changed.

    `where` begins each note ("Memo", "Line 3"). White space around the text and control
    characters go without a note; replaced characters and cuts are named. Applying it twice
    changes nothing more.
    """
    text = text.strip()
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text, ()
    notes: list[str] = []
    plain, replaced = _transliterate(text)
    if one_line:
        plain = " ".join(plain.split())
    plain = plain.strip()
    if replaced:
        pairs = ", ".join(f"{old} becomes {new}" for old, new in replaced.items())
        notes.append(f"{where}: QuickBooks cannot hold every character: {pairs}.")
    if len(plain) > limit:
        notes.append(f"{where}: cut to {limit} of its {len(plain)} characters.")
        plain = plain[:limit].rstrip()
    return plain, tuple(notes)


def _transliterate(text: str) -> tuple[str, dict[str, str]]:
    """Latin-1 text and the visible replacements that were needed, in order of appearance."""
    text = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text))
    answer: list[str] = []
    replaced: dict[str, str] = {}
    for letter in text:
        plain = _plain_letter(letter)
        answer.append(plain)
        if plain != letter and plain.strip():
            replaced[letter] = plain
    return "".join(answer), replaced


def _plain_letter(letter: str) -> str:
    if letter in _PLAIN:
        return _PLAIN[letter]
    if letter == "\n" or (letter <= "\xff" and letter.isprintable()):
        return letter
    if unicodedata.category(letter) in _INVISIBLE:
        return ""
    if letter.isspace():
        return " "
    parts = unicodedata.normalize("NFKD", letter)
    kept = "".join(_PLAIN.get(part, part) for part in parts if not unicodedata.combining(part))
    return kept if kept and all(part <= "\xff" and part.isprintable() for part in kept) else "?"
