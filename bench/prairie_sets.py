"""A fourth family of data sets, held out: measured, never chosen on and never mended for.

An agency on the plains: people from everywhere whose names are written in their own order, two
surnames of which one is dropped, three levels of customers, a bookkeeper's habit for each client,
re-hires with two jobs at one client, two contractors of one name, old duplicates, jobs that are not
in QuickBooks. What nobody could decide is found by what a row shows (`prairie_truth`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from match_sets import LEVEL_MAX, MatchSet
from prairie_names import (
    DEPARTMENTS,
    ENDS,
    HEADS,
    LEGAL,
    LINES,
    PEOPLE,
    REMARKS,
    ROOTS,
    SHARES,
    SITES,
    TITLES,
)
from prairie_truth import Human, Row, Stay, undecidable
from tieout.core.matching import JobToMatch, QbCandidate

PLAIN = (
    "{last}, {first}",
    "{first} {last}",
    "{last}, {first} - {title}",
    "{first} {last} ({title})",
    "{LAST}, {FIRST}",
    "{last}, {first} {number}",
)
HASTY = (
    *PLAIN,
    "{title} / {last}, {first}",
    "{own} {first} {last}",
    "{last} {first} {month}",
    "{first} {last}, {title}",
    "JO#{number} {last}",
    "{last}, {first} s/d {day}",
    "{last}, {i} {title}",
    "{i}. {last} - {site}",
    "{last}-{first}",
    "{first} {last} {year} {title}",
)
TITLED, NUMBERED = "{last}, {first} - {title}", "{last}, {first} {number}"
DATED = ("{month}", "{day}", "{year}")


@dataclass(frozen=True)
class Book:
    """A client in QuickBooks: its name there, how its jobs are written, what lies between."""

    name: str
    habit: str
    level: str  # "", "site", "department" or "both"


class Prairie:
    """Makes one set. `haste`: how often hands slip; `traps`, `absent`: shares of the jobs."""

    def __init__(
        self, name: str, size: int, seed: int, *, haste: float, traps: float, absent: float
    ) -> None:
        self.rng = rng = random.Random(f"prairie/{name}/{seed}")
        self.made = MatchSet(f"prairie-{name}-{seed}")
        self.size, self.haste, self.traps, self.absent = size, haste, traps, absent
        self.coined = [root + end for root in ROOTS.split() for end in ENDS.split()]
        self.clients = self._clients(max(5, size // rng.choice((20, 50))))
        self.books = [self._book(client) for client in self.clients]
        self.form = rng.choice(
            ("{first} {middle} {last} {suffix}", "{last} {suffix}, {first} {middle}")
        )
        self.untitled = rng.choice((0.0, 0.05, 0.3)) * haste
        self.undated = rng.choice((0.0, 0.1, 0.5)) * haste
        self.both = rng.choice((0.2, 0.6, 1.0))  # of two surnames the back office knows both
        self.number = rng.choice((3100, 58_000, 240_000))
        self.rows: list[Row] = []
        self.stays: dict[str, Stay] = {}
        self.ids: dict[str, str] = {}

    # ---------------------------------------------------------------- clients

    def _clients(self, many: int) -> list[str]:
        rng, found = self.rng, {}
        while len(found) < many:
            name = f"{rng.choice(HEADS.split()).replace('-', ' ')} {rng.choice(list(LINES))}"
            how = rng.random()
            if how < 0.3:
                name = f"{rng.choice(self.coined)} {name}"
            elif how < 0.4:
                name = f"{rng.choice(self.coined)} & {rng.choice(self.coined)} {rng.choice(list(LINES))}"
            found.setdefault(name, rng.choice(LEGAL))
        return [name + legal for name, legal in found.items()]

    def _book(self, client: str) -> Book:
        rng = self.rng
        name = client
        for legal in filter(None, LEGAL):
            if rng.random() < 0.7:
                name = name.removesuffix(legal)
        if rng.random() < 0.6 * self.haste:
            name = self._renamed(name)
        habit = rng.choice(HASTY if rng.random() < self.haste else PLAIN)
        level = rng.choices(("", "site", "department", "both"), (70, 14, 10, 6))[0]
        return Book(name[:LEVEL_MAX].strip(), habit, level)

    def _renamed(self, name: str) -> str:
        rng = self.rng
        how = rng.randrange(7)
        short = name
        for line, brief in LINES.items():
            short = short.replace(line, brief)
        if how < 3:
            return short
        if how == 3:
            return f"{rng.choice(self.coined)} Group dba {name}"
        if how == 4:
            return self._slipped(name)
        return f"{short} ({rng.choice(SITES)})" if how == 5 else name.upper()

    # ---------------------------------------------------------------- people

    def _human(self) -> Human:
        rng = self.rng
        culture = rng.choices(list(SHARES), list(SHARES.values()))[0]
        givens, families = (text.split() for text in PEOPLE[culture])
        first, _, called = rng.choice(givens).replace("_", " ").partition("/")
        lasts = [rng.choice(families).replace("_", " ")]
        if culture == "plain" and rng.random() < 0.6:
            lasts = [rng.choice(self.coined)]
        if culture == "latino" and rng.random() < 0.7:
            lasts.append(rng.choice(families).replace("_", " "))
        elif rng.random() < 0.03:
            lasts = [f"{lasts[0]}-{rng.choice(self.coined)}"]
        middle = (
            rng.choice("ABCDEFGHJKLMRSTW") if culture == "plain" and rng.random() < 0.3 else ""
        )
        suffix = (
            rng.choice(("Jr", "Sr", "III")) if culture == "plain" and rng.random() < 0.02 else ""
        )
        return Human(first, called or first, middle, tuple(lasts), suffix, culture)

    def _slipped(self, word: str) -> str:
        rng = self.rng
        if len(word) < 4:
            return word
        at = rng.randrange(1, len(word) - 1)
        how = rng.randrange(4)
        if how == 0:
            return word[:at] + word[at + 1 :]
        if how == 1:
            return word[: at + 1] + word[at:]
        if how == 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[:at] + rng.choice("aeiounrst") + word[at + 1 :]

    def _job(self, stay: Stay) -> str:
        """One more contractor job of the back office."""
        rng, human = self.rng, stay.human
        self.number += rng.randrange(1, 4)
        key = f"{self.number}"
        lasts = human.lasts if rng.random() < self.both else human.lasts[:1]
        middle = human.middle + "." if human.middle and rng.random() < 0.3 else human.middle
        name = self.form.format(
            first=human.first, middle=middle, last=" ".join(lasts), suffix=human.suffix
        )
        if human.culture == "asian" and rng.random() < 0.2 * self.haste:
            name = f"{lasts[0]} {human.first}"
        title = "" if rng.random() < self.untitled else stay.title
        start = None if rng.random() < self.undated else stay.start
        end = stay.end if start and rng.random() < 0.6 else None
        self.made.jobs.append(
            JobToMatch(
                job_id=key, contractor=" ".join(name.replace(" ,", ",").split()),
                client=self.clients[stay.client], title=title, start=start, end=end,
            )
        )  # fmt: skip
        self.made.truth[key] = ""
        self.stays[key] = replace(stay, title=title, dated=start is not None, known=lasts)
        return key

    # ---------------------------------------------------------------- the books

    def _type(self, stay: Stay, owner: str = "", habit: str = "", *, active: bool = True) -> None:
        """Type a job in, as this client's bookkeeper does, unless that name is there."""
        rng, human, haste = self.rng, stay.human, self.haste
        book = self.books[stay.client]
        habit = habit or (book.habit if rng.random() < 0.93 else rng.choice(PLAIN))
        first = human.called if rng.random() < 0.12 * haste else human.first
        first = self._slipped(first) if rng.random() < 0.05 * haste else first
        lasts = human.lasts if rng.random() < (0.7 if haste else 0.9) else human.lasts[:1]
        last = rng.choice((" ", " ", "-")).join(lasts)
        last = self._slipped(last) if rng.random() < 0.07 * haste else last
        middle = human.middle if rng.random() < 0.5 else ""
        suffix = human.suffix if rng.random() >= 0.3 * haste else ""
        given, family = f"{first} {middle}".strip(), f"{last} {suffix}".strip()
        brief = rng.random() < haste
        title = rng.choice(TITLES[stay.title]) if brief else stay.title
        text = habit.format(
            last=family, first=given, LAST=family.upper(), FIRST=given.upper(), i=first[0],
            title=title, number=owner or f"{self.number + 500_000}", own=f"{rng.randrange(10, 99)}-",
            month=f"{stay.start:%b %Y}", day=f"{stay.start:%m.%d.%y}", year=stay.start.year,
            site=rng.choice(SITES),
        )  # fmt: skip
        if human.culture == "asian" and habit == "{first} {last}" and rng.random() < 0.4:
            text = f"{last} {first}"
        if rng.random() < 0.06 * haste:
            text += f" {rng.choice(REMARKS)}"
        if not active and rng.random() < 0.4:
            text = rng.choice((f"{text} (OLD)", f"zz {text}"))
        text = text.replace(":", " ")[:LEVEL_MAX].strip()
        above, parent = self._above(stay.client)
        path = f"{above}:{text}"
        if path in self.ids:
            return
        list_id = self._row(path, parent, active=active)
        whole = len(text) < LEVEL_MAX
        self.rows.append(
            Row(
                list_id, stay.client, owner, active,
                first="" if "irst" not in habit.lower() and "{i}" not in habit
                else first[0] if "{i}" in habit else first,
                middle=middle if "irst" in habit.lower() else "", lasts=tuple(lasts), spelled=last,
                suffix=suffix, title=stay.title if "{title}" in habit and whole else "",
                number=owner or "-" if "{number}" in habit else "",
                start=stay.start if any(each in habit for each in DATED) and whole else None,
                monthly="{year}" not in habit,
            )
        )  # fmt: skip
        if owner:
            self.made.truth[owner] = list_id

    def _row(self, path: str, parent: str, *, active: bool = True) -> str:
        if path not in self.ids:
            self.ids[path] = list_id = f"80{len(self.ids):06X}-17{len(path):02d}"
            self.made.candidates.append(
                QbCandidate(list_id=list_id, full_name=path, active=active, parent=parent)
            )
        return self.ids[path]

    def _above(self, client: int) -> tuple[str, str]:
        book = self.books[client]
        path, parent = book.name, self._row(book.name, "")
        kinds = {"site": (SITES,), "department": (DEPARTMENTS,), "both": (SITES, DEPARTMENTS)}
        for names in kinds.get(book.level, ()):
            path = f"{path}:{self.rng.choice(names[:3])}"
            parent = self._row(path, parent)
        return path, parent

    # ---------------------------------------------------------------- the whole

    def run(self) -> MatchSet:
        """Make the set."""
        rng = self.rng
        while len(self.made.jobs) < self.size:
            start = date(2024, 2, 5) + timedelta(days=7 * rng.randrange(110))
            stay = Stay(
                self._human(), rng.randrange(len(self.clients)), rng.choice(list(TITLES)), start,
                start + timedelta(days=rng.choice((28, 91, 182, 364))),
            )  # fmt: skip
            key = self._job(stay)
            if rng.random() >= self.absent:
                self._type(stay, key, active=rng.random() >= 0.03 * self.haste)
            if rng.random() < self.traps:
                self._trap(stay, rng.randrange(8))
            if rng.random() < 0.12 * self.haste:  # whom the back office has forgotten
                gone = replace(stay, human=self._human(), title=rng.choice(list(TITLES)))
                self._type(gone, active=rng.random() < 0.5)
        self.made.undecidable = undecidable(self.stays, self.rows)
        return self.made

    def _trap(self, stay: Stay, how: int) -> None:
        """Something alike: in the books alone, or on both sides."""
        rng, human = self.rng, stay.human
        other = rng.choice([each for each in TITLES if each != stay.title])
        if how == 0:  # hired again: two jobs at one client, told apart by number or by title
            later = stay.start + timedelta(days=400)
            again = replace(stay, title=other, start=later, end=later + timedelta(days=90))
            key = self._job(again)
            if rng.random() < 0.85:
                self._type(again, key, rng.choice((TITLED, NUMBERED)))
        elif how == 1:  # another contractor of that name
            twin = replace(stay, human=replace(human, middle=""), title=other)
            key = self._job(twin)
            if rng.random() < 0.7:
                self._type(twin, key)
        elif how == 2:  # last year's job of the same person
            before = replace(stay, start=stay.start - timedelta(days=500))
            self._type(before, active=rng.random() < 0.3)
        elif how == 3:  # the same person elsewhere
            elsewhere = (stay.client + rng.randrange(1, len(self.clients))) % len(self.clients)
            self._type(replace(stay, client=elsewhere, title=other))
        elif how == 4:  # a relative
            kin = replace(self._human(), lasts=human.lasts, culture=human.culture)
            self._type(replace(stay, human=kin, title=rng.choice((stay.title, other))))
        elif how == 5:  # a surname that is nearly the same
            near = [n for n in self.coined if n[:3] == human.lasts[0][:3]] or ["Wiedner"]
            self._type(replace(stay, human=replace(human, lasts=(rng.choice(near),))))
        elif how == 6:  # father and son
            kin = replace(human, suffix="" if human.suffix else "Jr", middle="")
            self._type(replace(stay, human=kin, title=other))
        else:  # another second surname
            families = PEOPLE["latino"][1].split()
            kin = replace(human, lasts=(human.lasts[0], rng.choice(families).replace("_", " ")))
            self._type(replace(stay, human=kin, title=other), habit=TITLED)


def clean(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Six tidy habits, no slips, one in thirty without partner."""
    return Prairie("clean", size, seed, haste=0.0, traps=0.0, absent=0.03).run()


def messy(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Haste, half-empty columns, an eighth without partner."""
    return Prairie("messy", size, seed, haste=1.0, traps=0.06, absent=0.125).run()


def adversarial(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Some haste, a look-alike for nearly every second job, a quarter without partner."""
    return Prairie("adversarial", size, seed, haste=0.4, traps=0.45, absent=0.25).run()


PRAIRIES = {"prairie-clean": clean, "prairie-messy": messy, "prairie-adversarial": adversarial}
