"""Random requests that keep the rules, and an independent reader that takes them back apart."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st
from lxml import etree

from tieout.quickbooks import qbxml
from tieout.quickbooks.qbxml import Address, Iterate, LineAdd, LineMod, NameFilter, NameRange, Ref
from tieout.quickbooks.qbxml.schema import Element, table

TEXT = st.characters(
    blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff", max_codepoint=0x2FFF
) | st.sampled_from("&<>\"'\n\t;#x")
NAME = st.characters(
    blacklist_categories=("Cs", "Cc"), blacklist_characters=":\ufffe\uffff", max_codepoint=0x17F
)
IDS = st.from_regex(r"[0-9A-F]{4,8}-[0-9]{10}", fullmatch=True)
GUIDS = st.from_regex(
    r"\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\}", fullmatch=True
)
MOMENTS = st.datetimes(
    min_value=datetime.fromisoformat("1970-01-01"),
    max_value=datetime.fromisoformat("2038-01-19T03:14:07"),
).map(lambda moment: moment.replace(microsecond=0))
NESTED = {
    "InvoiceLineAdd": LineAdd, "CreditMemoLineAdd": LineAdd, "InvoiceLineMod": LineMod,
    "NameFilter": NameFilter, "NameRangeFilter": NameRange,
}  # fmt: skip
PLAIN = {
    "id": IDS,
    "list_id": IDS,
    "guid": GUIDS,
    "owner": GUIDS | st.just("0"),
    "amount": st.decimals(-(10**12), 10**12, places=2),
    "quantity": st.decimals(-(10**9), 10**9, places=5),
    "date": st.dates(min_value=date(1901, 1, 1)),
    "datetime": MOMENTS | st.dates(min_value=date(1970, 1, 1), max_value=date(2038, 1, 18)),
    "bool": st.booleans(),
    "count": st.integers(1, 1000),
}  # fmt: skip


def value_of(rule: Element) -> st.SearchStrategy:
    """Any one legal value of a field."""
    if rule.kind in ("text", "name"):
        letters = NAME if rule.kind == "name" else TEXT
        return st.text(letters, min_size=1, max_size=min(rule.limit, 60))
    if rule.kind == "enum":
        return st.sampled_from(rule.choices)
    if rule.kind == "ref":
        names = st.text(TEXT, min_size=1, max_size=min(rule.limit, 40))
        return (
            st.builds(Ref, IDS, names) | st.builds(Ref, IDS) | st.builds(Ref, st.just(""), names)
        )
    if rule.kind == "address":
        return fields_of(Address)
    if rule.kind == "nested":
        return fields_of(NESTED[rule.tag])
    return PLAIN[rule.kind]


def _some(rule: Element) -> st.SearchStrategy:
    one = value_of(rule)
    return st.lists(one, min_size=1, max_size=3).map(tuple) if rule.many else one


@st.composite
def fields_of(draw: st.DrawFn, cls: type, **fixed: object) -> object:
    """An object of a dataclass of requests that passes its own checks."""
    given = dict(fixed)
    rows = table(cls)
    groups = sorted({rule.group for _, rule, _ in rows if rule.group})
    group = draw(st.sampled_from(groups)) if groups else 0
    for attr, rule, default in rows:
        needed = default is dataclasses.MISSING or (rule.tag in NESTED and rule.many)
        if rule.group not in (0, group) and attr not in fixed:
            continue
        if needed or draw(st.booleans()):
            given[attr] = draw(_some(rule))
    _keep_rules(draw, cls, given, group)
    return cls(**given)


def _keep_rules(draw: st.DrawFn, cls: type, given: dict, group: int) -> None:
    """Drop what the rules between fields forbid together."""
    for one, other in (
        ("item", "item_list_id"), ("amount", "rate"), ("name_filter", "name_range"),
        ("ref_numbers", "ref_numbers_case_sensitive"),
    ):  # fmt: skip
        if one in given:
            given.pop(other, None)
    if given.keys() & {"from_modified", "to_modified"}:
        given.pop("from_txn_date", None)
        given.pop("to_txn_date", None)
    if "item" in given:
        given["item"] = Ref(given["item"].list_id, given["item"].full_name or "Regular Hours")
    if cls is qbxml.CreditMemoAdd:
        given["lines"] = tuple(dataclasses.replace(x, price_rule=None) for x in given["lines"])
    if cls is Address:
        given.pop("addr5", None)
    if cls is qbxml.DataExtDefAdd:
        given["value_type"] = "STR255TYPE"
    if cls is qbxml.DataExtAdd:
        _data_ext_target(draw, given, group)
    names = {item.name for item in dataclasses.fields(cls)}
    if "iterator" in names and "max_returned" in given and draw(st.booleans()):
        given["iterator"] = draw(
            st.sampled_from(
                [Iterate("Start"), Iterate("Continue", "{7A}"), Iterate("Stop", "{7A}")]
            )
        )
    if "metadata_only" in names:
        given["metadata_only"] = draw(st.booleans())
    if "with_children" in names and "customer_list_id" in given:
        given["with_children"] = draw(st.booleans())


def _data_ext_target(draw: st.DrawFn, given: dict, group: int) -> None:
    if group == 1:
        given.update(list_type="Customer", entry=Ref(draw(IDS)))
    elif group == 2:
        given.update(txn_type="Invoice", txn_id=draw(IDS))
    else:
        given.update(other_type="Company")


REQUESTS = [
    value
    for name in qbxml.__all__
    if isinstance(value := getattr(qbxml, name), type)
    and issubclass(value, qbxml.Request)
    and value.KIND
]


def take_apart(root: etree._Element, cls: type) -> dict[str, object]:
    """Read the fields of ``cls`` back out of its element, by tag, in any order."""
    found: dict[str, object] = {}
    for attr, rule, _ in table(cls):
        parent = root.find(rule.under) if rule.under else root
        if parent is None:
            continue
        tags = [rule.tag, *((rule.swap[1],) if rule.swap else ())]
        values = [_back(rule, child) for child in parent if child.tag in tags]
        if values:
            found[attr] = tuple(values) if rule.many else values[0]
    if "item" in found:  # both ways of giving the item use one element
        found.pop("item_list_id" if found["item"].full_name else "item")
    return found


def _back(rule: Element, child: etree._Element) -> object:
    text = child.text or ""
    match rule.kind:
        case "ref":
            return Ref(child.findtext("ListID", ""), child.findtext("FullName", ""))
        case "list_id":
            return child.findtext("ListID", "")
        case "address":
            return Address(**take_apart(child, Address))
        case "nested":
            cls = NESTED[rule.tag]
            return cls(**take_apart(child, cls))
        case "bool":
            return text == "true"
        case "count":
            return int(text)
        case "amount" | "quantity":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text) if text else ""
        case "datetime":
            return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
        case _:
            return text
