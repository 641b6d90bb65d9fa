"""An exported invoice that is voided or updated in place: only untouched, only unpaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.answers import answer, response

from tieout.core.exporting import Event
from tieout.core.facts import Posting, PostingKind, PostingLine, QbEntry, QbJob
from tieout.quickbooks import translate_sales as sales
from tieout.quickbooks.translate_sales import HeldSale

KEY = "abcdefgh234567ij"
HELD = HeldSale(
    kind=PostingKind.INVOICE,
    txn_id="1A3F-1",
    edit_sequence="17",
    number="20417",
    key=KEY,
    request_id="write-3",
)
JOB = QbJob(list_id="80000013-1735743002", full_name="Acme:Ortiz", parent_list_id="8-1")
TARGET = Posting(
    source_key="INV-20417",
    job_key="J-1",
    kind=PostingKind.INVOICE,
    number="20417",
    customer=JOB,
    mapping_version=1,
    txn_date=date(2026, 10, 4),
    due_date=date(2026, 11, 3),
    total=Decimal("1300.00"),
    memo="Week ending 10/04/2026",
    po_number="PO 7",
    terms=QbEntry(list_id="80000004-1735741100", full_name="Net 30"),
    tax_code="Non",
    lines=(
        PostingLine(
            item=QbEntry(list_id="8-I", full_name="Regular Hours"),
            amount=Decimal("1300.00"),
            quantity=Decimal("52"),
            rate=Decimal("25"),
            description="Ortiz – ICU",
            class_=QbEntry(list_id="8-C", full_name="Nursing"),
            service_date=date(2026, 10, 4),
        ),
    ),
)


def sale(
    *,
    sequence: str = "17",
    total: str = "1200.00",
    left: str | None = None,
    memo: str = f"Week ending 10/04/2026 [tieout:{KEY}]",
    applied: str = "0.00",
    linked: str = "",
    kind: str = "Invoice",
    lines: str = "",
    customer: str = JOB.list_id,
    terms: str = "80000004-1735741100",
) -> str:
    money = (
        f"<AppliedAmount>{applied}</AppliedAmount>"
        f"<BalanceRemaining>{total if left is None else left}</BalanceRemaining>"
        if kind == "Invoice"
        else f"<CreditRemaining>{total if left is None else left}</CreditRemaining>"
    )
    return (
        f"<{kind}Ret><TxnID>1A3F-1</TxnID><EditSequence>{sequence}</EditSequence>"
        f"<CustomerRef><ListID>{customer}</ListID></CustomerRef><TxnDate>2026-10-04</TxnDate>"
        f"<RefNumber>20417</RefNumber><PONumber>PO 7</PONumber>"
        f"<TermsRef><ListID>{terms}</ListID></TermsRef><DueDate>2026-11-03</DueDate>"
        f"<Subtotal>{total}</Subtotal>{money}<Memo>{memo}</Memo>{linked}{lines}</{kind}Ret>"
    )


def looked(body: str, kind: str = "Invoice") -> bytes:
    return answer(response(f"{kind}Query", body, request_id="sale", code=0 if body else 500))


NEW_LINE = (
    "<InvoiceLineRet><TxnLineID>5</TxnLineID><ItemRef><ListID>8-I</ListID></ItemRef>"
    "<Desc>Ortiz - ICU</Desc><Quantity>52</Quantity><ClassRef><ListID>8-C</ListID></ClassRef>"
    "<Amount>1300.00</Amount><ServiceDate>2026-10-04</ServiceDate></InvoiceLineRet>"
)
PAYMENT = "<LinkedTxn><TxnID>7</TxnID><TxnType>ReceivePayment</TxnType></LinkedTxn>"
VOIDED = sale(sequence="18", total="0.00", memo=f"VOID: Week [tieout:{KEY}]")
UPDATED = sale(sequence="18", total="1300.00", lines=NEW_LINE)


@needs_specs
@pytest.mark.parametrize("kind", PostingKind)
def test_every_message_is_valid(kind: PostingKind) -> None:
    schema = etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))
    held = replace(HELD, kind=kind)
    for message in (
        sales.render_look(held),
        sales.render_void(held, set_id="ti-0123456789", old_set_id="ti-9876543210"),
        sales.render_mod(HELD, TARGET, set_id="ti-0123456789", old_set_id=""),
        sales.render_mod(
            HELD,
            replace(TARGET, terms=None, due_date=None, po_number="", tax_code=""),
            set_id="ti-0123456789",
            old_set_id="",
        ),
    ):
        schema.assertValid(etree.fromstring(message))


def test_an_update_replaces_the_lines_and_keeps_number_and_mark() -> None:
    message = sales.render_mod(HELD, TARGET, set_id="ti-0123456789", old_set_id="").decode()
    assert message.count("<TxnLineID>-1</TxnLineID>") == 1
    assert "RefNumber" not in message
    assert f"[tieout:{KEY}]" in message
    assert "<EditSequence>17</EditSequence>" in message


UNTOUCHABLE = {
    "gone": ("", "not in QuickBooks any more"),
    "edited": (sale(sequence="18"), "edited"),
    "paid": (sale(applied="-1200.00", left="0.00"), "payment"),
    "partly paid": (sale(left="200.00"), "payment"),
    "linked": (sale(linked=PAYMENT), "linked"),
    "mark lost": (sale(memo="Week ending"), "mark"),
    "open amount unknown": (
        sale().replace("<BalanceRemaining>1200.00</BalanceRemaining>", ""),
        "did not say how much",
    ),
    "total unknown": (sale().replace("<Subtotal>1200.00</Subtotal>", ""), "did not say how much"),
}


@pytest.mark.parametrize("name", UNTOUCHABLE)
def test_what_was_touched_is_left_alone_and_why_is_said(name: str) -> None:
    body, word = UNTOUCHABLE[name]
    for reading in (
        sales.read_void_look(looked(body), HELD),
        sales.read_mod_look(looked(body), HELD, TARGET),
    ):
        assert reading.event is Event.FOUND_FOREIGN
        assert word in reading.message
        assert reading.remedy


def test_a_credit_memo_that_was_applied_is_left_alone() -> None:
    held = replace(HELD, kind=PostingKind.CREDIT_MEMO)
    applied = looked(sale(kind="CreditMemo", left="0.00"), "CreditMemo")
    assert sales.read_void_look(applied, held).event is Event.FOUND_FOREIGN
    unknown = looked(
        sale(kind="CreditMemo").replace("<CreditRemaining>1200.00</CreditRemaining>", ""),
        "CreditMemo",
    )
    assert sales.read_void_look(unknown, held).event is Event.FOUND_FOREIGN
    whole = looked(sale(kind="CreditMemo"), "CreditMemo")
    assert sales.read_void_look(whole, held).event is Event.PROBE_CLEAN


def test_untouched_is_sent_and_done_is_recorded() -> None:
    assert sales.read_void_look(looked(sale()), HELD).event is Event.PROBE_CLEAN
    assert sales.read_mod_look(looked(sale()), HELD, TARGET).event is Event.PROBE_CLEAN
    assert sales.read_void_look(looked(VOIDED), HELD).event is Event.FOUND_OURS
    assert sales.read_mod_look(looked(UPDATED), HELD, TARGET).event is Event.FOUND_OURS
    # a voided invoice is not updated
    assert sales.read_mod_look(looked(VOIDED), HELD, TARGET).event is Event.FOUND_FOREIGN


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (VOIDED, Event.FOUND_OURS),
        (sale(), Event.ABSENT_OPEN),
        (sale(sequence="18"), Event.FOUND_FOREIGN),
        ("", Event.FOUND_FOREIGN),
    ],
)
def test_a_void_without_answer_is_settled_by_reading(body: str, event: Event) -> None:
    assert sales.read_void_search(looked(body), HELD).event is event


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (UPDATED, Event.FOUND_OURS),
        (sale(), Event.ABSENT_OPEN),
        (sale(sequence="18", total="1300.00"), Event.FOUND_FOREIGN),  # another content
        ("", Event.FOUND_FOREIGN),
    ],
)
def test_an_update_without_answer_is_settled_by_reading(body: str, event: Event) -> None:
    assert sales.read_mod_search(looked(body), HELD, TARGET).event is event


@pytest.mark.parametrize(
    "body",
    [
        answer(response("InvoiceQuery", request_id="sale", code=1000)),
        answer(response("CreditMemoQuery", request_id="sale", code=500)),
        answer(response("InvoiceQuery", request_id="number", code=500)),
        looked(VOIDED.replace("1A3F-1", "1A3F-2")),
        looked(UPDATED.replace("1A3F-1", "1A3F-2")),
        looked(VOIDED + sale().replace("1A3F-1", "1A3F-2")),
        answer(),
    ],
    ids=["failed", "kind", "name", "voided", "updated", "two", "empty"],
)
def test_a_look_that_failed_or_shows_another_proves_nothing(body: bytes) -> None:
    assert sales.read_void_look(body, HELD).event is None
    assert sales.read_mod_look(body, HELD, TARGET).event is None
    assert sales.read_void_search(body, HELD).event is Event.SILENCE
    assert sales.read_mod_search(body, HELD, TARGET).event is Event.SILENCE


@pytest.mark.parametrize(
    "there",
    [
        sale(sequence="18", total="1300.00", lines=NEW_LINE, terms="8-OLD"),
        UPDATED.replace("<Amount>1300", "<Rate>26</Rate><Amount>1300"),
        UPDATED.replace(
            "<Amount>1300",
            "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><Amount>1300",
        ),
    ],
    ids=["terms", "rate", "tax code"],
)
def test_an_update_is_there_only_when_every_field_says_so(there: str) -> None:
    """Somebody edited it, and what is to be changed still says the old: it is a person's case."""
    assert there != UPDATED
    assert sales.read_mod_look(looked(there), HELD, TARGET).event is Event.FOUND_FOREIGN
    assert sales.read_mod_search(looked(there), HELD, TARGET).event is Event.FOUND_FOREIGN


@pytest.mark.parametrize("request_id", ["write-3", ""])
def test_an_answer_about_another_invoice_settles_nothing(request_id: str) -> None:
    voided = response("TxnVoid", "<TxnID>FFFF-9</TxnID>", request_id=request_id)
    assert sales.read_void(answer(voided), HELD).event is Event.SILENCE
    updated = response("InvoiceMod", UPDATED.replace("1A3F-1", "FFFF-9"), request_id=request_id)
    assert sales.read_mod(answer(updated), HELD).event is Event.SILENCE


def test_answers_to_the_writes() -> None:
    voided = answer(response("TxnVoid", "<TxnID>1A3F-1</TxnID>", request_id="write-3"))
    assert sales.read_void(voided, HELD).event is Event.ACCEPTED
    assert sales.read_stored_void(answer(set_status=600), HELD).event is None
    updated = answer(response("InvoiceMod", UPDATED, request_id="write-3"))
    reading = sales.read_mod(updated, HELD)
    assert reading.event is Event.ACCEPTED
    assert reading.found is not None
    assert (reading.found.edit_sequence, reading.found.total) == ("18", Decimal("1300.00"))
    stale = answer(response("InvoiceMod", request_id="write-3", code=3200))
    assert sales.read_mod(stale, HELD).try_again
    assert sales.read_stored_mod(answer(set_status=600), HELD).event is None
    bare = answer(response("InvoiceMod", request_id="write-3"))
    assert sales.read_mod(bare, HELD).event is Event.SILENCE
