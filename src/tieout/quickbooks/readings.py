"""What QuickBooks' answers mean for a write of ours, whatever is written: found, done, refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.exporting import Event
from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import status as codes

ANOTHER = "QuickBooks answered another request."
OTHER_BYTES = 9001  # set code: that id was used for something else, so nothing was run
# set codes that tell nothing about the write itself
NOT_STORED = frozenset({OTHER_BYTES, 9002, 9004})
NO_RECORD = 600  # set code: QuickBooks has nothing stored under that id


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What QuickBooks holds and a person may have to look at: an invoice, a job, a value.

    `txn_id` is its TxnID, or the ListID of a job; `customer` the full name of the Customer:Job.
    """

    txn_id: str
    number: str = ""
    customer: str = ""
    customer_list_id: str = ""
    parent_list_id: str = ""  # of a job: the customer or job that it stands below
    txn_date: date | None = None
    total: Decimal | None = None
    edit_sequence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an answer means for a write. `event` None: it proves nothing either way."""

    event: Event | None
    found: Found | None = None
    code: int = 0
    message: str = ""  # what QuickBooks said, for the clerk
    remedy: str = ""
    try_again: bool = False  # refused for a passing reason (a lock): a new set later may succeed


def judge_write(
    answer: bytes, *, kind: str, request_id: str, accepted: Callable[[qbxml.Response], Reading]
) -> Reading:
    """Judge the answer to a write that stood alone in its set; raises MalformedResponse.

    `kind` is the request's, as InvoiceAdd. `accepted` reads what was saved out of a response that
    says so, and answers SILENCE when that is not what was sent. Two results are no answer to one
    request; real answers may leave the requestID out.
    """
    parsed = qbxml.parse_response(answer)
    if parsed.set_status_code in NOT_STORED or not parsed.responses:
        return Reading(event=Event.SILENCE, code=parsed.set_status_code or 0)
    response = parsed.responses[0]
    named = response.request_id
    if len(parsed.responses) > 1 or response.kind != kind or (named and named != request_id):
        return another()
    code = response.status.code
    if 0 <= code < 1000:
        return accepted(response)
    rule = codes.lookup(code)
    if rule.blame is codes.Blame.UNKNOWN and rule.retry is codes.Retry.VERIFY:
        return Reading(event=Event.SILENCE, code=code, message=response.status.message)
    return Reading(
        event=Event.REFUSED,
        code=code,
        message=f"{response.status.message} (QuickBooks status {code})",
        remedy=rule.remedy,
        try_again=rule.retry is codes.Retry.AUTOMATIC
        or codes.is_lock(code, response.status.message),
    )


def another() -> Reading:
    """An answer that is not to what was sent: it settles nothing, and is looked into."""
    return Reading(event=Event.SILENCE, message=ANOTHER)


def of_other_set(answer: bytes, set_id: str) -> bool:
    """Whether the answer names another message set; many name none. Raises MalformedResponse."""
    named = qbxml.parse_response(answer).new_message_set_id
    return bool(named) and named != set_id


def ran_other_bytes(answer: bytes) -> bool:
    """Whether QuickBooks says that it ran other content than ours under this set id."""
    try:
        return qbxml.parse_response(answer).set_status_code == OTHER_BYTES
    except qbxml.MalformedResponse:
        return False  # it says nothing that can be read


def judge_stored(answer: bytes, read: Callable[[bytes], Reading]) -> Reading:
    """The stored answer to a write, judged by `read`.

    `event` None: none is stored, by code 600 for certain; by any other code, and by an answer that
    is not to this write, it is not known whether the set was executed.
    """
    parsed = qbxml.parse_response(answer)
    if parsed.set_status_code not in {0, None} or not parsed.responses:
        return Reading(event=None, code=parsed.set_status_code or 0)
    reading = read(answer)
    return Reading(event=None) if reading.event is Event.SILENCE else reading


def proves_no_record(answer: bytes) -> bool:
    """Whether QuickBooks says that it has nothing stored under the set id it was asked for."""
    parsed = qbxml.parse_response(answer)
    return parsed.set_status_code == NO_RECORD and not parsed.responses


def answered(
    answer: bytes,
    *asked: tuple[str, str],
    bearable: Callable[[qbxml.Response], bool] = lambda _response: False,
) -> tuple[Sequence[qbxml.Response], Reading | None]:
    """The responses to these questions, (kind, requestID) each, or why nothing is to be concluded.

    QuickBooks answers each request once, in their order (Intuit's schema). That nothing was found
    is a fact only in an answer to the question: one of another kind, under another name or of
    another length is to something else. Real answers may leave the requestID out. `bearable` is
    asked about a response that failed. Raises MalformedResponse.
    """
    responses = qbxml.parse_response(answer).responses
    broken = next((each for each in responses if failed(each) and not bearable(each)), None)
    if broken is not None or not responses:
        return (), inconclusive(broken)
    if len(responses) != len(asked) or not all(
        response.kind == kind and response.request_id in {"", request_id}
        for response, (kind, request_id) in zip(responses, asked, strict=True)
    ):
        return (), of_another()
    return responses, None


def of_another() -> Reading:
    """A query's answer that is not to what was asked: nothing is concluded from it."""
    return Reading(event=None, message=ANOTHER, remedy="Tieout asks again by itself.")


def failed(response: qbxml.Response) -> bool:
    """Whether a query brought no result to rely on. 1 and 500 say "nothing found": a result."""
    return response.status.code not in {0, 1, 500}


def inconclusive(response: qbxml.Response | None) -> Reading:
    """A query that brought nothing to rely on, with what QuickBooks said and the remedy."""
    if response is None:
        return Reading(event=None, message="QuickBooks' answer holds no result.")
    rule = codes.lookup(response.status.code, write=False)
    return Reading(
        event=None,
        code=response.status.code,
        message=response.status.message,
        remedy=rule.remedy,
    )
