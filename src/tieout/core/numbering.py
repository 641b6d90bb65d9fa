"""Invoice numbers that QuickBooks accepts: at most 11 characters, unique, and never changed.

The rule, in this order, stopping as soon as the number fits (the same for every part of one
invoice, so that its parts look alike):

1. the company's own prefix is removed, if it has named one ("INV-1042" becomes "1042");
2. a part of a split invoice gets the company's suffix ("1042-1", "1042-2");
3. separators (blank - / . _ #) are removed: "INV-2026-421" becomes "INV2026421";
4. leading zeros of the last group of digits are removed too: "INV-2026-00421" becomes "INV2026421".

Letters and digits that carry meaning are never cut: what still does not fit is blocked. Steps 3
and 4 could make two numbers equal; the second is then blocked as taken. Every change is noted with
both numbers, and planning puts the original into the memo, so that a reader of the QuickBooks
invoice can always find the source invoice.

Numbers are compared exactly, as QuickBooks' case-sensitive search does. QuickBooks itself does
not insist on unique numbers (Intuit's documentation), hence the care here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from tieout.core import blocking
from tieout.core.facts import Block, ExportRules
from tieout.core.texts import storable

NUMBER_MAX = 11  # characters of an invoice number in QuickBooks (schema)

_READ_MAX = 4095  # far more than any invoice number; only bounds the work on a hostile one
_SEPARATORS = re.compile(r"[ \-/._#]+")
_LEADING_ZEROS = re.compile(r"^0+(?=[0-9])")
_LAST_DIGITS = re.compile(r"[0-9]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A legal number, with a note when it is not the source's own."""

    number: str
    notes: tuple[str, ...] = ()


def fit(number: str, *, part: int, parts: int, rules: ExportRules) -> Fitted | Block:
    """The number of part `part` of `parts` (1 of 1: the whole invoice), or why there is none."""
    original, notes = storable(number, where="Invoice number", limit=_READ_MAX, one_line=True)
    base = _without_prefix(original, rules.number_prefix_strip)
    if not base:
        return blocking.number_missing()
    suffix = _suffix(part, rules) if parts > 1 else ""
    longest = _suffix(parts, rules) if parts > 1 else ""
    short = _shorten(base, NUMBER_MAX - len(longest))
    if not short:
        return blocking.number_too_long(number=original, suffix=longest, limit=NUMBER_MAX)
    return _fitted(short + suffix, original=original, notes=notes)


def assign(
    number: str,
    *,
    job_keys: Sequence[str],
    kept: Mapping[str, str],
    taken: Container[str],
    rules: ExportRules,
) -> dict[str, Fitted | Block]:
    """A number for each part, keyed by job key ("" for a part without a job), in that order.

    `kept` holds the numbers that parts of this invoice already have: they stay, also when the
    parts change, and none is given to another part even if its own part has vanished. `taken`
    holds the numbers of everything else; a new number found there is blocked.
    """
    answers: dict[str, Fitted | Block] = {}
    used = set(kept.values())
    for position, job_key in enumerate(job_keys, start=1):
        if job_key in kept:
            answers[job_key] = _fitted(kept[job_key], original=number.strip(), notes=())
            continue
        answer = _first_free(
            number, position=position, parts=len(job_keys), used=used, rules=rules
        )
        if isinstance(answer, Fitted):
            used.add(answer.number)
            if answer.number in taken:
                answer = blocking.number_taken(number=answer.number)
        answers[job_key] = answer
    return answers


def candidates(number: str, *, most: int, rules: ExportRules) -> frozenset[str]:
    """Every number that `assign` may look for in `taken`, so that only these need be known.

    `most`: parts of the invoice and numbers that it kept, together, and one more.
    """
    found = {fit(number, part=1, parts=1, rules=rules)}
    for part in range(1, most + 1):
        parts = max(part, 2)
        while parts <= most or parts == 2:  # only the length of the longest suffix matters
            found.add(fit(number, part=part, parts=parts, rules=rules))
            parts = int("1" + "0" * len(str(parts)))
    return frozenset(each.number for each in found if isinstance(each, Fitted))


def _first_free(
    number: str, *, position: int, parts: int, used: Collection[str], rules: ExportRules
) -> Fitted | Block:
    if parts == 1:
        whole = fit(number, part=1, parts=1, rules=rules)
        if isinstance(whole, Block) or whole.number not in used:
            return whole
        parts = 2  # the plain number is reserved for a part that has gone: number it like a split
    for n in count(position):
        answer = fit(number, part=n, parts=max(parts, n), rules=rules)
        if isinstance(answer, Block) or answer.number not in used:
            return answer
    raise AssertionError  # pragma: no cover - count() is endless


def _without_prefix(number: str, prefix: str) -> str:
    rest = number.removeprefix(prefix).strip() if prefix else number
    return rest or number


def _suffix(part: int, rules: ExportRules) -> str:
    """The rule with its {n} filled in; a rule that forgot {n} gets the part appended."""
    rule = rules.split_suffix
    return rule.replace("{n}", str(part)) if "{n}" in rule else f"{rule}{part}"


def _shorten(base: str, room: int) -> str:
    """The base within so many characters, or "" when the rule cannot make it fit."""
    if len(base) <= room:
        return base
    tight = _SEPARATORS.sub("", base)
    if 0 < len(tight) <= room:
        return tight
    digits = _LAST_DIGITS.search(base)
    tail = digits.group() if digits else ""
    head = _SEPARATORS.sub("", base.removesuffix(tail))
    tight = head + _LEADING_ZEROS.sub("", tail)
    return tight if len(tight) <= room else ""


def _fitted(number: str, *, original: str, notes: tuple[str, ...]) -> Fitted:
    if number == original:
        return Fitted(number=number, notes=notes)
    return Fitted(
        number=number, notes=(*notes, f"Invoice number {original} becomes {number} in QuickBooks.")
    )
