"""Invoices and credit memos over qbXML: arithmetic, defaults, rules, changing them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock, customer, invoice, line, totals

from tieout.sandbox import CompanyFile

JOB = "Acme Health:RN Ortiz - ICU"


def amounts(answer: Any) -> list[str]:
    return [ret.findtext("Amount") for ret in answer.iter("InvoiceLineRet")]


@pytest.mark.parametrize(
    ("fields", "quantity", "rate", "amount", "code"),
    [
        ({"Quantity": "36.5", "Rate": "82.125"}, "36.5", "82.125", "2997.56", 0),
        ({"Quantity": "1", "Rate": "0.125"}, "1", "0.125", "0.13", 0),
        ({"Quantity": "-1", "Rate": "0.125"}, "-1", "0.125", "-0.13", 0),
        ({"Quantity": "3", "Amount": "100.00"}, "3", "33.33333", "100.00", 0),
        ({"Rate": "99", "Amount": "100.00"}, None, None, "100.00", 530),
        ({"Quantity": "4", "Rate": "99", "Amount": "100.00"}, "4", "25", "100.00", 530),
        ({"Amount": "41.50"}, None, None, "41.50", 0),
        ({"Quantity": "2"}, "2", "80", "160.00", 0),
        ({"Desc": "as priced"}, None, "80", "80.00", 0),
    ],
)
def test_what_the_amount_of_a_line_is(
    qb: Caller,
    fields: dict[str, str],
    quantity: str | None,
    rate: str | None,
    amount: str,
    code: int,
) -> None:
    answer = qb.ask(invoice(JOB, line(**fields), line(Amount="1.00")))
    found = answer.find("InvoiceRet/InvoiceLineRet")
    shown = tuple(found.findtext(tag) for tag in ("Quantity", "Rate", "Amount"))
    assert (shown, answer.get("statusCode")) == ((quantity, rate, amount), str(code))


def test_an_amount_that_nothing_can_hold_is_refused(qb: Caller) -> None:
    most = line(Amount="9999999999999.99")
    assert qb.code(invoice(JOB, line(Quantity="9999999999", Rate="9999999999"))) == 3040
    assert qb.code(invoice(JOB, most, line(Amount="0.01"))) == 3040
    assert qb.code(invoice(JOB, most)) == 0


def test_subtotals_do_not_count_and_discounts_take_from_the_line_above(qb: Caller) -> None:
    answer = qb.ask(
        invoice(
            JOB,
            line(Quantity="2", Rate="100"),
            line("Overtime Hours", Quantity="1", Rate="100"),
            line("Subtotal"),
            line("Loyalty"),
        )
    )
    assert amounts(answer) == ["200.00", "100.00", "300.00", "-30.00"]
    assert answer.findtext("InvoiceRet/Subtotal") == "270.00"


def test_a_quantity_on_a_discount_is_refused(qb: Caller) -> None:
    assert qb.code(invoice(JOB, line("Loyalty", Quantity="2"))) == 3151


def test_a_field_of_a_line_that_is_not_kept_is_a_warning(qb: Caller) -> None:
    answer = qb.ask(invoice(JOB, line(Amount="1.00", TaxAmount="0.10")))
    assert answer.get("statusCode") == "530"
    assert "TaxAmount" in answer.get("statusMessage")


def test_a_line_of_words_only_and_numbers_without_an_item(qb: Caller) -> None:
    assert amounts(qb.ask(invoice(JOB, line("", Desc="Thank you")))) == [None]
    assert qb.code(invoice(JOB, line("", Quantity="1", Rate="5"))) == 3150


def test_balances_of_the_job_and_of_the_customer_above_move(
    qb: Caller, company: CompanyFile
) -> None:
    ret = qb.ask(invoice())[0]
    assert (ret.findtext("BalanceRemaining"), ret.findtext("IsPaid")) == ("400.00", "false")
    job, acme = company.find_customer(JOB), company.find_customer("Acme Health")
    assert (str(job.balance), str(job.total_balance)) == ("400.00", "400.00")
    assert (str(acme.balance), str(acme.total_balance)) == ("0.00", "400.00")


def test_moving_a_job_takes_its_balance_along(qb: Caller, company: CompanyFile) -> None:
    qb.ask(invoice())
    company.move_customer(JOB, "Beacon Clinic")
    assert str(company.find_customer("Acme Health").total_balance) == "0.00"
    assert str(company.find_customer("Beacon Clinic").total_balance) == "400.00"


@pytest.mark.parametrize(
    ("request_text", "code", "words"),
    [
        (invoice("Nobody"), 3140, 'Customer "Nobody"'),
        (invoice(JOB, line("Regular Hrs", Amount="1.00")), 3140, 'Item "Regular Hrs"'),
        (invoice(before="<ClassRef><FullName>Space</FullName></ClassRef>"), 3140, 'Class "Space"'),
        (
            invoice(after="<TermsRef><FullName>Net 99</FullName></TermsRef>"),
            3140,
            'Terms "Net 99"',
        ),
        (
            invoice().replace("<FullName>Acme Health:RN Ortiz - ICU</FullName>", ""),
            3150,
            "CustomerRef",
        ),
        (
            invoice().replace(
                "<FullName>Acme Health:RN Ortiz - ICU</FullName>", "<ListID>80000099-1</ListID>"
            ),
            3000,
            "80000099-1",
        ),
        (invoice(JOB, line(Quantity="1", Rate="-5")), 3210, "negative"),
    ],
)
def test_what_refuses_an_invoice(
    qb: Caller, company: CompanyFile, request_text: str, code: int, words: str
) -> None:
    answer = qb.ask(request_text)
    assert int(answer.get("statusCode")) == code
    assert words in answer.get("statusMessage")
    assert company.list_invoices() == []


def test_an_unknown_list_id_can_answer_3140_instead(qb: Caller, company: CompanyFile) -> None:
    company.set_preference("unknown_list_id_code", "3140")
    text = f"<FullName>{JOB}</FullName>"
    assert qb.code(invoice().replace(text, "<ListID>80000099-1</ListID>")) == 3140


def test_a_list_id_wins_over_a_full_name(qb: Caller, company: CompanyFile) -> None:
    beacon = company.find_customer("Beacon Clinic").list_id
    text = f"<FullName>{JOB}</FullName>"
    ret = qb.ask(invoice().replace(text, f"<ListID>{beacon}</ListID>{text}"))[0]
    assert ret.findtext("CustomerRef/FullName") == "Beacon Clinic"


@pytest.mark.parametrize(("policy", "code"), [("accept", 0), ("refuse", 3140)])
def test_an_inactive_job_by_setting(
    qb: Caller, company: CompanyFile, policy: str, code: int
) -> None:
    company.set_preference("inactive_references", policy)
    assert qb.code(invoice("Acme Health:RN Walsh")) == code


def test_numbers_may_repeat_and_a_missing_one_follows_the_highest(qb: Caller) -> None:
    assert [qb.code(invoice(number="41")), qb.code(invoice(number="41"))] == [0, 0]
    qb.ask(invoice(number="T-900"))
    assert qb.ask(invoice(number=None)).findtext("InvoiceRet/RefNumber") == "42"
    assert qb.ask(invoice(number="")).find("InvoiceRet/RefNumber") is None
    assert qb.ask(invoice(number="007")).findtext("InvoiceRet/RefNumber") == "007"


def test_the_closing_date(qb: Caller, company: CompanyFile) -> None:
    company.set_closing_date("2026-02-09")
    assert qb.code(invoice(date="2026-02-09")) == 3171
    assert qb.code(invoice(date="2026-02-10")) == 0
    company.set_preference("closing_date_enforced", "off")
    assert qb.code(invoice(date="2026-02-09")) == 0


def test_the_due_date_follows_from_the_terms(qb: Caller) -> None:
    terms = "<TermsRef><FullName>net 30</FullName></TermsRef>"
    assert qb.ask(invoice(after=terms)).findtext("InvoiceRet/DueDate") == "2026-03-11"
    assert qb.ask(invoice()).findtext("InvoiceRet/DueDate") == "2026-02-09"


def test_the_class_of_the_header_is_copied_to_lines_without_one(qb: Caller) -> None:
    header = "<ClassRef><FullName>Nursing</FullName></ClassRef>"
    own = line(Amount="1.00").replace(
        "<Amount>", "<ClassRef><FullName>Nursing:ICU</FullName></ClassRef><Amount>"
    )
    answer = qb.ask(invoice(JOB, line(Amount="1.00"), own, before=header))
    found = [ret.findtext("ClassRef/FullName") for ret in answer.iter("InvoiceLineRet")]
    assert found == ["Nursing", "Nursing:ICU"]


@pytest.mark.parametrize(("policy", "code"), [("refuse", 3250), ("ignore", 0)])
def test_classes_while_class_tracking_is_off(
    qb: Caller, company: CompanyFile, policy: str, code: int
) -> None:
    company.set_preference("class_tracking", "off")
    company.set_preference("classes_off", policy)
    answer = qb.ask(invoice(before="<ClassRef><FullName>Nursing</FullName></ClassRef>"))
    assert int(answer.get("statusCode")) == code
    assert answer.find("InvoiceRet/ClassRef") is None


def test_sales_tax_off_refuses_codes_and_on_taxes_taxable_lines(
    qb: Caller, company: CompanyFile
) -> None:
    taxed = line(Amount="100.00").replace(
        "</InvoiceLineAdd>",
        "<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef></InvoiceLineAdd>",
    )
    assert qb.code(invoice(JOB, taxed)) == 3250
    company.set_preference("sales_tax", "on")
    company.add_item("IL Tax", kind="SalesTaxItem", price="6.25")
    header = "<ItemSalesTaxRef><FullName>IL Tax</FullName></ItemSalesTaxRef>"
    ret = qb.ask(invoice(JOB, taxed, line(Amount="50.00"), after=header))[0]
    assert (ret.findtext("Subtotal"), ret.findtext("SalesTaxTotal")) == ("150.00", "6.25")
    assert ret.findtext("BalanceRemaining") == "156.25"


def test_an_item_without_an_account_cannot_be_sold(qb: Caller, company: CompanyFile) -> None:
    company._books.connection.execute(
        "UPDATE entry SET detail = '{}' WHERE full_name = 'Regular Hours'"
    )
    assert qb.code(invoice()) == 3270


def test_e_mail_needs_an_address(qb: Caller) -> None:
    flag = "<IsToBeEmailed>true</IsToBeEmailed>"
    assert qb.code(invoice("Beacon Clinic", after=flag)) == 3210
    assert qb.code(invoice("Acme Health", after=flag)) == 0


def test_a_pending_invoice_does_not_post(qb: Caller, company: CompanyFile) -> None:
    ret = qb.ask(invoice(after="<IsPending>true</IsPending>"))[0]
    assert ret.findtext("IsPending") == "true"
    assert str(company.find_customer(JOB).balance) == "0.00"


def test_the_guid_comes_back_in_upper_case_and_can_be_made_unique(
    qb: Caller, company: CompanyFile
) -> None:
    guid = "{6b1c0f5e-7c0b-4f4b-9f6c-0d9e8c7b6a55}"
    given = invoice(after=f"<ExternalGUID>{guid}</ExternalGUID>")
    assert qb.ask(given).findtext("InvoiceRet/ExternalGUID") == guid.upper()
    assert qb.code(given) == 0
    company.set_preference("unique_guid", "on")
    assert qb.code(given) == 3100


@pytest.mark.parametrize(("policy", "code"), [("accept", 0), ("refuse", 3150)])
def test_an_invoice_without_lines_by_setting(
    qb: Caller, company: CompanyFile, policy: str, code: int
) -> None:
    company.set_preference("zero_invoice", policy)
    text = invoice(JOB, line(Amount="1.00"))
    assert qb.code(text.replace(line(Amount="1.00"), "")) == code


def test_ids_have_the_observed_shape_and_numbers_count(qb: Caller) -> None:
    first, second = qb.ask(invoice())[0], qb.ask(invoice())[0]
    assert first.findtext("TxnID") == "1A01-1770732044"
    assert first.findtext("InvoiceLineRet/TxnLineID") == "1A00-1770732044"
    assert int(second.findtext("TxnNumber")) == int(first.findtext("TxnNumber")) + 1
    assert first.findtext("TimeCreated") == "2026-02-10T08:00:44-06:00"


def test_a_credit_memo_lowers_the_balance(qb: Caller, company: CompanyFile) -> None:
    qb.ask(invoice())
    credit = invoice(JOB, line(Quantity="1", Rate="50")).replace("Invoice", "CreditMemo")
    ret = qb.ask(credit)[0]
    assert (ret.tag, ret.findtext("CreditRemaining")) == ("CreditMemoRet", "50.00")
    assert str(company.find_customer(JOB).balance) == "350.00"
    assert totals(company) == {JOB: "350.00"}
    assert qb.code(credit.replace("<Quantity>1", "<Quantity>-1")) == 3210


def test_a_person_changes_a_credit_memo(qb: Caller, company: CompanyFile) -> None:
    lines = [{"item": "Regular Hours", "amount": "50.00"}]
    memo = company.add_invoice(JOB, lines, kind="CreditMemo", number="C-1")
    company.renumber_invoice(memo, "C-2")
    company.edit_invoice_line(memo, 1, amount="70.00")
    found = company.find_invoice(memo)
    assert (found.number, str(found.total)) == ("C-2", "70.00")
    assert totals(company) == {JOB: "-70.00"}


# ---------------------------------------------------------------- InvoiceMod
def modify(ret: Any, inside: str, *, sequence: str = "") -> str:
    return (
        f"<InvoiceModRq><InvoiceMod><TxnID>{ret.findtext('TxnID')}</TxnID>"
        f"<EditSequence>{sequence or ret.findtext('EditSequence')}</EditSequence>{inside}"
        "</InvoiceMod></InvoiceModRq>"
    )


def line_mod(line_id: str, inside: str = "") -> str:
    return f"<InvoiceLineMod><TxnLineID>{line_id}</TxnLineID>{inside}</InvoiceLineMod>"


def two_lines(qb: Caller) -> tuple[Any, list[str]]:
    ret = qb.ask(
        invoice(
            JOB, line(Quantity="8", Rate="50"), line("Overtime Hours", Quantity="2", Rate="75")
        )
    )[0]
    return ret, [found.findtext("TxnLineID") for found in ret.iter("InvoiceLineRet")]


def test_a_mod_without_lines_leaves_them_alone(qb: Caller) -> None:
    ret, ids = two_lines(qb)
    new = qb.ask(modify(ret, "<Memo>Corrected</Memo>"))[0]
    assert new.findtext("Memo") == "Corrected"
    assert [found.findtext("TxnLineID") for found in new.iter("InvoiceLineRet")] == ids
    assert int(new.findtext("EditSequence")) > int(ret.findtext("EditSequence"))


def test_the_lines_that_are_sent_become_the_invoice(qb: Caller, company: CompanyFile) -> None:
    ret, (first, second) = two_lines(qb)
    new_line = line_mod(
        "-1", "<ItemRef><FullName>Regular Hours</FullName></ItemRef><Amount>41.50</Amount>"
    )
    changed = line_mod(first, "<Quantity>10</Quantity>")
    new = qb.ask(modify(ret, changed + new_line + line_mod(second)))
    assert amounts(new) == ["500.00", "41.50", "150.00"]
    assert str(company.find_customer(JOB).balance) == "691.50"
    dropped = qb.ask(modify(new[0], line_mod(second)))
    assert amounts(dropped) == ["150.00"]
    assert str(company.find_customer(JOB).balance) == "150.00"


def test_lines_out_of_order_or_of_another_invoice_are_3290(qb: Caller) -> None:
    ret, (first, second) = two_lines(qb)
    assert qb.code(modify(ret, line_mod(second) + line_mod(first))) == 3290
    assert qb.code(modify(ret, line_mod("FFFF-1"))) == 3290


def test_a_stale_mod_is_3200_and_a_missing_invoice_3120(qb: Caller) -> None:
    ret, _ = two_lines(qb)
    assert qb.code(modify(ret, "", sequence="1")) == 3200
    qb.ask(
        f"<TxnDelRq><TxnDelType>Invoice</TxnDelType><TxnID>{ret.findtext('TxnID')}</TxnID></TxnDelRq>"
    )
    assert qb.code(modify(ret, "")) == 3120


def test_some_elements_cannot_be_cleared(qb: Caller) -> None:
    ret, (first, _) = two_lines(qb)
    assert qb.code(modify(ret, "<TxnDate></TxnDate>")) == 3190
    assert qb.code(modify(ret, line_mod(first, "<Rate></Rate>"))) == 3190
    assert qb.ask(modify(ret, "<RefNumber></RefNumber>"))[0].find("RefNumber") is None


def test_moving_an_invoice_moves_the_balance_unless_it_is_paid(
    qb: Caller, company: CompanyFile
) -> None:
    ret, _ = two_lines(qb)
    to_beacon = "<CustomerRef><FullName>Beacon Clinic</FullName></CustomerRef>"
    moved = qb.ask(modify(ret, to_beacon))[0]
    assert totals(company) == {"Beacon Clinic": "550.00"}
    assert str(company.find_customer(JOB).balance) == "0.00"
    company.receive_payment("T-1", "50.00")
    fresh = company.find_invoice("T-1").edit_sequence
    back = f"<CustomerRef><FullName>{JOB}</FullName></CustomerRef>"
    assert qb.code(modify(moved, back, sequence=fresh)) == 3210


def test_a_mod_respects_the_closing_date_on_both_sides(qb: Caller, company: CompanyFile) -> None:
    ret, _ = two_lines(qb)
    company.set_closing_date("2026-02-01")
    assert qb.code(modify(ret, "<TxnDate>2026-02-01</TxnDate>")) == 3171
    company.set_closing_date("2026-02-09")
    assert qb.code(modify(ret, "<Memo>late</Memo>")) == 3171


def test_times_grow_and_edit_sequences_never_repeat(qb: Caller, clock: MovableClock) -> None:
    ret, _ = two_lines(qb)
    sequences = [int(ret.findtext("EditSequence"))]
    for memo in ("a", "b", "c"):
        ret = qb.ask(modify(ret, f"<Memo>{memo}</Memo>"))[0]
        sequences.append(int(ret.findtext("EditSequence")))
    assert sequences == sorted(set(sequences))
    assert qb.code(customer("Later")) == 0
