"""Find out what became of a write whose answer is missing, one question at a time.

Which question is next, and when absence counts, is decided by `core.recovering`; this module
knows where the facts for that stand, and what is done with each answer. The caller holds the
lane's epoch and the row's lock.
"""

from __future__ import annotations

from datetime import timedelta

from tieout.channels.base import Answer, Outcome
from tieout.core import exporting, recovering
from tieout.core.exporting import Event, State
from tieout.core.recovering import Ask, Looked
from tieout.quickbooks import qbxml, readings, translate
from tieout.service import fences, moments
from tieout.service.exporter import JOURNAL, Exporter
from tieout.service.turns import Message, Road, RoadKind, Trouble
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Exchange, Row

_OLD_SESSION = (
    "QuickBooks does not hold it, but its present session began while the former update of the "
    "Web Connector still called: it is no proof that nothing comes any more."
)


_OTHER_JOURNAL = (
    "Another connector answers than the one that was handed the message: it cannot know if that "
    "one still runs it."
)


def next_ask(exporter: Exporter) -> Ask:
    """What is asked next about the row; RECALL needs no look at the company file before it."""
    return recovering.next_ask(_looked(exporter, _write(exporter)))


def ask(exporter: Exporter) -> Message:
    """The message for the next question."""
    write = _write(exporter)
    match next_ask(exporter):
        case Ask.RECALL:
            return exporter.question(Exchange.Purpose.RECALL, b"", recall=write.call_id)
        case Ask.STATUS_CHECK:
            return exporter.question(
                Exchange.Purpose.STATUS_CHECK,
                translate.render_status_check(exporter.row.set_id),
                set_id=exporter.row.set_id,
                place={"silent": int(fences.is_silent(write=write))},
            )
        case Ask.SEARCH:
            sent_at = queries.first_write_at(row=exporter.row) or write.created_at
            return exporter.question(
                Exchange.Purpose.SEARCH, exporter.subject.search(sent_at=sent_at)
            )


def resend(exporter: Exporter) -> Message | None:
    """The same bytes once more, or nothing: a person decides after so many, an old proof is void."""
    row = exporter.row
    if row.writes > exporting.RESENDS_MAX and _in_quickbooks(row) > exporting.RESENDS_MAX:
        exporter.meet(Event.LIMIT)
        return None
    if row.proof_epoch != exporter.turn.lease.epoch:
        exporter.meet(Event.GIVE_BACK)  # looked for in another holding of the lane: look again
        return None
    return exporter.send()


def _in_quickbooks(row: queries.Row) -> int:
    return queries.times_in_quickbooks(company_id=row.company_id, set_id=row.set_id)


def take(exporter: Exporter, *, purpose: str, place: dict[str, int | str]) -> Trouble | None:
    """Act on the answer to one of these questions."""
    answer = exporter.answer
    if answer is None:
        message = "There is no answer to act on."
        raise RuntimeError(message)
    if purpose == Exchange.Purpose.RECALL:
        return _recalled(exporter, answer)
    if answer.outcome is not Outcome.RESPONSE:
        return wait(exporter, answer.message, answer.remedy)
    try:
        if purpose == Exchange.Purpose.STATUS_CHECK:
            return _status_checked(exporter, answer, silent=bool(place["silent"]))
        return _searched(exporter, answer)
    except qbxml.MalformedResponse as error:
        return wait(exporter, str(error), "Tieout asks again by itself.")


def wait(exporter: Exporter, problem: str, remedy: str) -> Trouble:
    """Still unconfirmed: say why, and look again a little later each time."""
    row = exporter.row
    row.looks += 1
    row.nothing_stored_at = None  # the next look begins anew
    row.due_at = exporter.later()
    exporter.answer = None
    exporter.meet(Event.SILENCE)
    return Trouble(
        problem=problem or "QuickBooks has not answered yet.",
        remedy=remedy or "Tieout asks again by itself.",
    )


def _recalled(exporter: Exporter, answer: Answer) -> Trouble | None:
    row = exporter.row
    match answer.outcome:
        case Outcome.RESPONSE | Outcome.NOT_SENT | Outcome.HRESULT | Outcome.FENCED:
            # it has ended, whatever it brought; whether the fence still stands shows when it is
            # sent again
            row.call_over, row.looks = True, 0
            exporter.judge_write()
            if row.state == State.UNCONFIRMED:
                row.due_at = None
                exporter.save(State.UNCONFIRMED)
            return None
        case Outcome.ABANDONED if answer.journal_id != _write(exporter).place.get(JOURNAL, ""):
            return wait(exporter, _OTHER_JOURNAL, "Tieout looks in QuickBooks itself.")
        case Outcome.ABANDONED:
            row.call_over, row.looks = True, 0  # it was reached: pauses begin anew
            row.due_at = None
            exporter.save(State.UNCONFIRMED)
            return None
        case _:
            return wait(exporter, answer.message, answer.remedy)


def _status_checked(exporter: Exporter, answer: Answer, *, silent: bool) -> Trouble | None:
    row = exporter.row
    if readings.of_other_set(answer.qbxml, row.set_id) or _ran_other_bytes(row):
        reading = readings.Reading(event=None)
    else:
        reading = exporter.subject.read_status_check(answer.qbxml)
    if reading.event is not None:
        exporter.meet(reading.event, reading)
        return None
    row.nothing_stored_at = moments.now()
    row.call_over = row.call_over or fences.ticket_is_over(
        turn=exporter.turn,
        write=_write(exporter),
        silent=silent,  # before QuickBooks was asked
        session_id=answer.session_id,
    )
    row.due_at = None
    exporter.save(State.UNCONFIRMED)
    return None


def _searched(exporter: Exporter, answer: Answer) -> Trouble | None:
    row = exporter.row
    reading = exporter.subject.read_search(answer.qbxml)
    if reading.event is None or reading.event is Event.SILENCE:
        return wait(exporter, reading.message, reading.remedy)
    write = _write(exporter)
    event: Event = reading.event
    if event in {Event.ABSENT_OPEN, Event.ABSENT_FENCED}:
        looked = _looked(exporter, write)
        if not looked.fenced and fences.waits_for_a_session(
            turn=exporter.turn, write=write, session_id=answer.session_id
        ):
            return wait(exporter, _OLD_SESSION, "Tieout asks again in the next one by itself.")
        event = recovering.when_absent(looked)
    row.looks += 1
    row.nothing_stored_at = None
    if event is Event.ABSENT_OPEN:
        over_in = fences.ticket_over_in(write=write)
        waits = over_in is not None and over_in > timedelta()
        exporter.look_again_at = moments.now() + over_in if over_in and waits else None
        row.due_at = exporter.later()
    if event is Event.ABSENT_FENCED:
        row.due_at = None
    exporter.meet(event, reading)
    return None


def _looked(exporter: Exporter, write: Exchange) -> Looked:
    return looked(exporter.row, write=write, road=exporter.turn.road)


def looked(row: Row, *, write: Exchange, road: Road) -> Looked:
    """What is known about the row's latest `write`, for whoever asks over this road."""
    return Looked(
        recallable=write.road == RoadKind.REMOTE and road.kind is RoadKind.REMOTE,
        call_over=row.call_over,
        same_app=write.app_name == road.app_name,
        nothing_stored=row.nothing_stored_at is not None,
        set_known=row.nothing_stored_at is not None and _set_known(row),
        looks=row.recoveries,
        tries=row.looks,
    )


def _set_known(row: Row) -> bool:
    """Whether the status check of this look left open if the set was executed."""
    check = queries.last_status_check(row=row)
    return check is not None and not readings.proves_no_record(bytes(check.answer))


def _ran_other_bytes(row: Row) -> bool:
    """Whether QuickBooks used the set id for other content: then what it stored answers that.

    It happens when our database was restored and the invoice was changed since. What was made
    then may have been deleted, so only what stands in QuickBooks counts.
    """
    return any(readings.ran_other_bytes(each) for each in queries.answers_to_set(row=row))


def _write(exporter: Exporter) -> Exchange:
    write = queries.last_write(row=exporter.row)
    if write is None:
        message = f"{exporter.row} is {exporter.row.state} but no write of it was noted."
        raise RuntimeError(message)
    return write
