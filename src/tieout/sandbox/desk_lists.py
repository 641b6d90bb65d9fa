"""The bookkeeper's work on lists: customers and jobs, items, classes, terms, accounts."""

from __future__ import annotations

from typing import Any

from tieout.sandbox import customers, entries, items, names, plain_lists, removing, values, views
from tieout.sandbox.books import Books
from tieout.sandbox.desk import CUSTOMER_FIELDS, FAMILIES, Desk, customer_detail, need
from tieout.sandbox.entries import Entry
from tieout.sandbox.errors import BookError
from tieout.sandbox.views import Customer, Element

ITEM_KINDS = {
    "Service": items.SERVICE,
    "OtherCharge": items.CHARGE,
    "Discount": items.DISCOUNT,
    "Subtotal": items.SUBTOTAL,
    "SalesTaxItem": items.SALES_TAX,
}


class ListDesk(Desk):
    """Customers, jobs and the other lists. Everything raises BookError when it is refused."""

    def add_customer(self, full_name: str, *, is_active: bool = True, **fields: str) -> str:
        """Add a customer, or a job below an existing one, and return its ListID.

        Fields: job_status, start, projected_end, end (YYYY-MM-DD), description, company_name,
        first_name, last_name, email, phone, notes, account_number.
        """
        with self._writing() as books:
            parent_name, _, name = full_name.rpartition(":")
            parent = need(books, "customer", parent_name) if parent_name else None
            return customers.create(
                books,
                name=name,
                parent_id=parent.list_id if parent else "",
                is_active=is_active,
                detail=customer_detail(fields, where=full_name),
            )

    def find_customer(self, full_name: str) -> Customer:
        """Return a customer or job by its full name, without regard to case."""
        with self._reading() as books:
            return views.customer(need(books, "customer", full_name))

    def list_customers(self, *, below: str = "", active: bool | None = None) -> list[Customer]:
        """Return customers and jobs in the order of the tree, all or those below one."""
        with self._reading() as books:
            where = "family = 'Entity' AND kind = 'Customer'"
            given: list[Any] = []
            if below:
                parent = need(books, "customer", below)
                where += " AND path_key >= ? AND path_key < ?"
                given.extend(names.below(parent.full_name))
            if active is not None:
                where += f" AND is_active = {int(active)}"
            return [views.customer(row) for row in _select(books, where, given)]

    def edit_customer(self, full_name: str, **fields: str) -> None:
        """Change fields of a customer or job; an empty value clears one."""
        with self._writing() as books:
            entry = need(books, "customer", full_name)
            detail = customer_detail(fields, where=full_name)
            cleared = {CUSTOMER_FIELDS[word][0] for word, value in fields.items() if not value}
            kept = {k: v for k, v in entry.detail.items() if k not in cleared}
            entries.save(books, "Entity", entry, detail=kept | detail, is_active=entry.is_active)

    def rename_customer(self, full_name: str, new_name: str) -> None:
        """Give a customer or job another name; everything below it follows."""
        with self._writing() as books:
            entry = need(books, "customer", full_name)
            _place(books, "Entity", entry, name=new_name, parent_id=entry.parent_id)

    def move_customer(self, full_name: str, new_parent: str) -> None:
        """Put a customer or job below another one, or at the top with an empty parent."""
        with self._writing() as books:
            entry = need(books, "customer", full_name)
            parent_id = need(books, "customer", new_parent).list_id if new_parent else ""
            _place(books, "Entity", entry, name=entry.name, parent_id=parent_id)

    def set_customer_active(self, full_name: str, *, active: bool) -> None:
        """Make a customer or job inactive or active again."""
        self.set_active("customer", full_name, active=active)

    def merge_customers(self, gone: str, survivor: str) -> None:
        """Merge one customer or job into another: its ListID dies, its history moves."""
        with self._writing() as books:
            pair = need(books, "customer", gone), need(books, "customer", survivor)
            removing.merge_entries(books, "Entity", *pair)

    def delete_customer(self, full_name: str) -> None:
        """Delete an unused customer or job."""
        self.delete_element("customer", full_name)

    def add_item(
        self,
        full_name: str,
        *,
        kind: str = "Service",
        price: str = "",
        description: str = "",
        account: str = "Service Income",
        is_active: bool = True,
    ) -> str:
        """Add an item and return its ListID; `price` in dollars, or a percentage such as `10%`."""
        with self._writing() as books:
            return add_item(
                books, full_name, kind=kind, price=price, description=description,
                account=account, is_active=is_active,
            )  # fmt: skip

    def add_class(self, full_name: str, *, is_active: bool = True) -> str:
        """Add a class and return its ListID."""
        with self._writing() as books:
            return add_tree(books, "class", full_name, is_active=is_active, detail={})

    def add_terms(self, name: str, *, due_days: int = 0, is_active: bool = True) -> str:
        """Add standard terms and return their ListID."""
        with self._writing() as books:
            return plain_lists.create(
                books, "Terms", kind="StandardTerms", name=name, is_active=is_active,
                detail={"StdDueDays": str(due_days)},
            )  # fmt: skip

    def add_account(self, full_name: str, *, account_type: str) -> str:
        """Add an account of a type such as Income and return its ListID."""
        with self._writing() as books:
            detail = {"AccountType": account_type}
            return add_tree(books, "account", full_name, is_active=True, detail=detail)

    def list_elements(self, word: str) -> list[Element]:
        """Return the elements of a list: item, class, terms, account, tax code or template."""
        with self._reading() as books:
            rows = _select(books, "family = ?", [FAMILIES[word]])
            return [views.element(row) for row in rows]

    def rename_element(self, word: str, full_name: str, new_name: str) -> None:
        """Rename an item, class, terms or account."""
        with self._writing() as books:
            entry = need(books, word, full_name)
            _place(books, FAMILIES[word], entry, name=new_name, parent_id=entry.parent_id)

    def set_active(self, word: str, full_name: str, *, active: bool) -> None:
        """Make an element of any list inactive or active again."""
        with self._writing() as books:
            entry = need(books, word, full_name)
            entries.save(books, FAMILIES[word], entry, detail=entry.detail, is_active=active)

    def delete_element(self, word: str, full_name: str) -> None:
        """Delete an element that nothing refers to."""
        with self._writing() as books:
            removing.delete_entry(books, FAMILIES[word], need(books, word, full_name))


def add_item(
    books: Books,
    full_name: str,
    *,
    kind: str,
    price: str = "",
    description: str = "",
    account: str = "Service Income",
    is_active: bool = True,
) -> str:
    """Add an item within the caller's transaction and return its ListID."""
    if kind not in ITEM_KINDS:
        message = f'There is no kind of item called "{kind}".'
        raise BookError(0, message, f"Choose one of: {', '.join(ITEM_KINDS)}.")
    parent_name, _, name = full_name.rpartition(":")
    detail: dict[str, Any] = {"Desc": description} if description else {}
    detail |= _price(kind, price)
    if kind not in ("Subtotal", "SalesTaxItem"):
        detail["AccountRef"] = need(books, "account", account).list_id
    return items.create(
        books,
        kind=ITEM_KINDS[kind],
        name=name,
        parent_id=need(books, "item", parent_name).list_id if parent_name else "",
        is_active=is_active,
        detail=detail,
    )


def _price(kind: str, price: str) -> dict[str, str]:
    if not price:
        return {}
    number = price.removesuffix("%")
    fault = values.fault_of("PRICE", number, field="Price")
    if fault:
        raise BookError(fault[0], fault[1], "Write a number with at most five decimals.")
    if kind == "SalesTaxItem":
        return {"TaxRate": number}
    return {"PricePercent" if price.endswith("%") else "Price": number}


def add_tree(
    books: Books, word: str, full_name: str, *, is_active: bool, detail: dict[str, Any]
) -> str:
    """Add an element of a list that forms a tree, within the caller's transaction."""
    family = FAMILIES[word]
    parent_name, _, name = full_name.rpartition(":")
    parent = need(books, word, parent_name) if parent_name else None
    return plain_lists.create(
        books, family, kind=family, name=name, parent_id=parent.list_id if parent else "",
        is_active=is_active, detail=detail,
    )  # fmt: skip


def _place(books: Books, family: str, entry: Entry, *, name: str, parent_id: str) -> None:
    names.relocate(books, entry, name=name, parent_id=parent_id, family=family)
    entries.touch(books, family, entry.list_id)


def _select(books: Books, where: str, given: list[Any]) -> list[Entry]:
    sql = f"SELECT {entries.COLUMNS} FROM entry WHERE {where} ORDER BY path_key"  # noqa: S608
    return [entries.from_row(row) for row in books.connection.execute(sql, given)]
