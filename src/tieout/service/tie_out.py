"""Tie out: read back every invoice and credit memo of the period and compare both books.

Reading is paged like every listing; what was read is kept in rows until the comparison. The
period reaches from the first to the last exported invoice unless the task names another; an
invoice of ours that somebody dated out of the period is looked up by its id, so that it is
named *date*, not *missing*.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core import comparing, facts
from tieout.core.money import show
from tieout.quickbooks import qbxml, translate
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.qbxml import status as codes
from tieout.service import moments
from tieout.service.access import Access
from tieout.service.connect import Line
from tieout.service.exporter import Lease, Trouble
from tieout.store.commits import events, lanes, mirror, tasks
from tieout.store.commits import tie_outs as commits
from tieout.store.queries import books
from tieout.store.queries.books import Listing
from tieout.store.queries.exports import Task
from tieout.store.queries.tie_outs import TieOut

KINDS = ("invoice", "credit_memo", "stray")
ROWS = 200
STRAYS_MAX = 500  # ids asked for in one message
RESTARTS_MAX = 5


def start(*, access: Access, now: datetime) -> Task:
    """Ask for a tie-out over everything exported; one is open at a time."""
    with transaction.atomic():
        open_ = tasks.open_task(company_id=access.company.pk, kind=Task.Kind.TIE_OUT)
        return open_ or tasks.request(
            company_id=access.company.pk, kind=Task.Kind.TIE_OUT, now=now, user=access.user
        )


def step(*, task: Task, lease: Lease, line: Line) -> Trouble | None:
    """Read the next page, or compare when all was read."""
    now = moments.now()
    tie_out = commits.open_tie_out(task=task, now=now)
    listings = mirror.open_listings(task=task, kinds=KINDS)
    listing = next((each for each in listings if each.state != "done"), None)
    if listing is None or tie_out.from_date is None:
        _conclude(task, tie_out, lease)
        return None
    query = _query(listing, tie_out)
    if query is None:
        listing.state = "done"
        listing.save()
        return None
    answer = line.channel.deliver(line.ask(qbxml.render([query])))
    if answer.outcome is not Outcome.RESPONSE:
        return Trouble(problem=answer.message, remedy=answer.remedy)
    return _keep_page(task, tie_out, listing, answer, lease)


def _query(listing: Listing, tie_out: TieOut) -> qbxml.Request | None:
    """The next question; None when there is nothing to ask."""
    if listing.kind == "stray":
        strays = _strays(tie_out)[listing.seen : listing.seen + STRAYS_MAX]
        return (
            qbxml.InvoiceQuery(
                request_id="strays", txn_ids=tuple(strays), include=translate.IDENTITY
            )
            if strays
            else None
        )
    query = qbxml.InvoiceQuery if listing.kind == "invoice" else qbxml_credits.CreditMemoQuery
    iterate = (
        qbxml.Iterate("Continue", listing.iterator_id)
        if listing.iterator_id
        else qbxml.Iterate("Start")
    )
    return query(
        request_id=f"{listing.kind}-{listing.seen}",
        iterator=iterate,
        max_returned=ROWS,
        from_txn_date=tie_out.from_date,
        to_txn_date=tie_out.to_date,
        include=translate.IDENTITY,
    )


def _strays(tie_out: TieOut) -> list[str]:
    """Ids of ours that the period did not bring: moved in time, or no longer there."""
    found = {each.txn_id for each in commits.their_invoices(tie_out=tie_out)}
    return [
        each.txn_id
        for each in commits.our_invoices(tie_out=tie_out)
        if each.total >= 0 and each.txn_id and each.txn_id not in found
    ]


def _keep_page(
    task: Task, tie_out: TieOut, listing: Listing, answer: Answer, lease: Lease
) -> Trouble | None:
    try:
        response = qbxml.parse_response(answer.qbxml).responses[0]
    except (qbxml.MalformedResponse, IndexError) as error:
        return Trouble(problem=str(error), remedy="Tieout reads this page again.")
    lost = bool(listing.iterator_id) and (
        answer.session_id != listing.session_id or response.status.code not in {0, 1, 500}
    )
    if not lost and response.status.code not in {0, 1, 500}:
        rule = codes.lookup(response.status.code, write=False)
        return Trouble(problem=response.status.message, remedy=rule.remedy)
    if lost and listing.restarts >= RESTARTS_MAX:
        return Trouble(
            problem="QuickBooks ended its session again and again while invoices were read.",
            remedy="Close other programs that use QuickBooks, then tie out again.",
        )
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        if lost:
            _restart(listing)
        else:
            sales = [translate.their_invoice(ret) for ret in response.rets]
            commits.add_theirs(
                tie_out=tie_out, invoices=[each for each in sales if each is not None]
            )
            _go_on(listing, response, answer)
        listing.save()
        tasks.progress(
            task_id=task.pk,
            done=listing.seen,
            total=listing.seen + (listing.remaining or 0),
            message=f"Reading {listing.kind.replace('_', ' ')}s: {listing.seen:,}",
        )
    return None


def _go_on(listing: Listing, response: qbxml.Response, answer: Answer) -> None:
    listing.session_id = answer.session_id
    if listing.kind == "stray":
        listing.seen += STRAYS_MAX
        listing.state = "reading"
        return
    listing.seen += len(response.rets)
    listing.remaining = response.remaining or 0
    listing.iterator_id = response.iterator_id if listing.remaining else ""
    listing.state = "reading" if listing.remaining else "done"


def _restart(listing: Listing) -> None:
    """The iterator died with its session: read this kind again; what was kept is kept once."""
    listing.restarts += 1
    listing.iterator_id = listing.session_id = ""
    listing.seen = 0


def _conclude(task: Task, tie_out: TieOut, lease: Lease) -> None:
    now = moments.now()
    ours = commits.our_invoices(tie_out=tie_out)
    theirs = commits.their_invoices(tie_out=tie_out)
    result = comparing.compare(ours, theirs)
    names = books.customer_names(
        company_id=task.company_id,
        list_ids={total.customer_list_id for total in result.totals},
    )
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        commits.save_result(tie_out=tie_out, result=result, names=names, now=now)
        tasks.finish(
            task_id=task.pk,
            now=now,
            message=f"Difference {show(result.difference)} over {len(ours):,} exported postings.",
            result=_in_short(result, len(ours)),
        )
        events.append(
            company_id=task.company_id,
            at=now,
            actor=task.requested_by,
            entries=[
                events.Entry(
                    verb="tied out",
                    subject="tie_out",
                    subject_key=str(tie_out.pk),
                    after=_in_short(result, len(ours)),
                )
            ],
        )


def _in_short(result: facts.TieOut, postings: int) -> dict[str, str | int | bool]:
    return {
        "postings": postings,
        "ours": str(result.ours),
        "theirs": str(result.theirs),
        "difference": str(result.difference),
        "tied": result.tied,
    }
