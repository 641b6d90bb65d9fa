"""A third family of data sets, held out: looked at after a change, never chosen on.

Each book has the habits of its own bookkeeper, who keeps to them nine times in ten: how a name is
written, whether a title stands there, whether numbers are the back office's or her own, whether
there is a level for a site. The back office may write `Last, First`, leave titles or days out, and
write clients otherwise. Nothing is shared with the other families but the shape of a set.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta

from coast_names import ENDS, FAMILY, GIVEN, HEADS, LEGAL, LINES, PROJECTS, ROOTS, SITES, TITLES
from match_sets import LEVEL_MAX, MatchSet
from tieout.core.matching import JobToMatch, QbCandidate

HABITS = (
    "{last}, {first} - {title}",
    "{last}, {i} - {title}",
    "{title} - {first} {last}",
    "{key} {last}, {first}",
    "{own} - {first} {last}",
    "{LAST}, {FIRST}",
    "{first} {last} - {project}",
    "{project} - {last}, {first}",
    "{first} {last} c/o {site}",
    "{last}, {first} {day}",
    "{title} {last} - {site}",
    "{last} {first} ({title})",
)
TELLING = HABITS[:1] + HABITS[2:4]  # of which a second placement shows which it is
SAFE_HABITS = (0, 2, 3, 5, 6, 8, 11)


@dataclass(frozen=True)
class Soul:
    """A person, as the person's papers say."""

    first: str
    called: str
    middle: str
    last: str


@dataclass(frozen=True)
class Stay:
    """One placement: somebody at a client."""

    soul: Soul
    client: int
    title: str
    start: date


@dataclass(frozen=True)
class Row:
    """What a QuickBooks job shows: "" where it does not."""

    list_id: str
    client: int
    first: str
    middle: str
    last: str
    title: str
    key: str
    owner: str


class Coast:
    """Makes one set. `hurry`: how often hands slip; `traps`, `absent`: shares of the jobs."""

    def __init__(
        self, name: str, size: int, seed: int, *, hurry: float, traps: float, absent: float
    ) -> None:
        self.rng = random.Random(f"coast {name} {seed}")
        self.made = MatchSet(f"coast-{name}-{seed}")
        self.size, self.hurry, self.traps, self.absent = size, hurry, traps, absent
        self.firsts = [each.replace("_", " ") for each in GIVEN.split()]
        self.lasts = [each.replace("dos-", "dos ") for each in FAMILY.split()]
        self.coined = [root + end for root in ROOTS.split() for end in ENDS.split()]
        self.clients = self._clients(max(6, size // 35))
        self.books = [self._book_name(name) for name in self.clients]
        habits = SAFE_HABITS if hurry == 0 else range(len(HABITS))
        self.habits = [HABITS[self.rng.choice(habits)] for _ in self.clients]
        self.sited = [self.rng.random() < 0.25 for _ in self.clients]
        self.comma = self.rng.random() < 0.5  # the back office writes Last, First
        self.untitled = self.rng.choice((0.0, 0.1, 0.4)) if hurry else 0.0
        self.undated = self.rng.choice((0.0, 0.2, 1.0)) if hurry else 0.0
        self.rows: list[Row] = []
        self.stays: dict[str, Stay] = {}
        self.parents: dict[str, str] = {}
        for place, book in enumerate(self.books):
            self._parent(book, f"8000{place:04X}-1", "")

    # ---------------------------------------------------------------- clients

    def _clients(self, many: int) -> list[str]:
        rng, found = self.rng, {}
        while len(found) < many:
            name = f"{rng.choice(HEADS.split()).replace('-', ' ')} {rng.choice(list(LINES))}"
            if rng.random() < 0.4:
                name = f"{rng.choice(self.coined)} {name}"
            found.setdefault(name, rng.choice(LEGAL))
        return [name + legal for name, legal in found.items()]

    def _book_name(self, client: str) -> str:
        rng, name = self.rng, client
        for legal in LEGAL:
            name = name.removesuffix(legal) if legal and rng.random() < 0.6 else name
        if rng.random() < self.hurry:
            for line, short in LINES.items():
                if rng.random() < 0.5:
                    name = name.replace(line, short)
            name = name.upper() if rng.random() < 0.2 else name
            name = self._slip(name) if rng.random() < 0.1 else name
        return name[:LEVEL_MAX].strip()

    def _parent(self, full_name: str, list_id: str, above: str) -> None:
        if full_name not in self.parents:
            self.parents[full_name] = list_id
            self.made.candidates.append(
                QbCandidate(list_id=list_id, full_name=full_name, parent=above)
            )

    # ---------------------------------------------------------------- people

    def _soul(self) -> Soul:
        rng = self.rng
        first, _, called = rng.choice(self.firsts).partition("/")
        last = rng.choice(self.lasts if rng.random() < 0.5 else self.coined)
        middle = rng.choice("ABCDEFGHJKLMNPRSTVW") if rng.random() < 0.15 else ""
        return Soul(first, called or first, middle, last)

    def _slip(self, word: str) -> str:
        rng = self.rng
        at = rng.randrange(1, max(2, len(word) - 1))
        ways = (word[:at] + word[at + 1 :], word[:at] + word[at - 1 :])
        swapped = word[: at - 1] + word[at : at + 1] + word[at - 1 : at] + word[at + 1 :]
        return rng.choice((*ways, swapped)) if len(word) > 4 else word

    def _job(self, stay: Stay) -> str:
        rng, soul = self.rng, stay.soul
        key = f"PL-{20000 + len(self.made.jobs)}"
        first = f"{soul.first} {soul.middle}".strip()
        name = f"{soul.last}, {first}" if self.comma else f"{first} {soul.last}"
        dated = rng.random() >= self.undated
        end = stay.start + timedelta(days=91) if dated and rng.random() < 0.5 else None
        title = "" if rng.random() < self.untitled else stay.title
        self.made.jobs.append(
            JobToMatch(
                job_id=key, contractor=name, client=self.clients[stay.client], title=title,
                start=stay.start if dated else None, end=end,
            )
        )  # fmt: skip
        self.made.truth[key] = ""
        self.stays[key] = replace(stay, title=title)
        return key

    # ---------------------------------------------------------------- the books

    def _type(self, stay: Stay, owner: str = "", habit: str = "", *, active: bool = True) -> str:
        """Type a job in, as this client's bookkeeper does; answers its ListID."""
        rng, soul, hurry = self.rng, stay.soul, self.hurry
        habit = habit or (
            self.habits[stay.client] if rng.random() < 0.9 else rng.choice(self.habits)
        )
        first = soul.called if soul.called and rng.random() < 0.15 * hurry else soul.first
        last = soul.last
        if rng.random() < 0.08 * hurry:
            last = self._slip(last)
        if rng.random() < 0.05 * hurry:
            first = self._slip(first)
        middle = soul.middle if rng.random() < 0.4 else ""
        title = rng.choice((stay.title, *TITLES[stay.title])) if hurry else stay.title
        key = owner if "{key}" in habit else ""
        given = f"{first} {middle}".strip() + ("." if middle and rng.random() < 0.3 else "")
        text = habit.format(
            last=last, first=given, i=first[0] + rng.choice(("", ".")), LAST=last.upper(),
            FIRST=given.upper(), title=title, key=key.removeprefix("PL-") or rng.randrange(100, 999),
            own=f"{stay.start:%y}-{rng.randrange(100, 999)}", project=rng.choice(PROJECTS),
            site=rng.choice(SITES), day=f"{stay.start:%m/%d/%y}",
        )  # fmt: skip
        if not text.isascii() and rng.random() < 0.3 + 0.7 * hurry:
            text = unicodedata.normalize(
                "NFKD", text.translate(str.maketrans("ŁłĐđØøß", "LlDdOos"))
            )
            text = "".join(letter for letter in text if not unicodedata.combining(letter))
        path = self._path(stay, text[:LEVEL_MAX].strip())
        list_id = f"9{len(self.rows):06X}-{seed_of(path)}"
        above = self.parents[path.rpartition(":")[0]]
        parent = above if rng.random() > 0.1 * hurry else ""
        self.made.candidates.append(
            QbCandidate(list_id=list_id, full_name=path, active=active, parent=parent)
        )
        shown_first = first if "{first}" in habit or "{FIRST}" in habit else ""
        self.rows.append(
            Row(
                list_id, stay.client, shown_first or (first[0] if "{i}" in habit else ""),
                middle if shown_first else "", last, stay.title if "{title}" in habit else "", key, owner,
            )
        )  # fmt: skip
        return list_id

    def _path(self, stay: Stay, text: str) -> str:
        above = self.books[stay.client]
        if self.sited[stay.client]:
            site = f"{above}:{self.rng.choice(SITES)}"
            self._parent(site, f"7{len(self.parents):06X}-1", self.parents[above])
            above = site
        return f"{above}:{text}"

    def _stay(self, soul: Soul) -> Stay:
        rng = self.rng
        start = date(2025, 1, 6) + timedelta(days=7 * rng.randrange(90))
        return Stay(soul, rng.randrange(len(self.clients)), rng.choice(list(TITLES)), start)

    def run(self) -> MatchSet:
        """Make the set."""
        rng = self.rng
        while len(self.made.jobs) < self.size:
            stay = self._stay(self._soul())
            key = self._job(stay)
            there = rng.random() >= self.absent
            if there:
                active = rng.random() >= 0.03 * self.hurry
                self.made.truth[key] = self._type(stay, key, active=active)
            if rng.random() < self.traps:
                self._trap(stay)
            if rng.random() < 0.1 * self.hurry:
                self._type(self._stay(self._soul()), active=rng.random() < 0.6)
        self._mark()
        return self.made

    def _trap(self, stay: Stay) -> None:
        """Something alike: in the books alone, or another placement on both sides."""
        rng, soul = self.rng, stay.soul
        how = rng.randrange(6)
        if how == 0:  # the same person under another client
            elsewhere = (stay.client + rng.randrange(1, len(self.clients))) % len(self.clients)
            self._type(replace(stay, client=elsewhere))
        elif how == 1:  # long ago
            self._type(replace(stay, start=stay.start - timedelta(days=1200)), active=False)
        elif how == 2:  # a second placement, told apart by its title or number
            again = replace(stay, title=rng.choice([t for t in TITLES if t != stay.title]))
            key = self._job(again)
            if rng.random() < 0.8:
                self.made.truth[key] = self._type(again, key, rng.choice(TELLING))
        elif how == 3:  # a sister or brother
            others = [each for each in self.firsts if not each.startswith(soul.first)]
            first, _, called = rng.choice(others).partition("/")
            self._type(replace(stay, soul=Soul(first, called or first, "", soul.last)))
        elif how == 4:  # another family's name, two letters away
            near = [n for n in self.coined if n[0] == soul.last[0] and n != soul.last]
            other = rng.choice(near or ["Wren"])
            self._type(replace(stay, soul=replace(soul, last=other)))
        elif soul.middle:  # another middle name
            other = replace(soul, first=f"{soul.first} {rng.choice('QXYZ')}", called="", middle="")
            self._type(replace(stay, soul=other), habit="{last}, {first} - {title}")
        else:  # another placement, by now gone from the back office
            again = replace(stay, title=rng.choice([t for t in TITLES if t != stay.title]))
            self._type(again, habit="{last}, {first} - {title}")

    # ---------------------------------------------------------------- what nobody could decide

    def _mark(self) -> None:
        """Jobs of which another row, not plainly somebody's, shows nothing that speaks against it."""
        there: dict[int, list[Row]] = {}
        for row in self.rows:
            there.setdefault(row.client, []).append(row)
        own = {row.owner: row for row in self.rows if row.owner}
        for key, stay in self.stays.items():
            mine = own.get(key)
            worth = _worth(stay, mine, key) if mine else 0
            for row in there.get(stay.client, ()):
                points = _worth(stay, row, key)
                owners = self.stays.get(row.owner)
                better = owners is not None and _worth(owners, row, row.owner) > points
                if row is not mine and points and points >= worth and not better:
                    self.made.undecidable.add(key)


def _worth(stay: Stay, row: Row, key: str) -> int:
    """How much of a placement a row shows; 0 when something there is otherwise."""
    soul = stay.soul
    if row.key:
        return 9 if row.key == key else 0
    fits = row.last == soul.last and (
        row.first in (soul.first, soul.called) or row.first == soul.first[0] or not row.first
    )
    if not fits or (row.middle and soul.middle and row.middle != soul.middle):
        return 0
    if row.title and stay.title and row.title != stay.title:
        return 0
    first = 2 if len(row.first) > 1 else len(row.first)
    return 1 + first + bool(row.middle and soul.middle) + bool(row.title and stay.title)


def seed_of(text: str) -> int:
    """Digits for a ListID, the same in every run."""
    return sum(map(ord, text))


def clean(size: int, seed: int, _pool: str = "") -> MatchSet:
    """One habit a client, no slips, a twentieth without partner."""
    return Coast("clean", size, seed, hurry=0.0, traps=0.0, absent=0.05).run()


def messy(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Hurry, half-empty columns, one in seven without partner."""
    return Coast("messy", size, seed, hurry=1.0, traps=0.05, absent=0.15).run()


def adversarial(size: int, seed: int, _pool: str = "") -> MatchSet:
    """A look-alike for every second job, three in ten without partner."""
    return Coast("adversarial", size, seed, hurry=0.5, traps=0.5, absent=0.3).run()


COASTS = {"coast-clean": clean, "coast-messy": messy, "coast-adversarial": adversarial}
