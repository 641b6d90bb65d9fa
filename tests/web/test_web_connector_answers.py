"""Answers over the Web Connector that are not what was asked for, or come after another one."""

from __future__ import annotations

import re

from tests.web.test_web_connector_faults import WRITE, Until, runs_clean
from tests.web.test_web_connector_faults import desk as desk  # fixtures
from tests.web.test_web_connector_faults import later as later
from tests.web_connector_double import AnswerLost
from tests.web_connector_office import Desk

from tieout.store.models import Exchange, KeptAnswer, Posting


def test_two_answers_in_one_settle_nothing(desk: Desk) -> None:
    def doubled(answer: str) -> str:
        if WRITE not in answer:
            return answer
        _, _, rest = answer.partition("<QBXMLMsgsRs")
        inside = rest[rest.index(">") + 1 : rest.index("</QBXMLMsgsRs>")]
        return answer.replace("</QBXMLMsgsRs>", inside + "</QBXMLMsgsRs>")

    desk.connector.before_bring = doubled
    desk.connector.update()
    desk.connector.before_bring = lambda answer: answer
    assert Exchange.objects.filter(purpose="status").exists()  # QuickBooks was asked
    assert Posting.objects.exclude(state="exported").count() < 2  # by its word, not by the answer
    runs_clean(desk)


def test_an_answer_about_another_invoice_settles_nothing(desk: Desk) -> None:
    """Without requestID it is not known whose it is; its number and customer say so."""

    def foreign(answer: str) -> str:
        if WRITE not in answer:
            return answer
        for old, new in (
            (r' requestID="[^"]*"', ""),
            (r"<TxnID>[^<]*<", "<TxnID>FFFF-9<"),
            (r"<RefNumber>[^<]*<", "<RefNumber>OTHER<"),
            (r"<ExternalGUID>[^<]*</ExternalGUID>", ""),
        ):
            answer = re.sub(old, new, answer)
        return answer

    desk.connector.before_bring = foreign
    desk.connector.update()
    desk.connector.before_bring = lambda answer: answer
    assert not Posting.objects.filter(txn_id="FFFF-9").exists()
    assert Exchange.objects.filter(purpose="status").exists()
    runs_clean(desk)
    assert not Posting.objects.filter(txn_id="FFFF-9").exists()


def test_the_answer_that_comes_after_an_error_is_the_one_that_counts(desk: Desk) -> None:
    """The Web Connector told of an error that proves nothing, then it brought the answer."""
    replies: list[int] = []
    connector = desk.connector

    def first_an_error(answer: str) -> str:
        if WRITE in answer and not replies:
            connector.say(
                "receiveResponseXML",
                ticket=connector.ticket,
                response="",
                hresult="0x80040402",
                message="Unexpected",
            )
            replies.append(connector.bring(answer))
            raise AnswerLost
        return answer

    connector.before_bring = first_an_error
    try:
        connector.update()
    except AnswerLost:
        connector.close()
    connector.before_bring = lambda answer: answer
    assert replies == [-1]
    write = Exchange.objects.filter(purpose="write").earliest("id")
    assert write.outcome == "response"
    assert b"InvoiceAddRs" in bytes(write.answer)
    runs_clean(desk)
    assert not Exchange.objects.filter(purpose__in=["status", "search"]).exists()
    assert Exchange.objects.filter(purpose="write").count() == 2


def test_another_answer_to_the_same_call_is_kept_apart(desk: Desk) -> None:
    answer = Until(desk.connector).run()
    connector = desk.connector
    assert connector.bring(answer) > 0
    other = answer.replace("<RefNumber>", "<RefNumber>x")
    before = KeptAnswer.objects.count()
    connector.bring(other)
    assert KeptAnswer.objects.count() == before + 1
    write = Exchange.objects.filter(purpose="write").earliest("id")
    assert bytes(write.answer).decode() == answer
    connector.close()
    runs_clean(desk)
