"""Rules of fields, and errors that name element, value, limit and remedy."""

from __future__ import annotations

from tieout.quickbooks.qbxml.schema import Element, RefusedByUs, el, table
from tieout.quickbooks.qbxml.transactions import TxnVoid


def test_a_class_is_its_own_table_in_element_order() -> None:
    assert [rule.tag for _, rule, _ in table(TxnVoid)] == ["TxnVoidType", "TxnID"]
    assert el("Name", "name", 41) == {"qbxml": Element(tag="Name", kind="name", limit=41)}


def test_a_refusal_names_everything_and_shortens_the_value() -> None:
    error = RefusedByUs(element="Memo", value="x" * 200, limit="is too long", remedy="Shorten.")
    assert (error.element, error.limit, error.remedy) == ("Memo", "is too long", "Shorten.")
    assert str(error).startswith("Memo is too long (given: 'xxx")
    assert len(str(error)) < 120
    short = RefusedByUs(element="Memo", value="x", limit="l", remedy="r")
    assert str(short) == "Memo l (given: 'x')"
