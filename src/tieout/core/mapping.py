"""What may be linked to what: the rules of Map Jobs, its lock, and its history.

- One contractor job has at most one mapping; one QuickBooks job may serve several contractor
  jobs, but both are shown and it must be confirmed.
- A job under another customer than the client's needs a confirmation; so does an inactive job, and
  a customer in the place of a job. A job that no longer exists in QuickBooks is refused.
- Once saved, a mapping is locked in: another job cannot simply be chosen over it. Remove
  Association unlocks; Save commits the removal, or the removal and a new choice as one re-map.
- Saving names the version that the clerk saw. If somebody saved in between, nothing is overwritten
  and the clerk is told.
- Every change is an event. Undo is a new event that leads back; it is refused like any other save
  when something changed since.

QuickBooks jobs are told apart by ListID, never by name. Who and when belong to the event's record,
which the caller keeps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tieout.core.blocking import job_name
from tieout.core.facts import QbJob, SourceJob

# ------------------------------------------------------------------ what is odd about a choice


class WarningKind(StrEnum):
    """What is odd about linking to a QuickBooks job. The text is stored; never rename a value."""

    GONE = "gone"
    INACTIVE = "inactive"
    OTHER_CUSTOMER = "other_customer"
    SHARED = "shared"
    IS_CUSTOMER = "is_customer"
    CLIENT_NOT_MAPPED = "client_not_mapped"
    JOB_ENDED = "job_ended"


_REFUSES = frozenset({WarningKind.GONE})
_NEEDS_CONFIRMATION = frozenset(
    {
        WarningKind.INACTIVE,
        WarningKind.OTHER_CUSTOMER,
        WarningKind.SHARED,
        WarningKind.IS_CUSTOMER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingWarning:
    """One oddity, in a sentence for the clerk."""

    kind: WarningKind
    text: str

    @property
    def needs_confirmation(self) -> bool:
        return self.kind in _NEEDS_CONFIRMATION

    @property
    def refuses(self) -> bool:
        return self.kind in _REFUSES


def check(
    job: SourceJob,
    *,
    client_customer: QbJob | None,
    target: QbJob,
    served: Sequence[SourceJob],
) -> tuple[MappingWarning, ...]:
    """What is odd about linking `job` to `target`, the gravest first.

    `client_customer` is what the job's client is mapped to, None when it is not mapped; `served`
    are the contractor jobs that are mapped to `target` now (this one among them does no harm).
    """
    return tuple(
        MappingWarning(kind=kind, text=text)
        for kind, text in (
            (WarningKind.GONE, _gone(target)),
            (WarningKind.INACTIVE, _inactive(target)),
            (WarningKind.OTHER_CUSTOMER, _other_customer(target, client_customer)),
            (WarningKind.SHARED, _shared(job, target, served)),
            (WarningKind.IS_CUSTOMER, _is_customer(target)),
            (WarningKind.CLIENT_NOT_MAPPED, _client_not_mapped(client_customer)),
            (WarningKind.JOB_ENDED, _job_ended(job)),
        )
        if text
    )


def _gone(target: QbJob) -> str:
    return f"{target.full_name} was deleted or merged in QuickBooks." if target.gone else ""


def _inactive(target: QbJob) -> str:
    if target.active or target.gone:
        return ""
    return f"{target.full_name} is inactive in QuickBooks: its invoices wait until it is active."


def _other_customer(target: QbJob, customer: QbJob | None) -> str:
    if customer is None or not target.root or not customer.root or target.root == customer.root:
        return ""
    return f"{target.full_name} is not under {customer.full_name}, the client's customer."


def _shared(job: SourceJob, target: QbJob, served: Sequence[SourceJob]) -> str:
    names = sorted(job_name(other) for other in served if other.key != job.key)
    return f"{target.full_name} also serves {'; '.join(names)}." if names else ""


def _is_customer(target: QbJob) -> str:
    return f"{target.full_name} is a customer, not a job." if target.is_customer else ""


def _client_not_mapped(customer: QbJob | None) -> str:
    if customer:
        return ""
    return "The client is not mapped in Client Mapping, so its customer cannot be compared."


def _job_ended(job: SourceJob) -> str:
    return "" if job.active else f"{job_name(job)} has ended in Bilflo."


# ------------------------------------------------------------------ what is saved


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingState:
    """The mapping of one contractor job. Version 0 is a job that never had one."""

    version: int = 0
    list_id: str = ""  # "" when the job is not mapped
    confirmed: frozenset[WarningKind] = frozenset()  # what was odd and confirmed when saving

    @property
    def mapped(self) -> bool:
        return bool(self.list_id)

    @property
    def other_customer_confirmed(self) -> bool:
        return WarningKind.OTHER_CUSTOMER in self.confirmed

    @property
    def shared_confirmed(self) -> bool:
        return WarningKind.SHARED in self.confirmed


class ChangeKind(StrEnum):
    """What a change did. The text is stored; never rename a value."""

    MAPPED = "mapped"
    REMOVED = "removed"
    REMAPPED = "remapped"
    CONFIRMED = "confirmed"  # the same job, with more confirmed than before


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event of a mapping's history: `version` is the one it made."""

    kind: ChangeKind
    version: int
    from_list_id: str
    to_list_id: str
    from_confirmed: frozenset[WarningKind] = frozenset()
    confirmed: frozenset[WarningKind] = frozenset()
    why: str = ""
    undoes: int = 0  # version of the change that this one takes back, 0 for none


class RefusalReason(StrEnum):
    CHANGED_MEANWHILE = "changed_meanwhile"
    LOCKED = "locked"
    NOTHING_TO_SAVE = "nothing_to_save"
    NOT_ALLOWED = "not_allowed"
    NOT_CONFIRMED = "not_confirmed"
    REASON_NEEDED = "reason_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a save changed nothing, and what the clerk can do."""

    reason: RefusalReason
    message: str
    remedy: str
    to_confirm: tuple[WarningKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveCommand:
    """What a clerk asks for with Save.

    `expected_version` is the version on the clerk's screen; `remove` says that Remove Association
    was chosen; `target_list_id` is the chosen QuickBooks job, "" for none.
    """

    expected_version: int
    target_list_id: str = ""
    remove: bool = False
    confirmed: frozenset[WarningKind] = frozenset()
    why: str = ""
    undoes: int = 0
    takes_back: frozenset[WarningKind] | None = None  # of a confirmation: what it had confirmed
    as_it_was: bool = False  # of an undo of many: nothing is asked, so nothing more is confirmed


def save(
    state: MappingState,
    command: SaveCommand,
    *,
    warnings: Collection[MappingWarning],
    exported: int = 0,
) -> Change | Refusal:
    """The change that the command makes, or why it makes none.

    `warnings` is what `check` says about the command's target now, empty without a target.
    `exported` is how many invoices of the job are on its present QuickBooks job for good: to lead
    the job away from them takes a reason.
    """
    target = command.target_list_id
    if command.expected_version != state.version:
        return CHANGED_MEANWHILE
    if state.mapped and target not in ("", state.list_id) and not command.remove:
        return _LOCKED
    if not target:
        if not (state.mapped and command.remove):
            return _NOTHING_TO_SAVE
        if exported and not command.why:
            return _reason_needed(exported)
        return _change(state, command, confirmed=frozenset())
    if target == state.list_id and command.takes_back is not None:
        return _change(state, command, confirmed=command.confirmed)
    refusal = _objection(warnings, command.confirmed, undoing=bool(command.undoes))
    if refusal and not command.as_it_was:
        return refusal
    confirmed = command.confirmed & {w.kind for w in warnings if w.needs_confirmation}
    if target == state.list_id and confirmed <= state.confirmed:
        return _NOTHING_TO_SAVE
    if exported and target != state.list_id and not command.why:
        return _reason_needed(exported)
    return _change(state, command, confirmed=confirmed)


def undo(change: Change) -> SaveCommand:
    """The command that leads back to before the change, with what was confirmed then.

    It is saved like any other, so it is refused when the mapping changed since, and asks again
    when something odd has come up that was not confirmed then. A confirmation that is taken back
    leads nowhere else, so nothing is asked: what it had confirmed is not confirmed any more.
    """
    more = change.confirmed - change.from_confirmed
    return SaveCommand(
        expected_version=change.version,
        target_list_id=change.from_list_id,
        remove=bool(change.to_list_id),
        confirmed=change.from_confirmed,
        undoes=change.version,
        takes_back=more if change.kind is ChangeKind.CONFIRMED else None,
    )


def keep(
    state: MappingState,
    *,
    warnings: Collection[MappingWarning],
    ticked: Collection[WarningKind],
    elsewhere: bool,
) -> frozenset[WarningKind] | Refusal:
    """What is confirmed about a mapping that is kept as things are now, or what is to be confirmed.

    `elsewhere`: the job stands under another customer, or belongs to another client, than when the
    customer was confirmed, so that it is asked about anew. Nothing else is: nothing is moved.
    """
    other = next((w for w in warnings if w.kind is WarningKind.OTHER_CUSTOMER), None)
    held = state.confirmed - {WarningKind.OTHER_CUSTOMER} if elsewhere else state.confirmed
    if other is None or other.kind in held:
        return held
    if other.kind in ticked:
        return held | {other.kind}
    return _not_confirmed([other])


class BrokenHistoryError(ValueError):
    """Events of one mapping do not follow one another; the text names the version."""


def apply(state: MappingState, change: Change) -> MappingState:
    """The state after the change; BrokenHistoryError when it does not follow this state."""
    if change.version != state.version + 1 or change.from_list_id != state.list_id:
        msg = (
            f"Change to version {change.version} starts at {change.from_list_id!r}, but the "
            f"mapping is at version {state.version} on {state.list_id!r}."
        )
        raise BrokenHistoryError(msg)
    return MappingState(
        version=change.version, list_id=change.to_list_id, confirmed=change.confirmed
    )


def replay(changes: Iterable[Change]) -> MappingState:
    """The state to which a whole history leads, oldest change first."""
    state = MappingState()
    for change in changes:
        state = apply(state, change)
    return state


def _objection(
    warnings: Collection[MappingWarning], confirmed: frozenset[WarningKind], *, undoing: bool
) -> Refusal | None:
    """An undo may lead back to a job that is gone by now: its invoices wait, and it says so."""
    refused = [warning for warning in warnings if warning.refuses]
    if refused and not undoing:
        return Refusal(
            reason=RefusalReason.NOT_ALLOWED,
            message=refused[0].text,
            remedy="Choose Refresh QuickBooks list, then choose another job.",
        )
    open_ = [w for w in warnings if w.needs_confirmation and w.kind not in confirmed]
    return _not_confirmed(open_) if open_ else None


def _not_confirmed(warnings: Sequence[MappingWarning]) -> Refusal:
    return Refusal(
        reason=RefusalReason.NOT_CONFIRMED,
        message=" ".join(warning.text for warning in warnings),
        remedy="Confirm this if it is meant, or choose another job.",
        to_confirm=tuple(warning.kind for warning in warnings),
    )


def _reason_needed(exported: int) -> Refusal:
    stay = "1 invoice stays" if exported == 1 else f"{exported:,} invoices stay"
    return Refusal(
        reason=RefusalReason.REASON_NEEDED,
        message=f"{stay} on the old job, so this change needs a reason.",
        remedy="Write under Why what was wrong with the old job, then save again.",
    )


def _change(
    state: MappingState, command: SaveCommand, *, confirmed: frozenset[WarningKind]
) -> Change:
    target = command.target_list_id
    if not target:
        kind = ChangeKind.REMOVED
    elif not state.mapped:
        kind = ChangeKind.MAPPED
    elif target == state.list_id:
        kind = ChangeKind.CONFIRMED
        confirmed |= state.confirmed - (command.takes_back or frozenset())
    else:
        kind = ChangeKind.REMAPPED
    return Change(
        kind=kind,
        version=state.version + 1,
        from_list_id=state.list_id,
        to_list_id=target,
        from_confirmed=state.confirmed,
        confirmed=confirmed,
        why=command.why,
        undoes=command.undoes,
    )


CHANGED_MEANWHILE = Refusal(
    reason=RefusalReason.CHANGED_MEANWHILE,
    message="Somebody else has saved this mapping since you opened it; nothing was overwritten.",
    remedy="Look at the present mapping, then decide again.",
)
_LOCKED = Refusal(
    reason=RefusalReason.LOCKED,
    message="This contractor job is already mapped, and a saved mapping is locked in.",
    remedy="Choose Remove Association first, then choose the new QuickBooks Contractor Job.",
)
_NOTHING_TO_SAVE = Refusal(
    reason=RefusalReason.NOTHING_TO_SAVE,
    message="Nothing was changed.",
    remedy="Choose a QuickBooks Contractor Job, then save.",
)
