"""Checks a message against the content models: structure first, values second.

A wrong structure (element unknown, out of order, missing, repeated; unknown attribute; unknown
enumeration value) fails the whole set at the parse stage. A wrong value (too long, no date, no
amount …) surfaces as the status of its request (Intuit's documentation; the exact split is
assumed).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tieout.sandbox import structure_lists, structure_txns, values
from tieout.sandbox.xmltree import Node

_TOKEN = re.compile(
    r"%(?P<macro>\w+)|(?P<name>\w+):(?P<type>[@=]?\w*)|(?P<mark>\{\d+,\d+\}|[()|?*+])"
)
_SPACE = " \t\r\n"
ATTRIBUTES: dict[str, dict[str, str]] = {
    "metaData": {"metaData": "NoMetaData MetaDataOnly MetaDataAndResponseData"},
    "iterator": {
        "metaData": "NoMetaData MetaDataOnly MetaDataAndResponseData",
        "iterator": "Start Continue Stop",
        "iteratorID": "",
    },
    "defMacro": {"defMacro": ""},
}


# An empty element of these names means this value (Intuit's schema).
DEFAULTS = {
    "ActiveStatus": "ActiveOnly",
    "DeliveryMethod": "Print",
    "JobStatus": "None",
    "PaidStatus": "All",
    "SalesTaxCountry": "Canada",
    "TransactionDetailLevelFilter": "SummaryOnly",
    "TransactionMode": "CardNotPresent",
    "TransactionPaidStatusFilter": "Either",
    "TransactionPostingStatusFilter": "Either",
}


class StructureError(Exception):
    """The set does not have the structure of qbXML; the text names element and reason."""


@dataclass(frozen=True, slots=True)
class Model:
    """One compiled content model: order as a regular expression, the type of each child."""

    order: re.Pattern[str]
    types: dict[str, str]
    mark: str


def _entries(text: str) -> dict[str, str]:
    """Split a table of `NAME = …` entries; indented lines continue the entry above."""
    joined = re.sub(r"\n\s+", " ", text)
    pairs = (line.partition(" = ") for line in joined.splitlines() if line.strip())
    return {name.strip(): body.strip() for name, _, body in pairs}


_MACROS = _entries(structure_lists.MACROS)
_ENUMS = {
    name: frozenset(body.split())
    for table in (structure_lists.ENUMERATIONS, structure_txns.ENUMERATIONS)
    for name, body in _entries(table).items()
}
_SOURCES = {
    name.partition(" [")[0]: (body, name.partition(" [")[2].rstrip("]"))
    for table in (structure_lists.MODELS, structure_txns.MODELS)
    for name, body in _entries(table).items()
}
SUPPORTED = frozenset(name.removesuffix("Rq") for name in _SOURCES if name.endswith("Rq"))


@cache
def model(name: str) -> Model:
    """Compile the content model of that name."""
    body, mark = _SOURCES[name]
    types: dict[str, str] = {}
    return Model(re.compile(_pattern(body, types)), types, mark)


def _pattern(body: str, types: dict[str, str]) -> str:
    """Translate the notation into a regular expression over `<Tag>` words."""
    parts: list[str] = []
    for token in _TOKEN.finditer(body):
        if token["macro"]:
            parts.append(_pattern(_MACROS[token["macro"]], types))
        elif token["name"]:
            types[token["name"]] = token["type"]
            parts.append(f"(?:<{token['name']}>)")
        else:
            parts.append("(?:" if token["mark"] == "(" else token["mark"])
    return "".join(parts)


def check_request(node: Node) -> tuple[int, str] | None:
    """Check one `…Rq` element; return the first value fault as (status code, message).

    Raises StructureError when the structure is wrong.
    """
    faults: list[tuple[int, str]] = []
    _check_model(node, node.tag, faults, extra={"requestID": ""})
    return faults[0] if faults else None


def _check_model(
    node: Node, name: str, faults: list[tuple[int, str]], *, extra: dict[str, str] | None = None
) -> None:
    rules = model(name)
    _check_attributes(node, {**(extra or {}), **ATTRIBUTES.get(rules.mark, {})})
    if node.text.strip(_SPACE):
        message = f"{node.tag} holds text beside its elements"
        raise StructureError(message)
    for child in node.children:
        if child.tag not in rules.types:
            message = f"{child.tag} is not allowed in {node.tag}"
            raise StructureError(message)
    if not rules.order.fullmatch("".join(f"<{child.tag}>" for child in node.children)):
        message = f"the elements of {node.tag} are out of order, missing or repeated"
        raise StructureError(message)
    for child in node.children:
        _check_child(child, rules.types[child.tag], faults)


def _check_child(child: Node, kind: str, faults: list[tuple[int, str]]) -> None:
    if kind.startswith("@"):
        _check_model(child, kind[1:] or child.tag, faults)
    elif kind.startswith("REF"):
        _check_ref(child, kind[3:], faults)
    else:
        _check_leaf(child, kind, faults)


def _check_ref(node: Node, limit: str, faults: list[tuple[int, str]]) -> None:
    _check_attributes(node, {})
    if [c.tag for c in node.children] not in (
        [],
        ["ListID"],
        ["FullName"],
        ["ListID", "FullName"],
    ):
        message = f"{node.tag} takes ListID, then FullName"
        raise StructureError(message)
    if node.text.strip(_SPACE):
        message = f"{node.tag} holds text beside its elements"
        raise StructureError(message)
    for child in node.children:
        _check_leaf(child, "ID" if child.tag == "ListID" else f"STR{limit}", faults)


def _check_leaf(node: Node, kind: str, faults: list[tuple[int, str]]) -> None:
    _check_attributes(node, {"useMacro": ""} if kind == "MACROID" else {})
    if node.children:
        message = f"{node.tag} takes text, not elements"
        raise StructureError(message)
    if kind.startswith("="):
        node.text = node.text or DEFAULTS.get(node.tag, "")
        if node.text not in _ENUMS[kind[1:] or node.tag]:
            message = f'"{node.text}" is no value of {node.tag}'
            raise StructureError(message)
        return
    fault = values.fault_of(kind, node.text, field=node.tag)
    if fault:
        faults.append(fault)


def _check_attributes(node: Node, allowed: dict[str, str]) -> None:
    for name, value in node.attrs.items():
        if name not in allowed:
            message = f"{node.tag} has no attribute {name}"
            raise StructureError(message)
        choices = allowed[name]
        if choices and value not in choices.split():
            message = f'"{value}" is no value of the attribute {name}'
            raise StructureError(message)
