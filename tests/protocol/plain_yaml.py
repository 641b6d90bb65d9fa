"""Reads the part of YAML that our OpenAPI document is written in; refuses the rest.

Maps and lists by indentation, one-line flow lists, quoted and plain scalars, folded text.
"""

from __future__ import annotations

import json
import re
from typing import Any

_KEY = re.compile(r'("[^"]*"|[^\s"\'#:\[\]{}-][^:]*):(?: (.*))?$')


def load(text: str) -> Any:
    """The document as dictionaries, lists and strings (numbers and booleans stay strings)."""
    lines = [
        (len(line) - len(line.lstrip(" ")), line.strip())
        for line in text.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    value, rest = _block(lines, 0)
    assert not rest, f"left over: {rest[:2]}"
    return value


def _block(lines: list[tuple[int, str]], indent: int) -> tuple[Any, list[tuple[int, str]]]:
    if lines[0][1].startswith("- "):
        return _list(lines, indent)
    found: dict[str, Any] = {}
    while lines and lines[0][0] == indent and (match := _KEY.match(lines[0][1])):
        key, inline = match[1].strip('"'), match[2] or ""
        assert key not in found, f"{key} appears twice"
        lines = lines[1:]
        if inline == ">-":
            folded = [line for at, line in lines if at > indent]
            count = next((n for n, (at, _) in enumerate(lines) if at <= indent), len(lines))
            found[key], lines = " ".join(folded[:count]), lines[count:]
        elif inline:
            found[key] = _scalar(inline)
        else:
            found[key], lines = _block(lines, lines[0][0])
    return found, lines


def _list(lines: list[tuple[int, str]], indent: int) -> tuple[Any, list[tuple[int, str]]]:
    found = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        inner = [(indent + 2, lines[0][1][2:]), *lines[1:]]
        if _KEY.match(inner[0][1]):
            value, lines = _block(inner, indent + 2)
        else:
            value, lines = _scalar(inner[0][1]), inner[1:]
        found.append(value)
    return found, lines


def _scalar(text: str) -> Any:
    if text.startswith('"'):
        return json.loads(text)
    if text.startswith("["):
        assert text.endswith("]"), text
        inside = text[1:-1].strip()
        return [_scalar(part.strip()) for part in inside.split(",")] if inside else []
    assert text[0] not in "{}&*!|>'%@`", f"outside the plain part of YAML: {text}"
    return text
