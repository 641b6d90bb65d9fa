"""One field to its element: every check that Intuit's schema makes, before anything is sent.

Called by the writer only. Output is a list of ASCII pieces; characters beyond ASCII become numeric
entities, because QuickBooks refuses raw UTF-8 beyond Latin-1 (observed).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from tieout.quickbooks.qbxml import types
from tieout.quickbooks.qbxml.requests import OUR_FAULT, Ref
from tieout.quickbooks.qbxml.schema import Element, RefusedByUs, table

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN_NAME = re.compile("[:\t\n]")
_SHORTEN: Final = "Shorten the text."
_CLEAN: Final = "Remove the character that cannot be printed."

_FORMATS: Final[dict[str, Callable[[object], str]]] = {
    "amount": types.format_amount,
    "quantity": types.format_quantity,
    "date": types.format_date,
    "datetime": types.format_datetime,
    "guid": types.format_guid,
    "owner": types.format_owner_id,
    "bool": types.format_bool,
    "count": types.format_count,
}
_REMEDIES: Final = {
    "amount": "Correct the amount to whole cents.",
    "quantity": "Round the quantity or rate to five decimals.",
    "date": "Correct the date.",
    "datetime": "Correct the date.",
}


def escape(text: str) -> str:
    """Escape for element content or a double-quoted attribute, as pure ASCII."""
    text = (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        .replace('"', "&quot;").replace("'", "&apos;")
    )  # fmt: skip
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def check_text(tag: str, value: object, limit: int, *, name: bool = False) -> str:
    """Return the text if QuickBooks can take it, else raise ``RefusedByUs``."""
    if not isinstance(value, str):
        raise RefusedByUs(
            element=tag, value=value, limit=f"must be text, not {type(value).__name__}",
            remedy=OUR_FAULT,
        )  # fmt: skip
    if limit and len(value) > limit:
        raise RefusedByUs(
            element=tag, value=value, remedy=_SHORTEN,
            limit=f"may have at most {limit} characters, not {len(value)}",
        )  # fmt: skip
    if _FORBIDDEN.search(value):
        raise RefusedByUs(
            element=tag, value=value, limit="holds a control character", remedy=_CLEAN
        )
    if name and _FORBIDDEN_NAME.search(value):
        raise RefusedByUs(
            element=tag, value=value, limit="may not hold a colon, a tab or a line break",
            remedy="Rename it: a colon separates customer and job in QuickBooks.",
        )  # fmt: skip
    return value


def _leaf_text(rule: Element, value: object) -> str:
    if rule.kind in ("text", "name"):
        return escape(check_text(rule.tag, value, rule.limit, name=rule.kind == "name"))
    if rule.kind == "id":
        return escape(check_text(rule.tag, value, rule.limit or 36))
    if rule.kind == "enum":
        if not isinstance(value, str) or value not in rule.choices:
            limit = f"must be one of {', '.join(rule.choices)}"
            raise RefusedByUs(element=rule.tag, value=value, limit=limit, remedy=OUR_FAULT)
        return value
    try:
        return _FORMATS[rule.kind](value)
    except ValueError as error:
        remedy = _REMEDIES.get(rule.kind, OUR_FAULT)
        raise RefusedByUs(element=rule.tag, value=value, limit=str(error), remedy=remedy) from None


def _ref(tag: str, value: object, limit: int) -> str:
    if not isinstance(value, Ref):
        raise RefusedByUs(element=tag, value=value, limit="must be a Ref", remedy=OUR_FAULT)
    if not value:
        raise RefusedByUs(
            element=tag, value=value, limit="must name something",
            remedy="Refresh the QuickBooks lists and choose the entry again.",
        )  # fmt: skip
    inner = ""
    if value.list_id:
        inner = f"<ListID>{escape(check_text(tag, value.list_id, 36))}</ListID>"
    if value.full_name:
        inner += f"<FullName>{escape(check_text(tag, value.full_name, limit))}</FullName>"
    return f"<{tag}>{inner}</{tag}>"


def element(rule: Element, tag: str, value: Any) -> str:
    """Render one value of one field."""
    if rule.clearable and isinstance(value, str) and value == "":
        return f"<{tag}/>"
    if rule.kind == "ref":
        return _ref(tag, value, rule.limit)
    if rule.kind == "list_id":
        return f"<{tag}><ListID>{escape(check_text(tag, value, 36))}</ListID></{tag}>"
    if rule.kind in ("nested", "address"):
        return f"<{tag}>{children(value)}</{tag}>"
    return f"<{tag}>{_leaf_text(rule, value)}</{tag}>"


def _blank(value: object) -> bool:
    """None, "" and () are blank; False, 0 and Decimal(0) are values."""
    return value is None or value in ("", ())


def _is_left_out(rule: Element, value: object, default: object) -> bool:
    """Whether nothing is sent for this field; refuses a blank where one may not be.

    "" clears a clearable field. Where None means *leave alone*, "" on a field that QuickBooks
    cannot clear is refused rather than silently ignored.
    """
    if not _blank(value):
        return False
    limit = "may not be blank" if rule.required else ""
    if value == "" and not rule.clearable and default is None:
        limit = "cannot be cleared"
    if limit:
        raise RefusedByUs(element=rule.tag, value=value, limit=limit, remedy=OUR_FAULT)
    return not (rule.clearable and value == "")


def _chosen_group(obj: object, rows: Sequence[tuple[str, Element, object]]) -> int:
    """Which choice group of a query is in use; more than one is refused, none gives 0."""
    used = sorted(
        {
            rule.group: rule.tag
            for attr, rule, default in rows
            if rule.group and getattr(obj, attr) != default
        }.items()
    )
    if len(used) > 1:
        tags = " and ".join(tag for _, tag in used)
        raise RefusedByUs(
            element=used[0][1], value=tags, remedy=OUR_FAULT,
            limit="cannot be combined with other ways of choosing",
        )  # fmt: skip
    return used[0][0] if used else 0


def children(obj: Any) -> str:
    """Render all fields of a request or a nested part, in the order of its class.

    Neighbours with the same ``under`` share it.
    """
    check = getattr(obj, "check", None)
    if check is not None:
        check()
    kind: type = type(obj)
    rows = table(kind)
    if not rows:
        return ""
    group = _chosen_group(obj, rows)
    out: list[str] = []
    wrapper = ""
    for attr, rule, default in rows:
        value = getattr(obj, attr)
        if _is_left_out(rule, value, default):
            continue
        if rule.group and group and rule.group != group and value == default:
            continue
        if rule.under != wrapper:
            out.append((f"</{wrapper}>" if wrapper else "") + _open(rule.under))
            wrapper = rule.under
        out.append(_values(obj, rule, value))
    if wrapper:
        out.append(f"</{wrapper}>")
    return "".join(out)


def _open(tag: str) -> str:
    return f"<{tag}>" if tag else ""


def _values(obj: object, rule: Element, value: Any) -> str:
    tag = rule.tag
    if rule.swap and getattr(obj, rule.swap[0]):
        tag = rule.swap[1]
    if not rule.many:
        return element(rule, tag, value)
    if not isinstance(value, tuple):
        raise RefusedByUs(element=tag, value=value, limit="must be a tuple", remedy=OUR_FAULT)
    return "".join(element(rule, tag, each) for each in value)
