"""Which fields a sheet can fill, and by which column names people call them.

The words are those of Bilflo and of common back-office and bookkeeping exports. The first name
of a field is its best: when two columns could fill a field, the one named earlier here wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Indel

from tieout.sources.sheets.shapes import Kind, Match

SIMILAR_ENOUGH = 0.88  # 0 to 1: "Contracter Job" still is "Contractor Job"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a kind of row: its name in code, its label on screens, its known columns."""

    name: str
    label: str
    required: bool
    columns: tuple[str, ...]  # normalised names, best first


def _field(name: str, label: str, columns: str, *, required: bool = False) -> Field:
    known = (normalise(label), *(normalise(c) for c in columns.split("|")))
    return Field(name=name, label=label, required=required, columns=tuple(dict.fromkeys(known)))


def normalise(header: str) -> str:
    """A header's words in lower case, without signs; "#" and "No." are the word number."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).lower().replace("#", " number ")
    words = re.sub(r"[^a-z0-9/]+", " ", text).replace("/", " ").split()
    return " ".join("number" if w in ("no", "num", "nbr") else w for w in words)


FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    Kind.CLIENTS: (
        _field(
            "key", "Client ID", "client key|client number|client code|customer id|account id|id"
        ),
        _field(
            "name",
            "Client",
            "client name|customer|customer name|company|company name|account|account name|name",
            required=True,
        ),
        _field("active", "Status", "active|client status|is active|active inactive"),
    ),
    Kind.JOBS: (
        _field(
            "key",
            "Contractor Job ID",
            "contract job id|job id|contractor job number|contract job number|job number|job code"
            "|job key|assignment id|assignment number|placement id|contractor job|contract job|id",
            required=True,
        ),
        _field(
            "client_key",
            "Client ID",
            "client key|client number|client code|customer id|client|client name|customer"
            "|customer name|company",
            required=True,
        ),
        _field(
            "contractor",
            "Contractor",
            "contractor name|contractor full name|worker|worker name|employee|employee name"
            "|candidate|candidate name|consultant|consultant name|talent|resource|full name",
            required=True,
        ),
        _field("title", "Job Title", "title|position|job|role|job description|position title"),
        _field("start_date", "Start Date", "start|job start|job start date|begin date|started"),
        _field(
            "projected_end_date",
            "Projected End Date",
            "projected end|proj end|proj end date|expected end date|estimated end date|est end"
            "|scheduled end date",
        ),
        _field(
            "end_date",
            "End Date",
            "end|actual end date|job end date|termination date|ended|term date",
        ),
        _field(
            "active", "Status", "active|job status|contract job status|is active|active inactive"
        ),
        _field(
            "worker_type",
            "Worker Type",
            "contractor type|type|w2 1099|employment type|tax type|pay type|w2 or 1099",
        ),
        _field(
            "class_value",
            "Class",
            "custom field|division|department|branch|office|business unit|practice|cost center",
        ),
        _field(
            "po_number",
            "PO Number",
            "po|purchase order|purchase order number|p o number|customer po|client po",
        ),
    ),
    Kind.ITEMS: (
        _field(
            "key",
            "Item ID",
            "pay bill item id|item key|item code|code|pay code|bill code|item number|id",
        ),
        _field(
            "name",
            "Pay/Bill Item",
            "item|item name|pay bill item name|pay item|bill item|description|name|earning type",
            required=True,
        ),
        _field("kind", "Invoice Type", "kind|type|item type|used for|applies to|category"),
        _field("active", "Status", "active|item status|is active|active inactive"),
    ),
    Kind.INVOICES: (
        _field("key", "Invoice ID", "invoice key|invoice guid|internal invoice id"),
        _field(
            "number",
            "Invoice #",
            "inv number|invoice|inv|invoice reference|document number|doc number|bill number",
            required=True,
        ),
        _field(
            "client_key",
            "Client ID",
            "client key|client number|client code|customer id|client|client name|customer"
            "|customer name|bill to|company",
            required=True,
        ),
        _field(
            "invoice_date",
            "Invoice Date",
            "inv date|date|bill date|billing date|date invoiced|txn date|transaction date",
            required=True,
        ),
        _field("line_number", "Line", "line number|inv line|invoice line|line item|seq|sequence"),
        _field(
            "job_key",
            "Contractor Job ID",
            "contract job id|job id|contractor job number|contract job number|job number|job code"
            "|job key|assignment id|placement id|contractor job|contract job|job",
        ),
        _field(
            "item_key",
            "Item ID",
            "pay bill item id|item code|pay code|bill code|earning code|pay bill item|item"
            "|item name|product service|service|earning type|time type",
            required=True,
        ),
        _field("description", "Description", "line description|details|narrative|desc|notes"),
        _field("quantity", "Quantity", "qty|hours|units|hrs|billed hours|hours billed"),
        _field("rate", "Bill Rate", "rate|unit price|price|hourly rate|billing rate|price each"),
        _field(
            "amount",
            "Amount",
            "line total|extended amount|ext amount|line amount|bill amount|extended|amt|total",
        ),
        _field(
            "service_date",
            "Week Ending",
            "w e|we date|week ending date|weekending|service date|period ending|work date",
        ),
        _field(
            "class_value",
            "Class",
            "custom field|division|department|branch|office|business unit|practice|cost center",
        ),
        _field("kind", "Invoice Type", "kind|type|contractor direct hire|category"),
        _field("due_date", "Due Date", "due|date due|payment due"),
        _field("terms", "Payment Terms", "terms|pay terms|net terms"),
        _field(
            "po_number",
            "PO Number",
            "po|purchase order|purchase order number|p o number|customer po|client po",
        ),
        _field("memo", "Memo", "invoice memo|message|comments|invoice notes|remarks"),
        _field("approved", "Approved", "approval|approval status|is approved"),
        _field("total", "Invoice Total", "invoice amount|total amount|inv total|grand total"),
    ),
}


def labels(kind: Kind) -> dict[str, str]:
    """Field name → label, for screens and problems."""
    return {f.name: f.label for f in FIELDS[kind]}


def required_fields(kind: Kind) -> tuple[str, ...]:
    return tuple(f.name for f in FIELDS[kind] if f.required)


def known_columns(kind: Kind, headers: Sequence[str]) -> frozenset[str]:
    """The headers that are a name of some field of this kind, whichever column fills it."""
    return frozenset(h for h in headers if any(_rank(f, h) >= 0 for f in FIELDS[kind]))


def match_columns(kind: Kind, headers: Sequence[str]) -> tuple[Match, ...]:
    """The best column for each field; a column fills one field only, exact names first."""
    taken: dict[str, Match] = {}
    free = [h for h in headers if h]
    wanted = list(FIELDS[kind])
    for likeness in (_exact, _similar):
        for field in sorted(wanted, key=lambda f: not f.required):
            best = max(
                ((likeness(field, h), -i, h) for i, h in enumerate(free)),
                default=(0.0, 0, ""),
            )
            if field.name not in taken and best[0] > 0:
                confidence = 1.0 if likeness is _exact else round(best[0], 2)
                taken[field.name] = Match(field=field.name, header=best[2], confidence=confidence)
                free.remove(best[2])
    return tuple(taken[f.name] for f in wanted if f.name in taken)


@cache
def _rank(field: Field, header: str) -> int:
    name = normalise(re.sub(r" \(\d+\)$", "", header))
    return field.columns.index(name) if name in field.columns else -1


def _exact(field: Field, header: str) -> float:
    rank = _rank(field, header)
    return 0.0 if rank < 0 else 1.0 - rank / 100


def _similar(field: Field, header: str) -> float:
    name = normalise(header)
    if len(name) < 5:
        return 0.0
    best = max(Indel.normalized_similarity(name, known) for known in field.columns)
    return best if best >= SIMILAR_ENOUGH else 0.0
