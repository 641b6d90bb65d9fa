"""Which customers of the company file may be a client: by name, as clerks shorten names."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from tieout.core.names import LEVEL_MAX, client_forms, plain

__all__ = ["SURE", "Customers", "Reading", "abbreviates", "best_voted", "claimed", "read"]

SURE = 0.75  # a client's name that fits this well is its customer, unless another fits better
_FLOOR = 0.45
_KEPT = 6
_SHORTLIST = 12
_ROUNDED = 1e-9  # more than sums of shares may be off by
_NOT_THE_BEST = 0.12  # a customer this far below the best one is another customer

_NOT_SURE = SURE - 0.15
_SHARED = SURE - 0.05  # a weak fit that another client of ours has as well
_BY_NAME = 0.9  # from here on a fit is the name, not a guess
_BETTER = 0.04  # so much better fits the client whose customer it is
# what a match is worth by (part of ours, part of theirs): a branch may stand under the head office
_TRUST = {(False, False): 1.0, (False, True): 0.93, (True, False): 0.85, (True, True): 0.65}
_SAME = 0.95  # from here on two names or parts are the same
_TELLS_NOTHING = frozenset(
    [
        "net",
        "15",
        "30",
        "45",
        "60",
        "old",
        "new",
        "name",
        "account",
        "acct",
        "formerly",
        "nka",
        "use",
        "inactive",
        "usa",
        "us",
        "ohio",
        "oh",
        "ca",
        "tx",
        "ny",
        "fl",
        "il",
        "pa",
        "mi",
        "ga",
        "nc",
        "va",
        "wa",
        "az",
        "ma",
        "tn",
        "in",
        "mo",
        "md",
        "wi",
        "mn",
        "co",
        "al",
        "sc",
        "la",
        "ky",
        "or",
        "ok",
    ]
)

Form = tuple[str, ...]


def abbreviates(short: str, long: str) -> bool:
    """Whether one word shortens the other: `supv` supervisor, `whse` warehouse, `hosp` hospital."""
    if len(short) < 2 or len(short) >= len(long) or short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


@dataclass(frozen=True, slots=True)
class Reading:
    """A client's or customer's name: read whole first, then in parts. `cut`: at 41 characters.

    `deep`: a level below a customer; its first form is the whole path, its second the level alone.
    """

    forms: tuple[Form, ...]
    words: frozenset[str]
    cut: bool
    deep: bool = False


@lru_cache(maxsize=65536)
def read(name: str) -> Reading:
    """Take a client's or customer's name apart."""
    forms = client_forms(name)
    return Reading(forms, frozenset(forms[0] if forms else ()), len(name) >= LEVEL_MAX - 1)


def _read_path(path: str) -> Reading:
    """Read a node. A level below a customer is a site or ward of it: `Main` alone names nobody."""
    above, _, level = path.rpartition(":")
    alone = read(level)
    if not above or not alone.forms:
        return alone
    forms = client_forms(path.replace(":", " "))[:1] + alone.forms[:1]
    return Reading(forms, alone.words, alone.cut, deep=True)


def claimed(fits: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """What is left of each client's fits where another client fits the same customer.

    `fits` leads from a client to path -> fit, and so does the answer. A customer that is another
    client's by name is not this one's; one that two clients fit by a guess is nobody's for sure.
    """
    wanted: dict[str, list[float]] = defaultdict(list)
    for mine in fits.values():
        for path, fit in mine.items():
            wanted[path].append(fit)
    best = {path: sorted(all_fits, reverse=True)[:2] for path, all_fits in wanted.items()}
    return {
        client: {path: _left(fit, best[path]) for path, fit in mine.items()}
        for client, mine in fits.items()
    }


def _left(fit: float, best: Sequence[float]) -> float:
    """`best`: the two best fits of any client to this customer, this one's perhaps among them."""
    if len(best) > 1:
        other = best[0] if fit < best[0] else best[1]
        if other >= _BY_NAME and other >= fit + _BETTER:
            return min(fit, _NOT_SURE)
        if fit < _BY_NAME and other > fit - _BETTER:
            return min(fit, _SHARED)
    return fit


class Customers:
    """The customers (and levels that have jobs below them), found by name.

    A node is known by its path (`Acme:West`) and named by its last level.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._readings: dict[str, Reading] = {}
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._counts: Counter[str] = Counter()
        self.turned: set[str] = set()  # paths that came or went; whoever reads it empties it

    def add(self, path: str, *, name: str = "") -> None:
        """One more node; `name` is what it is called, where its key is no path of QuickBooks."""
        self.turned.add(path)
        reading = read(name) if name else _read_path(path)
        self._names[path] = plain(name or path)
        self._readings[path] = reading
        for key in _keys(reading.forms):
            self._keys[key].add(path)
        self._counts.update(reading.words)

    def drop(self, path: str) -> None:
        """A node that is there no longer."""
        self.turned.add(path)
        reading = self._readings.pop(path)
        del self._names[path]
        for key in _keys(reading.forms):
            self._keys[key].discard(path)
            if not self._keys[key]:
                del self._keys[key]
        self._counts.subtract(reading.words)

    def __len__(self) -> int:
        return len(self._names)

    def may_fit(self, client: str, path: str) -> bool:
        """Whether a node, if it is there, is among the plausible customers of a client."""
        theirs = self._readings.get(path)
        return theirs is not None and self.fit(read(client), theirs) >= _FLOOR

    def plausible(self, client: str) -> dict[str, float]:
        """Path -> how well it fits the client, 0 to 1, the few that fit at all."""
        ours = read(client)
        first = self._shortlist(ours)
        fits = {node: self.fit(ours, self._readings[node]) for node in first}
        if max(fits.values(), default=0.0) < SURE and ours.forms:
            for _, _, node in process.extract(
                plain(client), self._names, scorer=fuzz.token_set_ratio, limit=_KEPT
            ):
                fits[node] = self.fit(ours, self._readings[node])
        return _trimmed(fits)

    def _shortlist(self, ours: Reading) -> list[str]:
        """The few that share most with a name, rare keys counting for more.

        The rarest key is looked at first. Once the common ones that are left cannot bring anybody
        else among the few, only these are looked for there: thousands share such a key.
        """
        keys = [key for key in _keys(ours.forms) if key in self._keys]
        keys.sort(key=lambda key: (len(self._keys[key]), key))
        worth = [1 / len(self._keys[key]) for key in keys]
        votes: dict[str, float] = defaultdict(float)
        for place, key in enumerate(keys):
            left = sum(worth[place:]) + _ROUNDED
            least = sorted(votes.values(), reverse=True)[_SHORTLIST - 1 : _SHORTLIST]
            if least and least[0] > left:
                votes = {node: vote for node, vote in votes.items() if vote + left >= least[0]}
                for common, each in zip(keys[place:], worth[place:], strict=True):
                    for node in votes.keys() & self._keys[common]:
                        votes[node] += each
                break
            for node in self._keys[key]:
                votes[node] += worth[place]
        return best_voted(votes, _SHORTLIST)

    def fit(self, ours: Reading, theirs: Reading) -> float:
        """The best of all ways to read the two names; parts of them tell less than the whole."""
        best = 0.0
        for place, mine in enumerate(ours.forms[:1] if theirs.deep else ours.forms):
            for other, form in enumerate(theirs.forms):
                trust = _TRUST[place > 0, other > 0]
                # the cut is in the last part, and in the whole
                cut = theirs.cut and other in (0, len(theirs.forms) - 1)
                if trust > best:
                    overlap = self._overlap(mine, form, cut=cut)
                    # the head office of one branch is no part of another branch's name
                    most = trust if overlap >= _SAME or not (place or other) else _NOT_SURE
                    best = max(best, min(most, overlap))
        return best

    def branches(
        self, names: Mapping[str, str], fits: Mapping[str, Mapping[str, float]]
    ) -> dict[str, frozenset[str]]:
        """For each client the customers named like it and more, and like no other client.

        `names` leads from a client to its name, `fits` to path -> how well it fits. `Acme Foods -
        North Campus` may be a site of Acme Foods, or somebody else: its contractors tell.
        """
        owners = Counter(
            path for mine in fits.values() for path, fit in mine.items() if fit >= _BY_NAME
        )
        return {
            client: frozenset(
                path
                for path, fit in mine.items()
                if fit < SURE and not owners[path] and self.is_branch(names[client], path)
            )
            for client, mine in fits.items()
        }

    def is_branch(self, client: str, path: str) -> bool:
        """Whether a customer is named like a client, or like another customer, and more."""
        ours, theirs = read(client), self._readings.get(path)
        if theirs is None or not ours.forms or not theirs.forms:
            return False
        mine, its = ours.forms[0], theirs.forms[0]
        if its[0].isdigit() and its[0] not in mine:
            its = its[1:]  # customers are numbered here
        pairs = zip(mine, its, strict=False)
        met = sum(1 for _ in takewhile(lambda words: _alike(*words), pairs))
        if met == len(its):
            return False
        # to make room for the site, the client's name is cut
        return met == len(mine) or (theirs.cut and met >= 2 and 2 * met >= len(mine))

    def _overlap(self, ours: Form, theirs: Form, *, cut: bool) -> float:
        """The share of both names' weight that the other one has too."""
        if ours == theirs:
            return 1.0
        if _is_acronym(ours, theirs) or _is_acronym(theirs, ours):
            return 0.8
        if "".join(ours) == "".join(theirs):
            return 0.98
        left = list(theirs)
        mine: list[str] = []
        ours_met = theirs_met = 0.0
        for word in ours:
            best = max(left, key=lambda other: _alike(word, other), default="")
            alike = _alike(word, best) if best else 0.0
            if cut and not alike and theirs[-1] in left and word.startswith(theirs[-1]):
                best, alike = theirs[-1], 0.95
            if alike:
                left.remove(best)
                ours_met += alike * self._weight(word)
                theirs_met += alike * self._weight(best)
            else:
                mine.append(word)
        if cut and not left and len(theirs) > 1:
            return 0.95
        ours_share = ours_met / sum(map(self._weight, ours))
        theirs_share = theirs_met / sum(map(self._weight, theirs))
        low, high = sorted((ours_share, theirs_share))
        share = 0.45 * low + 0.55 * high
        # East and West, Plant 1 and Plant 2: each has something that the other has not
        apart = any(w not in _TELLS_NOTHING for w in mine)
        apart = apart and any(w not in _TELLS_NOTHING for w in left)
        return min(share, _NOT_SURE) if apart else share

    def _weight(self, word: str) -> float:
        return math.log(1 + len(self._names) / max(self._counts[word], 1))


def best_voted(votes: Mapping[str, float], most: int) -> list[str]:
    """The few with most votes. Only they are put in order: of so many names that costs the most."""
    if len(votes) <= most:
        return list(votes)
    least = sorted(votes.values(), reverse=True)[most - 1]
    few = [name for name, vote in votes.items() if vote >= least]
    return sorted(few, key=lambda name: (-votes[name], name))[:most]


def _trimmed(fits: dict[str, float]) -> dict[str, float]:
    kept = sorted((node for node in fits if fits[node] >= _FLOOR), key=lambda n: (-fits[n], n))
    best = fits[kept[0]] if kept else 0.0
    return {
        node: fits[node] if fits[node] > best - _NOT_THE_BEST else min(fits[node], _NOT_SURE)
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


def _singular(word: str) -> str:
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


@lru_cache(maxsize=65536)
def _alike(a: str, b: str) -> float:
    """How far two words of names are one, 0 to 1: the same few words are met again and again."""
    if a == b:
        return 1.0
    if a[0].isdigit() or b[0].isdigit():
        return 0.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) >= 3 and long.startswith(short):
        return 0.95
    if len(short) >= 4:
        allowed = 2 if len(short) > 6 else 1
        if min(OSA.distance(a, b), OSA.distance(_singular(a), _singular(b))) <= allowed:
            return 0.85
    return 0.8 if abbreviates(short, long) else 0.0
