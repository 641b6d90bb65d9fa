"""The parse stage: from text to a message set whose structure is known to be right."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tieout.sandbox import grammar, structure_lists
from tieout.sandbox.errors import PROCESS, HResult
from tieout.sandbox.xmltree import Node, parse

_SET_ATTRIBUTES = {
    "oldMessageSetID": "",
    "newMessageSetID": "",
    "responseData": "includeAll includeNone",
    "onError": "continueOnError rollbackOnError stopOnError",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a set: `kind` without the ending Rq, its element, its first value fault."""

    kind: str
    node: Node
    request_id: str | None
    fault: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class MessageSet:
    """A set as it is executed. `digest` is the SHA-256 of its normalised requests."""

    on_error: str
    old_id: str | None
    new_id: str | None
    with_data: bool
    requests: tuple[Request, ...]
    digest: str


def read(qbxml: str, *, versions: tuple[str, ...]) -> MessageSet:
    """Parse a set or raise HResult: 0x80040400 structure, 0x80040423 version, 0x80040413 rollback."""
    root, version = parse(qbxml)
    if version is None or version not in versions:
        raise HResult(PROCESS, 0x80040423)
    try:
        body = _body(root)
        requests = tuple(_request(node) for node in body.children)
    except grammar.StructureError as error:
        raise HResult(PROCESS, 0x80040400) from error
    if body.attrs["onError"] == "rollbackOnError":
        raise HResult(PROCESS, 0x80040413)
    return MessageSet(
        on_error=body.attrs["onError"],
        old_id=body.attrs.get("oldMessageSetID"),
        new_id=body.attrs.get("newMessageSetID"),
        with_data=body.attrs.get("responseData") != "includeNone",
        requests=requests,
        digest=_digest(body),
    )


def verdict(qbxml: str) -> str:
    """Say how the structure and values of a set are judged: "accept", "structure" or "value"."""
    try:
        root, _ = parse(qbxml)
        requests = [_request(node) for node in _body(root).children]
    except (HResult, grammar.StructureError):
        return "structure"
    return "value" if any(request.fault for request in requests) else "accept"


def _body(root: Node) -> Node:
    if root.tag != "QBXML" or root.attrs or root.text.strip():
        message = "the root is not QBXML"
        raise grammar.StructureError(message)
    if [child.tag for child in root.children] != ["QBXMLMsgsRq"]:
        message = "QBXML takes exactly one QBXMLMsgsRq"
        raise grammar.StructureError(message)
    body = root.children[0]
    if "onError" not in body.attrs or body.text.strip():
        message = "QBXMLMsgsRq needs onError and takes no text"
        raise grammar.StructureError(message)
    for name, value in body.attrs.items():
        choices = _SET_ATTRIBUTES.get(name)
        if choices is None or (choices and value not in choices.split()):
            message = f"QBXMLMsgsRq does not take {name}={value!r}"
            raise grammar.StructureError(message)
    return body


def _request(node: Node) -> Request:
    kind = node.tag.removesuffix("Rq")
    if not node.tag.endswith("Rq") or kind not in structure_lists.KNOWN_REQUESTS:
        message = f"{node.tag} is no request"
        raise grammar.StructureError(message)
    if kind in grammar.SUPPORTED:
        fault = grammar.check_request(node)
    else:
        fault = (1030, "This request is not supported by this implementation.")
    return Request(kind, node, node.attrs.get("requestID"), fault)


def _digest(body: Node) -> str:
    """Hash the requests so that spacing, attribute order and the set's ids do not count."""
    summary = hashlib.sha256(body.attrs["onError"].encode())

    def feed(node: Node) -> None:
        text = node.text if node.text.strip() and not node.children else ""
        summary.update(repr((node.tag, sorted(node.attrs.items()), text)).encode())
        for child in node.children:
            feed(child)
        summary.update(b")")

    for child in body.children:
        feed(child)
    return summary.hexdigest()
