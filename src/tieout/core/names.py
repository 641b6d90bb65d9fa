"""Names taken apart: plain lower-case tokens, persons, the levels of a Customer:Job path.

Nothing here compares two names; `matching_*` does.
"""

from __future__ import annotations

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
# what begins another part of a job's name: a dash between blanks, a bracket, a slash, a bar
_PARTS = re.compile(r"\s[-–—]+\s?|[-–—]+\s|[()\[\]|;/#_]|\s@\s")
_DO_NOT_USE = re.compile(r"do\s*not\s*use|don'?t\s*use|\bdnu\b|\bx{3,}\b", re.IGNORECASE)
_ALSO = re.compile(
    r"\bd\.?\s?/?\s?b\.?\s?/?\s?a\b\.?|\b[fa]\s?/?\s?k\s?/?\s?a\b|\s[-–—]\s|[()]", re.I
)
_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Lower case without accents and apostrophes: `Núñez-O’Neil` becomes `nunez-oneil`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in text if not unicodedata.combining(letter))
    text = text.lower()
    return _APOSTROPHES.sub("", text if text.isascii() else text.translate(_UNDECOMPOSED))


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
    for part in parts:
        for token in part[:]:
            # somebody's given name is not a suffix: only what follows two other words is
            if token in SUFFIXES and (len(part) > 2 or (part is not parts[0] and len(part) == 1)):
                suffix = SUFFIXES[token]
                part.remove(token)
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
    """The levels of a Customer:Job below its customer, as tokens with the part each stands in."""

    tokens: tuple[str, ...]
    parts: tuple[int, ...]
    numbers: frozenset[str]
    suffix: str
    cut: bool  # the last level reaches QuickBooks' limit: its last token may be a stump
    noisy: bool  # marked as not to be used: old, dup, do not use


def leaf(levels: tuple[str, ...]) -> Leaf:
    """Take the levels apart, last first: what a clerk typed for the person is usually there."""
    words: list[str] = []
    parts: list[int] = []
    numbers: set[str] = set()
    suffix = ""
    stump: str = ""
    part = 0
    noisy = False
    for depth, level in enumerate(reversed(levels)):
        noisy = noisy or bool(_DO_NOT_USE.search(level))
        for piece in _PARTS.split(level):
            part += 1
            for word in tokens(_DOTTED.sub(lambda m: m.group().replace(".", ""), piece)):
                if depth == 0:
                    stump = word
                if word[0].isdigit() and word not in SUFFIXES:
                    numbers.add(word)
                elif word in SUFFIXES and words and parts[-1] == part and part < 2:
                    suffix = SUFFIXES[word]
                elif word in NOISE:
                    noisy = True
                else:
                    words.append(word)
                    parts.append(part)
    cut = bool(levels) and len(levels[-1]) >= _CUT_FROM and stump.isalpha()
    if cut and stump in words:  # the stump goes last, wherever the other levels stand
        at = len(words) - 1 - words[::-1].index(stump)
        words.append(words.pop(at))
        parts.append(parts.pop(at))
    return Leaf(tuple(words), tuple(parts), frozenset(numbers), suffix, cut, noisy)


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
