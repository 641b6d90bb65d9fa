"""Custom fields and the company stamp as requests."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml.custom_data import DataExtAdd, DataExtDefAdd
from tieout.quickbooks.qbxml.requests import Ref
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.writer import render

STAMP = "{9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01}"


def test_the_company_stamp() -> None:
    define = DataExtDefAdd(
        request_id="1", owner_id=STAMP, name="TieoutCompany", assign_to=("Company",)
    )
    assert b"<AssignToObject>Company</AssignToObject>" in render([define])
    write = DataExtAdd.on_company(
        request_id="1", owner_id=STAMP, name="TieoutCompany", value="4711"
    )
    assert (
        b"<OtherDataExtType>Company</OtherDataExtType><DataExtValue>4711</DataExtValue>"
    ) in render([write])


def test_a_visible_field_is_text() -> None:
    with pytest.raises(RefusedByUs, match="STR255TYPE"):
        render([DataExtDefAdd(request_id="1", owner_id="0", name="A", value_type="INTTYPE")])


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"list_type": "Customer"},
        {"entry": Ref("8-1")},
        {"txn_type": "Invoice"},
        {"list_type": "Customer", "entry": Ref("8-1"), "other_type": "Company"},
    ],
)
def test_a_value_is_written_on_exactly_one_thing(where: dict) -> None:
    with pytest.raises(RefusedByUs, match=r"must be written on|cannot be combined"):
        render([DataExtAdd(request_id="1", owner_id="0", name="A", value="b", **where)])
