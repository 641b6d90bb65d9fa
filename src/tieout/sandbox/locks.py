"""Objects that are open in a window of QuickBooks: requests that touch them fail for a while."""

from __future__ import annotations

from tieout.sandbox import entries, faults
from tieout.sandbox.books import Books
from tieout.sandbox.errors import RequestError
from tieout.sandbox.message import Request
from tieout.sandbox.xmltree import Node

IN_USE, RELATED_IN_USE = 3175, 3176


def check_locks(books: Books, request: Request) -> None:
    """Raise 3175 for a locked object, 3176 for a locked one it refers to (or the fault's code)."""
    own = _named(books, request.node, own=True)
    related = _named(books, request.node, own=False)
    for names, code, word in (
        (own, IN_USE, "object"),
        (related, RELATED_IN_USE, "related object"),
    ):
        for fault in faults.take(books, ("lock",), targets=names):
            message = fault.message or (
                f'There was an error because the {word} "{fault.target}" is in use.'
                " QuickBooks error message: This list element or transaction is locked:"
                " it is being edited in another window."
            )
            raise RequestError(fault.code or code, message)


def _named(books: Books, node: Node, *, own: bool) -> list[str]:
    """Return ids and full names that a request names: its own object's, or those it refers to."""
    found: list[str] = []

    def walk(item: Node, *, in_ref: bool) -> None:
        for child in item.children:
            if child.children:
                walk(child, in_ref=in_ref or child.tag.endswith("Ref"))
            elif in_ref is not own and child.tag in ("ListID", "TxnID", "FullName"):
                found.append(child.text)
                name = entries.full_name(books, "Entity", child.text)
                found.extend([name] if name else [])

    walk(node, in_ref=False)
    return found
