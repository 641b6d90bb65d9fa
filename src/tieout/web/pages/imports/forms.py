"""What a person chose for the sheets of some uploads, and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from tieout.service.import_source import KIND_NAMES, Kind, SheetChoice, fields_of
from tieout.store.queries.imports import Import


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One select: the field, its label, whether it is needed, and the header chosen."""

    name: str
    label: str
    needed: bool
    chosen: str

    @property
    def missing(self) -> bool:
        return self.needed and not self.chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSheet:
    """A sheet as the page shows it. `prefix` starts the names of its inputs."""

    prefix: str
    file: Import
    sheet: Mapping[str, Any]
    columns: Sequence[Column]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(kind.value, name) for kind, name in KIND_NAMES.items()]

    @property
    def missing(self) -> list[str]:
        return [column.label for column in self.columns if column.missing]

    @property
    def unused(self) -> list[str]:
        used = set(self.sheet["columns"].values())
        return [header for header in self.sheet["headers"] if header not in used]

    @property
    def preview(self) -> list[list[tuple[str, str]]]:
        """Rows of (header, text), without columns that have no name."""
        headers = self.sheet["all_headers"]
        return [
            [(header, text) for header, text in zip(headers, row, strict=False) if header]
            for row in self.sheet["preview"]
        ]


def shown(files: Sequence[Import]) -> list[ShownSheet]:
    """Every sheet of the files, in order."""
    return [
        _shown(file, index, sheet) for file in files for index, sheet in enumerate(file.sheets)
    ]


def _shown(file: Import, index: int, sheet: Mapping[str, Any]) -> ShownSheet:
    kind = Kind(sheet["kind"]) if sheet["kind"] else None
    columns = [
        Column(name=name, label=label, needed=needed, chosen=sheet["columns"].get(name, ""))
        for name, label, needed in (fields_of(kind) if kind else [])
    ]
    return ShownSheet(prefix=f"s{file.pk}-{index}", file=file, sheet=sheet, columns=columns)


def choices(post: QueryDict, file: Import, *, only: str = "") -> list[SheetChoice]:
    """What the form says about the file's sheets (or the one with the prefix `only`).

    When a sheet's kind changes, its columns are recognised anew.
    """
    said = []
    for each in shown([file]):
        value = post.get(f"{each.prefix}-kind")
        if value is None or (only and each.prefix != only):
            continue
        kind = Kind(value) if value in set(Kind) else None
        columns = None
        if kind is not None and kind.value == each.sheet["kind"]:
            columns = {
                name: post.get(f"{each.prefix}-column-{name}", "")
                for name, _, _ in fields_of(kind)
            }
        said.append(SheetChoice(sheet=each.sheet["sheet"], kind=kind, columns=columns))
    return said
