"""Short proofs of content: two equal fingerprints mean that nothing that matters differs.

SHA-256 over canonical JSON (no blanks, fixed order of fields, figures without trailing zeros), as
64 hexadecimal characters. Names of QuickBooks records are left out where their ListID is in: a
rename in QuickBooks does not change what an invoice says.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256

from tieout.core.facts import Posting, PostingLine, QbEntry, SourceInvoice, SourceLine

_POSTING = 1  # raised when the meaning of a fingerprint changes, so that old ones never match
_SOURCE = 1
_JSON = json.JSONEncoder(separators=(",", ":"))


def of_posting(posting: Posting) -> str:
    """Of everything that would be written to QuickBooks.

    Left out: the mapping's version (the mapped ListID is in) and the notes to the clerk.
    """
    return _digest(
        [
            "posting",
            _POSTING,
            posting.source_key,
            posting.job_key,
            posting.kind,
            posting.number,
            posting.customer.list_id,
            _day(posting.txn_date),
            _figure(posting.total),
            [_posting_line(line) for line in posting.lines],
            _day(posting.due_date),
            _entry(posting.terms),
            posting.po_number,
            posting.memo,
            posting.template_name,
            posting.tax_code,
        ]
    )


def of_source(invoice: SourceInvoice) -> str:
    """Of everything the back office says about the invoice; approval and line order do not count.

    It tells a change in the source from a change of mappings or settings, which alter a posting
    but not this.
    """
    return _digest(
        [
            "source",
            _SOURCE,
            invoice.key,
            invoice.number,
            invoice.client_key,
            _day(invoice.invoice_date),
            [_source_line(line) for line in sorted(invoice.lines, key=lambda line: line.number)],
            invoice.kind,
            _day(invoice.due_date),
            invoice.terms,
            invoice.po_number,
            invoice.memo,
            _figure(invoice.total),
        ]
    )


def _posting_line(line: PostingLine) -> list[object]:
    return [
        line.item.list_id,
        _figure(line.amount),
        line.description,
        _figure(line.quantity),
        _figure(line.rate),
        line.send_amount,
        _day(line.service_date),
        _entry(line.class_),
        line.source_line,
    ]


def _source_line(line: SourceLine) -> list[object]:
    return [
        line.number,
        line.item_key,
        _figure(line.amount),
        line.job_key,
        line.description,
        _figure(line.quantity),
        _figure(line.rate),
        _day(line.service_date),
        line.class_value,
    ]


def _digest(content: list[object]) -> str:
    return sha256(_JSON.encode(content).encode("ascii")).hexdigest()


def _figure(value: Decimal | None) -> str | None:
    """8, 8.0 and 8.00 are one figure; so are 0 and -0."""
    if value is None:
        return None
    return f"{value.normalize():f}" if value else "0"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _entry(value: QbEntry | None) -> str | None:
    return value.list_id if value else None
