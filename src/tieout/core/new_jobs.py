"""The name that a QuickBooks job should get which does not exist yet.

QuickBooks allows 41 characters a level and 209 for the whole path (Intuit's schema), no colon,
which separates the levels (Intuit's documentation), and five levels (assumed). Below one customer
a name occurs once, without regard to case; at the top customers, vendors, employees and other
names share one name space, so there a name may be taken by somebody who is on no list that Tieout
reads.

The way of writing follows the jobs that stand there already: *Last, First - Title* when nothing
else is usual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from tieout.core.names import LEVEL_MAX, tokens
from tieout.core.texts import storable

FULL_MAX = 209
LEVELS_MAX = 5
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


class Style(Enum):
    """How a job's name is written: (last name first, with the title)."""

    LAST_FIRST_TITLE = (True, True)
    LAST_FIRST = (True, False)
    FIRST_LAST_TITLE = (False, True)
    FIRST_LAST = (False, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A job that stands under the customer, with the contractor job mapped to it."""

    name: str
    contractor: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """The name to type. `taken` is the job that has the plain name already, "" when it is free."""

    name: str
    full_name: str
    notes: tuple[str, ...] = ()  # what was changed to fit, a sentence each
    taken: str = ""
    problem: str = ""  # why it cannot be created there at all


def propose_job(
    *,
    contractor: str,
    title: str,
    customer: str,
    siblings: Iterable[str],
    known: Iterable[Known] = (),
) -> NewJob:
    """The name for a contractor job below `customer` (its full name; "" for the top).

    `siblings` are the names that stand there now. A name that is taken gets a number at its end;
    whether the other one is meant instead is for a person to say.
    """
    return _named(_written(contractor, title, usual_style(known)), customer, siblings)


def propose_customer(*, client: str, siblings: Iterable[str]) -> NewJob:
    """The name for a client's customer at the top of the list."""
    return _named(client, "", siblings)


def _named(wished: str, customer: str, siblings: Iterable[str]) -> NewJob:
    name, notes = _fitted(wished)
    used = {each.casefold() for each in siblings}
    taken = ""
    if name.casefold() in used:
        taken = f"{customer}:{name}" if customer else name
        name = _numbered(name, used)
    full_name = f"{customer}:{name}" if customer else name
    return NewJob(
        name=name,
        full_name=full_name,
        notes=notes,
        taken=taken,
        problem=_problem(name, full_name),
    )


def usual_style(known: Iterable[Known]) -> Style:
    """How the names of mapped jobs are written most often; ties go to the fuller way."""
    votes = dict.fromkeys(Style, 0)
    for each in known:
        for style in Style:
            written = _written(each.contractor, each.title, style)
            if each.title and _same(written, each.name):
                votes[style] += 1
                break
    return max(Style, key=lambda style: votes[style])


def _written(contractor: str, title: str, style: Style) -> str:
    last_first, with_title = style.value
    name = _last_first(contractor) if last_first else " ".join(contractor.split())
    title = " ".join(title.split())
    return f"{name} - {title}" if with_title and title else name


def _last_first(contractor: str) -> str:
    """`Elena Ortiz` as `Ortiz, Elena`; what has a comma already stays."""
    words = contractor.split()
    if "," in contractor or len(words) < 2:
        return " ".join(words)
    behind = 2 if words[-1].strip(".").lower() in SUFFIXES and len(words) > 2 else 1
    last, first = " ".join(words[-behind:]), " ".join(words[:-behind])
    return f"{last}, {first}"


def _fitted(wished: str) -> tuple[str, tuple[str, ...]]:
    notes = []
    plain = wished
    if ":" in plain:
        plain = " ".join(plain.replace(":", " - ").split())
        notes.append("A colon separates the levels in QuickBooks, so it became a dash.")
    stored, said = storable(plain, where="Name", limit=LEVEL_MAX, one_line=True)
    return stored.rstrip(" -,"), (*notes, *said)


def _numbered(name: str, used: set[str]) -> str:
    for number in range(2, len(used) + 3):
        ending = f" {number}"
        candidate = name[: LEVEL_MAX - len(ending)].rstrip(" -,") + ending
        if candidate.casefold() not in used:
            return candidate
    msg = f"Every number behind {name} is taken."
    raise ValueError(msg)


def _problem(name: str, full_name: str) -> str:
    if not name:
        return "The contractor job has no name that QuickBooks could hold."
    if full_name.count(":") >= LEVELS_MAX:
        return f"QuickBooks allows {LEVELS_MAX} levels; this would be one too many."
    if len(full_name) > FULL_MAX:
        return (
            f"The whole path would have {len(full_name)} characters; QuickBooks allows {FULL_MAX}."
        )
    return ""


def _same(written: str, name: str) -> bool:
    """Whether a name was written so, as far as QuickBooks' limit lets one see."""
    left, right = tokens(written[:LEVEL_MAX]), tokens(name)
    comma = ("," in written) == ("," in name)
    return comma and bool(right) and left == right
