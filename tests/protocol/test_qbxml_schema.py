"""What we render is valid under Intuit's schema, and the schema's refusals are ours too."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.qbxml.strategies import REQUESTS, fields_of, take_apart

from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml.schema import table

pytestmark = needs_specs


@cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))


def assert_valid(message: bytes) -> etree._Element:
    root = etree.fromstring(message)
    assert schema().validate(root), schema().error_log.last_error
    return root


@pytest.mark.parametrize("cls", REQUESTS, ids=lambda cls: cls.KIND)
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_request_is_valid_and_keeps_its_values(cls: type, data: st.DataObject) -> None:
    request = data.draw(fields_of(cls, request_id="r-1"))
    message = qbxml.render([request])
    assert message == qbxml.render([request])
    assert message.isascii()
    element = assert_valid(message)[0][0]
    assert element.tag == f"{cls.KIND}Rq"
    assert element.get("requestID") == "r-1"
    body = element[0] if cls.BODY else element
    back = take_apart(body, cls)
    for attr, _, default in table(cls):
        value = getattr(request, attr)
        if attr == "active_status" and attr not in back:
            assert value == default  # the default filter gives way to explicit ids
            continue
        assert back.get(attr, default) == value, attr


def bad_examples() -> list[str]:
    return sorted(path.name for path in (SPECS / "examples").glob("bad_*.xml"))


def test_each_bad_example_is_refused_by_the_schema() -> None:
    assert len(bad_examples()) == 7
    for name in bad_examples():
        assert not schema().validate(etree.parse(str(SPECS / "examples" / name))), name


def test_what_the_bad_examples_do_wrong_cannot_be_rendered() -> None:
    """Order, a missing onError and paging of classes are impossible by construction."""
    line = qbxml.LineAdd(item_list_id="8-1", quantity=Decimal(1), rate=Decimal(1))

    def invoice(**fields: object) -> qbxml.InvoiceAdd:
        given = {"request_id": "x", "customer_list_id": "8-1", "lines": (line,)} | fields
        return qbxml.InvoiceAdd(**given)

    with pytest.raises(qbxml.RefusedByUs, match="RefNumber"):
        qbxml.render([invoice(ref_number="123456789012")])
    amount = qbxml.LineAdd(item_list_id="8-1", amount=Decimal("1.005"))
    with pytest.raises(qbxml.RefusedByUs, match="Amount"):
        qbxml.render([invoice(lines=(amount,))])
    with pytest.raises(qbxml.RefusedByUs, match="ExternalGUID"):
        qbxml.render([invoice(external_guid="9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01")])
    zulu = qbxml.CustomerQuery(request_id="x", from_modified="2025-01-31T16:20:05Z")
    with pytest.raises(qbxml.RefusedByUs, match="FromModifiedDate"):
        qbxml.render([zulu])
    with pytest.raises(TypeError, match="iterator"):
        qbxml.ClassQuery(request_id="x", iterator=qbxml.Iterate("Start"))
    query = qbxml.InvoiceQuery(request_id="x", include_line_items=True, ref_numbers=("1",))
    message = qbxml.render([query])
    assert message.index(b"<RefNumber>") < message.index(b"<IncludeLineItems>")
    assert b'onError="stopOnError"' in message


def test_a_date_of_the_invoice_is_written_as_the_schema_wants_it() -> None:
    query = qbxml.InvoiceQuery(request_id="x", from_txn_date=date(2025, 1, 31))
    assert_valid(qbxml.render([query]))
