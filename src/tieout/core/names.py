"""Names taken apart: plain lower-case tokens, persons, the levels of a Customer:Job path.

Nothing here compares two names; `matching_*` does.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from tieout.core.matching_words import CLIENT_WORDS, LEGAL, NOISE, PARTICLES, SUFFIXES

__all__ = ["LEVEL_MAX", "Leaf", "Person", "client_forms", "leaf", "person", "plain", "tokens"]

LEVEL_MAX = 41  # characters of one level of a Customer:Job, by Intuit's schema
_CUT_FROM = LEVEL_MAX - 2  # a blank at the cut, or two, has been stripped

_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)
_APOSTROPHES = re.compile("['`´‘’ʼ]")
_WORD = re.compile(r"[a-z]+|[0-9]+(?:st|nd|rd|th)?")
_MANGLED = re.compile("[ÃÂ]")
# a purchase order's number tells nothing about the person
_ORDER = re.compile(r"\bp\.?\s?o\.?\s*(?:no\.?)?\s*#?\s*\d[\w-]*", re.IGNORECASE)
# 3-24, 03/2024, 3/5/24, 2024-03-05
_ISO_DAY = re.compile(r"\b((?:19|20)\d\d)[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?!\d)")
_DAY = re.compile(r"(?<![\d/.])(\d{1,2})[-/.](?:\d{1,2}[-/.])?((?:19|20)\d\d|\d\d)(?![\d])")
# what begins another part of a job's name: a dash between blanks, a bracket, a slash, a bar
_PARTS = re.compile(r"\s[-–—]+\s?|[-–—]+\s|[()\[\]|;/#_]|\s@\s")
_DO_NOT_USE = re.compile(r"do\s*not\s*use|don'?t\s*use|\bdnu\b|\bx{3,}\b", re.IGNORECASE)
_ALSO = re.compile(
    r"\bd\.?\s?/?\s?b\.?\s?/?\s?a\b\.?|\b[fa]\s?/?\s?k\s?/?\s?a\b|\s[-–—]\s|[()]", re.I
)
# A/R and T&D are words; c/o and w/o are none
_SLASHED = re.compile(r"\b(?![cw]/o\b)([a-z])\s?[/&]\s?([a-z])\b", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Lower case without accents and apostrophes: `Núñez-O’Neil` becomes `nunez-oneil`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _unmangled(text))
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = text.lower()
    return _APOSTROPHES.sub("", text if text.isascii() else text.translate(_UNDECOMPOSED))


def _unmangled(text: str) -> str:
    """UTF-8 that some import read as Latin-1, read again: `GarcÃ­a` is García."""
    if _MANGLED.search(text):
        for encoding in ("cp1252", "latin-1"):
            with contextlib.suppress(UnicodeError):
                return text.encode(encoding).decode("utf-8")
    return text


def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, in plain letters."""
    return tuple(_WORD.findall(plain(text)))


@dataclass(frozen=True, slots=True)
class Person:
    """A contractor's name: one given name, then middle names, then the surname's tokens."""

    names: tuple[str, ...]
    middle_from: int
    surname_from: int
    suffix: str

    @property
    def surname(self) -> tuple[str, ...]:
        return self.names[self.surname_from :]


@lru_cache(maxsize=65536)
def person(text: str) -> Person:
    """`Elena M. de la Cruz, Jr.` and `de la Cruz, Elena M.`: the same name but for the suffix."""
    parts = [list(tokens(part)) for part in text.split(",")]
    suffix = ""
    words = sum(map(len, parts))
    for part in parts:
        for token in part[1:] if part is parts[0] else part[:]:
            # somebody's given name is not a suffix: only what comes beside two other words is
            if token in SUFFIXES and words > 2:
                suffix = SUFFIXES[token]
                part.remove(token)
                words -= 1
    parts = [part for part in parts if part]
    if not parts:
        return Person((), 0, 0, suffix)
    if len(parts) > 1:
        given = [token for part in parts[1:] for token in part]
        return Person((*given, *parts[0]), 1, len(given), suffix)
    names = parts[0]
    start = max(len(names) - 1, 0)
    hyphened = plain(text).rsplit(None, 1)[-1].count("-")
    start = max(start - hyphened, min(1, start))
    while start > 1 and names[start - 1] in PARTICLES and len(names[start - 1]) > 1:
        start -= 1
    return Person(tuple(names), 1, start, suffix)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The levels of a Customer:Job below its customer, as tokens with the part each stands in.

    Parts of the last level are counted from 1, those of the levels above it from -1 downward.
    `sides` says of each token whether it stands before (1) or after (2) the comma of a name.
    `suffix` is one written in digits; Jr and its like are tokens, for a Sr Welder is no father.
    """

    tokens: tuple[str, ...]
    parts: tuple[int, ...]
    sides: tuple[int, ...]
    numbers: frozenset[str]
    months: tuple[tuple[int, int], ...]  # (year, month) of the days that stand there
    suffix: str
    cut: bool  # the last level reaches QuickBooks' limit: its last token may be a stump
    noisy: bool  # marked as not to be used: old, dup, do not use


class _Reading:
    """Collects a leaf's tokens."""

    def __init__(self) -> None:
        self.words: list[tuple[str, int, int]] = []
        self.numbers: set[str] = set()
        self.months: list[tuple[int, int]] = []
        self.suffix = ""
        self.noisy = False
        self.stump = ""
        self.part = 0

    def level(self, text: str, *, above: bool) -> None:
        """Read one level."""
        self.noisy = self.noisy or bool(_DO_NOT_USE.search(text))
        text = self._days(_ORDER.sub(" ", _SLASHED.sub(r"\1\2", text)))
        for piece in _PARTS.split(text):
            names = piece.split(",")
            if len(names) > 2 and names[1].strip(" .").lower() in SUFFIXES:
                names[:2] = [" ".join(names[:2])]
            for place, name in enumerate(names):
                self.part += place != 1  # what follows the first comma belongs to the same name
                side = (1, 2, 0)[min(place, 2)] if len(names) > 1 and not above else 0
                self._words(name, -self.part if above else self.part, side)

    def _days(self, text: str) -> str:
        for pattern, year, month in ((_ISO_DAY, 1, 2), (_DAY, 2, 1)):
            for found in pattern.finditer(text):
                if 1 <= int(found[month]) <= 12:
                    self.months.append((int(found[year]) % 100 + 2000, int(found[month])))
                    text = text.replace(found[0], " ", 1)
        return text

    def _words(self, text: str, part: int, side: int) -> None:
        found = tokens(_DOTTED.sub(lambda m: m.group().replace(".", ""), text))
        for place, word in enumerate(found):
            if part > 0:
                self.stump = word
            if word[0].isdigit():
                if word in SUFFIXES and self._ends_a_name(found, place, part):
                    self.suffix = SUFFIXES[word]
                else:
                    self.numbers.add(word)
            elif word in NOISE:
                self.noisy = True
            else:
                self.words.append((word, part, side))

    def _ends_a_name(self, found: tuple[str, ...], place: int, part: int) -> bool:
        """`2nd` behind the first name there, where nothing follows it."""
        named = bool(self.words) and self.words[-1][1] == part == self.words[0][1]
        return named and part > 0 and place == len(found) - 1


def leaf(levels: tuple[str, ...]) -> Leaf:
    """Take the levels apart, last first: what a clerk typed for the person is usually there."""
    reading = _Reading()
    for depth, level in enumerate(reversed(levels)):
        reading.level(level, above=depth > 0)
    words, stump = reading.words, reading.stump
    cut = bool(levels) and len(levels[-1]) >= _CUT_FROM and stump.isalpha()
    if cut:  # the stump goes last, wherever the other levels stand
        at = max(
            (n for n, each in enumerate(words) if each[0] == stump and each[1] > 0), default=-1
        )
        if at >= 0:
            words.append(words.pop(at))
        cut = at >= 0
    return Leaf(
        tokens=tuple(word for word, _, _ in words),
        parts=tuple(part for _, part, _ in words),
        sides=tuple(side for _, _, side in words),
        numbers=frozenset(reading.numbers),
        months=tuple(reading.months),
        suffix=reading.suffix,
        cut=cut,
        noisy=reading.noisy,
    )


@lru_cache(maxsize=65536)
def client_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a client's or customer's name, each without legal suffixes.

    `OVL - Ohio Valley Logistics` and `Apex LLC dba Summit` are read whole and in parts.
    """
    text = text.replace("&", " and ").replace("+", " and ")
    pieces = [text, *(piece for piece in _ALSO.split(text) if piece.strip())]
    forms = []
    for piece in dict.fromkeys(pieces):
        raw = tokens(_DOTTED.sub(lambda m: m.group().replace(".", ""), piece))
        words = tuple(
            word
            for token in raw
            if token not in LEGAL
            for word in CLIENT_WORDS.get(token, (token,))
        )
        forms.append(words or raw)
    return tuple(form for form in dict.fromkeys(forms) if form)
