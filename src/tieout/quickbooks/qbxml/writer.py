"""Requests to bytes. Deterministic: the same requests give the same bytes, always.

A write is frozen with its bytes before it is sent and may have to be sent again unchanged, so
nothing here depends on the clock, on hashing order or on the locale. Everything QuickBooks would
refuse, and everything the schema lets pass though QuickBooks does not (too long a requestID or
set id, ``rollbackOnError``, empty references, an invoice without lines), raises ``RefusedByUs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal

from tieout.quickbooks.qbxml.fields import check_text, children, escape
from tieout.quickbooks.qbxml.requests import OUR_FAULT, Iterate, Request
from tieout.quickbooks.qbxml.schema import VERSION, RefusedByUs

OnError = Literal["stopOnError", "continueOnError"]
SET_ID_MAX: Final = 23
REQUEST_ID_MAX: Final = 50
_SET_ID = re.compile(r"[\x21-\x7e]+")


def render(
    requests: Iterable[Request],
    *,
    on_error: OnError = "stopOnError",
    new_message_set_id: str | None = None,
    old_message_set_id: str | None = None,
    allow_many_writes: bool = False,
) -> bytes:
    """Render one message set as ASCII bytes, prolog included.

    ``new_message_set_id`` makes QuickBooks keep the answer under that id for error recovery;
    ``old_message_set_id`` deletes an earlier record. A set may hold at most one write, because
    QuickBooks undoes nothing when a later request fails; ``allow_many_writes`` is for the set-up
    of tests.

    Raises ``RefusedByUs`` for anything QuickBooks would not take; then nothing was rendered.
    """
    requests = tuple(requests)
    _check_set(requests, on_error, allow_many_writes=allow_many_writes)
    attributes = f' onError="{on_error}"'
    if old_message_set_id is not None:
        attributes += f' oldMessageSetID="{_set_id("oldMessageSetID", old_message_set_id)}"'
    if new_message_set_id is not None:
        attributes += f' newMessageSetID="{_set_id("newMessageSetID", new_message_set_id)}"'
    if not requests and old_message_set_id is None:
        raise RefusedByUs(
            element="QBXMLMsgsRq", value=(), limit="needs a request", remedy=OUR_FAULT
        )
    body = "".join(f"{_request(each)}\n" for each in requests)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{VERSION}"?>\n'
        f"<QBXML><QBXMLMsgsRq{attributes}>\n{body}</QBXMLMsgsRq></QBXML>\n"
    ).encode("ascii")


def render_status_check(set_id: str) -> bytes:
    """Ask for the stored answer of a set: both ids equal, no request (Intuit's documentation)."""
    return render((), new_message_set_id=set_id, old_message_set_id=set_id)


def render_clear(set_id: str) -> bytes:
    """Delete the stored answer of a set. ``ClearAllMessageSets`` deletes all of this application."""
    return render((), old_message_set_id=set_id)


def _check_set(requests: tuple[Request, ...], on_error: str, *, allow_many_writes: bool) -> None:
    """Check the rules of the set as a whole."""
    if on_error not in ("stopOnError", "continueOnError"):
        raise RefusedByUs(
            element="onError", value=on_error, remedy=OUR_FAULT,
            limit="must be stopOnError or continueOnError; QuickBooks Desktop cannot roll back",
        )  # fmt: skip
    writes = [each.KIND for each in requests if each.writes()]
    if len(writes) > 1 and not allow_many_writes:
        raise RefusedByUs(
            element="QBXMLMsgsRq", value=writes, limit="may hold one write only", remedy=OUR_FAULT
        )
    ids = [each.request_id for each in requests]
    if len(set(ids)) < len(ids):
        raise RefusedByUs(
            element="requestID", value=ids, limit="must differ within a set", remedy=OUR_FAULT
        )


def _set_id(name: str, value: str) -> str:
    """Check a message-set id: at most 23 characters, although the schema lets 60 pass."""
    if not _SET_ID.fullmatch(check_text(name, value, SET_ID_MAX)):
        raise RefusedByUs(
            element=name, value=value, remedy=OUR_FAULT,
            limit=f"must be 1 to {SET_ID_MAX} printable ASCII characters without blanks",
        )  # fmt: skip
    return escape(value)


def _request(request: Request) -> str:
    kind = request.KIND
    request_id = check_text("requestID", request.request_id, REQUEST_ID_MAX)
    if not request_id or "\n" in request_id or "\t" in request_id:
        raise RefusedByUs(
            element="requestID", value=request_id, limit="must be one line", remedy=OUR_FAULT
        )
    inner = children(request)
    if request.BODY:
        macro = getattr(request, "macro", "")
        define = f' defMacro="{escape(check_text("defMacro", macro, 255))}"' if macro else ""
        inner = f"<{request.BODY}{define}>{inner}</{request.BODY}>" + _include(request)
    attributes = f' requestID="{escape(request_id)}"' + _query_attributes(request)
    return f"<{kind}Rq{attributes}>{inner}</{kind}Rq>" if inner else f"<{kind}Rq{attributes}/>"


def _include(request: Request) -> str:
    names: tuple[str, ...] = getattr(request, "include", ())
    return "".join(
        f"<IncludeRetElement>{escape(check_text('IncludeRetElement', name, 50))}"
        "</IncludeRetElement>"
        for name in names
    )


def _query_attributes(request: Request) -> str:
    iterator: Iterate | None = getattr(request, "iterator", None)
    text = ' metaData="MetaDataOnly"' if getattr(request, "metadata_only", False) else ""
    if iterator is not None:
        text += f' iterator="{iterator.action}"'
        if iterator.iterator_id:
            given = check_text("iteratorID", iterator.iterator_id, 100)
            text += f' iteratorID="{escape(given)}"'
    return text
