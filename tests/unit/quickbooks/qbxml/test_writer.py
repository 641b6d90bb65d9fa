"""A whole message set: prolog, ids, versions, one write, and what is refused before sending."""

from __future__ import annotations

import pytest

from tieout.quickbooks.errors import LocalError
from tieout.quickbooks.qbxml.company import CompanyQuery, HostQuery
from tieout.quickbooks.qbxml.customers import CustomerAdd, CustomerQuery
from tieout.quickbooks.qbxml.invoices import InvoiceAdd, LineAdd
from tieout.quickbooks.qbxml.requests import Iterate
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.transactions import TxnVoid
from tieout.quickbooks.qbxml.writer import render, render_clear, render_status_check

HOST = HostQuery(request_id="h")


def test_the_message_is_ascii_with_its_prolog() -> None:
    assert render([CompanyQuery(request_id='a"<é', owner_ids=("0",))]) == (
        b'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>\n'
        b'<QBXML><QBXMLMsgsRq onError="stopOnError">\n'
        b'<CompanyQueryRq requestID="a&quot;&lt;&#233;"><OwnerID>0</OwnerID></CompanyQueryRq>\n'
        b"</QBXMLMsgsRq></QBXML>\n"
    )


def test_ids_of_the_set_and_its_error_mode() -> None:
    message = render(
        [HOST], on_error="continueOnError", new_message_set_id="ti-2", old_message_set_id="ti-1"
    )
    assert b'onError="continueOnError" oldMessageSetID="ti-1" newMessageSetID="ti-2"' in message


def test_a_status_check_names_the_set_twice_and_holds_no_request() -> None:
    assert b'oldMessageSetID="ti-1" newMessageSetID="ti-1">\n</QBXMLMsgsRq>' in (
        render_status_check("ti-1")
    )
    assert b'oldMessageSetID="ClearAllMessageSets">\n</QBXMLMsgsRq>' in (
        render_clear("ClearAllMessageSets")
    )


def test_paging_and_counting_are_attributes() -> None:
    first = CustomerQuery(request_id="1", iterator=Iterate("Start"), max_returned=100)
    assert b'<CustomerQueryRq requestID="1" iterator="Start"><MaxReturned>' in render([first])
    last = CustomerQuery(request_id="1", iterator=Iterate("Stop", "{7}"))
    assert b'iterator="Stop" iteratorID="{7}">' in render([last])
    count = CustomerQuery(request_id="1", metadata_only=True)
    assert b'metaData="MetaDataOnly"' in render([count])


def test_macro_and_wanted_elements_of_a_write() -> None:
    invoice = InvoiceAdd(
        request_id="1", customer_list_id="8-1", lines=(LineAdd(item_list_id="8-2"),),
        macro="TxnID:a", include=("TxnID", "EditSequence"),
    )  # fmt: skip
    message = render([invoice]).decode()
    assert '<InvoiceAdd defMacro="TxnID:a">' in message
    assert message.count("<IncludeRetElement>") == 2
    assert message.index("</InvoiceAdd>") < message.index("<IncludeRetElement>")


def test_one_write_per_set_unless_told() -> None:
    void = TxnVoid(request_id="1", txn_type="Invoice", txn_id="1-1")
    job = CustomerAdd(request_id="2", name="ICU")
    with pytest.raises(RefusedByUs, match="one write only"):
        render([void, job])
    assert b"CustomerAddRq" in render([void, job], allow_many_writes=True)
    assert render([void, HOST])


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"on_error": "rollbackOnError"}, "cannot roll back"),
        ({"new_message_set_id": "x" * 24}, "at most 23"),
        ({"old_message_set_id": ""}, "printable ASCII"),
        ({"new_message_set_id": "a b"}, "printable ASCII"),
        ({"new_message_set_id": 5}, "must be text"),
    ],
)
def test_sets_quickbooks_would_refuse(options: dict, rule: str) -> None:
    with pytest.raises(RefusedByUs, match=rule) as caught:
        render([HOST], **options)
    assert isinstance(caught.value, LocalError)
    assert caught.value.permanent
    assert caught.value.remedy


@pytest.mark.parametrize("request_id", ["", "x" * 51, "a\nb", "a\tb", "a\x00"])
def test_request_ids_quickbooks_would_refuse(request_id: str) -> None:
    with pytest.raises(RefusedByUs, match="requestID"):
        render([HostQuery(request_id=request_id)])


def test_request_ids_differ_and_there_is_a_request() -> None:
    with pytest.raises(RefusedByUs, match="differ"):
        render([HOST, HOST])
    with pytest.raises(RefusedByUs, match="needs a request"):
        render([], new_message_set_id="ti-1")
