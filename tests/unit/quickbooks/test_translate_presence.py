"""Which exported invoices are still there: asked by id, in the right company file."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.answers import answer, response

from tieout.core.facts import PostingKind
from tieout.quickbooks import translate_presence as presence

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
    found = presence.read(body, SALES)
    assert found.txn_ids == {"1B-1", "1C-1"}
    assert (found.company_name, found.broken) == ("Northgate", "")
    assert found.last_restore_time == "2026-11-02T09:00:00"


@pytest.mark.parametrize(
    "body",
    [
        answer(COMPANY, ACTIVITY, there("Invoice", "1A-1")),
        answer(COMPANY, ACTIVITY, there("Invoice", code=1000), there("CreditMemo", "1C-1")),
        answer(ACTIVITY, there("Invoice", "1A-1"), there("CreditMemo", "1C-1")),
    ],
)
def test_a_part_without_answer_proves_nothing(body: bytes) -> None:
    assert presence.read(body, SALES).broken
