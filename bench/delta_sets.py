"""A fifth family of data sets, held out: measured, never chosen on and never mended for.

An agency on the Gulf coast: several ways of writing within one book, departments between customer
and person, titles that begin with Sr and Jr, initials, what stands on one side only (middle names,
suffixes, a second surname), lost accents, customers cut or shortened, an old customer beside the
new one, other businesses in the same books, near-namesakes on both sides. Its habits were chosen before
the others were read; what nobody could decide is found as for the fourth (`prairie_truth`).
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import accumulate

from delta_names import (
    ALIKE,
    CHORES,
    HEADS,
    HOUSEHOLDS,
    LEGAL,
    MIDDLES,
    PEOPLE,
    REMARKS,
    TAILS,
    TOWNS,
    TRADES,
)
from match_sets import LEVEL_MAX, MatchSet
from prairie_truth import Human, Row, Stay, undecidable
from tieout.core.matching import JobToMatch, QbCandidate

STYLES = (
    "{last}{ suffix}, {first}{ middle}",
    "{first}{ middle} {last}{ suffix}",
    "{last}, {first}{ middle}{ suffix}",
    "{last}{ suffix},{first}{ middle}",
    "{last}{ suffix} {first}{ middle}",
)
COMMA, NATURAL = STYLES[:2]


@dataclass(frozen=True)
class Temper:
    """Shares of all jobs, names or customers, each from 0 to 1; `styles`: ways to write in a book."""

    absent: float = 0.04  # jobs without a QuickBooks job
    slips: float = 0.0  # first or last name with a wrong letter
    called: float = 0.0  # a nickname, or another spelling
    initials: float = 0.0  # an initial instead of the first name
    dropped: float = 0.15  # middle name, suffix, second surname: on one side only
    title: float = 0.12
    number: float = 0.05
    remark: float = 0.0
    traps: float = 0.01
    strangers: float = 0.08  # QuickBooks jobs of whom the back office knows nothing
    departed: float = 0.1  # customers with departments
    firm: float = 0.05  # customers shortened, cut or misspelled
    inactive: float = 0.05
    styles: int = 2


@dataclass(frozen=True)
class Client:
    """A client in the back office and its customer in QuickBooks."""

    name: str
    trade: str
    customer: str
    habits: tuple[str, ...]
    departments: tuple[str, ...]


class Delta:
    """Makes one set."""

    def __init__(self, name: str, temper: Temper, size: int, seed: int) -> None:
        self.rng = rng = random.Random(f"delta/{name}/{seed}")
        self.made = MatchSet(f"delta-{name}-{seed}")
        self.temper, self.size = temper, size
        self.rare = [head + tail for head in HEADS.split() for tail in TAILS.split()]
        self.givens = {c: givens.split() for c, (_, givens, _) in PEOPLE.items()}
        self.families = {c: families.split() for c, (_, _, families) in PEOPLE.items()}
        self.book = rng.sample(STYLES, temper.styles)
        self.source = rng.choice((NATURAL, NATURAL, COMMA))
        self.number = rng.choice((1200, 30_400, 118_000))
        self.rows: list[Row] = []
        self.stays: dict[str, Stay] = {}
        self.ids: dict[str, str] = {}
        self.clients = self._clients(max(6, size // 16))
        self.busy = list(accumulate(1 / (place + 5) ** 0.8 for place in range(len(self.clients))))

    def _happens(self, share: float) -> bool:
        return self.rng.random() < share

    # ---------------------------------------------------------------- customers

    def _clients(self, many: int) -> list[Client]:
        rng, found = self.rng, dict[str, Client]()
        while len(found) < many:
            trade = rng.choice(list(TRADES))
            heads, lines, _, departments = TRADES[trade]
            base = f"{rng.choice(heads.split()).replace('-', ' ')} {rng.choice(list(lines))}"
            if self._happens(0.45):
                base = f"{rng.choice(self.rare)} {base}"
            legal = rng.choice(LEGAL)
            towns = rng.sample(TOWNS.split(), 2) if self._happens(0.2) else [""]
            between = (
                tuple(rng.sample(departments.split("|"), 3))
                if self._happens(self.temper.departed)
                else ()
            )
            for town in towns:  # sister sites of one firm
                place = f" - {town}" if town else ""
                name = base + legal + place
                customer = self._customer(base, legal, place, lines)
                if base + place in found or customer in self.ids:
                    continue
                habits = (rng.choice(self.book),) if self._happens(0.7) else tuple(self.book)
                self._row(customer, "")
                found[base + place] = Client(name, trade, customer, habits, between)
        return list(found.values())

    def _customer(self, base: str, legal: str, place: str, lines: dict[str, str]) -> str:
        rng, firm = self.rng, self.temper.firm
        if self._happens(firm):
            for line, brief in lines.items():
                if base.endswith(line):
                    base = base.removesuffix(line) + brief
        if self._happens(0.3 * firm):
            base = self._slipped(base)
        if self._happens(2 * firm):
            legal = "" if legal else rng.choice(LEGAL)
        if self._happens(firm):
            place = place.replace(" - ", rng.choice((" ", "-", ", ")))
        name = f"{base}{legal}{place}"
        return (name.upper() if self._happens(0.2 * firm) else name)[:LEVEL_MAX].strip()

    def _row(self, path: str, parent: str, *, active: bool = True) -> str:
        if path not in self.ids:
            self.ids[path] = list_id = f"{0x80000001 + 7 * len(self.ids):X}-16{len(path):03d}"
            self.made.candidates.append(
                QbCandidate(list_id=list_id, full_name=path, active=active, parent=parent)
            )
        return self.ids[path]

    def _above(self, client: Client) -> tuple[str, str]:
        path, parent = client.customer, self.ids[client.customer]
        if client.departments:
            path = f"{path}:{self.rng.choice(client.departments)}"
            parent = self._row(path, parent)
        return path, parent

    # ---------------------------------------------------------------- people

    def _often(self, words: list[str]) -> str:
        """The first ones more often than the last, as names are."""
        weights = [1 / (place + 6) ** 0.7 for place in range(len(words))]
        return self.rng.choices(words, weights)[0].replace("_", " ")

    def _human(self) -> Human:
        rng = self.rng
        culture = rng.choices(list(PEOPLE), [share for share, _, _ in PEOPLE.values()])[0]
        first, _, called = self._often(self.givens[culture]).partition("/")
        lasts = [self._often(self.families[culture])]
        if culture == "south" and self._happens(0.45):
            lasts = [rng.choice(self.rare)]
        if culture == "latin" and self._happens(0.4):
            lasts.append(self._often(self.families[culture]))
        middle = ""
        if culture == "manila":
            middle = self._often(self.families[culture])
        elif culture in ("south", "black", "cajun") and self._happens(0.35):
            middle = rng.choice(MIDDLES.split())
        suffix = rng.choice(("Jr", "Jr", "Jr", "Sr", "II", "III")) if self._happens(0.03) else ""
        return Human(first, called or first, middle, tuple(lasts), suffix, culture)

    def _stay(self) -> Stay:
        client = self.rng.choices(range(len(self.clients)), cum_weights=self.busy)[0]
        start = date(2023, 1, 2) + timedelta(days=self.rng.randrange(1300))
        end = start + timedelta(days=self.rng.choice((60, 91, 182, 365)))
        return Stay(self._human(), client, self._other_title(client, ""), start, end)

    def _other_title(self, client: int, title: str) -> str:
        titles = TRADES[self.clients[client].trade][2]
        return self.rng.choice([each for each in titles if each != title])

    def _slipped(self, word: str) -> str:
        if len(word) < 4:
            return word
        at = self.rng.randrange(1, len(word) - 1)
        turned = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        fewer, more = word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]
        other = word[:at] + self.rng.choice("aeionrstl") + word[at + 1 :]
        return self.rng.choice((turned, fewer, more, other))

    # ---------------------------------------------------------------- both sides

    def _job(self, stay: Stay) -> str:
        """One more contractor job of the back office."""
        rng, human = self.rng, stay.human
        self.number += rng.randrange(1, 5)
        key = f"{self.number}"
        middle = (
            human.middle if self._happens(0.4) else human.middle[:1] + "." * bool(human.middle)
        )
        if self._happens(self.temper.dropped):
            middle = ""
        name = _written(self.source, human, human.first, middle, " ".join(human.lasts))
        self.made.jobs.append(
            JobToMatch(
                job_id=key, contractor=name, client=self.clients[stay.client].name,
                title=stay.title, start=stay.start, end=stay.end if self._happens(0.6) else None,
            )
        )  # fmt: skip
        self.made.truth[key] = ""
        known = replace(
            human, first=_plain(human.first), called=_plain(human.called), middle=middle[:1],
            lasts=tuple(map(_plain, human.lasts)),
        )  # fmt: skip
        self.stays[key] = replace(stay, human=known, known=known.lasts)
        return key

    def _type(self, stay: Stay, owner: str = "", *, show: str = "", active: bool = True) -> None:
        """Type a job into QuickBooks, unless that name is there. `show`: "title", "number"."""
        rng, human, temper = self.rng, stay.human, self.temper
        client = self.clients[stay.client]
        style = rng.choice(client.habits if self._happens(0.9) else self.book)
        first = human.called if self._happens(temper.called) else human.first
        lasts = human.lasts[:1] if self._happens(temper.dropped) else human.lasts
        middle = human.middle if self._happens(0.4) else human.middle[:1]
        if self._happens(temper.dropped):
            middle = ""
        suffix = "" if self._happens(temper.dropped) else human.suffix
        if self._happens(temper.slips):
            if self._happens(0.4):
                first = self._slipped(first)
            else:
                lasts = (self._slipped(lasts[0]), *lasts[1:])
        if self._happens(temper.initials):
            first, middle = first[0] + rng.choice(("", ".")), middle[:1]
        typed, shown = first, " ".join(lasts)
        if self._happens(0.6):
            typed, shown, middle = _plain(typed), _plain(shown), _plain(middle)
        if self._happens(0.2):
            shown = shown.replace("'", "").replace("-", " ").replace("St.", "St ")
        name = _written(style, replace(human, suffix=suffix), typed, middle, shown)
        name, title, number = self._framed(name, stay, owner, show)
        path, parent = self._above(client)
        leaf = " ".join(name.split())[:LEVEL_MAX].strip()
        path = f"{path}:{leaf}"
        if path in self.ids:
            return
        list_id = self._row(path, parent, active=active)
        cut = len(name) > LEVEL_MAX
        bare = tuple(map(_plain, lasts))
        self.rows.append(
            Row(
                list_id, stay.client, owner, active, first=_plain(first.rstrip(".")),
                middle=middle[:1], lasts=bare, spelled=" ".join(bare), suffix=suffix,
                title=title if not cut else "", number=number if not cut else "", start=None,
                monthly=False,
            )
        )  # fmt: skip
        if owner:
            self.made.truth[owner] = list_id

    def _framed(self, name: str, stay: Stay, owner: str, show: str) -> tuple[str, str, str]:
        """The name with what stands around it, the title and the number that it shows."""
        rng, temper = self.rng, self.temper
        titles = TRADES[self.clients[stay.client].trade][2]
        title = number = ""
        if show == "number" or (not show and self._happens(temper.number)):
            number = owner or f"{self.number + 400_000}"
            form = rng.choice(("{} {}", "{} #{}", "{} ({})", "{1} {0}", "{1} - {0}"))
            name = form.format(name, number)
        if show == "title" or (not show and self._happens(temper.title)):
            title = stay.title
            form = rng.choice(("{} - {}", "{} ({})", "{}, {}", "{} {}", "{1} - {0}"))
            name = form.format(name, titles[title] if self._happens(0.7) else title)
        if self._happens(temper.remark):
            name = f"{name} {rng.choice(REMARKS)}"
        return name.replace(":", " "), title, number or ""

    # ---------------------------------------------------------------- the whole

    def run(self) -> MatchSet:
        """Make the set."""
        temper = self.temper
        for client in self.clients:  # the customer's earlier record
            if self._happens(0.3 * temper.firm):
                self._row(f"{client.customer[:34]} (old)", "", active=False)
        while len(self.made.jobs) < self.size:
            stay = self._stay()
            trap = self._happens(temper.traps)
            key = self._job(stay)
            if not self._happens(temper.absent * (4 if trap else 1)):
                active = not self._happens(temper.inactive)
                self._type(stay, key, active=active)
            if trap:
                self._trap(stay)
            if self._happens(temper.strangers):
                self._stranger()
        self.made.undecidable = undecidable(self.stays, self.rows)
        return self.made

    def _trap(self, stay: Stay) -> None:
        """Something alike: in the books alone, or on both sides."""
        rng, human = self.rng, stay.human
        how = rng.randrange(8)
        other = replace(stay, title=self._other_title(stay.client, stay.title))
        if how == 0:  # the same person's second job here
            show = rng.choice(("title", "number"))
            later = replace(other, start=stay.start + timedelta(days=200))
            self._type(later, self._job(later), show=show)
        elif how == 1:  # the same person at another client, where our side has no job
            away = self.rng.randrange(len(self.clients))
            if away != stay.client:
                self._type(replace(stay, client=away, title=self._other_title(away, "")))
        elif how == 2:  # an earlier record of the same job
            self._type(stay, active=False)
        elif how == 3:  # two contractors of one name
            twin = replace(other, human=replace(human, middle=rng.choice(MIDDLES.split())))
            self._type(twin, self._job(twin), show=rng.choice(("title", "number", "none")))
        else:
            near = replace(other, human=self._near(human))
            self._type(near, self._job(near) if how < 6 else "")

    def _near(self, human: Human) -> Human:
        """Another person whose name looks like this one's."""
        how = self.rng.randrange(3)
        if human.first in ALIKE:
            first = ALIKE[human.first]
            return replace(human, first=first, called=first)
        if how == 0:
            return replace(human, suffix="" if human.suffix else "Jr")
        if how == 1:
            last = human.lasts[0]
            return replace(human, lasts=(last + self.rng.choice(("s", "e", "son", "z")),))
        kin = self._human()
        return replace(human, first=kin.first, called=kin.called, middle=kin.middle)

    def _stranger(self) -> None:
        """Somebody whom the back office never had, or another business of the same books."""
        rng, human = self.rng, self._human()
        if self._happens(0.5):
            self._type(replace(self._stay(), human=human), active=self._happens(0.6))
            return
        name = f"{human.lasts[0]} {rng.choice(HOUSEHOLDS)}"
        if self._happens(0.5):
            name = _written(rng.choice((COMMA, NATURAL)), human, human.first, "", human.lasts[0])
        parent = self._row(name[:LEVEL_MAX], "")
        self._row(f"{name[:LEVEL_MAX]}:{rng.choice(CHORES)}", parent, active=self._happens(0.8))


def _plain(text: str) -> str:
    """Without accents."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _written(style: str, human: Human, first: str, middle: str, last: str) -> str:
    parts = {"first": first, "last": last.replace("_", " ")}
    text = style.replace("{ middle}", f" {middle}" if middle else "")
    return text.replace("{ suffix}", f" {human.suffix}" if human.suffix else "").format(**parts)


MESSY = Temper(
    absent=0.12, slips=0.06, called=0.1, initials=0.04, dropped=0.4, title=0.25, number=0.12,
    remark=0.06, traps=0.06, strangers=0.15, departed=0.25, firm=0.3, inactive=0.06, styles=4,
)  # fmt: skip
TEMPERS = {
    "clean": Temper(),
    "messy": MESSY,
    "adversarial": replace(MESSY, absent=0.2, traps=0.45, slips=0.08, initials=0.06, styles=5),
    # a department above every name
    "dept": replace(MESSY, departed=1.0, traps=0.03, firm=0.15, styles=2),
    # first names mostly as initials, beside a title more often than not
    "initials": replace(MESSY, initials=0.7, title=0.6, traps=0.03, slips=0.02, firm=0.1),
}


def _make(name: str, size: int, seed: int, _pool: str = "") -> MatchSet:
    return Delta(name, TEMPERS[name], size, seed).run()


DELTAS: dict[str, Callable[[int, int, str], MatchSet]] = {
    f"delta-{name}": partial(_make, name) for name in TEMPERS
}
