"""A second family of data sets for matching, made independently of the first: the check.

Here an agency places people, several bookkeepers keep the books, each with habits of their own, and
each set switches columns and levels on and off (no titles, no dates, no parent rows, divisions,
titles or years as levels). Thresholds are not chosen on these sets; what is wrong on them is read,
and mended by a rule that would be right anywhere.

What nobody could decide is found by what a QuickBooks name *shows* (see `office_truth`), not by
what any method makes of it.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from rapidfuzz.distance import OSA

from match_sets import LEVEL_MAX, MatchSet
from office_hands import DATED, FAMILIES, GIVENS, SHORT_STYLES, STYLES, Hands, Typing, shown
from office_names import POSTS, SITES
from office_truth import Human, Placement, Shown, undecidable
from tieout.core.matching import JobToMatch, QbCandidate


class Office:
    """One agency and its books."""

    def __init__(
        self, name: str, size: int, seed: int, *, noise: float, traps: float, absent: float
    ) -> None:
        self.rng = rng = random.Random(f"office-{name}-{seed}")
        self.hands = Hands(rng, noise)
        self.made = MatchSet(f"office-{name}-{seed}")
        self.size, self.noise, self.traps, self.absent = size, noise, traps, absent
        self.no_titles = name != "clean" and rng.random() < 0.15
        self.no_dates = rng.random() < 0.25
        self.no_parents = rng.random() < 0.3
        self.no_customer_rows = rng.random() < 0.15
        self.comma_names = rng.random() < 0.3  # the back office writes Last, First
        self.middles = rng.choice((0.0, 0.1, 0.4))
        self.placements: list[Placement] = []
        self.shown: list[Shown] = []
        self.names: set[str] = set()
        self.levels: dict[str, str] = {}
        self.number = rng.choice((1000, 40_000, 700_000))
        self.clients = self.hands.clients(max(6, size // rng.choice((15, 40, 90))))
        self.books: list[str] = []
        self.habit: list[tuple[str, str]] = []
        self._open_books()
        self.people = [self.hands.human(self.middles) for _ in range(int(size * 0.85) + 1)]

    def _open_books(self) -> None:
        rng = self.rng
        taken: set[str] = set()
        for place, client in enumerate(self.clients):
            names = (self.hands.rename(client), client, f"{place} {client}")
            name = next(
                n for n in (n[:LEVEL_MAX].strip() for n in names) if n.casefold() not in taken
            )
            taken.add(name.casefold())
            self.books.append(name)
            level = rng.choices(("", "division", "post", "year"), (80, 8, 6, 6))[0]
            short = self.noise > 0 and rng.random() < 0.1
            self.habit.append((rng.choice(SHORT_STYLES if short else STYLES), level))
            if not self.no_customer_rows:
                self._row(f"C{place:05d}", name, "")

    def _row(self, key: str, name: str, parent: str, *, active: bool = True) -> None:
        above = "" if self.no_parents else parent
        self.made.candidates.append(
            QbCandidate(list_id=key, full_name=name, active=active, parent=above)
        )

    # -------------------------------------------------------------- both sides

    def place(self, human: Human, client: int, post: str) -> Placement:
        """A contractor job."""
        rng = self.rng
        self.number += rng.randrange(1, 9)
        start = date(2022, 1, 3) + timedelta(days=rng.randrange(1600))
        end = start + timedelta(days=rng.choice((60, 91, 182, 400)))
        key = rng.choice(("", "CJ-", "P")) + str(self.number)
        given = rng.choice(human.short) if human.short and rng.random() < 0.06 else human.given
        middle = human.middle if rng.random() < 0.5 else human.middle[:1]
        first = f"{given} {middle}".strip() if rng.random() < 0.9 else given
        name = f"{human.family}, {first}" if self.comma_names else f"{first} {human.family}"
        made = Placement(
            key, human, given, middle, client,
            "" if self.no_titles or rng.random() < 0.03 else post,
            None if self.no_dates else start,
            None if self.no_dates or rng.random() < 0.4 else end,
        )  # fmt: skip
        self.placements.append(made)
        self.made.jobs.append(
            JobToMatch(
                job_id=key, contractor=f"{name} {human.suffix}".strip(), start=made.start,
                client=self.clients[client], title=made.post, end=made.end,
            )
        )  # fmt: skip
        self.made.truth[key] = ""
        return made

    def type_in(self, what: Typing) -> None:
        """Type somebody into the books, unless QuickBooks has that name."""
        rng, owner = self.rng, what.owner
        habit, level = self.habit[what.client]
        style = what.style or (habit if rng.random() < 0.85 else rng.choice(STYLES))
        start = owner.start if owner else None
        if start is None and not what.year and any(each in style for each in DATED):
            style = "{last}, {first}"
        day = start or date(2023, rng.randrange(1, 13), 5)
        if what.year:
            day = day.replace(year=what.year, day=5)
        number = "".join(filter(str.isdigit, owner.key)) if owner else str(self.number + 3_000_000)
        who = self.hands.typed(what)
        text = self.hands.text(what, who, style, number, day)
        known = start is not None or bool(what.year)
        above, parent = self._level(what, level, str(day.year) if known else "General")
        turned = rng.random() < 0.01 * self.noise  # the levels the wrong way round
        full = f"{text}:{self.books[what.client]}" if turned else f"{above}:{text}"
        if full.casefold() in self.names:
            return
        self.names.add(full.casefold())
        key = f"8{len(self.made.candidates):07X}"
        self._row(key, full, parent, active=what.active)
        has_post = level == "post" or ("{post}" in style and len(text) < LEVEL_MAX)
        dated = any(each in style for each in DATED) or (level == "year" and known)
        self.shown.append(
            shown(
                what, who, style, list_id=key, post=what.post if has_post else "",
                number=number if "{number}" in style else "", year=day.year if dated else 0,
            )
        )  # fmt: skip
        if owner:
            self.made.truth[owner.key] = key

    def _level(self, what: Typing, level: str, year: str) -> tuple[str, str]:
        """The path and ListID above a job, with a level between where that is the habit."""
        above, parent = self.books[what.client], f"C{what.client:05d}"
        if not level:
            return above, parent
        between = {"division": self.rng.choice(SITES), "post": what.post[:LEVEL_MAX], "year": year}
        path = f"{above}:{between[level]}"
        if path not in self.levels:
            self.levels[path] = f"L{len(self.levels):05d}"
            self._row(self.levels[path], path, parent)
        return path, self.levels[path]

    # -------------------------------------------------------------- the whole

    def run(self) -> MatchSet:
        """Make the set."""
        rng = self.rng
        while len(self.made.jobs) < self.size:
            human, client = rng.choice(self.people), rng.randrange(len(self.clients))
            if rng.random() < 0.3:  # a few clients take many
                client = rng.randrange(max(1, len(self.clients) // 8))
            post = rng.choice(list(POSTS))
            job = self.place(human, client, post)
            partner = rng.random() >= self.absent
            if partner:
                active = rng.random() > 0.06 * self.noise
                self.type_in(Typing(human, client, post, owner=job, active=active))
            if rng.random() < self.traps * (1 if partner else 1.6):
                self._trap(human, client, post)
            if rng.random() < 0.15 * self.noise:  # people of other agencies, or before our time
                stranger = self.hands.human(self.middles)
                self.type_in(
                    Typing(stranger, client, rng.choice(list(POSTS)), active=rng.random() < 0.7)
                )
        self.made.undecidable = undecidable(self.placements, self.shown, self.made.truth)
        return self.made

    def _trap(self, human: Human, client: int, post: str) -> None:
        """Somebody or something alike, in the books alone or on both sides."""
        rng = self.rng
        how = rng.randrange(11)
        if how < 6:
            self._same_name(human, client, post, how)
            return
        other = self._other(human, how)
        if how == 6:
            self.type_in(Typing(other, client, post, style="{last}, {i}"))
            return
        title = post if rng.random() < 0.5 else rng.choice(list(POSTS))
        owner = self.place(other, client, title) if rng.random() < 0.5 else None
        self.type_in(Typing(other, client, title, owner=owner))

    def _same_name(self, human: Human, client: int, post: str, how: int) -> None:
        rng = self.rng
        titled = "{last}, {first} - {post}"
        if how == 0:  # another branch of the client, or just another client
            head = self.clients[client].split(" - ")[0]
            others = [n for n, c in enumerate(self.clients) if c.split(" - ")[0] == head]
            near = [n for n in others if n != client] or [rng.randrange(len(self.clients))]
            self.type_in(Typing(human, rng.choice(near), post))
        elif how in (1, 2):  # another placement of the same person, on both sides
            second = rng.choice([p for p in POSTS if p != post])
            again = self.place(human, client, second)
            self.type_in(Typing(human, client, second, owner=again, style=titled))
        elif how == 3:  # an earlier placement
            style, active = "{first} {last} {year}", rng.random() < 0.5
            self.type_in(Typing(human, client, post, style=style, year=2019, active=active))
        elif how == 4:
            self.type_in(Typing(human, client, post, active=False))
        else:  # the same name, another middle name
            middle = rng.choice([g for g in GIVENS if g[0] != human.middle[:1]]).split("/")[0]
            other = Human(human.given, human.short, middle, human.family, human.suffix)
            self.type_in(Typing(other, client, rng.choice(list(POSTS)), style=titled))

    def _other(self, human: Human, how: int) -> Human:
        """A person whose name is nearly the same."""
        rng = self.rng
        given, short, middle = human.given, human.short, human.middle
        family, suffix = human.family, human.suffix
        if how == 6:  # only an initial will be there, and of another
            same = [g for g in GIVENS if g[0] == given[0] and g.split("/")[0] != given]
            given, short = rng.choice(same or ["Quinn"]).split("/")[0], ()
        elif how == 7:  # a relative
            given, short, middle = rng.choice(GIVENS).split("/")[0], (), ""
        elif how == 8:  # a first name or a surname one letter away
            near = [g.split("/")[0] for g in GIVENS if _near(g.split("/")[0], given)]
            families = [each for each in FAMILIES if _near(each, family)]
            if near and (not families or rng.random() < 0.5):
                given, short = rng.choice(near), ()
            else:
                family = rng.choice(families or ["Lovett"])
        elif how == 9:  # father and son
            suffix, middle = "" if suffix else "Jr", ""
        else:  # first and last name are another person's last and first
            given, family, short = family.rsplit(" ", maxsplit=1)[-1], given, ()
        return Human(given, short, middle, family, suffix)


def _near(a: str, b: str) -> bool:
    return a != b and OSA.distance(a.lower(), b.lower()) == 1


def clean(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Fixed habits, no hurry, one in fifty not in QuickBooks yet."""
    return Office("clean", size, seed, noise=0.0, traps=0.0, absent=0.02).run()


def messy(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Every hurry there is, a tenth without partner, strangers in the books."""
    return Office("messy", size, seed, noise=1.0, traps=0.05, absent=0.1).run()


def adversarial(size: int, seed: int, _pool: str = "") -> MatchSet:
    """Half the hurry, a look-alike for every second job, a fifth without partner."""
    return Office("adversarial", size, seed, noise=0.5, traps=0.5, absent=0.2).run()


OFFICES = {"office-clean": clean, "office-messy": messy, "office-adversarial": adversarial}
