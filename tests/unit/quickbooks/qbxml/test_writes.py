"""Only what is certainly nothing but queries is not a write."""

from __future__ import annotations

import pytest

from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml.writes import is_write

QUERY = (
    '<QBXML><QBXMLMsgsRq onError="stopOnError"><HostQueryRq requestID="1"/></QBXMLMsgsRq></QBXML>'
)


def test_queries_and_status_checks_are_no_writes() -> None:
    assert not is_write(QUERY)
    assert not is_write(QUERY.encode())
    assert not is_write(qbxml.render([qbxml.CompanyQuery(request_id="1", owner_ids=("0",))]))
    assert not is_write(qbxml.render_status_check("ti-1"))


@pytest.mark.parametrize(
    "message",
    [
        qbxml.render([qbxml.TxnVoid(request_id="1", txn_type="Invoice", txn_id="1-1")]),
        QUERY.replace("HostQueryRq", "InvoiceAddRq"),
        QUERY.replace("</QBXMLMsgsRq>", "<TxnDelRq/></QBXMLMsgsRq>"),
        QUERY.replace("QBXMLMsgsRq", "SignonMsgsRq"),
        QUERY.replace("<HostQueryRq", "<HostQueryRqx").replace("/>", "></HostQueryRqx>"),
        QUERY.replace("</QBXML>", ""),
        "<!DOCTYPE q>" + QUERY,
        ("<!DOCTYPE q>" + QUERY).encode("utf-16"),
        "",
        b"\x00\xff",
    ],
)
def test_everything_else_is(message: bytes | str) -> None:
    assert is_write(message)
