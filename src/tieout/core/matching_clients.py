"""Which customers of the company file may be a client: by name, as clerks shorten names."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from tieout.core.names import client_forms, plain

__all__ = ["SURE", "Customers", "abbreviates"]

SURE = 0.75  # a client's name that fits this well is its customer, unless another fits better
_FLOOR = 0.45
_KEPT = 6
_SHORTLIST = 12
_NOT_THE_BEST = 0.12  # a customer this far below the best one is another customer

Form = tuple[str, ...]


def abbreviates(short: str, long: str) -> bool:
    """Whether one word shortens the other: `supv` supervisor, `whse` warehouse, `hosp` hospital."""
    if len(short) < 2 or len(short) >= len(long) or short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


class Customers:
    """The customers (and levels that have jobs below them), found by name.

    `names` are the names of the nodes, without the levels above; a node is known by its place.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [plain(name) for name in names]
        self.forms = [client_forms(name) for name in names]
        self._keys: dict[str, list[int]] = defaultdict(list)
        for node, forms in enumerate(self.forms):
            for key in _keys(forms):
                self._keys[key].append(node)
        counts: dict[str, int] = defaultdict(int)
        for forms in self.forms:
            for word in set(forms[0]) if forms else ():
                counts[word] += 1
        self._idf = {word: math.log(1 + len(names) / count) for word, count in counts.items()}
        self._unknown = math.log(1 + len(names))

    def plausible(self, client: str) -> dict[int, float]:
        """Node -> how well it fits the client, 0 to 1, the few that fit at all."""
        forms = client_forms(client)
        votes: dict[int, float] = defaultdict(float)
        for key in sorted(_keys(forms)):
            nodes = self._keys.get(key, ())
            for node in nodes:
                votes[node] += 1 / len(nodes)
        first = sorted(votes, key=lambda node: (-votes[node], node))[:_SHORTLIST]
        fits = {node: self._fit(forms, self.forms[node]) for node in first}
        if max(fits.values(), default=0.0) < SURE and forms:
            for _, _, node in process.extract(
                plain(client), self.names, scorer=fuzz.token_set_ratio, limit=_KEPT
            ):
                fits[node] = self._fit(forms, self.forms[node])
        return _trimmed(fits)

    def _fit(self, ours: Iterable[Form], theirs: Iterable[Form]) -> float:
        return max((self._overlap(a, b) for a in ours for b in theirs), default=0.0)

    def _overlap(self, ours: Form, theirs: Form) -> float:
        """The share of both names' weight that the other one has too."""
        if ours == theirs:
            return 1.0
        if _is_acronym(ours, theirs) or _is_acronym(theirs, ours):
            return 0.8
        if "".join(ours) == "".join(theirs):
            return 0.98
        left = list(theirs)
        ours_met = theirs_met = 0.0
        for word in ours:
            best = max(left, key=lambda other: _alike(word, other), default="")
            alike = _alike(word, best) if best else 0.0
            if alike:
                left.remove(best)
                ours_met += alike * self._weight(word)
                theirs_met += alike * self._weight(best)
        ours_share = ours_met / sum(map(self._weight, ours))
        theirs_share = theirs_met / sum(map(self._weight, theirs))
        low, high = sorted((ours_share, theirs_share))
        return 0.45 * low + 0.55 * high

    def _weight(self, word: str) -> float:
        return self._idf.get(word, self._unknown)


def _trimmed(fits: dict[int, float]) -> dict[int, float]:
    kept = sorted((node for node in fits if fits[node] >= _FLOOR), key=lambda n: (-fits[n], n))
    best = fits[kept[0]] if kept else 0.0
    return {
        node: fits[node] if fits[node] > best - _NOT_THE_BEST else min(fits[node], SURE - 0.15)
        for node in kept[:_KEPT]
    }


def _keys(forms: Iterable[Form]) -> set[str]:
    """What finds a name again: its words, how they begin, its initials."""
    keys: set[str] = set()
    for form in forms:
        keys.update(form)
        keys.update(word[:3] + "*" for word in form)
        keys.add("".join(word[0] for word in form) + "#")
        keys.update(word + "#" for word in form if len(word) <= 5)
        keys.add("".join(form))
    return keys


def _is_acronym(short: Form, long: Form) -> bool:
    return (
        len(short) == 1
        and len(long) > 1
        and len(short[0]) > 1
        and short[0] == "".join(word[0] for word in long)
    )


def _alike(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if a[0].isdigit() or b[0].isdigit():
        return 0.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) >= 3 and long.startswith(short):
        return 0.95
    if len(short) >= 4 and OSA.distance(a, b, score_cutoff=2) <= (2 if len(short) > 6 else 1):
        return 0.85
    return 0.8 if abbreviates(short, long) else 0.0
