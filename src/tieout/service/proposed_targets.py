"""Which QuickBooks entry a row of a mapping file means, by ListID or by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from unicodedata import normalize

from tieout.service.mapping_columns import LIST_ID, TARGETS, Kind, Row, RowRefused
from tieout.store.queries import proposals
from tieout.store.queries.qb_lists import QbCustomer, QbEntry

NOT_MAPPED = "not mapped"  # in place of a name: remove the association
Target = QbCustomer | QbEntry


class Remove:
    """The row asks for the association to be removed."""


REMOVE = Remove()
Meant = Target | Remove | RowRefused | None  # None: the row names nothing and changes nothing


class Targets:
    """What the rows at hand may mean. Of items and classes all are read once, they are few."""

    def __init__(self, kind: Kind, company_id: int) -> None:
        self.kind = kind
        self.company_id = company_id
        self.field = TARGETS[kind]
        self._by_id: dict[str, Target] = {}
        self._by_name: dict[str, dict[str, Target]] = {}
        if kind in {"item", "class"}:
            self._learn(proposals.entries_of(company_id=company_id, kind=kind))

    def look_up(self, rows: Sequence[Row]) -> None:
        """Read what these rows name; two queries at most."""
        if self.kind in {"item", "class"}:
            return
        self._by_id.clear()
        self._by_name.clear()
        found = proposals.customers_named(
            company_id=self.company_id,
            kind=self.kind,
            list_ids=[given for row in rows if (given := row.cell(LIST_ID))],
            names=[name for row in rows if (name := self._name(row))],
        )
        self._learn(found)

    def _name(self, row: Row) -> str:
        """The name as QuickBooks writes it: a Mac takes accents apart from their letters."""
        return normalize("NFC", row.cell(self.field))

    def _learn(self, found: Sequence[Target]) -> None:
        for each in found:
            self._by_id[each.list_id] = each
            self._by_name.setdefault(each.full_name.lower(), {})[each.list_id] = each

    def meant(self, row: Row, present: str, *, former: Collection[str] = ()) -> Meant:
        """What the row asks for; `present` is the ListID to which its record is mapped now, and
        `former` are other names that this entry had, in lower case.

        Who edits a download changes the name or the ListID and leaves the other as it was, so
        the one that differs from the present mapping is what was meant.
        """
        given, name = row.cell(LIST_ID), self._name(row)
        if name.casefold() == NOT_MAPPED:
            return REMOVE
        if not given and not name:
            return None
        by_id = self._by_id.get(given) if given else None
        if not name or (by_id and by_id.full_name.lower() == name.lower()):
            return by_id or self._unknown_id(row)
        by_name = self._named(row, name)
        if by_id and given == present and name.lower() not in self._by_name:
            known = name.lower() in former  # nobody edited it: QuickBooks renamed it since
            return by_id if known else self._unknown_but_mapped(row, name, by_id)
        if by_id and given == present and name.lower() in former:
            return self._taken_over(row, name, by_id)
        if not given or given == present or isinstance(by_name, RowRefused):
            return by_name
        if by_id is None:
            return self._unknown_id(row)
        if by_name.list_id == present:
            return by_id
        return row.refused(
            self.field,
            f"The ListID is of {by_id.full_name}, the name is another one's.",
            f"Correct one of the two, or empty the cell {LIST_ID}.",
        )

    def _named(self, row: Row, name: str) -> Target | RowRefused:
        found = self._by_name.get(name.lower(), {})
        if len(found) == 1:
            return next(iter(found.values()))
        if found:
            return row.refused(
                self.field,
                f"{len(found)} entries of QuickBooks are called {name}.",
                f"Give its {LIST_ID} instead; a download shows it.",
            )
        whole = " Write the whole path (Customer:Job)." if self.kind == "job" else ""
        return row.refused(
            self.field,
            f"{name} is not in the QuickBooks list.",
            f"Write the name as QuickBooks shows it.{whole} If it is new there, choose Refresh "
            "QuickBooks list first.",
        )

    def _unknown_but_mapped(self, row: Row, name: str, mapped: Target) -> RowRefused:
        """A slip of the pen, or QuickBooks renamed it more than once: nobody can tell."""
        return row.refused(
            self.field,
            f"{name} is not in the QuickBooks list; this one is mapped to {mapped.full_name}.",
            "If QuickBooks renamed it since the download, nothing is to be done: the mapping "
            "holds. If another one is meant, write its name as QuickBooks shows it.",
        )

    def _taken_over(self, row: Row, name: str, mapped: Target) -> RowRefused:
        """Nobody edited the row, or somebody meant the new entry of that name: nobody can tell."""
        return row.refused(
            self.field,
            f"What was called {name} is {mapped.full_name} in QuickBooks now, and another one is "
            "called so.",
            "If the mapping shall stay, nothing is to be done. If the new one is meant, empty the "
            f"cell {LIST_ID}.",
        )

    def _unknown_id(self, row: Row) -> RowRefused:
        return row.refused(
            LIST_ID,
            f"No entry of the QuickBooks list has the ListID {row.cell(LIST_ID)}.",
            "Download the file again, or give the name instead of the ListID.",
        )
