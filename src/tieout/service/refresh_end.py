"""The end of a refresh: what follows from what was read, and one sentence about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tieout.service import keep_job_data, moments, plan_wish, refresh_mode, suggest_wish
from tieout.service.holding import held
from tieout.service.turns import Lease
from tieout.store.commits import drifts, events, listings, mappings, mirror, tasks
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


def seen_pass(listing: Listing) -> int:
    """A number of its own for each pass, a restarted one included."""
    return listing.pk * 10 + listing.restarts


def finish(task: Task, lease: Lease) -> None:
    """Everything was read: restate the mappings, notice drifts, wish for plans."""
    now = moments.now()
    lists = listings.all_of(task=task)
    customers = next(each for each in lists if each.kind == "customer")
    company_id = task.company_id
    with held(lease):
        targets = _settle(company_id, customers)
        mappings.restate(company_id=company_id, target_ids=targets)
        noticed = drifts.notice(company_id=company_id, now=now, task_id=task.pk)
        mirror.lists_refreshed(
            company_id=company_id,
            now=now,
            whole=not customers.from_modified and customers.unbroken,
            full_because="" if customers.unbroken else "QuickBooks was interrupted the last time",
        )
        changed = any(each.changed or (each.gone and each.kind != "customer") for each in lists)
        mappings.plan_after_refresh(company_id=company_id, everything=changed)
        plan_wish.want_planning(company_id, now, task.requested_by)
        suggest_wish.want_suggestions(company_id, now, task.requested_by)
        if not customers.from_modified:
            keep_job_data.want(company_id=company_id, now=now, user=task.requested_by)
        counts = {each.kind: each.seen for each in lists if each.kind in READ}
        gone = {each.kind: each.gone for each in lists if each.gone}
        result = {
            "seen": counts,
            "gone": gone,
            "full": not customers.from_modified,
            "drifts": noticed.opened,
            "noted": noticed.noted,
        }
        message = _summary(task, lists, counts, noticed)
        tasks.finish(task_id=task.pk, now=now, message=message, result=result)
        _tell(task, result, now)


def _tell(task: Task, result: dict[str, object], now: datetime) -> None:
    entry = events.Entry(verb="refreshed", subject="lists", after=result)
    events.append(company_id=task.company_id, at=now, actor=task.requested_by, entries=[entry])


def _settle(company_id: int, customers: Listing) -> list[int] | None:
    """Put paths and roots right; the QuickBooks jobs that mappings must look at, None for all."""
    if not customers.from_modified:
        mirror.settle_descendants(company_id=company_id)
        return None
    return mirror.settle_changed(company_id=company_id, seen_pass=seen_pass(customers))


def _summary(
    task: Task, lists: Sequence[Listing], counts: dict[str, int], noticed: drifts.Noticed
) -> str:
    by_kind = {each.kind: each for each in lists}
    customers = by_kind["customer"]
    gone = sum(each.gone for each in lists if each.kind in {"customer", "deleted"})
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
    opened = noticed.opened_count
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
