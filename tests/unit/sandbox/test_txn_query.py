"""Finding transactions: numbers, dates, customers with their jobs, paid or not, links, pages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock, invoice, line

from tieout.sandbox import CompanyFile
from tieout.sandbox.macros import span_of

JOB = "Acme Health:RN Ortiz - ICU"


@pytest.fixture
def books(qb: Caller, company: CompanyFile) -> Caller:
    """Four invoices, entered in another order than dated; number 20 is paid in half."""
    for number, date, who in (
        ("20", "2026-02-09", JOB),
        ("100", "2026-01-15", "Acme Health"),
        ("t-7", "2026-02-01", "Beacon Clinic"),
        ("T-7", "2026-02-01", JOB),
    ):
        assert qb.code(invoice(who, number=number, date=date)) == 0
    company.receive_payment("20", "200.00")
    return qb


def query(*inside: str, attributes: str = "") -> str:
    return f"<InvoiceQueryRq {attributes}>{''.join(inside)}</InvoiceQueryRq>"


def numbers(answer: Any) -> list[str]:
    return [ret.findtext("RefNumber") for ret in answer]


def test_oldest_first_without_lines_and_links(books: Caller) -> None:
    answer = books.ask(query())
    assert numbers(answer) == ["100", "t-7", "T-7", "20"]
    assert answer.find("InvoiceRet/InvoiceLineRet") is None
    assert answer.find("InvoiceRet/LinkedTxn") is None


def test_lines_and_links_when_asked(books: Caller) -> None:
    asked = "<IncludeLineItems>true</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>"
    ret = books.ask(query("<RefNumber>20</RefNumber>" + asked))[0]
    assert ret.findtext("InvoiceLineRet/Amount") == "400.00"
    assert ret.findtext("LinkedTxn/TxnType") == "ReceivePayment"
    assert (ret.findtext("AppliedAmount"), ret.findtext("BalanceRemaining")) == (
        "200.00",
        "200.00",
    )


def test_numbers_with_and_without_case_and_500_for_the_missing(books: Caller) -> None:
    assert numbers(books.ask(query("<RefNumber>T-7</RefNumber>"))) == ["t-7", "T-7"]
    exact = "<RefNumberCaseSensitive>T-7</RefNumberCaseSensitive>"
    answer = books.ask(query(exact + exact.replace("T-7", "none")))
    assert (numbers(answer), answer.get("statusCode")) == (["T-7"], "500")


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<EntityFilter><FullName>Acme Health</FullName></EntityFilter>", ["100"]),
        (
            "<EntityFilter><FullNameWithChildren>Acme Health</FullNameWithChildren></EntityFilter>",
            ["100", "T-7", "20"],
        ),
        (
            "<TxnDateRangeFilter><FromTxnDate>2026-02-01</FromTxnDate>"
            "<ToTxnDate>2026-02-08</ToTxnDate></TxnDateRangeFilter>",
            ["t-7", "T-7"],
        ),
        (
            "<TxnDateRangeFilter><DateMacro>LastMonth</DateMacro></TxnDateRangeFilter>",
            ["100"],
        ),
        (
            "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion>"
            "<RefNumber>T</RefNumber></RefNumberFilter>",
            ["t-7", "T-7"],
        ),
        (
            "<RefNumberRangeFilter><FromRefNumber>9</FromRefNumber>"
            "<ToRefNumber>99</ToRefNumber></RefNumberRangeFilter>",
            ["20"],
        ),
        (
            "<RefNumberRangeFilter><FromRefNumber>T-0</FromRefNumber></RefNumberRangeFilter>",
            ["t-7", "T-7"],
        ),
        ("<PaidStatus>NotPaidOnly</PaidStatus>", ["100", "t-7", "T-7", "20"]),
        (
            "<AccountFilter><FullName>Accounts Receivable</FullName></AccountFilter>",
            ["100", "t-7", "T-7", "20"],
        ),
    ],
)
def test_filters(books: Caller, inside: str, found: list[str]) -> None:
    assert numbers(books.ask(query(inside))) == found


def test_paid_in_full(books: Caller, company: CompanyFile) -> None:
    company.receive_payment("20")
    assert numbers(books.ask(query("<PaidStatus>PaidOnly</PaidStatus>"))) == ["20"]
    assert company.find_invoice("20").is_paid
    assert str(company.find_customer(JOB).balance) == "400.00"


def test_modified_since(books: Caller, company: CompanyFile, clock: MovableClock) -> None:
    clock.advance(minutes=5)
    company.edit_invoice("100", memo="seen")
    span = (
        "<ModifiedDateRangeFilter><FromModifiedDate>2026-02-10T08:05:00</FromModifiedDate>"
        "</ModifiedDateRangeFilter>"
    )
    assert numbers(books.ask(query(span))) == ["100"]


def test_filters_without_a_match_and_an_unknown_customer(books: Caller) -> None:
    late = "<TxnDateRangeFilter><FromTxnDate>2030-01-01</FromTxnDate></TxnDateRangeFilter>"
    assert books.code(query(late)) == 1
    who = "<EntityFilter><FullName>Nobody</FullName></EntityFilter>"
    assert books.code(query(who)) == 3120


def test_pages(books: Caller) -> None:
    size = "<MaxReturned>3</MaxReturned>"
    first = books.ask(query(size, attributes="iterator='Start'"))
    more = f"iterator='Continue' iteratorID='{first.get('iteratorID')}'"
    second = books.ask(query(size, attributes=more))
    assert numbers(first) + numbers(second) == ["100", "t-7", "T-7", "20"]
    assert second.get("iteratorRemainingCount") == "0"


def test_payments_can_be_read(books: Caller) -> None:
    text = (
        "<ReceivePaymentQueryRq><IncludeLineItems>true</IncludeLineItems></ReceivePaymentQueryRq>"
    )
    ret = books.ask(text)[0]
    assert (ret.findtext("TotalAmount"), ret.findtext("UnusedPayment")) == ("200.00", "0.00")
    assert ret.findtext("AppliedToTxnRet/RefNumber") == "20"


def test_the_transaction_query_combines_number_and_customer(
    books: Caller, company: CompanyFile
) -> None:
    text = (
        "<TransactionQueryRq><MaxReturned>20</MaxReturned><RefNumber>T-7</RefNumber>"
        f"<TransactionEntityFilter><FullName>{JOB}</FullName></TransactionEntityFilter>"
        "<TransactionTypeFilter><TxnTypeFilter>Invoice</TxnTypeFilter></TransactionTypeFilter>"
        "</TransactionQueryRq>"
    )
    answer = books.ask(text)
    assert numbers(answer) == ["T-7"]
    assert answer.findtext("TransactionRet/Amount") == "400.00"
    lines = text.replace(
        "</TransactionTypeFilter>",
        "</TransactionTypeFilter><TransactionDetailLevelFilter>All</TransactionDetailLevelFilter>",
    )
    assert len(books.ask(lines)) == 2
    assert len(books.ask("<TransactionQueryRq/>")) == 5


@pytest.mark.parametrize(
    ("inside", "count"),
    [
        ("<TransactionAccountFilter><AccountTypeFilter>AccountsReceivable</AccountTypeFilter>", 5),
        ("<TransactionAccountFilter><AccountTypeFilter>Bank</AccountTypeFilter>", 0),
        ("<TransactionAccountFilter><FullName>Accounts Receivable</FullName>", 5),
        ("<TransactionItemFilter><FullName>Regular Hours</FullName>", 4),
        ("<TransactionItemFilter><FullName>Overtime Hours</FullName>", 0),
        ("<TransactionEntityFilter><EntityTypeFilter>Vendor</EntityTypeFilter>", 0),
    ],
)
def test_more_filters_of_the_transaction_query(books: Caller, inside: str, count: int) -> None:
    tag = inside[1:].partition(">")[0]
    answer = books.ask(f"<TransactionQueryRq>{inside}</{tag}></TransactionQueryRq>")
    assert answer.get("retCount") == str(count)


@pytest.mark.parametrize(("state", "count"), [("Open", 4), ("Closed", 1), ("Either", 5)])
def test_open_and_closed_transactions(books: Caller, state: str, count: int) -> None:
    inside = f"<TransactionPaidStatusFilter>{state}</TransactionPaidStatusFilter>"
    answer = books.ask(f"<TransactionQueryRq>{inside}</TransactionQueryRq>")
    assert answer.get("retCount") == str(count)


def test_credit_memos_have_their_own_query(books: Caller) -> None:
    text = invoice(JOB, line(Amount="5.00"), number="C-1").replace("Invoice", "CreditMemo")
    assert books.code(text) == 0
    answer = books.ask("<CreditMemoQueryRq><RefNumber>c-1</RefNumber></CreditMemoQueryRq>")
    assert answer.findtext("CreditMemoRet/TotalAmount") == "5.00"


@pytest.mark.parametrize(
    ("macro", "span"),
    [
        ("All", (None, None)),
        ("Today", ("2026-02-10", "2026-02-10")),
        ("Yesterday", ("2026-02-09", "2026-02-09")),
        ("ThisWeek", ("2026-02-08", "2026-02-14")),
        ("LastWeek", ("2026-02-01", "2026-02-07")),
        ("ThisMonthToDate", ("2026-02-01", "2026-02-10")),
        ("LastMonth", ("2026-01-01", "2026-01-31")),
        ("NextMonth", ("2026-03-01", "2026-03-31")),
        ("ThisCalendarQuarter", ("2026-01-01", "2026-03-31")),
        ("LastFiscalQuarter", ("2025-10-01", "2025-12-31")),
        ("NextCalendarQuarter", ("2026-04-01", "2026-06-30")),
        ("LastCalendarYear", ("2025-01-01", "2025-12-31")),
        ("NextFiscalYear", ("2027-01-01", "2027-12-31")),
        ("NextFourWeeks", ("2026-02-15", "2026-03-14")),
        ("LastMonthToDate", ("2026-01-01", "2026-01-10")),
    ],
)
def test_date_macros(macro: str, span: tuple[str | None, str | None]) -> None:
    assert span_of(macro, "2026-02-10") == span
