"""What a change may be answered, why not, and what is to be confirmed first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from tieout.core import drifting
from tieout.core import mapping as rules
from tieout.core.drifting import DriftKind
from tieout.service import mapping_state
from tieout.store.queries.drifts import Drift


class Answer(StrEnum):
    """What a person may answer."""

    KEEP = "keep"
    REMAP = "remap"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A row that was not answered, and why."""

    name: str
    why: str


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of answers: how many, in a sentence, and what was set aside."""

    text: str = ""
    done: int = 0
    aside: list[Aside] = field(default_factory=list)
    batch: str = ""
    planned_again: int = 0
    to_confirm: tuple[str, ...] = ()  # warnings that may be confirmed: core.mapping.WarningKind

    def set_aside(self, drift: Drift, refused: mapping_state.Refused) -> None:
        """This row was not answered."""
        self.aside.append(Aside(name=drift.mapping.job.contractor, why=why_refused(refused)))
        self.to_confirm = tuple(dict.fromkeys((*self.to_confirm, *refused.to_confirm)))


def possible(drift: Drift) -> tuple[Answer, ...]:
    """The answers that make sense for this change, the usual one first."""
    if drift.state not in {Drift.State.OPEN, Drift.State.IGNORED}:
        return ()
    ignore = () if drift.state == Drift.State.IGNORED else (Answer.IGNORE,)
    if DriftKind(drift.kind) in drifting.GONE:
        return (*((Answer.REMAP,) if drift.survivor_id else ()), *ignore)
    return (Answer.KEEP, *ignore)


def stamp(drift: Drift) -> str:
    """What the clerk saw: an answer to it counts only while it is still so."""
    heir = f"{drift.survivor_id} {drift.now}" if drift.survivor_id else ""
    return f"{drift.pk}:{drift.state}:{heir}:{drift.token}"


def why_not(drift: Drift, answer: Answer, *, seen: str = "") -> str:
    """Why this row cannot be answered so; "" when it can. `seen` is the stamp on the screen."""
    if seen and seen != stamp(drift):
        who = drift.answered_by.shown_name if drift.answered_by else ""
        if drift.state != Drift.State.OPEN and who:
            return f"{who} answered it meanwhile."
        return "It changed since you looked."
    if drift.state == Drift.State.ANSWERED:
        return "It is answered already."
    if drift.state in {Drift.State.OVER, Drift.State.NOTED}:
        return "There is nothing to answer."
    if answer not in possible(drift):
        return {
            Answer.KEEP: "The QuickBooks job is gone: there is nothing to keep.",
            Answer.REMAP: "No surviving job is known: choose one in Record Mapping.",
            Answer.IGNORE: "It is ignored already.",
        }[answer]
    return ""


def kept(
    drift: Drift, state: rules.MappingState, *, ticked: Collection[str]
) -> frozenset[rules.WarningKind] | rules.Refusal:
    """What is confirmed of the mapping once this change is kept, or what is to be confirmed.

    Only after a move, or for another client, is the customer asked about.
    """
    kind, target = DriftKind(drift.kind), drift.mapping.target
    if kind not in drifting.PLACES or target is None:
        return state.confirmed
    return mapping_state.kept(
        job=drift.mapping.job, target=target, state=state, ticked=ticked, kind=kind
    )


def why_refused(refused: mapping_state.Refused) -> str:
    """The refusal in one line."""
    return f"{refused.text} {refused.remedy}".strip()
