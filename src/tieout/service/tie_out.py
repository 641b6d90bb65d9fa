"""Tie out: read back every invoice and credit memo of the period and compare both books.

Reading is paged like every listing; what was read is kept in rows until the comparison. The
period reaches from the first to the last exported invoice unless the task names another; an
invoice or credit memo of ours that somebody dated out of the period is looked up by its id, so
that it is named *date*, not *missing*.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.core import comparing, facts
from tieout.core.money import show
from tieout.quickbooks import qbxml, translate
from tieout.quickbooks.qbxml import credits as qbxml_credits
from tieout.quickbooks.qbxml import status as codes
from tieout.service import adopt_set_aside, confirm_gone, long_answers, moments
from tieout.service.access import Access
from tieout.service.long_answers import Head
from tieout.service.turns import Lease, Place, Question, Trouble
from tieout.store.commits import events, lanes, listings, tasks
from tieout.store.commits import tie_outs as commits
from tieout.store.queries import books
from tieout.store.queries import tie_outs as queries
from tieout.store.queries.books import Listing
from tieout.store.queries.exports import Task
from tieout.store.queries.tie_outs import TieOut

KINDS = ("invoice", "credit_memo", "stray", "stray_credit")
STRAYS = {"stray", "stray_credit"}
ROWS = 200
STRAYS_MAX = 500  # ids asked for in one message
RESTARTS_MAX = 5


class CannotTieOut(Exception):
    """The wish cannot be fulfilled; the text says why and what to do. Nothing changed."""


def start(
    *,
    access: Access,
    now: datetime,
    from_date: date | None = None,
    to_date: date | None = None,
) -> Task:
    """Ask for a tie-out of the period, both days included; None reaches as far as was exported.

    One is open at a time: while one waits or runs, that one is answered. Raises CannotTieOut.
    """
    if not access.can_tie_out:
        message = "Your role does not allow a tie-out. Ask a Biller or a Super User."
        raise CannotTieOut(message)
    if from_date and to_date and from_date > to_date:
        message = (
            f"The period begins ({from_date:%m/%d/%Y}) after it ends ({to_date:%m/%d/%Y}): "
            "exchange the two days."
        )
        raise CannotTieOut(message)
    given = {"from_date": from_date, "to_date": to_date}
    params = {name: day.isoformat() for name, day in given.items() if day}
    company_id = access.company.pk
    with transaction.atomic():
        lanes.lock(company_id=company_id)  # two clicks at once make one task
        open_ = tasks.open_task(company_id=company_id, kind=Task.Kind.TIE_OUT)
        if open_ is not None:
            return open_
        entry = events.Entry(verb="asked", subject="tie_out", after=params)
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
        return tasks.request(
            company_id=company_id,
            kind=Task.Kind.TIE_OUT,
            now=now,
            user=access.user,
            params=params,
        )


def ask(task: Task) -> Question | None:
    """The question for the next page; None when everything was read."""
    tie_out = commits.open_tie_out(task=task, now=moments.now())
    page = _next_page(listings.begin(task=task, kinds=KINDS), tie_out)
    if page is None:
        return None
    listing = page.listing
    place: Place = {
        "listing": listing.pk,
        "seen": listing.seen,
        "restarts": listing.restarts,
        "asked": page.asked,
    }
    return Question(request=qbxml.render([page.request]), place=place)


def take(
    *,
    task: Task,
    place: Place,
    lease: Lease,
    answer: Answer,
    took_s: float,
) -> Trouble | None:
    """Act on the answer to a question; one that came before changes nothing any more."""
    listing = listings.at_place(task=task, place=place)
    if listing is None:
        return None
    if answer.outcome is not Outcome.RESPONSE:
        _lose_page(listing, lease, answer)
        return Trouble(problem=answer.message, remedy=answer.remedy)
    return _keep_page(task, listing, int(place["asked"]), answer, lease)


def _lose_page(listing: Listing, lease: Lease, answer: Answer) -> None:
    """A page that QuickBooks may have read out is not read out again by its iterator."""
    if listing.iterator_id and answer.outcome not in {Outcome.NOT_SENT, Outcome.BUSY}:
        with transaction.atomic():
            lanes.check(company_id=lease.company_id, epoch=lease.epoch)
            _restart(listing)
            listings.save(listing)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is asked next, and for which listing; `asked` counts ids that were named."""

    listing: Listing
    request: qbxml.Request
    asked: int = 0


def _next_page(lists: list[Listing], tie_out: TieOut) -> _Page | None:
    """None when everything was asked.

    Strays are looked for anew each time: an invoice that was exported while the period was being
    read is asked for too, instead of being taken for missing.
    """
    if tie_out.from_date is None:
        return None
    for listing in lists:
        if listing.kind in STRAYS:
            question = _stray_question(listing, tie_out)
            if question is not None:
                return question
        elif listing.state != "done":
            return _Page(listing, _period_query(listing, tie_out))
    return None


def _period_query(listing: Listing, tie_out: TieOut) -> qbxml.Request:
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


def _stray_question(listing: Listing, tie_out: TieOut) -> _Page | None:
    credit_memos = listing.kind == "stray_credit"
    ids = commits.stray_ids(
        tie_out=tie_out, credit_memos=credit_memos, start=listing.seen, limit=STRAYS_MAX
    )
    if not ids:
        return None
    query = qbxml_credits.CreditMemoQuery if credit_memos else qbxml.InvoiceQuery
    request = query(
        request_id=f"{listing.kind}-{listing.seen}",
        txn_ids=tuple(ids),
        include=translate.IDENTITY,
    )
    return _Page(listing, request, len(ids))


def _keep_page(
    task: Task, listing: Listing, asked: int, answer: Answer, lease: Lease
) -> Trouble | None:
    """Keep a page, all of it or nothing; a damaged one is lost, as if it had not come."""
    tie_out = commits.open_tie_out(task=task, now=moments.now())
    head, trouble = Head(), None
    other_session = bool(listing.iterator_id) and answer.session_id != listing.session_id
    try:
        with transaction.atomic():
            lanes.check(company_id=lease.company_id, epoch=lease.epoch)
            count = 0
            for rets in () if other_session else long_answers.batches(answer, head):
                read = [qbxml.typed(ret) for ret in rets]
                adopt_set_aside.adopt(company_id=task.company_id, sales=read, now=moments.now())
                sales = [translate.their_invoice(sale) for sale in read]
                commits.add_theirs(tie_out=tie_out, invoices=sales, stray=listing.kind in STRAYS)
                count += len(rets)
            trouble = _turn_over(task, listing, asked or count, head.response, answer)
    except qbxml.MalformedResponse as error:
        _lose_page(listing, lease, answer)
        return Trouble(problem=str(error), remedy="Tieout reads this page again.")
    return trouble


def _turn_over(
    task: Task, listing: Listing, count: int, said: qbxml.ResponseStart | None, answer: Answer
) -> Trouble | None:
    """Note how the list goes on, or that its iterator died (`said` is None in another session)."""
    refused = said is not None and said.status.code not in {0, 1, 500}
    lost = said is None or (refused and bool(listing.iterator_id))
    if said is not None and refused and not lost:
        rule = codes.lookup(said.status.code, write=False)
        return Trouble(problem=said.status.message, remedy=rule.remedy)
    if lost and listing.restarts >= RESTARTS_MAX:
        return Trouble(
            problem="QuickBooks ended its session again and again while invoices were read.",
            remedy="Close other programs that use QuickBooks, then tie out again.",
        )
    if said is None or lost:
        _restart(listing)
    else:
        _go_on(listing, count, said, answer)
    listings.save(listing)
    tasks.progress(
        task_id=task.pk,
        done=listing.seen,
        total=listing.seen + (listing.remaining or 0),
        message=f"{_READING[listing.kind]}: {listing.seen:,}",
    )
    return None


_READING = {
    "invoice": "Reading invoices",
    "credit_memo": "Reading credit memos",
    "stray": "Looking for invoices outside of the period",
    "stray_credit": "Looking for credit memos outside of the period",
}


def _go_on(listing: Listing, count: int, said: qbxml.ResponseStart, answer: Answer) -> None:
    listing.session_id = answer.session_id
    listing.seen += count
    if listing.kind in STRAYS:
        return
    listing.remaining = said.remaining or 0
    listing.iterator_id = said.iterator_id if listing.remaining else ""
    listing.state = "reading" if listing.remaining else "done"


def _restart(listing: Listing) -> None:
    """The iterator died with its session: read this kind again; what was kept is kept once."""
    listing.restarts += 1
    listing.iterator_id = listing.session_id = ""
    listing.seen = 0


def finish(task: Task, lease: Lease) -> bool:
    """Everything was read: compare both books and sign off the figures."""
    now = moments.now()
    tie_out = commits.open_tie_out(task=task, now=now)
    ours = commits.our_invoices(tie_out=tie_out)
    theirs = commits.their_invoices(tie_out=tie_out)
    result = comparing.compare(ours, theirs, heirs=queries.heirs(company_id=task.company_id))
    names = books.customer_names(
        company_id=task.company_id,
        list_ids={total.customer_list_id for total in result.totals},
    )
    with transaction.atomic():
        lanes.check(company_id=lease.company_id, epoch=lease.epoch)
        commits.save_result(
            tie_out=tie_out, result=result, postings_count=len(ours), names=names, now=now
        )
        tasks.finish(
            task_id=task.pk,
            now=now,
            message=f"Difference {show(result.difference)} over {len(ours):,} exported invoices.",
            result=_in_short(result, len(ours)),
        )
        confirm_gone.want(
            company_id=task.company_id, txn_ids=_to_ask_about(task.company_id, result), now=now
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
    return True


def _to_ask_about(company_id: int, result: facts.TieOut) -> dict[int, str]:
    """Posting -> the TxnID under which QuickBooks is asked what became of it."""
    paired = {
        each.ours.posting_id: each.theirs.txn_id if each.theirs else each.ours.txn_id
        for each in result.findings
        if each.ours and each.verdict is not facts.Verdict.DUPLICATE
    }
    tied = {
        each.ours.posting_id
        for each in result.findings
        if each.ours and each.verdict is facts.Verdict.TIED
    }
    chosen = commits.to_ask_about(
        company_id=company_id, differing=paired.keys() - tied, paired=paired.keys()
    )
    asked = {pk: second or paired[pk] for pk, second in chosen.items()}
    return {pk: txn_id for pk, txn_id in asked.items() if txn_id}


def _in_short(result: facts.TieOut, postings: int) -> dict[str, str | int | bool]:
    return {
        "postings": postings,
        "ours": str(result.ours),
        "theirs": str(result.theirs),
        "difference": str(result.difference),
        "tied": result.tied,
    }
