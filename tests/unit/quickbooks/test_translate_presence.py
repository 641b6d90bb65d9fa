"""Which exported invoices are still there: asked by id, in the right company file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.answers import answer, response

from tieout.core.exporting import Event
from tieout.core.facts import PostingKind
from tieout.quickbooks import translate_presence as presence
from tieout.quickbooks.readings import Found

INVOICE, CREDIT = PostingKind.INVOICE, PostingKind.CREDIT_MEMO
SALES = [(INVOICE, "1A-1"), (INVOICE, "1B-1"), (CREDIT, "1C-1")]
COMPANY = response(
    "CompanyQuery",
    "<CompanyRet><CompanyName>Northgate</CompanyName></CompanyRet>",
    request_id="company",
)
ACTIVITY = response(
    "CompanyActivityQuery",
    "<CompanyActivityRet><LastRestoreTime>2026-11-02T09:00:00</LastRestoreTime>"
    "</CompanyActivityRet>",
    request_id="activity",
)


def there(kind: str, *txn_ids: str, code: int = 0) -> str:
    body = "".join(f"<{kind}Ret><TxnID>{each}</TxnID></{kind}Ret>" for each in txn_ids)
    name = "invoices" if kind == "Invoice" else "credits"
    return response(f"{kind}Query", body, request_id=name, code=code, text="some missing")


@needs_specs
@pytest.mark.parametrize("sales", [SALES, SALES[:1], SALES[2:]])
def test_every_message_is_valid(sales: list[tuple[PostingKind, str]]) -> None:
    schema = etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))
    schema.assertValid(etree.fromstring(presence.render(sales)))


def test_missing_ids_are_missing_and_the_file_is_named() -> None:
    body = answer(
        COMPANY, ACTIVITY, there("Invoice", "1B-1", code=500), there("CreditMemo", "1C-1")
    )
    found = presence.read(body, {INVOICE, CREDIT})
    assert found.txn_ids == {"1B-1", "1C-1"}
    assert (found.company_name, found.broken) == ("Northgate", "")
    assert found.last_restore_time == "2026-11-02T09:00:00"


@pytest.mark.parametrize(
    "body",
    [
        answer(COMPANY, ACTIVITY, there("Invoice", "1A-1")),
        answer(COMPANY, ACTIVITY, there("Invoice", code=1000), there("CreditMemo", "1C-1")),
        answer(ACTIVITY, there("Invoice", "1A-1"), there("CreditMemo", "1C-1")),
        answer(ACTIVITY, COMPANY, there("Invoice", "1A-1"), there("CreditMemo", "1C-1")),
        answer(
            COMPANY,
            response("CompanyActivityQuery", request_id="activity", code=1),
            there("Invoice", "1A-1"),
            there("CreditMemo", "1C-1"),
        ),
        answer(
            response("CompanyQuery", request_id="company"),
            ACTIVITY,
            there("Invoice", "1A-1"),
            there("CreditMemo", "1C-1"),
        ),
    ],
)
def test_a_part_without_answer_proves_nothing(body: bytes) -> None:
    assert presence.read(body, {INVOICE, CREDIT}).broken


LEFT = presence.Left(
    number="20417",
    customer_list_id="80-1",
    txn_date=date(2026, 10, 4),
    total=Decimal("1200.00"),
    edit_sequence="17",
)
SALE = Found(
    txn_id="1A-1", number="20417", customer_list_id="80-1", txn_date=date(2026, 10, 4),
    total=Decimal("1200.00"), edit_sequence="17",
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "event"),
    [
        ({}, Event.STANDS_AGAIN),
        ({"edit_sequence": "18"}, Event.STANDS_AGAIN),  # a payment
        ({"total": Decimal("1199.99")}, Event.STANDS_AGAIN),  # QuickBooks' own at the export
        ({"edit_sequence": "18", "total": Decimal("1199.99")}, Event.CHANGED_THERE),
        ({"edit_sequence": "18", "number": "20418"}, Event.CHANGED_THERE),
        ({"edit_sequence": "18", "customer_list_id": "80-2"}, Event.CHANGED_THERE),
        ({"edit_sequence": "18", "txn_date": date(2026, 10, 5)}, Event.CHANGED_THERE),
    ],
)
def test_what_became_of_it(changes: dict[str, object], event: Event) -> None:
    found = replace(SALE, **changes)  # type: ignore[arg-type]
    assert presence.became(LEFT, found, voided=False) is event
    assert presence.became(LEFT, found, voided=True) is Event.VOIDED
    assert presence.became(LEFT, None, voided=False) is Event.DELETED


@pytest.mark.parametrize(
    ("said", "possible"),
    [
        ("", False),
        ("1970-01-01T00:00:00", False),
        ("2026-11-02T03:59:00-05:00", False),
        ("2026-11-02T06:00:00-05:00", True),  # the wall clock may stand an hour off
        ("2026-11-01T20:00:00", True),  # in any time zone
        ("2026-11-01T15:59:00", False),
        ("yesterday", True),
    ],
)
def test_a_restore_after_a_moment(said: str, possible: bool) -> None:
    found = presence.Presence(
        sales={}, voided=frozenset(), company_name="", stamp="", last_restore_time=said
    )
    assert found.restored_since(datetime(2026, 11, 2, 11, 0, tzinfo=UTC)) is possible
