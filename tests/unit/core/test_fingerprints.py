"""A fingerprint moves with everything that matters and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.core.makers import DANA, EVAN, OVERTIME, invoice, line, planned

from tieout.core.facts import InvoiceKind, PostingKind, QbEntry
from tieout.core.fingerprints import of_posting, of_source

SOURCE = invoice(line(1, "400.00", quantity="8", rate="50"), line(2, "10.00"))
POSTING = planned(SOURCE).postings[0]
ENTRY = QbEntry(list_id="60-1", full_name="Net 30")


def with_line(**more):
    return {"lines": (replace(POSTING.lines[0], **more), *POSTING.lines[1:])}


@pytest.mark.parametrize(
    "change",
    [
        {"source_key": "I2"},
        {"job_key": "J2"},
        {"kind": PostingKind.CREDIT_MEMO},
        {"number": "1043"},
        {"customer": EVAN},
        {"txn_date": date(2026, 3, 7)},
        {"total": Decimal("410.01")},
        {"lines": POSTING.lines[:1]},
        {"lines": POSTING.lines[::-1]},
        {"due_date": date(2026, 4, 5)},
        {"terms": ENTRY},
        {"po_number": "PO-1"},
        {"memo": "week 10"},
        {"template_name": "Agency"},
        {"tax_code": "Non"},
        with_line(item=OVERTIME),
        with_line(amount=Decimal("0")),
        with_line(description="nights"),
        with_line(quantity=Decimal("9")),
        with_line(quantity=None),
        with_line(rate=Decimal("51")),
        with_line(send_amount=True),
        with_line(service_date=date(2026, 3, 1)),
        with_line(class_=ENTRY),
        with_line(source_line=7),
    ],
)
def test_everything_that_is_written_counts(change):
    assert of_posting(replace(POSTING, **change)) != of_posting(POSTING)


@pytest.mark.parametrize(
    "change",
    [
        {"mapping_version": 99},
        {"notes": ("seen",)},
        {"fingerprint": "old"},
        {"customer": replace(DANA, full_name="Acme Corporation:Renamed")},
        {"total": Decimal("410")},
        with_line(quantity=Decimal("8.000")),
        with_line(rate=Decimal("5E+1")),
    ],
)
def test_what_is_written_the_same_way_does_not_count(change):
    assert of_posting(replace(POSTING, **change)) == of_posting(POSTING)


def test_zero_is_one_figure():
    zero, minus = (
        of_posting(replace(POSTING, **with_line(amount=Decimal(text)))) for text in ("0", "-0.00")
    )
    assert zero == minus


@pytest.mark.parametrize(
    "change",
    [
        {"key": "I2"},
        {"number": "1043"},
        {"client_key": "C2"},
        {"invoice_date": date(2026, 3, 7)},
        {"lines": SOURCE.lines[:1]},
        {"lines": (replace(SOURCE.lines[0], job_key="J2"), SOURCE.lines[1])},
        {"kind": InvoiceKind.DIRECT_HIRE},
        {"due_date": date(2026, 4, 5)},
        {"terms": "Net 30"},
        {"po_number": "PO-1"},
        {"memo": "week 10"},
        {"total": Decimal("410.00")},
    ],
)
def test_everything_the_back_office_says_counts(change):
    assert of_source(replace(SOURCE, **change)) != of_source(SOURCE)


def test_approval_and_the_order_of_lines_do_not_count():
    same = replace(SOURCE, approved=False, lines=SOURCE.lines[::-1])
    assert of_source(same) == of_source(SOURCE)


def test_a_fingerprint_is_64_hexadecimal_characters():
    assert len(bytes.fromhex(of_posting(POSTING))) == len(bytes.fromhex(of_source(SOURCE))) == 32
