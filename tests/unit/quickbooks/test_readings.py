"""What an answer to a write proves, whatever was written."""

from __future__ import annotations

import pytest
from tests.unit.quickbooks.answers import answer, response

from tieout.core.exporting import Event
from tieout.quickbooks import qbxml
from tieout.quickbooks.readings import (
    Found,
    Reading,
    inconclusive,
    judge_stored,
    judge_write,
    of_other_set,
    proves_no_record,
)


def done(response: qbxml.Response) -> Reading:
    return Reading(event=Event.ACCEPTED, found=Found(txn_id=response.kind))


def judged(body: bytes, kind: str = "TxnVoid") -> Reading:
    return judge_write(body, kind=kind, request_id="write-1", accepted=done)


def test_success_is_what_the_caller_reads_out_of_it() -> None:
    reading = judged(answer(response("TxnVoid", request_id="write-1")))
    assert (reading.event, reading.found) == (Event.ACCEPTED, Found(txn_id="TxnVoid"))


@pytest.mark.parametrize("code", [3171, 3260, 3140])
def test_a_refusal_says_what_and_who(code: int) -> None:
    reading = judged(answer(response("TxnVoid", request_id="write-1", code=code, text="No.")))
    assert (reading.event, reading.code) == (Event.REFUSED, code)
    assert reading.message == f"No. (QuickBooks status {code})"
    assert reading.remedy


def test_a_lock_is_tried_again_and_a_closed_period_is_not() -> None:
    assert judged(answer(response("TxnVoid", request_id="write-1", code=3175))).try_again
    assert not judged(answer(response("TxnVoid", request_id="write-1", code=3171))).try_again


@pytest.mark.parametrize(
    "body",
    [
        answer(response("TxnVoid", request_id="write-1"), set_status=9001),
        answer(set_status=9002),
        answer(),
        answer(response("TxnVoid", request_id="another")),
        answer(response("InvoiceQuery", request_id="write-1")),
        answer(response("InvoiceQuery", request_id="write-1", code=3140)),
        answer(response("TxnVoid", request_id="write-1"), response("TxnVoid")),
        answer(response("TxnVoid", request_id="write-1", code=1000)),
    ],
)
def test_what_proves_nothing_is_silence(body: bytes) -> None:
    assert judged(body).event is Event.SILENCE


def test_nothing_stored_is_told_from_a_stored_answer() -> None:
    assert judge_stored(answer(set_status=600), judged).event is None
    assert judge_stored(answer(), judged).event is None
    stored = answer(response("TxnVoid", request_id="write-1"), set_status=0)
    assert judge_stored(stored, judged).event is Event.ACCEPTED
    silent = answer(response("TxnVoid", request_id="write-1", code=1000), set_status=0)
    assert judge_stored(silent, judged).event is None


@pytest.mark.parametrize(
    ("body", "proved"),
    [
        (answer(set_status=600), True),
        (answer(set_status=9001), False),
        (answer(set_status=9002), False),
        (answer(set_status=9005), False),
        (answer(), False),
        (answer(response("TxnVoid", request_id="another"), set_status=600), False),
    ],
)
def test_only_600_says_that_nothing_is_stored(body: bytes, proved: bool) -> None:
    assert judge_stored(body, judged).event is None
    assert proves_no_record(body) is proved


def test_a_set_id_is_compared_where_one_is_named() -> None:
    named = b'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs newMessageSetID="ti-1"/></QBXML>'
    assert of_other_set(named, "ti-2")
    assert not of_other_set(named, "ti-1")
    assert not of_other_set(answer(), "ti-1")


def test_a_query_that_failed_names_the_remedy() -> None:
    assert inconclusive(None).event is None
    refused = qbxml.parse_response(answer(response("CustomerQuery", code=3260, text="No right.")))
    reading = inconclusive(refused.responses[0])
    assert (reading.event, reading.code, reading.message) == (None, 3260, "No right.")
    assert reading.remedy
