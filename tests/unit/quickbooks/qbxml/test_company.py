"""The session's first questions."""

from __future__ import annotations

from tieout.quickbooks.qbxml import company
from tieout.quickbooks.qbxml.writer import render


def test_the_hello_is_four_questions_in_one_set() -> None:
    message = render(
        [
            company.HostQuery(request_id="h", include_max_capacity=True),
            company.CompanyQuery(request_id="c", owner_ids=("0",), include=("CompanyName",)),
            company.PreferencesQuery(request_id="p"),
            company.CompanyActivityQuery(request_id="a"),
        ]
    ).decode()
    wrapped = "<IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity>"
    assert wrapped in message
    assert "<IncludeRetElement>CompanyName</IncludeRetElement><OwnerID>0</OwnerID>" in message
    assert '<PreferencesQueryRq requestID="p"/>' in message
    assert '<CompanyActivityQueryRq requestID="a"/>' in message
