"""Every block says what, names the record, and sends the clerk to the right screen."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.makers import ACME, DANA, DAY, JOBS, REGULAR

from tieout.core import blocking
from tieout.core.facts import InvoiceKind, Reason, Who

J1 = JOBS["J1"]
CONTRACTOR, DIRECT = InvoiceKind.CONTRACTOR, InvoiceKind.DIRECT_HIRE
ITEM = {"item_key": "REG", "name": "Regular", "line": 2}

# what is said, what it must name, the screen or menu it must send to, and who can do it
CASES = [
    (blocking.no_lines(number="1042"), "1042", "Bilflo", Who.BACK_OFFICE),
    (blocking.approval_missing(number="1042"), "1042", "Bilflo", Who.BACK_OFFICE),
    (
        blocking.period_closed(number="1042", invoice_date=DAY, closing_date=DAY),
        "03/06/2026",
        "Edit → Preferences → Accounting",
        Who.BOOKKEEPER,
    ),
    (blocking.terms_unknown(terms="Net 9", entry=None), "do not exist", "Terms List", None),
    (blocking.terms_unknown(terms="Net 9", entry=REGULAR), "are inactive", "Terms List", None),
    (
        blocking.total_differs(number="1042", printed=Decimal("1234.50"), lines=Decimal(9)),
        "1,234.50, but its lines add up to 9.00",
        "Bilflo",
        Who.BACK_OFFICE,
    ),
    (blocking.zero_total(number="1042", job=J1), "Dana Reyes", "QuickBooks Desktop Acc", None),
    (blocking.zero_total(number="1042", job=None), "Invoice 1042 comes", "skip", None),
    (blocking.number_missing(), "no number", "Bilflo", Who.BACK_OFFICE),
    (
        blocking.number_too_long(number="123456789012", suffix="", limit=11),
        "123456789012 cannot be fitted into the 11",
        "prefix",
        Who.SUPER_USER,
    ),
    (
        blocking.number_too_long(number="1", suffix="-1", limit=11),
        "endings up to -1",
        "Settings → Integrations → QuickBooks Desktop Accounting Configuration",
        Who.SUPER_USER,
    ),
    (blocking.number_taken(number="1042"), "1042", "renumber", Who.BILLER),
    (blocking.line_without_job(lines=[2]), "Line 2 names", "customer", Who.BACK_OFFICE),
    (blocking.line_without_job(lines=[2, 3, 5]), "Lines 2, 3 and 5 name", "Bilflo", None),
    (blocking.job_unknown(job_key="J9"), "J9", "Import", Who.BILLER),
    (blocking.job_not_mapped(job=J1), "Dana Reyes, Welder", "Map Jobs", Who.BILLER),
    (blocking.job_gone(job=J1, target=DANA), DANA.full_name, "Map Jobs", Who.BILLER),
    (blocking.job_inactive(job=J1, target=DANA), DANA.full_name, "Map Jobs", Who.BOOKKEEPER),
    (
        blocking.job_other_customer(job=J1, target=DANA, customer=ACME),
        ACME.full_name,
        "Map Jobs",
        Who.BILLER,
    ),
    (
        blocking.drift_unanswered(job=J1, target=DANA, change="It was moved."),
        "It was moved.",
        "Drift inbox",
        Who.BILLER,
    ),
    (
        blocking.client_not_mapped(client_key="C1", name="Acme", gone=None),
        "Client Acme is not mapped",
        "Client Mapping",
        Who.BILLER,
    ),
    (
        blocking.client_not_mapped(client_key="C1", name="Acme", gone=ACME),
        "Acme Corporation, to which client Acme is mapped, was deleted",
        "Client Mapping",
        Who.BILLER,
    ),
    (
        blocking.client_inactive(client_key="C1", name="Acme", customer=ACME),
        "inactive",
        "Client Mapping",
        Who.BOOKKEEPER,
    ),
    (blocking.amount_unusable(line=3, amount=Decimal("1.005")), "1.005", "Bilflo", None),
    (
        blocking.amount_missing(line=3, quantity=Decimal(8), rate=Decimal(50)),
        "8 × 50",
        "Bilflo",
        Who.BACK_OFFICE,
    ),
    (blocking.item_not_mapped(**ITEM, gone=None), "item Regular is not", "Invoice Mapping", None),
    (blocking.item_not_mapped(**ITEM, gone=REGULAR), "was deleted", "Invoice Mapping", None),
    (
        blocking.item_not_mapped(item_key="", name="", line=2, gone=None),
        "Line 2 names no pay/bill item",
        "Bilflo",
        Who.BACK_OFFICE,
    ),
    (
        blocking.item_inactive(**ITEM, entry=REGULAR),
        "inactive",
        "Invoice Mapping",
        Who.BOOKKEEPER,
    ),
    (
        blocking.item_without_account(**ITEM, entry=REGULAR),
        "no income account",
        "Lists → Item List",
        Who.BOOKKEEPER,
    ),
    (
        blocking.class_not_mapped(kind=CONTRACTOR, value="East", line=1, gone=None),
        "East is not mapped",
        "Open Contractor Class Mapping",
        Who.BILLER,
    ),
    (
        blocking.class_not_mapped(kind=DIRECT, value="East", line=1, gone=REGULAR),
        "was deleted",
        "Open Direct Hire Class Mapping",
        Who.BILLER,
    ),
    (
        blocking.class_inactive(kind=DIRECT, value="East", line=1, entry=REGULAR),
        "inactive",
        "Direct Hire Class Mapping",
        Who.BOOKKEEPER,
    ),
]


@pytest.mark.parametrize(("block", "names", "sends_to", "who"), CASES)
def test_a_block_names_the_record_the_screen_and_the_person(block, names, sends_to, who):
    assert names in block.message
    assert sends_to in block.remedy
    assert who in (None, block.who)
    for text in (block.message, block.remedy):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


def test_every_reason_that_planning_gives_has_its_wording_here():
    worded = {block.reason for block, *_ in CASES}
    assert set(Reason) - worded == {Reason.REFUSED}  # said by QuickBooks, not by planning


def test_a_job_is_named_by_contractor_and_title():
    assert blocking.job_name(J1) == "Dana Reyes, Welder"
    assert blocking.job_name(replace(J1, title="")) == "Dana Reyes"
