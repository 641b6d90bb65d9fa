"""Compute examples/northgate/expected.json from the files there, with plain arithmetic.

    python tools/expect_northgate.py [folder]

This program shares no code with Tieout, on purpose: what Tieout plans and exports is checked
against it. Every invoice is counted once; a blocked one under its first reason in the order of
REASONS. $ of a blocked invoice is the total that it prints; $ of what is exported is the sum of
its lines, credit memos negative.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "northgate"
REASONS = (
    "job_unknown",
    "job_not_mapped",
    "job_inactive",
    "job_gone",
    "job_other_customer",
    "line_without_job",
    "client_not_mapped",
    "client_inactive",
    "item_not_mapped",
    "item_inactive",
    "class_not_mapped",
    "class_inactive",
    "terms_unknown",
    "number_too_long",
    "number_taken",
    "total_differs",
    "zero_total",
    "period_closed",
)
NUMBER_MAX = 11
ZERO = Decimal("0.00")


@dataclass
class Invoice:
    number: str
    kind: str
    client: str
    day: date
    terms: str
    printed: Decimal
    lines: list[dict[str, str]] = field(default_factory=list)

    @property
    def parts(self) -> dict[str, Decimal]:
        """Contractor job → its sum, in the order of the lines; "" for lines without a job."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            job = line["Contractor Job ID"]
            sums[job] = sums.get(job, ZERO) + money(line["Amount"])
        return sums


@dataclass
class World:
    """QuickBooks and the mappings at one moment: names by contractor job, client, item, class."""

    active: dict[str, bool]  # customers and jobs, items, classes: "list|full name" → active
    terms: set[str]
    closing: date
    jobs: dict[str, str]
    clients: dict[str, str]
    items: dict[tuple[str, str], str]
    classes: dict[tuple[str, str], str]


def main(folder: Path) -> None:
    invoices = read_invoices(folder)
    world = read_world(folder)
    known = {row["Contractor Job ID"]: row for row in rows_of(folder / "contractor_jobs.csv")}
    foreign = {i["number"] for i in load(folder / "quickbooks.json")["invoices"]}
    done: dict[str, Posted] = {}
    held: dict[str, list[dict[str, str]]] = {}
    before = act(invoices, world, known, foreign, done, held)
    apply_bookkeeper(world, load(folder / "bookkeeper.json"))
    after = act(invoices, world, known, foreign, done, held)
    answer = {
        "source": {
            "clients": len(rows_of(folder / "clients.csv")),
            "contractor_jobs": len(known),
            "pay_bill_items": len(rows_of(folder / "pay_bill_items.csv")),
            "invoices": len(invoices),
            "invoice_lines": sum(len(i.lines) for i in invoices),
            "total": str(sum((i.printed for i in invoices), ZERO)),
        },
        "before": before,
        "after": after,
        "per_quickbooks_job": per_job(done),
    }
    text = json.dumps(answer, indent=1, ensure_ascii=False) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8")


@dataclass
class Posted:
    """What one invoice became: (number in QuickBooks, Customer:Job, sum) for each part."""

    parts: list[tuple[str, str, Decimal]]


def act(
    invoices: list[Invoice],
    world: World,
    known: dict[str, dict[str, str]],
    foreign: set[str],
    done: dict[str, Posted],
    held: dict[str, list[dict[str, str]]],
) -> dict[str, Any]:
    """Plan what is not exported yet, export what is ready, and count both.

    An invoice whose number somebody used in QuickBooks is found out when it is about to be sent:
    it is held for a person and takes no part in later acts.
    """
    blocked: dict[str, list[Invoice]] = {}
    ready: list[Invoice] = []
    new: dict[str, Posted] = {}
    for invoice in invoices:
        if invoice.number in done or invoice.number in held:
            continue
        reason = first_reason(invoice, world, known)
        if reason:
            blocked.setdefault(reason, []).append(invoice)
            continue
        ready.append(invoice)
        parts = [
            (number, world.jobs[job] if job else world.clients[invoice.client], total)
            for number, (job, total) in zip(numbers(invoice), invoice.parts.items(), strict=True)
        ]
        taken = [part for part in parts if part[0] in foreign]
        if taken:
            held[invoice.number] = [
                {"number": n, "full_name": target, "total": str(total)}
                for n, target, total in taken
            ]
        if len(taken) < len(parts):
            new[invoice.number] = Posted([part for part in parts if part not in taken])
    done.update(new)
    parts = [part for posted in new.values() for part in posted.parts]
    return {
        "ready": {**tally(ready), "postings": sum(len(i.parts) for i in ready)},
        "blocked": {
            **tally([i for group in blocked.values() for i in group]),
            "by_reason": {r: tally(blocked[r]) for r in REASONS if r in blocked},
        },
        "number_taken_at_export": [entry for entries in held.values() for entry in entries],
        "exported": {
            "invoices": len(new),
            "postings": len(parts),
            "credit_memos": sum(1 for *_, total in parts if total < 0),
            "total": str(sum((total for *_, total in parts), ZERO)),
        },
    }


def first_reason(invoice: Invoice, world: World, known: dict[str, dict[str, str]]) -> str:
    found = set(header_reasons(invoice, world))
    for line in invoice.lines:
        found |= set(line_reasons(invoice, line, world, known))
    return next((reason for reason in REASONS if reason in found), "")


def header_reasons(invoice: Invoice, world: World) -> list[str]:
    found = []
    if invoice.terms and invoice.terms.lower() not in world.terms:
        found.append("terms_unknown")
    if "" in numbers(invoice):
        found.append("number_too_long")
    if sum(invoice.parts.values(), ZERO) != invoice.printed:
        found.append("total_differs")
    if any(total == 0 for total in invoice.parts.values()):
        found.append("zero_total")
    if invoice.day <= world.closing:
        found.append("period_closed")
    return found


def line_reasons(
    invoice: Invoice, line: dict[str, str], world: World, known: dict[str, dict[str, str]]
) -> list[str]:
    found = []
    job, client = line["Contractor Job ID"], world.clients.get(invoice.client, "")
    if job:
        found += job_reasons(job, client, world, known)
    elif not client:
        found.append("client_not_mapped")
    elif not world.active[f"customers|{client.lower()}"]:
        found.append("client_inactive")
    item = world.items.get((invoice.kind, line["Item ID"]), "")
    if not item:
        found.append("item_not_mapped")
    elif not world.active[f"items|{item.lower()}"]:
        found.append("item_inactive")
    division = line["Division"] or known.get(job, {}).get("Division", "")
    if division:
        name = world.classes.get((invoice.kind, division), "")
        if not name:
            found.append("class_not_mapped")
        elif not world.active[f"classes|{name.lower()}"]:
            found.append("class_inactive")
    return found


def job_reasons(
    job: str, client: str, world: World, known: dict[str, dict[str, str]]
) -> list[str]:
    if job not in known:
        return ["job_unknown"]
    target = world.jobs.get(job, "")
    if not target:
        return ["job_not_mapped"]
    found = []
    if not world.active[f"customers|{target.lower()}"]:
        found.append("job_inactive")
    if client and client.split(":")[0].lower() != target.split(":")[0].lower():
        found.append("job_other_customer")
    return found


def numbers(invoice: Invoice) -> list[str]:
    """The numbers in QuickBooks, one for each part; "" where none fits into 11 characters."""
    count = len(invoice.parts)
    if count == 1:
        return [fitted(invoice.number, NUMBER_MAX)]
    room = NUMBER_MAX - len(f"-{count}")
    short = fitted(invoice.number, room)
    return [f"{short}-{n}" if short else "" for n in range(1, count + 1)]


def fitted(number: str, room: int) -> str:
    """Unchanged, or without separators, or also without zeros in front of the last digits."""
    tight = re.sub(r"[ \-/._#]", "", number)
    digits = re.search(r"\d*$", number)
    tail = digits.group() if digits else ""
    head = re.sub(r"[ \-/._#]", "", number[: len(number) - len(tail)])
    bare = head + (tail.lstrip("0") or tail[-1:])
    return next((text for text in (number, tight, bare) if text and len(text) <= room), "")


def per_job(done: dict[str, Posted]) -> dict[str, dict[str, Any]]:
    sums: dict[str, list[Decimal]] = {}
    for posted in done.values():
        for _, target, total in posted.parts:
            sums.setdefault(target, []).append(total)
    return {
        name: {"postings": len(sums[name]), "total": str(sum(sums[name], ZERO))}
        for name in sorted(sums)
    }


def tally(invoices: list[Invoice]) -> dict[str, Any]:
    total = sum((i.printed for i in invoices), ZERO)
    return {"invoices": len(invoices), "total": str(total)}


def read_invoices(folder: Path) -> list[Invoice]:
    found: dict[str, Invoice] = {}
    for row in rows_of(folder / "invoices.csv"):
        number = row["Invoice #"]
        if number not in found:
            found[number] = Invoice(
                number=number,
                kind=row["Invoice Type"].lower().replace(" ", "_"),
                client=row["Client ID"],
                day=datetime.strptime(row["Invoice Date"], "%m/%d/%Y").date(),  # noqa: DTZ007
                terms=row["Payment Terms"],
                printed=money(row["Invoice Total"]),
            )
        found[number].lines.append(row)
    return list(found.values())


def read_world(folder: Path) -> World:
    company = load(folder / "quickbooks.json")
    lists = ("customers", "items", "classes")
    return World(
        active={
            f"{name}|{entry['full_name'].lower()}": entry["active"]
            for name in lists
            for entry in company[name]
        },
        terms={t["name"].lower() for t in company["terms"]},
        closing=date.fromisoformat(company["preferences"]["closing_date"]),
        jobs={r["job_key"]: r["full_name"] for r in rows_of(folder / "mappings.csv")},
        clients={r["client_key"]: r["full_name"] for r in rows_of(folder / "client_mappings.csv")},
        items={
            (r["kind"], r["item_key"]): r["full_name"]
            for r in rows_of(folder / "item_mappings.csv")
        },
        classes={
            (r["kind"], r["class_value"]): r["full_name"]
            for r in rows_of(folder / "class_mappings.csv")
        },
    )


def apply_bookkeeper(world: World, answers: dict[str, Any]) -> None:
    for entry in (*answers["add_customers"], *answers["add_jobs"]):
        world.active[f"customers|{entry['full_name'].lower()}"] = True
    for name in ("customers", "items", "classes"):
        for full_name in answers[f"reactivate_{name}"]:
            world.active[f"{name}|{full_name.lower()}"] = True
    mappings = answers["mappings"]
    world.jobs |= {m["job_key"]: m["full_name"] for m in mappings["jobs"]}
    world.clients |= {m["client_key"]: m["full_name"] for m in mappings["clients"]}
    world.items |= {(m["kind"], m["item_key"]): m["full_name"] for m in mappings["items"]}
    world.classes |= {(m["kind"], m["class_value"]): m["full_name"] for m in mappings["classes"]}


def money(text: str) -> Decimal:
    number = Decimal(re.sub(r"[$,()]", "", text))
    return -number if text.startswith("(") else number


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
