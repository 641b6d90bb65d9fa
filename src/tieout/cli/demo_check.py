"""The figures of the demo, in the shape of the sample agency's expected.json, and what differs."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from tieout.core.exporting import State
from tieout.core.facts import Reason
from tieout.core.money import ZERO
from tieout.sandbox import CompanyFile

Figures = dict[str, Any]
Difference = dict[str, str]
MARKER = "[tieout:"


def source(company_id: int) -> Figures:
    """What was imported."""
    from tieout.store.queries import postings
    from tieout.store.queries import source as imported

    counts = imported.counts(company_id=company_id)
    standings = postings.by_standing(company_id=company_id)
    return {
        "clients": counts["clients"],
        "contractor_jobs": counts["jobs"],
        "pay_bill_items": counts["items"],
        "invoices": counts["invoices"],
        "invoice_lines": postings.source_lines(company_id=company_id),
        "total": str(sum((each.total for each in standings.values()), ZERO)),
    }


def ready(company_id: int) -> Figures:
    """What can be exported now."""
    from tieout.store.queries import postings

    tally = postings.by_standing(company_id=company_id).get("ready", postings.Tally())
    planned = postings.by_state(company_id=company_id).get(State.READY.value, postings.Tally())
    return {"invoices": tally.count, "total": str(tally.total), "postings": planned.count}


def blocked(company_id: int) -> Figures:
    """What cannot, by first reason, in the order in which the reasons are listed.

    Invoices that wait for a person after they met QuickBooks are told by `number_taken`.
    """
    from tieout.store.queries import postings

    found = postings.by_reason(company_id=company_id)
    held = postings.held_for_person(company_id=company_id)
    rest = {
        name: postings.Tally(
            count=tally.count - held.get(name, postings.Tally()).count,
            total=tally.total - held.get(name, postings.Tally()).total,
        )
        for name, tally in found.items()
    }
    order = [reason.value for reason in Reason]
    return {
        "invoices": sum(each.count for each in rest.values()),
        "total": str(sum((each.total for each in rest.values()), ZERO)),
        "by_reason": {
            name: {"invoices": rest[name].count, "total": str(rest[name].total)}
            for name in sorted(rest, key=order.index)
            if rest[name].count
        },
    }


def number_taken(company_id: int) -> list[Figures]:
    """What waits for a person because its number is taken in QuickBooks."""
    from tieout.store.queries import postings

    return [
        {"number": row.number, "full_name": row.customer, "total": str(row.total)}
        for row in postings.each(company_id=company_id, states=[State.NEEDS_PERSON])
    ]


def exported_so_far(company_id: int) -> Figures:
    """Everything that was exported, ever."""
    from tieout.store.queries import postings

    rows = list(postings.each(company_id=company_id, states=[State.EXPORTED]))
    invoices = postings.by_standing(company_id=company_id).get("exported", postings.Tally())
    return {
        "invoices": invoices.count,
        "postings": len(rows),
        "credit_memos": sum(row.kind == "credit_memo" for row in rows),
        "total": sum((row.total for row in rows), ZERO),
    }


def exported_since(company_id: int, before: Figures) -> Figures:
    """What was exported since then."""
    now = exported_so_far(company_id)
    since = {name: now[name] - before[name] for name in before}
    return {**since, "total": str(since["total"])}


def per_job(company_id: int) -> Figures:
    """Postings and dollars per Customer:Job, by Tieout's own book."""
    from tieout.store.queries import postings

    sums: dict[str, list[Decimal]] = {}
    for row in postings.each(company_id=company_id, states=[State.EXPORTED]):
        sums.setdefault(row.customer, []).append(row.total)
    return {
        name: {"postings": len(sums[name]), "total": str(sum(sums[name], ZERO))}
        for name in sorted(sums)
    }


def book_differences(company_file: Path, ours: Figures) -> list[Difference]:
    """Where QuickBooks' own file, read without Tieout's road to it, says something else."""
    company = CompanyFile(company_file)
    try:
        rows = company.list_invoices() + company.list_invoices(kind="CreditMemo")
    finally:
        company.close()
    theirs: dict[str, list[Decimal]] = {}
    for row in rows:
        if MARKER in row.memo:
            total = -row.total if row.kind == "CreditMemo" else row.total
            theirs.setdefault(row.customer, []).append(total)
    counted = {
        name: {"postings": len(totals), "total": str(sum(totals, ZERO))}
        for name, totals in theirs.items()
    }
    return [
        {**each, "what": f"company file, {each['what']}"} for each in differences(ours, counted)
    ]


def differences(expected: Any, got: Any, *, what: str = "") -> list[Difference]:
    """Every figure that is not the same, with the way to it."""
    if isinstance(expected, dict) and isinstance(got, dict):
        found: list[Difference] = []
        for name in [*expected, *(name for name in got if name not in expected)]:
            path = f"{what} / {name}" if what else str(name)
            found += differences(expected.get(name), got.get(name), what=path)
        return found
    if expected == got:
        return []
    return [{"what": what, "expected": str(expected), "got": str(got)}]
