"""Postings as messages, answers as events: what counts as ours, as foreign, as nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs

from tieout.core.exporting import Event
from tieout.core.facts import Posting, PostingKind, PostingLine, QbEntry, QbJob
from tieout.quickbooks import qbxml, translate
from tieout.quickbooks.translate import Expected

GUID = "{6B1C0F5E-7C0B-4F4B-9F6C-0D9E8C7B6A55}"
KEY = "abcdefgh234567ij"
EXPECTED = Expected(
    kind=PostingKind.INVOICE,
    number="20417",
    customer_list_id="80000013-1735743002",
    txn_date=date(2026, 10, 4),
    total=Decimal("1200.00"),
    key=KEY,
    guid=GUID,
    request_id="posting-7",
)
POSTING = Posting(
    source_key="INV-20417",
    job_key="J-1",
    kind=PostingKind.INVOICE,
    number="20417",
    customer=QbJob(list_id="80000013-1735743002", full_name="Acme:Ortiz", parent_list_id="8-1"),
    mapping_version=1,
    txn_date=date(2026, 10, 4),
    total=Decimal("1200.00"),
    memo="Week ending 10/04/2026",
    terms=QbEntry(list_id="80000004-1735741100", full_name="Net 30"),
    lines=(
        PostingLine(
            item=QbEntry(list_id="8000001C-1735741500", full_name="Regular Hours"),
            amount=Decimal("1000.00"),
            quantity=Decimal("40"),
            rate=Decimal("25"),
            description="Ortiz – ICU",
            class_=QbEntry(list_id="80000020-1735741500", full_name="Nursing"),
        ),
        PostingLine(
            item=QbEntry(list_id="8000001D-1735741502", full_name="Per diem"),
            amount=Decimal("200.00"),
            send_amount=True,
        ),
    ),
)


def sale(
    *,
    guid: str = "",
    memo: str = "",
    customer: str = EXPECTED.customer_list_id,
    subtotal: str = "1200.00",
    day: str = "2026-10-04",
    number: str = "20417",
    kind: str = "Invoice",
) -> str:
    guid_part = f"<ExternalGUID>{guid}</ExternalGUID>" if guid else ""
    return (
        f"<{kind}Ret><TxnID>1A3F-1</TxnID><EditSequence>17</EditSequence>"
        f"<CustomerRef><ListID>{customer}</ListID><FullName>Acme:Ortiz</FullName></CustomerRef>"
        f"<TxnDate>{day}</TxnDate><RefNumber>{number}</RefNumber><Subtotal>{subtotal}</Subtotal>"
        f"<Memo>{memo}</Memo>{guid_part}</{kind}Ret>"
    )


def answer(*responses: str, set_status: str = "") -> bytes:
    return (
        '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs'
        f"{set_status}>{''.join(responses)}</QBXMLMsgsRs></QBXML>"
    ).encode()


def response(
    kind: str, body: str = "", *, request_id: str = "", code: int = 0, text: str = ""
) -> str:
    severity = "Info" if code < 500 else "Warn" if code < 1000 else "Error"
    return (
        f'<{kind}Rs requestID="{request_id}" statusCode="{code}" statusSeverity="{severity}" '
        f'statusMessage="{text}">{body}</{kind}Rs>'
    )


@needs_specs
@pytest.mark.parametrize("kind", PostingKind)
def test_every_message_is_valid(kind: PostingKind) -> None:
    schema = etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))
    expected = replace(EXPECTED, kind=kind)
    for message in (
        translate.render_probe(expected),
        translate.render_write(
            replace(POSTING, kind=kind, tax_code="Non", template_name="Staffing"),
            expected=expected,
            set_id="ti-0123456789",
            old_set_id="ti-9876543210",
        ),
        translate.render_status_check("ti-0123456789"),
        translate.render_search(expected, sent_at=datetime(2026, 10, 19, 8, 0, tzinfo=UTC)),
    ):
        schema.assertValid(etree.fromstring(message))


def test_the_write_carries_guid_marker_and_number_alone_in_its_set() -> None:
    message = translate.render_write(
        POSTING, expected=EXPECTED, set_id="ti-0123456789", old_set_id=""
    ).decode()
    assert message.count("<InvoiceAddRq") == 1
    assert f"<ExternalGUID>{GUID}</ExternalGUID>" in message
    assert f"[tieout:{KEY}]" in message
    assert "oldMessageSetID" not in message
    assert "Ortiz - ICU" in message, "text is brought to what QuickBooks stores"
    assert "<Quantity>40</Quantity><Rate>25</Rate>" in message
    assert "<Amount>200.00</Amount>" in message


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ("", Event.PROBE_CLEAN),
        (sale(guid=GUID.lower()), Event.FOUND_OURS),
        (sale(memo=f"x [tieout:{KEY}]"), Event.FOUND_OURS),
        (sale(memo=f"[tieout:{KEY}]", subtotal="1.00"), Event.FOUND_ALIKE),
        (sale(memo=f"[tieout:{KEY}]", customer="8-2"), Event.FOUND_ALIKE),
        (sale(), Event.FOUND_ALIKE),
        (sale(day="2026-10-05"), Event.FOUND_FOREIGN),
        (sale(customer="8-2"), Event.FOUND_FOREIGN),
        (sale(customer="8-2") + sale(guid=GUID), Event.FOUND_OURS),
    ],
)
def test_a_probe_is_judged_by_mark_never_by_likeness(body: str, event: Event) -> None:
    code = 0 if body else 500
    by_number = response("InvoiceQuery", body, request_id="probe", code=code)
    nothing = response("InvoiceQuery", request_id="customer", code=500)
    assert translate.read_probe(answer(by_number, nothing), EXPECTED).event is event


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (sale(guid=GUID, number="99"), Event.FOUND_OURS),
        (sale(memo=f"[tieout:{KEY}]", number="99"), Event.FOUND_OURS),
        (sale(number="99"), Event.PROBE_CLEAN),
    ],
)
def test_a_probe_finds_what_was_renumbered_by_its_mark(body: str, event: Event) -> None:
    """Our database may have been restored to before it was sent."""
    by_number = response("InvoiceQuery", request_id="probe", code=500)
    of_customer = response("InvoiceQuery", body, request_id="customer")
    assert translate.read_probe(answer(by_number, of_customer), EXPECTED).event is event


def test_a_probe_of_what_left_before_looks_among_all_that_was_changed() -> None:
    sent_at = datetime(2026, 10, 19, 8, 0, tzinfo=UTC)
    once, again = (translate.render_probe(EXPECTED, sent_at=at).decode() for at in (None, sent_at))
    assert (once.count("<InvoiceQueryRq"), again.count("<InvoiceQueryRq")) == (2, 3)
    widest = again.rpartition("<InvoiceQueryRq")[2]
    assert "EntityFilter" not in widest
    assert "<FromModifiedDate>2026-10-18T06:00:00</FromModifiedDate>" in widest


@pytest.mark.parametrize("code", [3000, 3120])
def test_a_customer_that_is_gone_holds_nothing_of_ours_and_stops_nobody(code: int) -> None:
    by_number = response("InvoiceQuery", request_id="probe", code=500)
    gone = response("InvoiceQuery", request_id="customer", code=code, text="Not found.")
    assert translate.read_probe(answer(by_number, gone), EXPECTED).event is Event.PROBE_CLEAN
    unknown = response("InvoiceQuery", request_id="probe", code=code)
    none = response("InvoiceQuery", request_id="customer", code=1)
    assert translate.read_probe(answer(unknown, none), EXPECTED).event is None


def test_a_probe_that_failed_proves_nothing() -> None:
    failed = answer(response("InvoiceQuery", code=3260, text="No permission"))
    reading = translate.read_probe(failed, EXPECTED)
    assert (reading.event, reading.code) == (None, 3260)
    assert reading.remedy
    assert translate.read_probe(answer(), EXPECTED).event is None
    half = answer(response("InvoiceQuery", request_id="probe", code=500))
    assert translate.read_probe(half, EXPECTED).event is None


def nothing(*names: str, kind: str = "InvoiceQuery") -> bytes:
    return answer(*(response(kind, request_id=name, code=500) for name in names))


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (nothing("probe", "customer"), Event.PROBE_CLEAN),
        (nothing("probe", "customer", "changed"), Event.PROBE_CLEAN),
        (nothing("", ""), Event.PROBE_CLEAN),  # real answers leave the requestID out
        (nothing("name", "customer", "changed", kind="CustomerQuery"), None),
        (nothing("probe", "customer", kind="CreditMemoQuery"), None),
        (nothing("number", "changed", "deleted"), None),
        (nothing("customer", "probe"), None),
        (nothing("probe", "customer", "former"), None),
        (nothing("probe", "customer", "changed", "changed"), None),
    ],
)
def test_nothing_found_counts_only_in_an_answer_to_the_probe(
    message: bytes, event: Event | None
) -> None:
    reading = translate.read_probe(message, EXPECTED)
    assert reading.event is event
    assert bool(reading.message) is (event is None)


@pytest.mark.parametrize("names", [("probe", "customer", "former"), ("", "", "")])
def test_what_stood_there_once_is_found_without_a_request_id(names: tuple[str, ...]) -> None:
    *looks, former = names
    message = answer(
        *(response("InvoiceQuery", request_id=name, code=500) for name in looks),
        response("InvoiceQuery", sale(memo="typed over"), request_id=former),
    )
    expected = replace(EXPECTED, former_txn_id="1A3F-1")
    assert translate.read_probe(message, expected).event is Event.FOUND_OURS
    assert translate.read_probe(nothing("probe", "customer"), expected).event is None


def test_an_invoice_without_a_total_is_not_taken_for_a_voided_one() -> None:
    typed = sale(memo="VOID: typed by hand").replace("<Subtotal>1200.00</Subtotal>", "")
    invoice, voided = (
        qbxml.parse_response(answer(response("InvoiceQuery", body))).responses[0].rets[0]
        for body in (typed, sale(memo="Void: x", subtotal="0.00"))
    )
    assert not translate.is_voided(invoice)
    assert translate.is_voided(voided)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (answer(response("InvoiceAdd", sale(guid=GUID), request_id="posting-7")), Event.ACCEPTED),
        (answer(response("InvoiceAdd", sale(), request_id="posting-7", code=530)), Event.ACCEPTED),
        (answer(response("InvoiceAdd", sale(), request_id="posting-8")), Event.SILENCE),
        (answer(response("InvoiceAdd", request_id="posting-7", code=501)), Event.SILENCE),
        (answer(response("InvoiceAdd", request_id="posting-7", code=3140)), Event.REFUSED),
        (answer(response("InvoiceAdd", request_id="posting-7", code=1000)), Event.SILENCE),
        (answer(), Event.SILENCE),
        (answer(set_status=' messageSetStatusCode="9001"'), Event.SILENCE),
    ],
)
def test_the_answer_to_a_write(message: bytes, event: Event) -> None:
    assert translate.read_write(message, EXPECTED).event is event


@pytest.mark.parametrize(
    "body",
    [
        sale(guid="{BBBBBBBB-0000-0000-0000-000000000001}"),
        sale(number="7777"),
        sale(customer="8-99"),
        sale(guid=GUID) + sale(guid=GUID),
        f"<ErrorRecovery><TxnID>1-1</TxnID><ExternalGUID>{GUID[:-2]}6}}</ExternalGUID>"
        "</ErrorRecovery>",
    ],
    ids=["guid", "number", "customer", "two", "recovery"],
)
@pytest.mark.parametrize("request_id", ["posting-7", ""])
def test_an_answer_about_another_invoice_settles_nothing(body: str, request_id: str) -> None:
    message = answer(response("InvoiceAdd", body, request_id=request_id))
    assert translate.read_write(message, EXPECTED).event is Event.SILENCE


def test_an_answer_without_a_request_id_is_known_by_what_it_holds() -> None:
    """Real answers leave it out, and the GUID with it."""
    for body in (sale(), sale(guid=GUID.lower(), number="20417x", customer="8-1")):
        message = answer(response("InvoiceAdd", body))
        assert translate.read_write(message, EXPECTED).event is Event.ACCEPTED
    recovery = response(
        "InvoiceAdd", "<ErrorRecovery><TxnID>1-1</TxnID></ErrorRecovery>", code=501
    )
    assert translate.read_write(answer(recovery), EXPECTED).event is Event.SILENCE


def test_a_saved_invoice_without_its_object_is_accepted_by_its_recovery_id() -> None:
    recovery = "<ErrorRecovery><TxnID>1A3F-1</TxnID><EditSequence>9</EditSequence></ErrorRecovery>"
    reading = translate.read_write(
        answer(response("InvoiceAdd", recovery, request_id="posting-7", code=501)), EXPECTED
    )
    assert reading.event is Event.ACCEPTED
    assert reading.found is not None
    assert reading.found.txn_id == "1A3F-1"


def test_a_lock_may_be_tried_again_but_a_wrong_reference_may_not() -> None:
    locked = answer(response("InvoiceAdd", request_id="posting-7", code=3175))
    wrong = answer(response("InvoiceAdd", request_id="posting-7", code=3140))
    assert translate.read_write(locked, EXPECTED).try_again
    assert not translate.read_write(wrong, EXPECTED).try_again


def test_a_status_check_brings_the_stored_answer_or_nothing() -> None:
    stored = answer(
        response("InvoiceAdd", sale(guid=GUID), request_id="posting-7"),
        set_status=' messageSetStatusCode="0"',
    )
    assert translate.read_status_check(stored, EXPECTED).event is Event.ACCEPTED
    unknown = answer(set_status=' messageSetStatusCode="600"')
    assert translate.read_status_check(unknown, EXPECTED).event is None
    other = answer(response("InvoiceAdd", sale(), request_id="posting-8"))
    assert translate.read_status_check(other, EXPECTED).event is None


def search(number: str = "", changed: str = "", deleted: str = "", *, code: int = 0) -> bytes:
    return answer(
        response("InvoiceQuery", number, request_id="number", code=code),
        response("InvoiceQuery", changed, request_id="changed"),
        response("TxnDeletedQuery", deleted, request_id="deleted"),
    )


GONE = (
    "<TxnDeletedRet><TxnDelType>Invoice</TxnDelType><TxnID>1A3F-1</TxnID>"
    "<RefNumber>20417</RefNumber></TxnDeletedRet>"
)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (search(), Event.ABSENT_OPEN),
        (search(number=sale(guid=GUID)), Event.FOUND_OURS),
        (search(changed=sale(guid=GUID, number="99")), Event.FOUND_OURS),
        (search(changed=sale(guid=GUID, number="99", customer="8-2")), Event.FOUND_OURS),
        (search(changed=sale(number="99")), Event.ABSENT_OPEN),
        (search(number=sale(customer="8-2")), Event.FOUND_FOREIGN),
        (search(number=sale()), Event.FOUND_ALIKE),
        (search(deleted=GONE), Event.FOUND_DELETED),
        (search(deleted=GONE.replace("20417", "1")), Event.ABSENT_OPEN),
        (search(code=3260), Event.SILENCE),
        (nothing("probe", "customer", "changed"), Event.SILENCE),
        (nothing("number", "changed", "deleted"), Event.SILENCE),
        (nothing("number", "changed"), Event.SILENCE),
        (answer(), Event.SILENCE),
    ],
)
def test_a_search_settles_only_by_evidence(message: bytes, event: Event) -> None:
    assert translate.read_search(message, EXPECTED).event is event


def test_their_invoice_for_the_tie_out() -> None:
    [credit] = (
        qbxml.parse_response(
            answer(response("CreditMemoQuery", sale(kind="CreditMemo", memo=f"[tieout:{KEY}]")))
        )
        .responses[0]
        .rets
    )
    theirs = translate.their_invoice(credit)
    assert (theirs.total, theirs.marker_key, theirs.voided) == (Decimal("-1200.00"), KEY, False)
    [void] = (
        qbxml.parse_response(
            answer(response("InvoiceQuery", sale(memo="VOID: x", subtotal="0.00")))
        )
        .responses[0]
        .rets
    )
    assert translate.their_invoice(void).voided


@pytest.mark.parametrize("left_out", ["TxnID", "TxnDate", "Subtotal"])
def test_a_tie_out_guesses_nothing_that_was_left_out(left_out: str) -> None:
    body = re.sub(f"<{left_out}>.*</{left_out}>", "", sale())
    [bare] = qbxml.parse_response(answer(response("InvoiceQuery", body))).responses[0].rets
    with pytest.raises(qbxml.MalformedResponse, match="20417"):
        translate.their_invoice(bare)
