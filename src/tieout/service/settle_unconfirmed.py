"""Find out what became of a posting whose answer is missing, one question at a time.

The order is: an answer that was kept but not acted on, the connector's own journal, the answer
that QuickBooks stored under the set id, then a search of the company file. Nothing is sent again
before absence is proved behind a fence: the worker of the call is dead and a later QuickBooks
session answered, which the connector says by *abandoned*.
"""

from __future__ import annotations

from tieout.channels.base import Answer, Outcome
from tieout.core import exporting
from tieout.core.exporting import Event, State
from tieout.quickbooks import qbxml, translate
from tieout.quickbooks.translate import Reading
from tieout.service.exporter import Exporter, Trouble
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Exchange


def settle(exporter: Exporter) -> Trouble | None:
    """Take the posting as far as evidence goes now; a Trouble says why it must wait."""
    posting = exporter.posting
    write = queries.last_write(posting_id=posting.pk)
    if write is None:
        message = f"Posting {posting.pk} is {posting.state} but no write of it was noted."
        raise RuntimeError(message)
    exporter.exchange = write
    if posting.state == State.SENDING:
        kept = _kept_answer(write)
        exporter.answer = kept
        if kept is not None:
            exporter.judge_write(kept)
            return None
        exporter.meet(Event.SILENCE)  # its worker is gone: whoever sends judges at once
    if posting.state == State.RESENDABLE:
        if posting.writes > exporting.RESENDS_MAX:
            exporter.meet(Event.LIMIT)
            return None
        return exporter.send()
    return _recover(exporter, write)


def _kept_answer(write: Exchange) -> Answer | None:
    """The answer that was kept before its worker died, if it says anything."""
    if write.outcome not in {"response", "hresult", "not sent"}:
        return None
    return Answer(
        outcome=Outcome(write.outcome),
        qbxml=bytes(write.answer),
        hresult=write.hresult,
        stage=write.stage,
        message=write.message,
        # an HRESULT proves nothing by itself here: it is looked up again
        money_affected=None,
    )


def _recover(exporter: Exporter, write: Exchange) -> Trouble | None:
    line = exporter.line
    answer = line.channel.recall(
        write.call_id, company_file=line.company_file, app_name=line.app_name
    )
    exporter.answer = answer
    match answer.outcome:
        case Outcome.RESPONSE | Outcome.NOT_SENT | Outcome.HRESULT:
            exporter.judge_write(answer)
            undecided = exporter.posting.state == State.UNCONFIRMED
            return _look(exporter, write) if undecided else None
        case Outcome.ABANDONED:
            return _look(exporter, write)
        case _:
            return _wait(exporter, answer.message, answer.remedy)


def _look(exporter: Exporter, write: Exchange) -> Trouble | None:
    """The call is over and will not run any more: ask QuickBooks what it holds."""
    posting = exporter.posting
    expected = exporter.expected
    stored = exporter.ask(
        Exchange.Purpose.STATUS_CHECK, translate.render_status_check(posting.set_id)
    )
    if stored.outcome is not Outcome.RESPONSE:
        return _wait(exporter, stored.message, stored.remedy)
    try:
        reading = translate.read_status_check(stored.qbxml, expected)
        if reading.event is not None:
            exporter.meet(reading.event, reading)
            return None
        answer = exporter.ask(
            Exchange.Purpose.SEARCH,
            translate.render_search(expected, sent_at=write.created_at.replace(tzinfo=None)),
        )
        if answer.outcome is not Outcome.RESPONSE:
            return _wait(exporter, answer.message, answer.remedy)
        reading = translate.read_search(answer.qbxml, expected, fenced=True)
    except qbxml.MalformedResponse as error:
        return _wait(exporter, str(error), "Tieout asks again by itself.")
    return _conclude(exporter, reading)


def _conclude(exporter: Exporter, reading: Reading) -> Trouble | None:
    if reading.event is None or reading.event is Event.SILENCE:
        return _wait(exporter, reading.message, reading.remedy)
    exporter.meet(reading.event, reading)
    return None


def _wait(exporter: Exporter, problem: str, remedy: str) -> Trouble:
    """Still unconfirmed: say why, and look again a little later each time."""
    exporter.posting.recoveries += 1
    exporter.posting.due_at = exporter.later()
    exporter.meet(Event.SILENCE)
    return Trouble(
        problem=problem or "QuickBooks has not answered yet.",
        remedy=remedy or "Tieout asks again by itself.",
    )
