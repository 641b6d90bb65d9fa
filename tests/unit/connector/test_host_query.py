from __future__ import annotations

import pytest

from tieout.connector.host_query import request, was_answered
from tieout.quickbooks.wire import contains_write


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("12.0", "13.0", "16.0"), "13.0"),
        ((), "13.0"),
        (("9.0", "12.0", "10.0"), "12.0"),
        (("CA2.0", "CA3.0"), "CA3.0"),
    ],
)
def test_it_asks_in_a_version_that_is_offered(offered: tuple[str, ...], chosen: str) -> None:
    assert f'<?qbxml version="{chosen}"?>' in request(offered)
    assert contains_write(request(offered)) is False


def answer(attributes: str, name: str = "HostQueryRs") -> str:
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{name} {attributes}/></QBXMLMsgsRs></QBXML>'
    )


def test_only_a_whole_good_answer_counts() -> None:
    assert was_answered(answer('requestID="" statusCode="0"'))
    assert not was_answered(answer('statusCode="1"'))
    assert not was_answered(answer(""))
    assert not was_answered(answer('statusCode="0"', "CompanyQueryRs"))
    assert not was_answered(answer('statusCode="0"')[:-3])
    assert not was_answered("<!DOCTYPE QBXML>" + answer('statusCode="0"')[22:])
    assert not was_answered("")
