"""One field at a time: escaping, limits, blanks, groups, wrappers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

from tieout.quickbooks.qbxml.fields import check_text, children, escape
from tieout.quickbooks.qbxml.requests import Address, Ref
from tieout.quickbooks.qbxml.schema import RefusedByUs, el


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A request part with one field of every kind."""

    ids: tuple = field(default=(), metadata=el("ID", "id", group=1, many=True))
    count: int | None = field(default=None, metadata=el("Count", "count", group=2))
    active: str = field(default="All", metadata=el("Act", "enum", group=2, choices=("All", "No")))
    start: object = field(default=None, metadata=el("From", "date", group=2, under="Range"))
    end: object = field(default=None, metadata=el("To", "date", group=2, under="Range"))
    name: str = field(default="", metadata=el("Name", "name", 5))
    must: str = field(default="x", metadata=el("Must", "text", 5, required=True))
    memo: str | None = field(default=None, metadata=el("Memo", "text", 5, clearable=True))
    fixed: str | None = field(default=None, metadata=el("Fixed", "text", 5))
    terms: Ref | None = field(default=None, metadata=el("Terms", "ref", 5))
    parent: str = field(default="", metadata=el("Parent", "list_id"))
    bill: Address | None = field(default=None, metadata=el("Bill", "address"))
    price: object = field(default=None, metadata=el("Price", "amount"))
    owner: str = field(
        default="", metadata=el("ListID", "id", under="Who", swap=("deep", "ListIDWithChildren"))
    )
    deep: bool = False


def shown(**given: object) -> str:
    text = children(Sample(**given))
    return text.removeprefix("<Act>All</Act>").replace("<Must>x</Must>", "")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, ""),
        ({"name": "a&b"}, "<Name>a&amp;b</Name>"),
        ({"memo": ""}, "<Memo/>"),
        ({"memo": None}, ""),
        (
            {"terms": Ref("8-1", "Net")},
            "<Terms><ListID>8-1</ListID><FullName>Net</FullName></Terms>",
        ),
        ({"terms": Ref("", "Net")}, "<Terms><FullName>Net</FullName></Terms>"),
        ({"terms": Ref("8-1")}, "<Terms><ListID>8-1</ListID></Terms>"),
        ({"parent": "8-1"}, "<Parent><ListID>8-1</ListID></Parent>"),
        ({"bill": Address(addr1="A")}, "<Bill><Addr1>A</Addr1></Bill>"),
        ({"price": Decimal(0)}, "<Price>0.00</Price>"),
        ({"owner": "8-1"}, "<Who><ListID>8-1</ListID></Who>"),
        (
            {"owner": "8-1", "deep": True},
            "<Who><ListIDWithChildren>8-1</ListIDWithChildren></Who>",
        ),
        ({"ids": ("1", "2")}, "<ID>1</ID><ID>2</ID>"),
        ({"active": "No", "count": 5}, "<Count>5</Count><Act>No</Act>"),
    ],
)
def test_what_is_written(given: dict, text: str) -> None:
    assert shown(**given) == text


def test_neighbours_share_their_wrapper() -> None:
    both = shown(start=date(2025, 1, 1), end=date(2025, 1, 2), name="n")
    assert both == "<Range><From>2025-01-01</From><To>2025-01-02</To></Range><Name>n</Name>"


@pytest.mark.parametrize(
    ("given", "element", "rule"),
    [
        ({"name": "abcdef"}, "Name", "at most 5 characters, not 6"),
        ({"name": "a:b"}, "Name", "colon"),
        ({"name": "a\tb"}, "Name", "tab"),
        ({"memo": "a\x0b"}, "Memo", "control character"),
        ({"memo": "a\r"}, "Memo", "control character"),
        ({"memo": "\ud800"}, "Memo", "control character"),
        ({"memo": 5}, "Memo", "must be text, not int"),
        ({"must": ""}, "Must", "may not be blank"),
        ({"must": None}, "Must", "may not be blank"),
        ({"fixed": ""}, "Fixed", "cannot be cleared"),
        ({"terms": Ref()}, "Terms", "must name something"),
        ({"terms": "Net 30"}, "Terms", "must be a Ref"),
        ({"terms": Ref("", "Net 30")}, "Terms", "at most 5"),
        ({"parent": "8" * 37}, "Parent", "at most 36"),
        ({"ids": ("8" * 37,)}, "ID", "at most 36"),
        ({"ids": ["1"]}, "ID", "must be a tuple"),
        ({"active": "all"}, "Act", "one of All, No"),
        ({"active": 1}, "Act", "one of All, No"),
        ({"price": 1.5}, "Price", "must be a Decimal, not float"),
        ({"price": Decimal("1.005")}, "Price", "2 decimals"),
        ({"count": 0}, "Count", "from 1"),
        ({"ids": ("1",), "count": 5}, "ID", "cannot be combined"),
    ],
)
def test_what_is_refused(given: dict, element: str, rule: str) -> None:
    with pytest.raises(RefusedByUs, match=rule) as caught:
        children(Sample(**given))
    assert caught.value.element == element
    assert caught.value.remedy.endswith(".")


def test_explicit_ids_replace_the_default_filter() -> None:
    assert "Act" not in children(Sample(ids=("1",)))


def test_a_part_without_fields_is_empty() -> None:
    assert children(Ref("8-1")) == ""


def test_text_is_escaped_to_ascii() -> None:
    assert escape("<a & 'b' \"c\"> ł 😀") == (
        "&lt;a &amp; &apos;b&apos; &quot;c&quot;&gt; &#322; &#128512;"
    )
    assert check_text("Memo", "a\nb", 0) == "a\nb"
