"""Bring what rows call clients, jobs and items to the records that are meant.

An ID counts first, then a name (capitals do not matter). What cannot be found is a problem of the
row, with one exception: a contractor jobs sheet that knows its clients by name only brings its
clients along. A name that several bear means none of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from tieout.core.facts import InvoiceKind, SourceClient, SourceItem, SourceJob, SourceLine
from tieout.sources.sheets import InvoiceHeader, InvoiceLineRow, Kind, Problem, Row, labels
from tieout.sources.sheets.columns import normalise
from tieout.store.queries import source

NAMED_MAX = 3  # of several records of one name, in a sentence
_ID_WORDS = {"id", "key", "number", "code"}
# characters that a field holds; longer ones are named instead of being cut
BOUNDS: Mapping[Kind, Mapping[str, int]] = {
    Kind.CLIENTS: {"key": 80, "name": 200},
    Kind.JOBS: {
        "key": 80,
        "client_key": 80,
        "contractor": 200,
        "title": 200,
        "class_value": 120,
        "po_number": 40,
    },
    Kind.ITEMS: {"key": 80, "name": 200},
    Kind.INVOICES: {
        "key": 80,
        "number": 40,
        "terms": 60,
        "po_number": 60,
        "job_key": 80,
        "item_key": 80,
        "class_value": 120,
    },
}


@dataclass(slots=True)
class References:
    """The records of one company by ID and by name, and the clients that a sheet brings along."""

    clients: dict[str, str] = field(default_factory=dict)  # key or folded name -> key
    jobs: set[str] = field(default_factory=set)
    items: dict[tuple[str, str], str] = field(default_factory=dict)  # kind, key or name -> key
    # a folded name that several bear, with their keys: it means none of them
    clients_of_one_name: dict[str, list[str]] = field(default_factory=dict)
    items_of_one_name: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # with kind
    # as they are called, for `settle`
    client_names: dict[str, str] = field(default_factory=dict)
    item_names: dict[str, dict[str, str]] = field(default_factory=dict)  # by kind

    @classmethod
    def load(cls, company_id: int) -> References:
        """As the tables are now."""
        found = cls(
            jobs=source.job_keys(company_id=company_id),
            client_names=dict(source.client_names(company_id=company_id)),
        )
        for kind, key, name in source.item_names(company_id=company_id):
            found.item_names.setdefault(kind, {})[key] = name
        found.settle()
        return found

    def settle(self) -> None:
        """Take the names of all that is known: between two sheets, as if it were loaded anew."""
        self.clients, self.clients_of_one_name = _by_name(self.client_names)
        self.items, self.items_of_one_name = {}, {}
        for kind, names in self.item_names.items():
            alone, shared = _by_name(names)
            self.items |= {(kind, said): key for said, key in alone.items()}
            self.items_of_one_name |= {(kind, said): keys for said, keys in shared.items()}

    def client(self, said: str) -> str | None:
        return self.clients.get(said) or self.clients.get(_folded(said))

    def item(self, kind: InvoiceKind | None, said: str) -> str | None:
        for each in [kind] if kind else list(InvoiceKind):
            key = self.items.get((each.value, said)) or self.items.get((each.value, _folded(said)))
            if key:
                return key
        return None

    def clients_called(self, said: str) -> list[str]:
        """The keys of several clients that bear this name; empty unless there are several."""
        return self.clients_of_one_name.get(_folded(said), [])

    def items_called(self, kind: InvoiceKind | None, said: str) -> list[str]:
        """The keys of several items of that kind, or of any, that bear this name."""
        kinds = [kind] if kind else list(InvoiceKind)
        found = (self.items_of_one_name.get((each.value, _folded(said)), []) for each in kinds)
        return next((keys for keys in found if keys), [])

    def bring(self, client: SourceClient) -> None:
        """From now on this client is known."""
        self.client_names[client.key] = client.name
        self.clients[client.key] = client.key
        self.clients.setdefault(_folded(client.name), client.key)


@dataclass(slots=True)
class Resolver:
    """Resolves the rows of one sheet; `columns` tells whether clients are given by name."""

    kind: Kind
    columns: Mapping[str, str]
    references: References
    brought: list[SourceClient] = field(default_factory=list)  # clients to insert before the rows

    def resolve(self, row: Row) -> Row:
        """The row with its references as keys, or with the problems that keep it out."""
        if row.fact is None:
            return row
        problems = self._too_long(row)
        match row.fact:
            case SourceJob():
                fact: SourceJob | InvoiceLineRow = self._job(row.fact, row, problems)
            case InvoiceLineRow():
                fact = self._line(row.fact, row, problems)
            case _:
                return replace(row, fact=None, problems=tuple(problems)) if problems else row
        if problems:
            return replace(row, fact=None, problems=tuple(problems))
        return replace(row, fact=fact)

    def _job(self, fact: SourceJob, row: Row, problems: list[Problem]) -> SourceJob:
        key = self.references.client(fact.client_key)
        shared = self.references.clients_called(fact.client_key)
        if key is None and not shared and not problems and self._by_name_only:
            client = SourceClient(key=fact.client_key, name=fact.client_key)
            self.references.bring(client)
            self.brought.append(client)
            key = client.key
        if key is None:
            problems.append(self._no_client(row, fact.client_key))
            return fact
        return replace(fact, client_key=key)

    @property
    def _by_name_only(self) -> bool:
        header = normalise(self.columns.get("client_key", ""))
        return not _ID_WORDS & set(header.split())

    def _line(self, fact: InvoiceLineRow, row: Row, problems: list[Problem]) -> InvoiceLineRow:
        header, line = fact.header, fact.line
        client = self.references.client(header.client_key)
        if client is None:
            problems.append(self._no_client(row, header.client_key))
        item = self.references.item(header.kind, line.item_key)
        if item is None:
            problems.append(self._no_item(row, header.kind, line.item_key))
        if line.job_key and line.job_key not in self.references.jobs:
            problems.append(
                self._problem(
                    row,
                    "job_key",
                    line.job_key,
                    "There is no such contractor job.",
                    "Import it with the contractor jobs first, or correct it; then import "
                    "this file again.",
                )
            )
        return InvoiceLineRow(
            header=replace(header, client_key=client or header.client_key),
            line=replace(line, item_key=item or line.item_key),
        )

    def _too_long(self, row: Row) -> list[Problem]:
        fact = row.fact
        said: dict[str, object] = {}
        if isinstance(fact, InvoiceLineRow):
            said = {**_values(fact.line), **_values(fact.header)}
        elif fact is not None:
            said = _values(fact)
        return [
            self._problem(
                row,
                name,
                str(said[name]),
                f"The text has {len(str(said[name]))} characters; {most} is the most.",
                "Shorten it in the back office.",
            )
            for name, most in BOUNDS[self.kind].items()
            if len(str(said.get(name) or "")) > most
        ]

    def _no_item(self, row: Row, kind: InvoiceKind | None, said: str) -> Problem:
        shared = self.references.items_called(kind, said)
        if shared:
            return self._one_name(row, "item_key", said, "pay/bill items", shared)
        return self._problem(
            row,
            "item_key",
            said,
            "There is no such pay/bill item.",
            "Import it with the pay/bill items first, or correct it; then import this file again.",
        )

    def _no_client(self, row: Row, said: str) -> Problem:
        shared = self.references.clients_called(said)
        if shared:
            return self._one_name(row, "client_key", said, "clients", shared)
        return self._problem(
            row,
            "client_key",
            said,
            "There is no such client.",
            "Import it with the clients first, or correct it; then import this file again.",
        )

    def _one_name(
        self, row: Row, name: str, said: str, whose: str, keys: Sequence[str]
    ) -> Problem:
        few = ", ".join(keys[:NAMED_MAX]) + (" …" if len(keys) > NAMED_MAX else "")
        return self._problem(
            row,
            name,
            said,
            f"{len(keys)} {whose} are called so: {few}.",
            "Write the ID of the one that is meant; then import this file again.",
        )

    def _problem(self, row: Row, name: str, value: str, message: str, remedy: str) -> Problem:
        return Problem(
            line=row.line,
            field=labels(self.kind)[name],
            value=value,
            message=message,
            remedy=remedy,
        )


def learn(references: References, fact: SourceClient | SourceJob | SourceItem) -> None:
    """Know a record that was just written, or would be."""
    match fact:
        case SourceClient():
            references.bring(fact)
        case SourceJob():
            references.jobs.add(fact.key)
        case SourceItem():
            references.item_names.setdefault(fact.kind.value, {})[fact.key] = fact.name


def _values(
    fact: SourceClient | SourceJob | SourceItem | SourceLine | InvoiceHeader,
) -> dict[str, object]:
    return {item.name: getattr(fact, item.name) for item in fields(fact)}


def _folded(name: str) -> str:
    return f"\0{name.casefold()}"


def _by_name(names: Mapping[str, str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Keys by themselves and by their names where only one bears it, and the keys of a shared name."""
    bearers: dict[str, list[str]] = {}
    for key, name in names.items():
        bearers.setdefault(_folded(name), []).append(key)
    alone = {said: keys[0] for said, keys in bearers.items() if len(keys) == 1}
    shared = {said: keys for said, keys in bearers.items() if len(keys) > 1}
    return alone | {key: key for key in names}, shared
