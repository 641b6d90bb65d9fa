"""Planning the sample agency gives what an independent program, sharing no code, expects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.sources.sheets.test_northgate import facts, load, rows_of

from tieout.core.facts import (
    BookFacts,
    ExportRules,
    InvoiceKind,
    JobLink,
    Links,
    PostingKind,
    QbEntry,
    QbJob,
    Reason,
)
from tieout.core.planning import plan
from tieout.sources.sheets import Kind

ORDER = list(Reason)
ZERO = Decimal("0.00")


class World:
    """QuickBooks' lists and the mappings, before and after the bookkeeper's answers."""

    def __init__(self) -> None:
        company = load("quickbooks.json")
        self.active = {e["full_name"]: e["active"] for e in company["customers"]}
        self.entries = {
            e["full_name"]: e["active"] for e in (*company["items"], *company["classes"])
        }
        self.terms = [t["name"] for t in company["terms"]]
        self.closing = date.fromisoformat(company["preferences"]["closing_date"])
        self.mapped: dict[str, list[Mapping[str, str]]] = {
            "jobs": list(rows_of("mappings.csv")),
            "clients": list(rows_of("client_mappings.csv")),
            "items": list(rows_of("item_mappings.csv")),
            "classes": list(rows_of("class_mappings.csv")),
        }

    def answer(self, answers: Mapping[str, Any]) -> None:
        for entry in (*answers["add_customers"], *answers["add_jobs"]):
            self.active[entry["full_name"]] = True
        self.active |= dict.fromkeys(answers["reactivate_customers"], True)
        again = (*answers["reactivate_items"], *answers["reactivate_classes"])
        self.entries |= dict.fromkeys(again, True)
        for name, rows in answers["mappings"].items():
            self.mapped[name] += rows

    def job(self, name: str) -> QbJob:
        parent = name.rpartition(":")[0]
        return QbJob(
            list_id=name,
            full_name=name,
            parent_list_id=parent,
            top_list_id=name.split(":")[0],
            active=self.active[name],
        )

    def entry(self, name: str) -> QbEntry:
        return QbEntry(list_id=name, full_name=name, active=self.entries[name])

    def links(self) -> Links:
        return Links(
            jobs={
                r["job_key"]: JobLink(
                    job_key=r["job_key"], version=1, target=self.job(r["full_name"])
                )
                for r in self.mapped["jobs"]
            },
            clients={r["client_key"]: self.job(r["full_name"]) for r in self.mapped["clients"]},
            items={
                (InvoiceKind(r["kind"]), r["item_key"]): self.entry(r["full_name"])
                for r in self.mapped["items"]
            },
            classes={
                (InvoiceKind(r["kind"]), r["class_value"]): self.entry(r["full_name"])
                for r in self.mapped["classes"]
            },
            terms={t.lower(): QbEntry(list_id=t, full_name=t) for t in self.terms},
        )


def planned(world: World, records: Mapping[str, list[Any]], done: set[str]) -> dict[str, Any]:
    blocked: dict[str, list[Decimal]] = defaultdict(list)
    postings: list[tuple[str, Decimal]] = []
    ready: list[Decimal] = []
    links = world.links()
    for invoice in records["invoices"]:
        if invoice.key in done:
            continue
        answer = plan(
            invoice,
            client=None,
            jobs={j.key: j for j in records["jobs"]},
            items={(i.kind, i.key): i for i in records["items"]},
            links=links,
            rules=ExportRules(),
            books=BookFacts(closing_date=world.closing, uses_classes=True),
            kept={},
            taken=frozenset(),
        )
        if answer.blocks:
            blocked[min((b.reason for b in answer.blocks), key=ORDER.index)].append(invoice.total)
            continue
        done.add(invoice.key)
        ready.append(invoice.total)
        for posting in answer.postings:
            signed = -posting.total if posting.kind is PostingKind.CREDIT_MEMO else posting.total
            postings.append((posting.number, signed))
    return {
        "ready": (len(ready), sum(ready, ZERO), len(postings)),
        "blocked": {r: (len(t), sum(t, ZERO)) for r, t in blocked.items()},
        "numbers": [number for number, _ in postings],
        "posted": sum((total for _, total in postings), ZERO),
    }


def test_both_acts_are_planned_as_expected() -> None:
    expected, world, done = load("expected.json"), World(), set[str]()
    records = {
        "invoices": facts(Kind.INVOICES),
        "jobs": facts(Kind.JOBS),
        "items": facts(Kind.ITEMS),
    }
    numbers: list[str] = []
    for act in ("before", "after"):
        if act == "after":
            world.answer(load("bookkeeper.json"))
        found, says = planned(world, records, done), expected[act]
        ready = says["ready"]
        assert found["ready"] == (ready["invoices"], Decimal(ready["total"]), ready["postings"])
        assert found["blocked"] == {
            reason: (tally["invoices"], Decimal(tally["total"]))
            for reason, tally in says["blocked"]["by_reason"].items()
        }
        numbers += found["numbers"]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) <= 11 for number in numbers)
