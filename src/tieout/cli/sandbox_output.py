"""How `tieout sandbox` prints: tables for people, JSON for programs."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

WIDTH_MAX = 64  # a longer text goes on in the next line: its end is often the remedy


def show(result: Any, *, as_json: bool) -> None:
    """Print what a command returned: a table, names with values, or JSON."""
    plain = _plain(result)
    if as_json:
        print(json.dumps(plain, indent=2, default=str))
    elif plain is None:
        print("Done.")
    elif isinstance(plain, list):
        _table(plain)
    else:
        nested = {k: v for k, v in plain.items() if isinstance(v, (list, tuple))}
        for name, value in plain.items():
            if name not in nested:
                print(f"{name:24} {_text(value)}")
        for rows in nested.values():
            print()
            _table(list(rows))


def _plain(result: Any) -> Any:
    if is_dataclass(result) and not isinstance(result, type):
        return asdict(result)
    return [_plain(row) for row in result] if isinstance(result, list) else result


def _table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        print("Nothing.")
        return
    names = [name for name, value in rows[0].items() if not isinstance(value, (dict, tuple, list))]
    cells = [line for row in rows for line in _lines([_text(row[name]) for name in names])]
    widths = [max(len(name), *(len(row[i]) for row in cells)) for i, name in enumerate(names)]
    right = [isinstance(rows[0][name], (Decimal, int)) for name in names]
    for row in [names, ["-" * width for width in widths], *cells]:
        shown = (
            text.rjust(width) if at_right else text.ljust(width)
            for text, width, at_right in zip(row, widths, right, strict=True)
        )
        print("  ".join(shown).rstrip())


def _lines(texts: list[str]) -> list[tuple[str, ...]]:
    """A row as the lines that it takes."""
    parts = [textwrap.wrap(text, WIDTH_MAX) for text in texts]
    return list(zip_longest(*parts, fillvalue="")) or [tuple(texts)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
