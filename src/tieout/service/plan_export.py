"""Plan the invoices that wait for it, bundle by bundle; each bundle is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from tieout.core import facts, keys, planning
from tieout.service import moments, posting_content
from tieout.store.commits import planning as commits
from tieout.store.queries import companies
from tieout.store.queries import planning as queries

BUNDLE = 300
FIRST = 1  # revision of the first export; what is sent anew after a void is the next one


def plan_waiting(
    *, company_id: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> int:
    """Plan every invoice of the company that waits; returns how many were planned.

    `progress(done, total)` is called after each bundle. Killed in the middle, the rest still
    waits and the next run goes on with it.
    """
    with transaction.atomic():
        commits.free_numbers(company_id=company_id)
    total = queries.count_to_plan(company_id=company_id)
    done = last = 0
    while ids := queries.invoices_to_plan(company_id=company_id, after_id=last, limit=BUNDLE):
        plan_invoices(company_id=company_id, invoice_ids=ids, now=moments.now())
        last = ids[-1]
        done += len(ids)
        progress(done, max(total, done))
    return done


def plan_invoices(*, company_id: int, invoice_ids: Sequence[int], now: datetime) -> int:
    """Plan those of these invoices that wait for it; returns how many were saved."""
    with transaction.atomic():
        bundle = queries.bundle(company_id=company_id, invoice_ids=invoice_ids)
        company_key = companies.key_of(company_id=company_id)
        planned = [_planned(invoice, bundle, company_key) for invoice in bundle.invoices]
        return commits.save_plans(company_id=company_id, planned=planned, now=now)


def what_if(*, company_id: int, invoice_id: int, anew: str | None = None) -> facts.Plan:
    """What a plan of this invoice would say now; nothing is saved. Inside a transaction.

    `anew`: the part (by its job key) that gets another number than it had.
    """
    bundle = queries.bundle(company_id=company_id, invoice_ids=[invoice_id])
    invoice = bundle.invoices[0]
    if anew is None:
        return _plan(invoice, bundle)
    kept = dict(bundle.kept.get(invoice.key, {}))
    former = kept.pop(anew, "")
    if former:
        kept[queries.reserved(former)] = former
    return _plan(invoice, replace(bundle, kept={**bundle.kept, invoice.key: kept}))


def _plan(invoice: facts.SourceInvoice, bundle: queries.Bundle) -> facts.Plan:
    return planning.plan(
        invoice,
        client=bundle.clients.get(invoice.client_key),
        jobs=bundle.jobs,
        items=bundle.items,
        links=bundle.links,
        rules=replace(bundle.rules, syncing=bundle.begun.get(invoice.key, bundle.rules.syncing)),
        books=bundle.books,
        kept=bundle.kept.get(invoice.key, {}),
        taken=_TakenByOthers(bundle.taken, invoice.key),
    )


def _planned(
    invoice: facts.SourceInvoice, bundle: queries.Bundle, company_key: str
) -> commits.PlannedInvoice:
    plan = _plan(invoice, bundle)
    # parts planned in this very bundle take their numbers from those that follow
    for posting in plan.postings:
        bundle.taken.setdefault(posting.number, invoice.key)
    return commits.PlannedInvoice(
        plan=plan,
        contents={p.job_key: posting_content.to_json(p) for p in plan.postings},
        identities={p.job_key: identity(p, company_key) for p in plan.postings},
    )


class _TakenByOthers:
    """The numbers that invoices other than this one have, without copying them all."""

    def __init__(self, taken: Mapping[str, str], own_key: str) -> None:
        self.taken = taken
        self.own_key = own_key

    def __contains__(self, number: object) -> bool:
        return self.taken.get(str(number), self.own_key) != self.own_key


def identity(
    posting: facts.Posting, company_key: str, *, revision: int = FIRST
) -> commits.Identity:
    """The names under which this revision of the part is found again in QuickBooks."""
    key = keys.posting_key(
        company_key=company_key,
        source_key=posting.source_key,
        job_key=posting.job_key,
        revision=revision,
    )
    guid = keys.external_guid(company_key=company_key, key=key)
    return commits.Identity(key=key, guid=guid)
