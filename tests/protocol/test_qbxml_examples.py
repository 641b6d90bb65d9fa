"""Every example exchange reads, and every example request comes out of our own objects."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs

from tieout.quickbooks import qbxml, wire
from tieout.quickbooks.qbxml import Iterate, LineAdd, LineMod, Ref, status

pytestmark = needs_specs
JOB = "80000013-1735743002"
STAMP = "{9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01}"
SINCE = datetime.fromisoformat("2025-01-31T16:20:05")
COLUMNS = (
    "ListID", "TimeCreated", "TimeModified", "EditSequence", "Name", "FullName", "IsActive",
    "ParentRef", "Sublevel", "JobStatus", "DataExtRet",
)  # fmt: skip


def example(name: str) -> bytes:
    return (SPECS / "examples" / f"{name}.xml").read_bytes()


def canonical(message: bytes) -> str:
    """The message without blanks between elements, and without the order of attributes."""
    return etree.canonicalize(message.decode("utf-8").split("?>", 1)[1], strip_text=True)


def page(request_id: str, iterator: Iterate) -> qbxml.CustomerQuery:
    return qbxml.CustomerQuery(
        request_id=request_id, iterator=iterator, max_returned=100, from_modified=SINCE,
        include=COLUMNS, owner_ids=("0",),
    )  # fmt: skip


def invoice() -> qbxml.InvoiceAdd:
    regular = LineAdd(
        item=Ref(full_name="Regular Hours"), desc="Ortiz, ICU RN; manager Wałęsa",
        quantity=Decimal("36.5"), rate=Decimal("82.125"), service_date=date(2025, 2, 9),
        sales_tax_code=Ref(full_name="Non"), other1="W/E 02/09",
    )  # fmt: skip
    overtime = LineAdd(
        item=Ref(full_name="Overtime Hours"), desc="Overtime", quantity=Decimal(4),
        rate=Decimal("123.19"), service_date=date(2025, 2, 9), sales_tax_code=Ref("", "Non"),
    )  # fmt: skip
    return qbxml.InvoiceAdd(
        request_id="inv-90210", macro="TxnID:inv90210", customer_list_id=JOB,
        class_=Ref(full_name="Nursing:ICU"), template=Ref(full_name="Staffing Invoice"),
        txn_date=date(2025, 2, 9), ref_number="T-0090210",
        bill_address=qbxml.Address(
            addr1="Acme Health", addr2="Attn: Payables", city="Springfield", state="IL",
            postal_code="62701",
        ),
        po_number="PO-7781", terms=Ref(full_name="Net 30"), due_date=date(2025, 3, 11),
        memo="Week ending 2025-02-09 [tieout:90210]", is_to_be_printed=False,
        is_to_be_emailed=False, other="90210",
        external_guid="{6B1C0F5E-7C0B-4F4B-9F6C-0D9E8C7B6A55}", lines=(regular, overtime),
    )  # fmt: skip


def messages() -> dict[str, bytes]:
    """Our rendering of each example request."""
    job = qbxml.CustomerAdd(
        request_id="job-4711", name="RN Ortiz - ICU", is_active=True,
        parent_list_id="80000012-1735742911", first_name="Elena", last_name="Ortiz",
        job_status="InProgress", job_start_date=date(2025, 2, 3),
        job_projected_end_date=date(2025, 5, 2), job_desc="13-week ICU contract",
        external_guid="{1F0E2D3C-4B5A-4978-8695-A4B3C2D1E0F9}",
    )  # fmt: skip
    change = qbxml.InvoiceMod(
        request_id="mod-90210", txn_id="1A3F-1739196044", edit_sequence="1739196044",
        memo="Corrected hours [tieout:90210]",
        lines=(
            LineMod(txn_line_id="1A41-1739196044", quantity=Decimal(38)),
            LineMod(txn_line_id="1A42-1739196044"),
            LineMod(
                txn_line_id="-1", item=Ref(full_name="Reimbursement"), desc="Mileage",
                amount=Decimal("41.50"),
            ),
        ),
    )  # fmt: skip
    credit = qbxml.CreditMemoAdd(
        request_id="cm-1", customer_list_id=JOB, txn_date=date(2025, 2, 16),
        ref_number="TC-0000031",
        lines=(
            LineAdd(item=Ref("", "Regular Hours"), quantity=Decimal(2), rate=Decimal("82.125")),
        ),
    )  # fmt: skip
    return {
        "01_hello_rq": qbxml.render(
            [
                qbxml.HostQuery(request_id="h1", include_max_capacity=True),
                qbxml.CompanyQuery(request_id="c1", owner_ids=(STAMP,)),
                qbxml.PreferencesQuery(request_id="p1"),
                qbxml.CompanyActivityQuery(request_id="a1"),
            ],
            on_error="continueOnError",
        ),
        "03_customers_start_rq": qbxml.render([page("cu-1", Iterate("Start"))]),
        "05_customers_continue_rq": qbxml.render(
            [page("cu-2", Iterate("Continue", "{7a31c0de-55b2-4c5f-9a0e-3b7f2f10c9aa}"))]
        ),
        "06_job_add_rq": qbxml.render([job], new_message_set_id="tj-01hq8z3v9k"),
        "07_invoice_add_rq": qbxml.render(
            [invoice()], old_message_set_id="ti-01hq8z3aa1", new_message_set_id="ti-01hq8z4bb2"
        ),
        "09_status_check_rq": qbxml.render_status_check("ti-01hq8z4bb2"),
        "10_clear_state_rq": qbxml.render_clear("ti-01hq8z4bb2"),
        "11_find_by_refnumber_rq": qbxml.render(
            [
                qbxml.InvoiceQuery(
                    request_id="chk-90210", ref_numbers_case_sensitive=("T-0090210",),
                    include_line_items=True, owner_ids=("0",),
                ),
                qbxml.TransactionQuery(
                    request_id="chk2-90210", max_returned=20, ref_numbers=("T-0090210",),
                    customer_list_id=JOB, txn_types=("Invoice",),
                ),
            ],
            on_error="continueOnError",
        ),
        "14_invoice_mod_rq": qbxml.render([change], new_message_set_id="tm-01hq8z6dd4"),
        "15_void_and_credit_rq": qbxml.render(
            [qbxml.TxnVoid(request_id="void-1", txn_type="Invoice", txn_id="1A3F-1739196044"), credit],
            new_message_set_id="tv-01hq8z7ee5", allow_many_writes=True,
        ),
        "16_deleted_rq": qbxml.render(
            [
                qbxml.TxnDeletedQuery(
                    request_id="td", txn_types=("Invoice", "CreditMemo"),
                    from_deleted=datetime.fromisoformat("2025-02-01T00:00:00"),
                ),
                qbxml.ListDeletedQuery(request_id="ld", list_types=("Customer",)),
            ],
            on_error="continueOnError",
        ),
        "19_lists_rq": qbxml.render(
            [
                qbxml.ItemServiceQuery(
                    request_id="i", iterator=Iterate("Start"), max_returned=200,
                    active_status="ActiveOnly",
                ),
                qbxml.ClassQuery(request_id="k"),
                qbxml.TermsQuery(request_id="t"),
                qbxml.SalesTaxCodeQuery(request_id="s"),
                qbxml.TemplateQuery(request_id="tp"),
                qbxml.AccountQuery(
                    request_id="ac", active_status="ActiveOnly",
                    account_types=("AccountsReceivable", "Income"),
                ),
                qbxml.CustomerQuery(request_id="cnt", metadata_only=True),
            ],
            on_error="continueOnError",
        ).replace(b'requestID="t"><ActiveStatus>All</ActiveStatus></TermsQueryRq>', b'requestID="t"/>')
        .replace(b"s\"><ActiveStatus>All</ActiveStatus></SalesTaxCodeQueryRq>", b's"/>'),
        "20_payments_rq": qbxml.render(
            [
                qbxml.ReceivePaymentQuery(
                    request_id="rp", iterator=Iterate("Start"), max_returned=100,
                    from_modified=datetime.fromisoformat("2025-02-01T00:00:00"),
                    include_line_items=True,
                ),
                qbxml.InvoiceQuery(
                    request_id="open", iterator=Iterate("Start"), max_returned=100,
                    from_txn_date=date(2025, 1, 1), to_txn_date=date(2025, 3, 31),
                    customer_list_id="80000012-1735742911", with_children=True,
                    paid_status="NotPaidOnly", include_linked=True,
                ),
            ]
        ),
        "21_job_mod_rq": qbxml.render(
            [
                qbxml.CustomerMod(
                    request_id="jm", list_id=JOB, edit_sequence="1738602400", is_active=False,
                    job_status="Closed", job_end_date=date(2025, 5, 2),
                )
            ],
            new_message_set_id="tj-01hq8z8ff6",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", messages())
def test_an_example_request_comes_out_of_our_objects(name: str) -> None:
    assert canonical(messages()[name]) == canonical(example(name))


def test_custom_fields_come_out_of_our_objects() -> None:
    """The example's third request needs a macro of an earlier write, which we never send."""
    ours = qbxml.render(
        [
            qbxml.DataExtDefAdd(
                request_id="def", owner_id="0", name="Tieout ID", assign_to=("Customer",)
            ),
            qbxml.DataExtAdd(
                request_id="cust", owner_id="0", name="Tieout ID", list_type="Customer",
                entry=Ref(JOB), value="job-4711",
            ),
        ],
        allow_many_writes=True,
    )  # fmt: skip
    theirs = etree.fromstring(example("18_custom_field_rq"))
    theirs[0].remove(theirs[0][2])
    assert canonical(ours) == canonical(b"?>" + etree.tostring(theirs.getroottree()))


def requests() -> list[str]:
    return sorted(path.stem for path in (SPECS / "examples").glob("[0-9]*_rq.xml"))


@pytest.mark.parametrize("name", requests())
def test_writes_are_told_from_queries(name: str) -> None:
    words = ("_add", "_mod", "void", "merge", "custom_field", "clear")
    assert wire.contains_write(example(name).decode()) == any(word in name for word in words)


def test_the_hello_tells_program_company_stamp_and_restores() -> None:
    host, company, activity = qbxml.parse_response(example("02_hello_rs")).responses
    assert host.rets[0].supported_versions == ("1.0", "12.0", "13.0", "16.0")
    assert host.rets[0].file_mode == "MultiUser"
    assert company.rets[0].company_name == "Northgate Staffing"
    assert company.rets[0].data_ext[0].owner_id == STAMP
    assert activity.rets[0].last_restore_time == "2023-11-02T09:14:51-05:00"


def test_customers_and_jobs_read_with_their_parent_and_custom_field() -> None:
    (answer,) = qbxml.parse_response(example("04_customers_rs")).responses
    assert (answer.ret_count, answer.remaining) == (2, 117)
    assert answer.iterator_id == "{7a31c0de-55b2-4c5f-9a0e-3b7f2f10c9aa}"
    customer, job = answer.rets
    assert (customer.parent_list_id, customer.sublevel, customer.job_status) == ("", 0, "None")
    assert (job.parent_list_id, job.full_name) == (customer.list_id, "Acme Health:RN Ortiz - ICU")
    assert [(one.name, one.value) for one in job.data_ext] == [("Tieout ID", "job-4711")]
    assert job.time_modified == "2025-02-03T11:06:40-06:00"


def test_the_created_invoice_reads_to_the_cent() -> None:
    answers = qbxml.parse_response(example("08_invoice_add_rs"))
    assert (answers.new_message_set_id, answers.set_status_code) == ("ti-01hq8z4bb2", 0)
    (made,) = answers.responses[0].rets
    assert made.total == made.balance_remaining == Decimal("3490.32")
    assert sum(line.amount for line in made.lines) == made.total
    assert made.lines[0].desc == "Ortiz, ICU RN; manager Wa??sa"
    assert made.external_guid == invoice().external_guid
    assert (made.customer, made.is_paid) == (Ref(JOB, "Acme Health:RN Ortiz - ICU"), False)


def test_nothing_found_is_a_result_and_not_an_error() -> None:
    by_number, by_filter = qbxml.parse_response(example("12_find_none_rs")).responses
    assert [by_number.status.code, by_filter.status.code] == [500, 1]
    assert by_number.rets == by_filter.rets == ()
    for answer in (by_number, by_filter):
        assert status.lookup(answer.status.code).blame is status.Blame.OK


def test_every_answer_of_a_failed_set_is_seen() -> None:
    answers = qbxml.parse_response(example("13_failed_set_rs"))
    assert [answer.status.code for answer in answers.responses] == [3140, 3231]
    assert [answer.request_id for answer in answers.responses] == ["inv-90211", "ext-90211"]


def test_deletions_read() -> None:
    transactions, names = qbxml.parse_response(example("17_deleted_rs")).responses
    assert transactions.rets[0].ref_number == "T-0090210"
    assert transactions.rets[0].time_deleted == "2025-02-12T15:31:02-06:00"
    assert names.rets == ()
