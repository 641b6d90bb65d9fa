"""Suggests QuickBooks customers, items and classes for clients, pay/bill items and class values.

By name alone, read as clerks shorten names. *Safe* means that the two names are the same but for
case, accents, short forms and the legal form of one of them, and that no other entry and no other
client comes near: such a suggestion may be saved without looking.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tieout.core.matching_clients import SURE, Customers
from tieout.core.matching_facts import Bucket
from tieout.core.matching_words import LEGAL
from tieout.core.names import client_forms, tokens

__all__ = ["NameCandidate", "NameSuggestion", "NameToMatch", "suggest_names"]

Kind = Literal["client", "item", "class"]

SAME, SAME_BUT, SAME_CORE = 1.0, 0.98, 0.9
SAME_CODE = 0.8
NEAR = 0.06  # another one this near fits as well
WEAK = 0.5
_INACTIVE = 0.9  # of its score is left
_FORMS = LEGAL - {"the", "of", "and", "at", "for", "a", "an"}  # Inc, LLC and their like
_WORDS = {
    "ot": "overtime", "dt": "double time", "reg": "regular", "rt": "regular", "hol": "holiday",
    "std": "standard", "pto": "paid time off", "exp": "expenses", "expense": "expenses",
    "mil": "mileage", "acctg": "accounting", "acct": "accounting", "it": "information technology",
    "hr": "human resources", "admin": "administrative", "hlthcare": "healthcare",
    "perdiem": "per diem", "reimb": "reimbursement", "adj": "adjustment", "mktg": "marketing",
    "mfg": "manufacturing", "eng": "engineering", "dh": "direct hire", "perm": "direct hire",
}  # fmt: skip
# beside another word they tell one pay/bill item from another nowhere
_FILLING = frozenset({"time", "hours", "hour", "hrs", "pay", "bill", "billing", "rate", "worked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NameToMatch:
    """A record of ours; `code` is what else it is called, "" for nothing."""

    key: str
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCandidate:
    """An entry of QuickBooks' list by its whole path."""

    list_id: str
    full_name: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSuggestion:
    """The best entry for one record, or with `list_id` "" that probably none is there yet."""

    key: str
    list_id: str
    full_name: str
    score: float  # 0 to 1
    bucket: Bucket
    safe: bool  # may be saved in bulk without looking
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fit:
    """How one entry fits one record."""

    entry: NameCandidate
    score: float
    reason: str
    same: bool  # the names are the same; only then it may be safe


def suggest_names(
    kind: Kind,
    ours: Sequence[NameToMatch],
    entries: Sequence[NameCandidate],
) -> list[NameSuggestion]:
    """One suggestion for each record, in their order. All are told, mapped or not: a customer
    that two clients fit is safe for neither."""
    desk = _Desk(kind, entries)
    found = [desk.search(each) for each in ours]
    wanted = Counter(fits[0].entry.list_id for fits in found if fits)
    return [_answer(kind, each, fits, wanted) for each, fits in zip(ours, found, strict=True)]


class _Desk:
    """The list of QuickBooks, read once and found by name."""

    def __init__(self, kind: Kind, entries: Sequence[NameCandidate]) -> None:
        self.kind = kind
        self._index = Customers()
        self._entries: dict[str, tuple[NameCandidate, str]] = {}
        for place, entry in enumerate(sorted(entries, key=lambda each: each.list_id)):
            *above, leaf = entry.full_name.split(":")
            names = [leaf, " ".join([*above, leaf])] if above else [leaf]
            for reading, name in enumerate(names):
                key = f"{place}/{reading}"
                self._entries[key] = (entry, name)
                self._index.add(key, name=_plain(kind, name) or name)

    def search(self, ours: NameToMatch) -> list[_Fit]:
        """The entries that fit at all, the best first; each once."""
        best: dict[str, _Fit] = {}
        asked = [_plain(self.kind, ours.name)]
        if ours.code and self.kind == "item":
            asked.append(_plain(self.kind, ours.code))
        for by_code, name in enumerate(asked):
            for path, fit in self._index.plausible(name).items():
                entry, theirs = self._entries[path]
                found = self._fit(ours.code if by_code else ours.name, entry, theirs, fit)
                if by_code and not found.same:
                    continue  # a code is short: only the same one says something
                if by_code:
                    found = _by_code(entry)
                known = best.get(entry.list_id)
                if known is None or found.score > known.score:
                    best[entry.list_id] = found
        return sorted(best.values(), key=lambda each: (-each.score, each.entry.list_id))

    def _fit(self, name: str, entry: NameCandidate, theirs: str, fit: float) -> _Fit:
        score, reason, same = min(fit, 0.95), "the name is similar", False
        if tokens(name) == tokens(theirs):
            score, reason, same = SAME, "same name", True
        elif _words(self.kind, name) == _words(self.kind, theirs):
            score, reason = SAME_BUT, "same name, written shorter"
            same = _legal_forms_agree(name, theirs)
            if not same:
                score, reason = SURE, "same name, another legal form"
        elif _core(self.kind, name) == _core(self.kind, theirs):
            score, reason = SAME_CORE, "same but for words like time and pay"
        if not entry.active:
            score *= _INACTIVE
        return _Fit(entry, score, reason, same=same)


def _by_code(entry: NameCandidate) -> _Fit:
    score = SAME_CODE if entry.active else SAME_CODE * _INACTIVE
    return _Fit(entry, score, "the same as the item's code", same=False)


def _answer(
    kind: Kind,
    ours: NameToMatch,
    fits: Sequence[_Fit],
    wanted: Counter[str],
) -> NameSuggestion:
    if not fits or fits[0].score < WEAK:
        return NameSuggestion(
            key=ours.key,
            list_id="",
            full_name="",
            score=0.0,
            bucket=Bucket.NONE,
            safe=False,
            reasons=("probably not in QuickBooks yet",),
        )
    best = fits[0]
    against = []
    if not best.entry.active:
        against.append("inactive in QuickBooks")
    if len(fits) > 1 and best.score - fits[1].score < NEAR:
        against.append("another one fits as well")
    if kind == "client" and wanted[best.entry.list_id] > 1:
        against.append("fits another client too")
    safe = best.same and not against
    bucket = Bucket.LIKELY if best.score >= SURE else Bucket.WEAK
    return NameSuggestion(
        key=ours.key,
        list_id=best.entry.list_id,
        full_name=best.entry.full_name,
        score=round(best.score, 4),
        bucket=Bucket.EXACT if safe and best.score == SAME else bucket,
        safe=safe,
        reasons=(best.reason, *against),
    )


def _plain(kind: Kind, name: str) -> str:
    """The name as it is looked up: a colon would be another level; short words are written out."""
    text = name.replace(":", " ")
    if kind == "client":
        return text
    return " ".join(_WORDS.get(word, word) for word in tokens(text))


def _words(kind: Kind, name: str) -> tuple[str, ...]:
    """A name with its short forms written out and without legal forms."""
    forms = client_forms(_plain(kind, name))
    return forms[0] if forms else ()


def _core(kind: Kind, name: str) -> tuple[str, ...]:
    """What is left without the words that fill up the names of items."""
    words = _words(kind, name)
    if kind != "item":
        return words
    return tuple(word for word in words if word not in _FILLING) or words


def _legal_forms_agree(ours: str, theirs: str) -> bool:
    """Apex Inc is not Apex LLC; plain Apex may be either."""
    mine, other = _FORMS & set(tokens(ours)), _FORMS & set(tokens(theirs))
    return not mine or not other or bool(mine & other)
