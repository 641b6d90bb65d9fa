from __future__ import annotations

from tieout.connector.host_query import request, was_answered
from tieout.quickbooks.wire import contains_write


def test_it_only_asks() -> None:
    assert '<?qbxml version="13.0"?>' in request()
    assert contains_write(request()) is False


def answer(attributes: str, name: str = "HostQueryRs") -> str:
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{name} {attributes}/></QBXMLMsgsRs></QBXML>'
    )


def test_only_a_whole_good_answer_counts() -> None:
    assert was_answered(answer('requestID="" statusCode="0"'))
    assert was_answered("\ufeff \n" + answer('statusCode="0"')), "observed in real answers"
    assert was_answered(answer('statusCode="0" statusMessage="OK &#x1;"'))
    both = answer('statusCode="0"') + answer('statusCode="0"')
    assert not was_answered(both)
    assert not was_answered(answer('statusCode="1"'))
    assert not was_answered(answer(""))
    assert not was_answered(answer('statusCode="0"', "CompanyQueryRs"))
    assert not was_answered(answer('statusCode="0"')[:-3])
    assert not was_answered("<!DOCTYPE QBXML>" + answer('statusCode="0"')[22:])
    assert not was_answered("")
