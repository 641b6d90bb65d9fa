"""What hands do to names: slips, habits of bookkeepers, customers renamed and shortened."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from datetime import date

from match_sets import LEVEL_MAX
from office_names import BRIEF, ENDINGS, FAMILY, FORMS, GIVEN, PLACES, POSTS, SITES, STEMS, TRADES
from office_truth import Human, Placement, Shown

KEYS = {
    "a": "qws",
    "e": "wrd",
    "i": "uok",
    "o": "ipl",
    "n": "bm",
    "r": "et",
    "s": "adz",
    "t": "ry",
}
SOUNDS = (("ph", "f"), ("ck", "k"), ("ie", "ei"), ("y", "i"), ("ee", "ea"), ("c", "k"), ("z", "s"))
STYLES = (
    "{last}, {first}", "{last}, {first}", "{first} {last}", "{first} {last} - {post}",
    "{last}, {first} - {post}", "{last}, {first} ({post})", "{LAST} {FIRST}",
    "{post} - {first} {last}", "{last} {first}", "{number} {last}, {first}",
    "{last}, {first} #{number}", "{first} {last} {month}", "{last}, {first} {span}",
    "{last},{first}", "{first} {last} {post}", "{last}, {first} [{post}]",
    "{post}: {last}, {first}", "{last}, {first} - PO {po}", "{first} {last} ({year})",
)  # fmt: skip
SHORT_STYLES = (
    "{last}, {i}.", "{i}. {last}", "{last} {i} - {post}", "{first} {l}.", "{last}", "{last} - {post}",
)  # fmt: skip
DATED = ("{month}", "{span}", "{year}")
TAILS = (
    " - Remote",
    " W2",
    " (temp)",
    " *",
    " 1099",
    " - NEW",
    " 2nd shift",
    " - Nights",
    " c/o HR",
)
ADDED = ("(OH)", "- Net 30", "#2", "*", "- old name", "Ohio")
GIVENS, FAMILIES, STEM, ENDING, PLACE = (
    text.split() for text in (GIVEN, FAMILY, STEMS, ENDINGS, PLACES)
)
TRADE = TRADES.replace("\n", "").split("|")


@dataclass
class Typing:
    """How somebody is to be typed in."""

    human: Human
    client: int
    post: str
    owner: Placement | None = None
    style: str = ""
    year: int = 0
    active: bool = True


class Hands:
    """Several bookkeepers; `noise` is how much hurry there is, 0 to 1."""

    def __init__(self, rng: random.Random, noise: float) -> None:
        self.rng = rng
        self.noise = noise

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def slip(self, word: str) -> str:
        """A typing or hearing mistake."""
        rng = self.rng
        if len(word) < 4:
            return word
        at = rng.randrange(1, len(word))
        how = rng.randrange(6)
        sounds = [pair for pair in SOUNDS if pair[0] in word]
        if how == 0 and sounds:
            return word.replace(*rng.choice(sounds), 1)
        if how == 1:
            return word[:at] + word[at] + word[at:]
        if how == 2 and word[at].lower() in KEYS:
            return word[:at] + rng.choice(KEYS[word[at].lower()]) + word[at + 1 :]
        if how == 3 and at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[:at] + word[at + 1 :]

    # -------------------------------------------------------------- clients and customers

    def clients(self, many: int) -> list[str]:
        """Clients by name, some with several branches."""
        rng = self.rng
        found: dict[str, str] = {}
        while len(found) < many:
            name = self._client(rng.choice(TRADE))
            form = rng.choice(FORMS)
            sites = [""]
            if self.chance(0.12):
                sites = [f" - {site}" for site in rng.sample(SITES, rng.randrange(2, 4))]
            for site in sites:
                found.setdefault(f"{name}{site}", "" if site else form)
        return [name + form for name, form in list(found.items())[:many]]

    def _client(self, trade: str) -> str:
        rng = self.rng
        firm = rng.choice(STEM) + rng.choice(ENDING)
        names = (
            f"{rng.choice(PLACE)} {trade}",
            f"{rng.choice(FAMILIES).replace('-', ' ')} {trade}",
            f"{firm} & {rng.choice(FAMILIES)} {trade}",
            f"{rng.choice(STEM)}{rng.choice(('tek', 'corp', 'ia', 'ex', 'on'))} {trade}",
            f"{rng.choice(('City', 'County', 'Village'))} of {rng.choice(PLACE)}",
            "".join(rng.choice("ABCDEFGHKLMNPRST") for _ in range(3)) + f" {trade}",
        )
        return rng.choices(names, (35, 25, 15, 10, 8, 7))[0]

    def rename(self, client: str) -> str:
        """The customer that a bookkeeper made of a client."""
        rng, name = self.rng, client
        if self.chance(0.35 + 0.5 * self.noise):
            for form in sorted(filter(None, set(FORMS)), key=len, reverse=True):
                name = name.removesuffix(form)
        if not self.chance(self.noise):
            return name
        words = [
            rng.choice(BRIEF[w]) if w in BRIEF and self.chance(0.5) else w for w in name.split()
        ]
        words = self._rewritten(name, words)
        text = " ".join(words).replace("&", rng.choice(("&", "and", "&")))
        return text.upper() if self.chance(0.15) else text

    def _rewritten(self, name: str, words: list[str]) -> list[str]:
        rng, long = self.rng, len(words) > 2
        letters = "".join(w[0] for w in words if w[0].isalnum()).upper()
        at = rng.randrange(len(words))
        ways: list[tuple[float, list[str]]] = [
            (0.08, [rng.choice((letters, f"{letters} - {name}"))] if long else words),
            (0.08, [*words[:at], self.slip(words[at]), *words[at + 1 :]]),
            (0.08, words[:-1] if long else words),
            (
                0.04,
                [*f"{rng.choice(STEM)}{rng.choice(ENDING)} Holdings dba".split(), *name.split()],
            ),
            (0.04, [rng.choice(STEM) + rng.choice(ENDING), rng.choice(TRADE)]),  # bought
            (0.06, [*words, rng.choice(ADDED)]),
            (0.04, [words[-1] + ",", *words[:-1]]),
            (0.58, words),
        ]
        return rng.choices([way for _, way in ways], [share for share, _ in ways])[0]

    # -------------------------------------------------------------- people

    def human(self, middles: float) -> Human:
        """Anybody; common names are common."""
        rng = self.rng
        forms = GIVENS[min(int(rng.expovariate(1 / 60)), len(GIVENS) - 1)].split("/")
        if self.chance(0.72):
            family = FAMILIES[min(int(rng.expovariate(1 / 80)), len(FAMILIES) - 1)].replace(
                "-", " "
            )
        else:
            family = rng.choice(STEM) + rng.choice(ENDING)
        if self.chance(0.03):
            family += "-" + rng.choice(FAMILIES).split("-", maxsplit=1)[0]
        middle = rng.choice(GIVENS).split("/")[0] if self.chance(middles) else ""
        suffix = rng.choice(("Jr.", "III", "Sr")) if self.chance(0.015) else ""
        return Human(forms[0], tuple(forms[1:]), middle, family, suffix)

    def typed(self, what: Typing) -> Human:
        """A person as somebody in a hurry typed them."""
        rng, noise, human = self.rng, self.noise, what.human
        given = human.given
        preferred = 0.3 if what.owner and what.owner.given != given else 0.0
        if human.short and self.chance(0.22 * noise + preferred):
            given = rng.choice(human.short)
        if self.chance(0.07 * noise):
            given = self.slip(given)
        middle = ""
        if human.middle and self.chance(0.4):
            middle = human.middle if self.chance(0.3) else human.middle[0] + rng.choice(("", "."))
        elif self.chance(0.03 * noise):
            middle = rng.choice("ABCDEJLMR")
        suffix = "" if self.chance(0.3 * noise) else human.suffix
        return Human(given, human.short, middle, self._family(human.family), suffix)

    def _family(self, family: str) -> str:
        rng, noise = self.rng, self.noise
        if self.chance(0.09 * noise):
            family = self.slip(family)
        if self.chance(0.02 * noise):  # married
            other = rng.choice(FAMILIES).split("-", maxsplit=1)[0]
            family = rng.choice((other, f"{family}-{other}"))
        if self.chance(0.25 * noise) and ("-" in family or " " in family):
            ways = (family.replace("-", " "), family.replace(" ", "-"), family.replace(" ", ""))
            family = rng.choice(ways)
        return family

    def text(self, what: Typing, who: Human, style: str, number: str, day: date) -> str:
        """The job's name as it stands in QuickBooks."""
        rng, noise = self.rng, self.noise
        brief = (
            rng.choice((what.post, *POSTS[what.post]))
            if self.chance(0.3 + 0.7 * noise)
            else what.post
        )
        first, last = f"{who.given} {who.middle}".strip(), f"{who.family} {who.suffix}".strip()
        text = style.format(
            last=last, first=first, LAST=last.upper(), FIRST=first.upper(), i=who.given[0],
            l=who.family[0], post=brief, number=number, month=f"{day:%m/%Y}".lstrip("0"),
            year=day.year, span=f"{day.month}-{day:%y}", po=rng.randrange(1000, 99999),
        )  # fmt: skip
        text = text.replace(": ", " ")
        if self.chance(0.06 * noise):
            text += rng.choice(TAILS)
        if self.chance(0.1 * noise):
            text = text.upper()
        if not text.isascii() and self.chance(0.5 * noise):
            text = text.encode().decode("latin-1") if self.chance(0.1) else _bare(text)
        return text[:LEVEL_MAX].strip()


def shown(what: Typing, who: Human, style: str, **rest: object) -> Shown:
    """What the text tells, for `office_truth`."""
    spelled = "irst" in style.lower()
    return Shown(
        client=what.client, active=what.active, owner=what.owner.key if what.owner else "",
        given=who.given[0] if "{i}" in style else who.given if spelled else "",
        family=who.family[0] if "{l}" in style else who.family,
        middle=who.middle if spelled else "", suffix=who.suffix, **rest,
    )  # type: ignore[arg-type]  # fmt: skip


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
