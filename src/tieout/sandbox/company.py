"""The company file as other code holds it: create, open, begin a session."""

from __future__ import annotations

from pathlib import Path

from tieout.sandbox import faults, items, plain_lists, schema
from tieout.sandbox.books import Books, Clock, utc_now
from tieout.sandbox.desk_company import CompanyDesk
from tieout.sandbox.desk_lists import ListDesk
from tieout.sandbox.desk_txns import TxnDesk
from tieout.sandbox.errors import BEGIN, OPEN, HResult
from tieout.sandbox.session import MODES, Session

ACCOUNTS = (
    ("Accounts Receivable", "AccountsReceivable", "AccountsReceivable"),
    ("Service Income", "Income", ""),
    ("Checking", "Bank", ""),
    ("Undeposited Funds", "OtherCurrentAsset", "UndepositedFunds"),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
TEMPLATES = (
    ("Intuit Product Invoice", "Invoice"),
    ("Intuit Service Invoice", "Invoice"),
    ("Custom Credit Memo", "CreditMemo"),
)
SHOWN_FOLDER = "C:\\Books\\"


class CompanyFile(ListDesk, TxnDesk, CompanyDesk):
    """A rehearsal company. Several processes may have the same file open at once."""

    @classmethod
    def create(cls, path: Path, *, name: str, clock: Clock = utc_now) -> CompanyFile:
        """Make a new company with the lists that every company has.

        Raises BookError when there is already a file.
        """
        connection = schema.create(Path(path))
        books = Books(connection, clock)
        with books.writing():
            books.set_setting("name", name)
            books.set_setting("company_file", f"{SHOWN_FOLDER}{name}.QBW")
            _furnish(books)
        connection.close()
        return cls(path, clock=clock)

    def __init__(self, path: Path, *, clock: Clock = utc_now) -> None:
        self.path = Path(path)
        self._clock = clock
        self._books = Books(schema.connect(self.path), clock)

    def close(self) -> None:
        """Close the file; its sessions have connections of their own."""
        self._books.connection.close()

    @property
    def company_file(self) -> str:
        """The path that QuickBooks shows, such as C:\\Books\\Northgate Staffing.QBW."""
        with self._books.reading() as books:
            return str(books.setting("company_file"))

    def open_session(
        self, *, app_name: str, company_file: str = "", mode: str = "do_not_care"
    ) -> Session:
        """Open a connection and begin a session.

        `company_file` is the path QuickBooks shows, or empty for the open file; `mode` is
        "single_user", "multi_user" or "do_not_care". Raises HResult at stage "open" or "begin".
        """
        if not app_name.strip():
            raise HResult(OPEN, 0x80040415)
        books = Books(schema.connect(self.path), self._clock)
        try:
            _begin(books, company_file, mode)
            return Session(books, app_name=app_name)
        except BaseException:
            books.connection.close()
            raise


def _begin(books: Books, company_file: str, mode: str) -> None:
    for fault in faults.take(books, faults.AT_BEGIN):
        raise HResult(BEGIN, fault.code, fault.message)
    with books.reading():
        shown, user_mode = books.setting("company_file"), books.setting("user_mode")
    if company_file and company_file.casefold() != shown.casefold():
        raise HResult(BEGIN, 0x8004040A)
    if MODES.get(mode, user_mode) not in ("", user_mode):
        raise HResult(BEGIN, 0x80040410)


def _furnish(books: Books) -> None:
    for name, kind, special in ACCOUNTS:
        detail = {"AccountType": kind, "SpecialAccountType": special}
        plain_lists.create(books, "Account", kind="Account", name=name, detail=detail)
    for name, days in TERMS:
        detail = {"StdDueDays": str(days)}
        plain_lists.create(books, "Terms", kind="StandardTerms", name=name, detail=detail)
    for name, taxed, text in (("Tax", True, "Taxable Sales"), ("Non", False, "Non-Taxable Sales")):
        tax: dict[str, object] = {"IsTaxable": taxed, "Desc": text}
        plain_lists.create(books, "SalesTaxCode", kind="SalesTaxCode", name=name, detail=tax)
    for name, kind in TEMPLATES:
        plain_lists.create(
            books, "Template", kind="Template", name=name, detail={"TemplateType": kind}
        )
    items.create(
        books, kind=items.SALES_TAX, name="Out of State", parent_id="", is_active=True,
        detail={"TaxRate": "0.0", "Desc": "Out-of-state sale, exempt from sales tax"},
    )  # fmt: skip
