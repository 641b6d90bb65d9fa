"""In which way two names are alike, in a few letters that are counted and stored.

`nT+` is a nickname with a slip in the surname beside a matching title. First comes `?` where that is
too little to go by unless the whole file speaks for it. Then a letter for what differs in the first
name, and a capital for the surname: `c` cut, `j` written together, `n` nickname, `t` slip, `i` initial,
`l` one letter, `f` two letters, `d` perhaps another name, `x` missing. `m` is a name too many, `s` a
suffix that is missing there, `z` one that is missing here, `o` the names the other way round, `2` two
faults. `w` is a middle name of ours that is missing there. Then `+` for a title that matches, `-` for
one that fits in part, `@` for the day on which the job starts, and `u` for a title or year that our
side does not know, so that nothing can be said. `#` alone is a proof. A name met word for word has no
letter at all.
"""

from __future__ import annotations

from tieout.core.matching_persons import PersonFit

__all__ = [
    "MATCHES",
    "PROOF",
    "confirms",
    "is_exact_name",
    "is_thin",
    "kind_of",
    "name_part",
]

PROOF = "#"
MATCHES = 0.75  # a title that fits this well is the same
_CONTEXT = "?w+-@u#"
_DOUBTED = frozenset("2szoX")  # a title or a day beside it does not make up for it


def kind_of(fit: PersonFit, title: float | None, *, dated: bool, unchecked: bool) -> str:
    """The kind of a pair; `title` is how well the titles fit, None where one names none."""
    beside = ("@" if dated else "") + ("u" if unchecked else "")
    if title is not None and title < MATCHES:
        return f"?{fit.likeness}-{beside}"
    thin = not _DOUBTED.isdisjoint(fit.likeness) if title is not None or dated else fit.thin
    return ("?" if thin else "") + fit.likeness + ("+" if title is not None else "") + beside


def is_thin(kind: str) -> bool:
    """Whether a likeness is too little to go by unless the whole file speaks for it."""
    return kind.startswith("?")


def name_part(kind: str) -> str:
    """The letters that tell how the names were met."""
    return kind.strip(_CONTEXT)


def is_exact_name(kind: str) -> bool:
    """Whether nothing in the name differs: such a pair is what others are measured by."""
    return not name_part(kind) and not is_thin(kind)


def confirms(kind: str) -> frozenset[str]:
    """What beside the name speaks for a pair: its title, its day, a proof."""
    return frozenset("+@#").intersection(kind)
