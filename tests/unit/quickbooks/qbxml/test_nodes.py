"""Missing children are blank, repeated ones are first or all, unreadable ones are refused."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml import nodes, types
from tieout.quickbooks.qbxml.reader import MalformedResponse
from tieout.quickbooks.qbxml.requests import Ref

NODE = {"A": "1", "B": ["2", "3"], "C": {"D": "4"}, "E": [{"D": "5"}, "6"], "Z": ""}


def test_text() -> None:
    assert [nodes.text(NODE, tag) for tag in "ABCEZX"] == ["1", "2", "", "", "", ""]


def test_child_and_each() -> None:
    assert nodes.child(NODE, "C") == {"D": "4"}
    assert nodes.child(NODE, "E") == {"D": "5"}
    assert nodes.child(NODE, "A") == nodes.child(NODE, "X") == {}
    assert nodes.each(NODE, "C") == [{"D": "4"}]
    assert nodes.each(NODE, "E") == [{"D": "5"}]
    assert nodes.each(NODE, "A") == nodes.each(NODE, "X") == []


def test_texts_and_first() -> None:
    assert nodes.texts(NODE, "B") == ("2", "3")
    assert nodes.texts(NODE, "A") == ("1",)
    assert nodes.texts(NODE, "X") == ()
    assert nodes.first(NODE, "B") == "2"
    assert nodes.first(NODE, "X") is None


def test_ref() -> None:
    assert nodes.ref({"R": {"ListID": "8-1", "FullName": "N"}}, "R") == Ref("8-1", "N")
    assert nodes.ref({"R": ""}, "R") == nodes.ref({}, "R") == Ref()


def test_values_are_read_or_refused_by_name() -> None:
    assert nodes.read_as(types.parse_int, NODE, "A") == 1
    assert nodes.read_as(types.parse_int, NODE, "X") is None
    assert nodes.read_as(types.parse_int, NODE, "Z") is None
    with pytest.raises(MalformedResponse, match=r"Amount is not a number: '1,00'"):
        nodes.read_as(types.parse_number, {"Amount": "1,00"}, "Amount")
