"""The end of a refresh: what follows from what was read, and one sentence about it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tieout.service import keep_job_data, moments, plan_wish, refresh_mode, suggest_wish
from tieout.service.holding import held
from tieout.service.turns import Lease
from tieout.store.commits import drifts, events, listings, locks, mappings, mirror, tasks
from tieout.store.queries.books import Listing
from tieout.store.queries.exports import Task

WORDS = {
    "book": "company and preferences",
    "customer": "customers and jobs",
    "deleted": "deleted names",
    "count": "the number of names",
    "survivor": "merged jobs",
    "item": "items",
    "class": "classes",
    "terms": "terms",
    "tax_code": "sales tax codes",
}
READ = ("customer", *refresh_mode.REST)
NAMES = frozenset({"customer", "deleted"})  # where a customer or job may be found to be gone
BUNDLE = 1000  # jobs whose paths are put right in one transaction: some tenths of a second
PART_S = 2.0  # then whoever holds the lane looks around: the Web Connector waits for its reply


def seen_pass(listing: Listing) -> int:
    """A number of its own for each pass, a restarted one included."""
    return listing.pk * 10 + listing.restarts


# What follows, in this order: paths and roots below what was renamed or moved; where mapped jobs
# stand; drifts; and at last what is said about it all.
FIRST, LINKS, DRIFTS, LAST = "paths", "links", "drifts", "last"


def finish(task: Task, lease: Lease) -> bool:
    """Everything was read: restate the mappings, notice drifts, wish for plans; True at the end.

    A customer with 100,000 jobs may have been renamed, so this goes in bundles. Each is a
    transaction that also notes how far it is: killed in between, the next holder of the lane goes
    on from there. After a while the lane is handed back to be renewed, or taken by others.
    """
    enough = time.monotonic() + PART_S
    while True:
        with held(lease):
            locks.desk(company_id=task.company_id)
            over = _part(task)
        if over:
            return True
        if time.monotonic() >= enough:
            return False


def _part(task: Task) -> bool:
    """The next bundle of the stage at hand."""
    now = moments.now()
    customers = listings.one_of(task=task, kind="customer")
    end = {**_begun(), **task.params.get("end", {})}
    match end["stage"]:
        case "paths":
            _carry_down(task, customers, end)
        case "links":
            _restate(task, customers, end)
        case "drifts":
            _notice(task, end, now)
        case _:
            _conclude(task, customers, end, now)
            return True
    task.params = {**task.params, "end": end}
    tasks.note_params(task_id=task.pk, params=task.params)
    return False


def _begun() -> dict[str, Any]:
    return {
        "stage": FIRST, "after": 0, "done": 0, "again": False, "opened": {}, "noted": 0,
    }  # fmt: skip


def _carry_down(task: Task, customers: Listing, end: dict[str, Any]) -> None:
    """A full pass was told every path by QuickBooks; otherwise a rename touched only its own row."""
    if not customers.from_modified:
        mirror.settle_descendants(company_id=task.company_id)
        _go_on(end, LINKS)
        return
    count, after = mirror.carry_down_some(
        company_id=task.company_id,
        seen_pass=seen_pass(customers),
        after=end["after"],
        limit=BUNDLE,
    )
    end["done"] += count
    end["again"] = end["again"] or count > 0
    end["after"] = after or 0
    if after is None:
        if not end["again"]:
            _go_on(end, LINKS)
            return
        end["again"] = False  # once more, for the jobs below those
    if count:
        _say(task, f"Put {end['done']:,} paths right")


def _restate(task: Task, customers: Listing, end: dict[str, Any]) -> None:
    after = mappings.restate_some(
        company_id=task.company_id,
        seen_pass=seen_pass(customers) if customers.from_modified else 0,
        after=end["after"],
    )
    if after is None:
        _go_on(end, DRIFTS)
        return
    end["done"] += mappings.CHUNK
    end["after"] = after
    _say(task, f"Looked at {end['done']:,} mapped jobs")


def _notice(task: Task, end: dict[str, Any], now: datetime) -> None:
    noticed = drifts.Noticed(opened=end["opened"], noted=end["noted"])
    after = drifts.notice_some(
        company_id=task.company_id,
        now=now,
        task_id=task.pk,
        after=end["after"],
        noticed=noticed,
    )
    end["opened"], end["noted"] = noticed.opened, noticed.noted
    if noticed.target_ids:
        # what a refresh that broke off has marked as gone, this one's pass did not see
        mappings.restate(company_id=task.company_id, target_ids=sorted(noticed.target_ids))
    if after is None:
        _go_on(end, LAST)
        return
    end["done"] += drifts.CHUNK
    end["after"] = after
    _say(task, f"Compared {end['done']:,} changed mappings")


def _go_on(end: dict[str, Any], stage: str) -> None:
    end.update(stage=stage, after=0, done=0)


def _say(task: Task, message: str) -> None:
    tasks.progress(task_id=task.pk, message=message)


def _conclude(task: Task, customers: Listing, end: dict[str, Any], now: datetime) -> None:
    lists = listings.all_of(task=task)
    company_id = task.company_id
    mirror.lists_refreshed(
        company_id=company_id,
        now=now,
        whole=not customers.from_modified and customers.unbroken,
        full_because="" if customers.unbroken else "QuickBooks was interrupted the last time",
    )
    changed = any(each.changed or (each.gone and each.kind not in NAMES) for each in lists)
    mappings.plan_after_refresh(company_id=company_id, everything=changed)
    plan_wish.want_planning(company_id, now, task.requested_by)
    suggest_wish.want_suggestions(company_id, now, task.requested_by)
    if not customers.from_modified:
        keep_job_data.want(company_id=company_id, now=now, user=task.requested_by)
    counts = {each.kind: each.seen for each in lists if each.kind in READ}
    result = {
        "seen": counts,
        "gone": {each.kind: each.gone for each in lists if each.gone},
        "full": not customers.from_modified,
        "drifts": end["opened"],
        "noted": end["noted"],
    }
    message = _summary(task, lists, counts, sum(end["opened"].values()))
    tasks.finish(task_id=task.pk, now=now, message=message, result=result)
    _tell(task, result, now)


def _tell(task: Task, result: dict[str, object], now: datetime) -> None:
    entry = events.Entry(verb="refreshed", subject="lists", after=result)
    events.append(company_id=task.company_id, at=now, actor=task.requested_by, entries=[entry])


def _summary(task: Task, lists: Sequence[Listing], counts: dict[str, int], opened: int) -> str:
    by_kind = {each.kind: each for each in lists}
    customers = by_kind["customer"]
    gone = sum(each.gone for each in lists if each.kind in NAMES)
    if customers.from_modified:
        text = _changed(customers, gone)
    else:
        parts = [f"{n:,} {WORDS[kind]}" for kind, n in counts.items()]
        text = "Read " + ", ".join(parts) + "."
        if gone:
            text += f" {gone:,} job{_s(gone)} {_are(gone)} no longer in QuickBooks."
        because = task.params.get("because", "")
        if because and not task.params.get("full"):
            text += f" All of it, because {because}."
    if any(not each.unbroken for each in lists):
        text += " QuickBooks was interrupted, so nothing was concluded to be gone."
    if opened:
        verb = "waits" if opened == 1 else "wait"
        text += f" {opened:,} change{_s(opened)} under mappings {verb} in the Drift inbox."
    return text


def _changed(customers: Listing, gone: int) -> str:
    """12 changed since 10:32; nothing is gone. In the clock of the QuickBooks machine."""
    since = refresh_mode.since(customers)
    when = f"{since:%m/%d %H:%M}" if since else "the last time"
    what = f"{customers.seen:,}" if customers.seen else "Nothing"
    lost = f"{gone:,} {_are(gone)} gone" if gone else "nothing is gone"
    return f"{what} changed since {when} in QuickBooks; {lost}."


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
