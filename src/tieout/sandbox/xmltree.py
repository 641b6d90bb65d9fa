"""The sandbox's own XML reader: stdlib expat, no DTD, no entities, nothing fetched.

Strictness as observed: raw characters beyond Latin-1 fail the whole set; written as character
references they pass and are stored as `?`.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from tieout.sandbox.errors import PROCESS, HResult

LATIN_1_LAST = 0xFF


class Node:
    """One element: its name, attributes, child elements and the text directly inside it."""

    __slots__ = ("attrs", "children", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[Node] = []
        self.text = ""

    def child(self, tag: str) -> Node | None:
        """Return the first child of that name."""
        for node in self.children:
            if node.tag == tag:
                return node
        return None

    def all(self, tag: str) -> Iterator[Node]:
        """Yield the children of that name in order."""
        return (node for node in self.children if node.tag == tag)

    def get(self, tag: str) -> str | None:
        """Return the text of the first child of that name; None when there is none."""
        node = self.child(tag)
        return None if node is None else node.text

    def texts(self, tag: str) -> list[str]:
        """Return the texts of all children of that name."""
        return [node.text for node in self.all(tag)]


class _Builder:
    """Collects expat's events into a tree and the version of the qbxml instruction."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.version: str | None = None
        self.stack: list[Node] = []
        self.runs: list[list[str]] = []

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        node = Node(tag, attrs)
        if self.stack:
            self.stack[-1].children.append(node)
        else:
            self.root = node
        self.stack.append(node)
        self.runs.append([])

    def end(self, _tag: str) -> None:
        self.stack.pop().text = storable("".join(self.runs.pop()))

    def data(self, text: str) -> None:
        if self.runs:
            self.runs[-1].append(text)

    def instruction(self, target: str, data: str) -> None:
        if target == "qbxml" and self.root is None:
            _, _, rest = data.partition("version")
            self.version = rest.strip(" =\t\r\n").strip("\"'")

    def doctype(self, *_: object) -> None:
        raise HResult(PROCESS, 0x80040400)


def storable(text: str) -> str:
    """Return the text as QuickBooks keeps it: letters beyond Latin-1 become question marks."""
    if text.isascii():
        return text
    return "".join(char if ord(char) <= LATIN_1_LAST else "?" for char in text)


def parse(document: str) -> tuple[Node, str | None]:
    """Read a document; return its root and the version of the qbxml instruction, if there is one.

    Raises HResult 0x80040400 at stage "process" for anything that is not well-formed, carries a
    DTD or raw characters beyond Latin-1.
    """
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.ProcessingInstructionHandler = builder.instruction
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        document.encode("latin-1")
        parser.Parse(document.encode(), True)  # noqa: FBT003 expat takes no name
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise HResult(PROCESS, 0x80040400) from error
    if builder.root is None:
        raise HResult(PROCESS, 0x80040400)
    return builder.root, builder.version
