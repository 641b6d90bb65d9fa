"""Data sets for matching, with ground truth: generators for three tempers, and Northgate.

Every generator draws names from one of several pools, so that a threshold found on one pool can be
judged on another. All people and firms are invented by chance.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from match_names import COMMON, FIRMS, FIRST, KINDS, LEGAL, NICK, SHORT, SYLLABLES, TITLES
from tieout.core.matching import JobToMatch, QbCandidate

NORTHGATE = Path(__file__).resolve().parents[1] / "examples" / "northgate"
LEVEL_MAX = 41


@dataclass
class MatchSet:
    """Two lists and which of them are the same; "" where QuickBooks has none."""

    name: str
    jobs: list[JobToMatch] = field(default_factory=list)
    candidates: list[QbCandidate] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    undecidable: set[str] = field(default_factory=set)  # nobody could tell from the two files


@dataclass
class Someone:
    first: str
    last: str
    middle: str
    title: str
    client: int


class Maker:
    """Makes one set: people at clients, then how a bookkeeper typed them."""

    def __init__(self, name: str, *, size: int, seed: int, pool: str) -> None:
        self.rng = random.Random(f"{name}{seed}{pool}")
        self.set = MatchSet(f"{name}-{pool}{seed}")
        self.size = size
        self.first = FIRST[pool].split()
        heads, tails = (part.split() for part in SYLLABLES[pool])
        made = {h + m + t for h in heads for m in ("", "e", "o", "in", "er") for t in tails}
        self.last = COMMON[pool].split()
        self.rare = [each.capitalize() for each in sorted(made)]
        self.clients = self._clients(pool, max(8, size // 40))
        self.count = 0

    def _clients(self, pool: str, many: int) -> list[str]:
        heads = FIRMS[pool].split()
        found: dict[str, str] = {}
        while len(found) < many:
            head = self.rng.choice(heads).replace("-", " ")
            if self.rng.random() < 0.8:
                head += " " + self.rng.choice([*heads, *self.rare])
            # two firms never differ by their legal form alone
            found.setdefault(f"{head} {self.rng.choice(KINDS)}", self.rng.choice(LEGAL))
        return [name + legal for name, legal in found.items()]

    def someone(self) -> Someone:
        rng = self.rng
        last = (
            rng.choice(self.last).replace("Da-", "Da ").replace("De-la-", "De la ")
            if rng.random() < 0.35
            else rng.choice(self.rare)
        )
        if rng.random() < 0.04:
            last += "-" + rng.choice(self.rare)
        middle = rng.choice("ABCDEFGHJKLMNPRSTW") if rng.random() < 0.12 else ""
        return Someone(
            rng.choice(self.first), last.replace("De-la-", "De la ").replace("Da-", "Da "), middle,
            rng.choice(list(TITLES)), rng.randrange(len(self.clients)),
        )  # fmt: skip

    def job(self, who: Someone) -> str:
        self.count += 1
        key = f"J{100000 + self.count}"
        start = date(2024, 1, 1) + timedelta(days=self.rng.randrange(1000))
        end = start + timedelta(days=self.rng.choice((90, 180, 365)))
        self.set.jobs.append(
            JobToMatch(
                job_id=key,
                contractor=" ".join(filter(None, (who.first, who.middle, who.last))),
                client=self.clients[who.client],
                title=who.title,
                start=start,
                end=end if self.rng.random() < 0.6 else None,
            )
        )
        self.set.truth[key] = ""
        return key

    def customer(self, client: int, name: str) -> None:
        self.set.candidates.append(QbCandidate(list_id=f"C{client}", full_name=name[:LEVEL_MAX]))

    def partner(self, who: Someone, leaf: str, *, active: bool = True) -> str:
        key = f"Q{len(self.set.candidates):06d}"
        customer = self.names[who.client]
        leaf = leaf.replace(":", " ")[:LEVEL_MAX].strip()
        self.set.candidates.append(
            QbCandidate(
                list_id=key,
                full_name=f"{customer}:{leaf}",
                active=active,
                parent=f"C{who.client}",
            )
        )
        return key

    def open_books(self, rename: Callable[[str], str]) -> None:
        names: list[str] = []
        for client in self.clients:
            name = rename(client)[:LEVEL_MAX].strip()
            names.append(name if name not in names else client[:LEVEL_MAX])
        self.names = names
        for place, name in enumerate(names):
            self.customer(place, name)

    def typo(self, word: str) -> str:
        if len(word) < 4:
            return word
        at = self.rng.randrange(1, len(word) - 1)
        how = self.rng.randrange(4)
        letter = self.rng.choice("abcdefghijklmnoprstuvwy")
        if how == 0:
            return word[:at] + word[at + 1 :]
        if how == 1:
            return word[:at] + letter + word[at:]
        if how == 2:
            return word[:at] + letter + word[at + 1 :]
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def lookalike(self, word: str) -> str:
        """Another family's name that differs by a letter or two."""
        near = process.extract(word, [*self.last, *self.rare], scorer=OSA.distance, limit=5)
        return self.rng.choice(
            [n for n, apart, _ in near if apart and n.replace("-", " ") != word]
        )

    def short(self, client: str) -> str:
        """A client's name as bookkeepers shorten it."""
        rng = self.rng
        for legal in (", Inc.", ", LLC", " Inc", " LLC", " Corp", " Co.", " LP"):
            if client.endswith(legal) and rng.random() < 0.7:
                client = client[: -len(legal)]
        words = [SHORT.get(w, w) if rng.random() < 0.4 else w for w in client.split()]
        if len(words) > 2 and rng.random() < 0.12:
            words.pop()
        if rng.random() < 0.06:
            at = rng.randrange(len(words))
            words[at] = self.typo(words[at])
        name = " ".join(words).replace("&", rng.choice(("&", "and", "+")))
        return name.upper() if rng.random() < 0.1 else name

    def plain_leaf(self, who: Someone) -> str:
        how = self.rng.randrange(3)
        if how == 0:
            return f"{who.last}, {who.first}"
        return f"{who.last}, {who.first} - {who.title}" if how == 1 else f"{who.first} {who.last}"

    def messy_leaf(self, who: Someone, key: str) -> str:
        """A person as typed in a hurry."""
        rng = self.rng
        given, last = self.messy_given(who), who.last
        if rng.random() < 0.09:
            last = self.typo(last)
        if rng.random() < 0.04:
            last += rng.choice(("-", " ")) + rng.choice(self.rare)
        name = f"{last}, {given}" if rng.random() < 0.6 else f"{given} {last}"
        if rng.random() < 0.05:
            name += rng.choice((" Jr", " III"))
        how = rng.random()
        title = who.title if rng.random() < 0.4 else TITLES[who.title]
        if how < 0.4:
            name += rng.choice((" - ", " – ", " ", " / ", " (")) + title
        elif how < 0.47:
            name = f"{title} - {name}"
        elif how < 0.52 and key:
            name += f" #{key[1:]}"
        return name.upper() if rng.random() < 0.12 else name

    def messy_given(self, who: Someone) -> str:
        """Nickname, initial, typing mistake; a middle initial lost or gained."""
        rng = self.rng
        first, middle = who.first, who.middle
        if rng.random() < 0.12:
            first = NICK.get(first, first)
        if rng.random() < 0.08:
            first = first[0] + rng.choice(("", "."))
        if rng.random() < 0.07:
            first = self.typo(first)
        if rng.random() < 0.5:
            middle = rng.choice(("", "", "K")) if not middle else ""
        return f"{first} {middle}".strip()


def clean(size: int, seed: int, pool: str) -> MatchSet:
    """The bookkeeper typed what the back office has, in two or three fixed ways."""
    maker = Maker("clean", size=size, seed=seed, pool=pool)
    maker.open_books(lambda client: client)
    seen = set()
    while len(maker.set.jobs) < size:
        who = maker.someone()
        if (who.first, who.last, who.client) in seen:
            continue
        seen.add((who.first, who.last, who.client))
        key = maker.job(who)
        maker.set.truth[key] = maker.partner(who, maker.plain_leaf(who))
    return maker.set


def messy(size: int, seed: int, pool: str) -> MatchSet:
    """Everything that hurried hands do, a tenth without partner, strangers in the books."""
    maker = Maker("messy", size=size, seed=seed, pool=pool)
    maker.open_books(maker.short)
    while len(maker.set.jobs) < size:
        who = maker.someone()
        key = maker.job(who)
        if maker.rng.random() < 0.9:
            active = maker.rng.random() < 0.95
            leaf = maker.messy_leaf(who, key)
            maker.set.truth[key] = maker.partner(who, leaf, active=active)
        if maker.rng.random() < 0.1:
            maker.partner(maker.someone(), maker.plain_leaf(maker.someone()))
    _mark_undecidable(maker.set)
    return maker.set


def adversarial(size: int, seed: int, pool: str) -> MatchSet:
    """Near-duplicates of every kind, beside the partner or instead of it."""
    maker = Maker("adversarial", size=size, seed=seed, pool=pool)
    maker.open_books(maker.short)
    rng = maker.rng
    while len(maker.set.jobs) < size:
        who = maker.someone()
        key = maker.job(who)
        present = rng.random() < 0.8
        if present:
            maker.set.truth[key] = maker.partner(who, maker.messy_leaf(who, key))
        if rng.random() < 0.45 or (not present and rng.random() < 0.7):
            _trap(maker, who, key)
    _mark_undecidable(maker.set)
    return maker.set


def _trap(maker: Maker, who: Someone, key: str) -> None:
    rng = maker.rng
    other = Someone(who.first, who.last, who.middle, who.title, who.client)
    how = rng.randrange(7)
    if how == 0:  # another first name
        other.first = rng.choice([f for f in maker.first if f != who.first])
    elif how == 1:  # a relative: the same initial
        same = [f for f in maker.first if f[0] == who.first[0] and f != who.first]
        other.first = rng.choice(same or ["Ulysses"])
        other.title = rng.choice(list(TITLES))
    elif how == 2:  # the same person at another client
        other.client = (who.client + 1 + rng.randrange(len(maker.clients) - 1)) % len(
            maker.clients
        )
    elif how == 3:  # a surname that looks alike
        other.last = maker.lookalike(who.last)
    elif how == 4:  # the same name in another job
        other.title = rng.choice([t for t in TITLES if t != who.title])
        maker.partner(other, f"{other.last}, {other.first} - {other.title}")
        return
    elif how == 5:  # an old placement, inactive
        maker.partner(other, maker.plain_leaf(other), active=False)
        return
    else:  # a namesake with a suffix
        maker.partner(other, f"{other.last}, {other.first} Jr - {other.title}")
        maker.set.undecidable.add(key)
        return
    maker.partner(other, maker.messy_leaf(other, ""))


def _mark_undecidable(made: MatchSet) -> None:
    """Two contractor jobs of one name at one client, of which no title tells which is which."""
    seen: dict[tuple[str, str], list[str]] = {}
    for job in made.jobs:
        seen.setdefault((job.contractor, job.client), []).append(job.job_id)
    for keys in seen.values():
        if len(keys) > 1:
            made.undecidable.update(keys)
    made.undecidable = {key for key in made.undecidable if key in made.truth}


def northgate() -> MatchSet:
    """The sample agency, with its own truth."""
    made = MatchSet("northgate")
    rows = json.loads((NORTHGATE / "quickbooks.json").read_text("utf-8"))["customers"]
    ids = {row["full_name"]: f"Q{place}" for place, row in enumerate(rows)}
    for row in rows:
        name = row["full_name"]
        parent = ids.get(name.rpartition(":")[0], "")
        made.candidates.append(
            QbCandidate(list_id=ids[name], full_name=name, active=row["active"], parent=parent)
        )
    for row in _table("contractor_jobs.csv"):
        end = row["End Date"] or row["Projected End Date"]
        made.jobs.append(
            JobToMatch(
                job_id=row["Contractor Job ID"], contractor=row["Contractor"], client=row["Client"],
                title=row["Job Title"], start=_day(row["Start Date"]), end=_day(end),
            )
        )  # fmt: skip
    for row in _table("truth.csv"):
        made.truth[row["job_key"]] = ids.get(row["full_name"], "")
    return made


def _table(name: str) -> list[dict[str, str]]:
    with (NORTHGATE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    if not text:
        return None
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)


GENERATORS = {"clean": clean, "messy": messy, "adversarial": adversarial}


def write(made: MatchSet, folder: Path) -> tuple[str, str]:
    """The two files that `tieout suggest` reads; answers their paths."""
    jobs, theirs = folder / "jobs.csv", folder / "quickbooks.csv"
    with jobs.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("job_id", "contractor", "client", "title", "start", "end"))
        for job in made.jobs:
            days = (job.start or "", job.end or "")
            writer.writerow((job.job_id, job.contractor, job.client, job.title, *days))
    with theirs.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("list_id", "full_name", "active", "parent"))
        for each in made.candidates:
            active = str(each.active).lower()
            writer.writerow((each.list_id, each.full_name, active, each.parent))
    return str(jobs), str(theirs)
