"""What changed under a mapping since it was saved: in QuickBooks, and on our own side.

A mapping remembers both sides as they were when somebody last said that they belong together.
A difference is a *drift*. Whether it is asked about, and whether exports of the job wait for the
answer, depends on its kind:

- *noted*, never asked: the name is spelled another way, or only a customer above was renamed;
- *asked*: renamed beyond spelling, reactivated, and on our side ended and reopened;
- *asked, and exports wait*: moved, merged, deleted, inactivated, re-assigned to another client, and
  renamed to what is another person's name: the job may have been given to somebody else.

A link is by ListID and survives a rename or a move. QuickBooks deletes only what no transaction
uses, so a used job that is gone was merged into another one (Intuit's documentation); which one,
QuickBooks does not say. The survivor is known when invoices of the job are found on it, and is
otherwise proposed by its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from tieout.core.facts import QbJob, SourceJob
from tieout.core.names import plain, tokens


class DriftKind(StrEnum):
    """What changed. The text is stored; never rename a value."""

    RENAMED = "renamed"  # the job's own name, beyond spelling
    RESPELLED = "respelled"  # spelling only, or only a customer above it was renamed
    MOVED = "moved"  # it stands under another customer or job
    MERGED = "merged"  # its ListID is gone, another job took over
    DELETED = "deleted"  # its ListID is gone, nothing took over
    INACTIVATED = "inactivated"
    REACTIVATED = "reactivated"  # active again, or back after it was gone
    ENDED = "ended"  # the contractor job ended in the back office
    REOPENED = "reopened"  # … and goes on
    REASSIGNED = "reassigned"  # the contractor job belongs to another client now


BLOCKING = frozenset(  # always; a job that was renamed to another person's name likewise
    {
        DriftKind.MOVED,
        DriftKind.MERGED,
        DriftKind.DELETED,
        DriftKind.INACTIVATED,
        DriftKind.REASSIGNED,
    }
)
NOTED = frozenset({DriftKind.RESPELLED})
GONE = frozenset({DriftKind.MERGED, DriftKind.DELETED})  # nothing is left that could be kept
PLACES = frozenset({DriftKind.MOVED, DriftKind.REASSIGNED})  # the customer may be another one now


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Both sides of a mapping as they were. What was never noted ("" or None) says nothing."""

    target: QbJob
    job_active: bool | None = None
    client_key: str = ""
    client: str = ""  # the client's name then


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """The job that took over from a merged one. `proof` is "" when only its name says so."""

    job: QbJob
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One change: what was, what is, and one sentence for the clerk.

    `state` tells one state of affairs from the next: ignored is a change until it differs.
    """

    kind: DriftKind
    was: str
    now: str
    text: str
    state: str
    survivor: Survivor | None = None
    blocks: bool = False  # exports of the job wait for the answer


def drifts(
    memory: Memory,
    *,
    target: QbJob,
    job: SourceJob,
    client: str,
    used: bool = False,
    survivor: Survivor | None = None,
) -> tuple[Drift, ...]:
    """Everything that changed, QuickBooks' side first; () when nothing did.

    `client` is the name of the job's client now. `used`: invoices stood on the QuickBooks job;
    `survivor`: what is known of a job that took over. Both matter only when it is gone. ValueError
    when memory and target are two records: they are compared by ListID only.
    """
    old = memory.target
    if target.list_id != old.list_id:
        msg = f"{old.list_id} and {target.list_id} are two QuickBooks jobs, not one."
        raise ValueError(msg)
    theirs: list[Drift | None]
    if target.gone:
        theirs = [] if old.gone else [_gone(old, used=used, survivor=survivor)]
    else:
        theirs = [_moved(old, target), _renamed(old, target), _use(old, target)]
    ours = [_ended(memory, job), _reassigned(memory, job, client)]
    found = [each for each in (*theirs, *ours) if each is not None]
    return tuple(
        replace(each, blocks=blocks(each.kind, each.was, each.now, contractor=job.contractor))
        for each in found
    )


def blocks(kind: DriftKind, was: str, now: str, *, contractor: str) -> bool:
    """Whether exports of the contractor's job wait until this change is answered."""
    if kind is DriftKind.RENAMED:
        return another_person(_own_name(was), _own_name(now), contractor=contractor)
    return kind in BLOCKING


def another_person(was: str, now: str, *, contractor: str) -> bool:
    """Whether a job was renamed from one person to another.

    It is the contractor's while its name holds a word of theirs, however it is spelled. When it
    loses all of them it is somebody else's; when it never had one, once nothing of the former name
    is left. A title or remark beside the person changes nothing.
    """
    ours, before, after = (_words(text) for text in (contractor, was, now))
    if _share(ours, after):
        return False
    return _share(ours, before) or not _share(before, after)


def _words(text: str) -> list[str]:
    return [word for word in tokens(text) if len(word) > 1 and not word[0].isdigit()]


def _share(one: Iterable[str], other: Sequence[str]) -> bool:
    return any(_near(word, each) for word in one for each in other)


def _near(one: str, other: str) -> bool:
    """The same word, or one that is spelled almost so."""
    if one == other:
        return True
    return min(len(one), len(other)) > 3 and SequenceMatcher(None, one, other).ratio() >= 0.8


def present(*, target: QbJob, job: SourceJob, client: str) -> Memory:
    """The memory of a mapping that is saved now."""
    return Memory(target=target, job_active=job.active, client_key=job.client_key, client=client)


def kept(memory: Memory, kind: DriftKind, *, now: Memory) -> Memory:
    """The memory after somebody said that this change is right; other changes stay unanswered.

    ValueError for a QuickBooks job that is gone: there is nothing to keep.
    """
    old, new = memory.target, now.target
    above, _, name = old.full_name.rpartition(":")
    above_now, _, name_now = new.full_name.rpartition(":")
    match kind:
        case DriftKind.RENAMED | DriftKind.RESPELLED:
            path = above if _moved(old, new) else above_now
            return replace(memory, target=replace(old, full_name=_path(path, name_now)))
        case DriftKind.MOVED:
            own = name if _renamed(old, new) else name_now
            there = replace(
                old,
                full_name=_path(above_now, own),
                parent_list_id=new.parent_list_id,
                top_list_id=new.top_list_id,
            )
            return replace(memory, target=there)
        case DriftKind.INACTIVATED | DriftKind.REACTIVATED:
            return replace(memory, target=replace(old, active=new.active, gone=new.gone))
        case DriftKind.ENDED | DriftKind.REOPENED:
            return replace(memory, job_active=now.job_active)
        case DriftKind.REASSIGNED:
            return replace(memory, client_key=now.client_key, client=now.client)
        case DriftKind.MERGED | DriftKind.DELETED:
            msg = f"{old.full_name} is gone from QuickBooks and cannot be kept."
            raise ValueError(msg)


def elsewhere(memory: Memory, *, now: Memory, kind: DriftKind | None = None) -> bool:
    """Whether what was confirmed about the customer was said of another customer or client.

    With `kind` only as far as that change goes.
    """
    old, new = memory.target.root, now.target.root
    moved = kind in {None, DriftKind.MOVED} and bool(old and new) and old != new
    known = kind in {None, DriftKind.REASSIGNED} and bool(memory.client_key)
    return moved or (known and memory.client_key != now.client_key)


def propose_survivor(gone: QbJob, candidates: Iterable[QbJob]) -> QbJob | None:
    """The one job that carries the name of a gone one, the nearest place first; None in doubt.

    In the same place a name that only says more or less of the same person counts too. Where two
    jobs might be meant, nobody guesses.
    """
    there = [job for job in candidates if not job.gone and job.list_id != gone.list_id]
    beside = [job for job in there if job.parent_list_id == gone.parent_list_id]
    family = [job for job in there if gone.root and job.root == gone.root]
    name = _own(gone)
    rungs = (
        [job for job in beside if same_spelling(name, _own(job))],
        [job for job in beside if _says_more(name, _own(job))],
        [job for job in family if same_spelling(name, _own(job))],
        [job for job in there if same_spelling(name, _own(job))],
    )
    found = next((rung for rung in rungs if rung), [])
    in_use = [job for job in found if job.active] or found
    return in_use[0] if len(in_use) == 1 else None


def same_spelling(one: str, other: str) -> bool:
    """Whether two names differ by case, accents, punctuation, blanks or word order at most."""
    if one.casefold() == other.casefold():
        return True
    if not (plain(one).isascii() and plain(other).isascii()):
        return False  # letters that `tokens` leaves out
    left, right = tokens(one), tokens(other)
    return bool(left) and (sorted(left) == sorted(right) or "".join(left) == "".join(right))


# ------------------------------------------------------------------ QuickBooks' side


def _gone(old: QbJob, *, used: bool, survivor: Survivor | None) -> Drift:
    name = old.full_name
    if survivor is not None:
        into = survivor.job.full_name
        how = f": {survivor.proof}" if survivor.proof else ", it seems: it carries the name"
        text = f"{name} was merged into {into} in QuickBooks{how}."
        return Drift(
            kind=DriftKind.MERGED,
            was=name,
            now=into,
            text=text,
            state=f"gone {survivor.job.list_id}",  # who ignored it is asked when another one is found
            survivor=survivor,
        )
    if used:
        text = (
            f"{name} had invoices and is gone, so it was merged in QuickBooks; into which job is "
            "not known."
        )
        return Drift(kind=DriftKind.MERGED, was=name, now="", text=text, state="gone")
    text = f"{name} was deleted or merged in QuickBooks."
    return Drift(kind=DriftKind.DELETED, was=name, now="", text=text, state="gone")


def _moved(old: QbJob, new: QbJob) -> Drift | None:
    """A customer at the top that is not known on one side says nothing."""
    known = old.root and new.root
    if old.parent_list_id == new.parent_list_id and not (known and old.root != new.root):
        return None
    return Drift(
        kind=DriftKind.MOVED,
        was=old.full_name,
        now=new.full_name,
        text=f"{old.full_name} was moved to {new.full_name}.",
        state=f"{new.parent_list_id} {new.root}",
    )


def _renamed(old: QbJob, new: QbJob) -> Drift | None:
    """After a move every name above differs, so then only the job's own name is compared."""
    before, after = old.full_name, new.full_name
    if _moved(old, new):
        before, after = _own(old), _own(new)
    if before == after:
        return None
    only_spelling = same_spelling(_own(old), _own(new))
    return Drift(
        kind=DriftKind.RESPELLED if only_spelling else DriftKind.RENAMED,
        was=before,
        now=after,
        text=f"{before} was renamed to {after}.",
        state=after if only_spelling else _own(new),
    )


def _use(old: QbJob, new: QbJob) -> Drift | None:
    was_active = old.active and not old.gone
    if was_active == new.active:
        return None
    was = "Gone" if old.gone else _activity(active=old.active)
    if new.active:
        kind, text = DriftKind.REACTIVATED, f"{new.full_name} is active in QuickBooks again."
    elif old.gone:
        return None
    else:
        kind, text = DriftKind.INACTIVATED, f"{new.full_name} was made inactive in QuickBooks."
    now = _activity(active=new.active)
    return Drift(kind=kind, was=was, now=now, text=text, state=now)


# ------------------------------------------------------------------ our side


def _ended(memory: Memory, job: SourceJob) -> Drift | None:
    if memory.job_active is None or memory.job_active == job.active:
        return None
    was, now = _activity(active=memory.job_active), _activity(active=job.active)
    if job.active:
        kind, text = DriftKind.REOPENED, f"{job.contractor} was reopened in Bilflo."
    else:
        when = f" on {job.end_date:%m/%d/%Y}" if job.end_date else ""
        kind, text = DriftKind.ENDED, f"{job.contractor} ended in Bilflo{when}."
        now = f"Ended{when}"
    return Drift(kind=kind, was=was, now=now, text=text, state=_activity(active=job.active))


def _reassigned(memory: Memory, job: SourceJob, client: str) -> Drift | None:
    if not memory.client_key or memory.client_key == job.client_key:
        return None
    was = memory.client or memory.client_key
    text = f"{job.contractor} was re-assigned from {was} to {client} in Bilflo."
    return Drift(kind=DriftKind.REASSIGNED, was=was, now=client, text=text, state=job.client_key)


def _activity(*, active: bool) -> str:
    return "Active" if active else "Inactive"


def _own(job: QbJob) -> str:
    return _own_name(job.full_name)


def _own_name(path: str) -> str:
    return path.rpartition(":")[2]


def _path(above: str, name: str) -> str:
    return f"{above}:{name}" if above else name


def _says_more(one: str, other: str) -> bool:
    """Whether the words of one name, two at least, are all in the other."""
    left, right = set(tokens(one)), set(tokens(other))
    return len(left & right) >= 2 and (left <= right or right <= left)
