"""Which function answers which request."""

from __future__ import annotations

from collections.abc import Callable

from tieout.sandbox import (
    customers,
    extensions,
    facts,
    items,
    plain_lists,
    sales_add,
    txn_query,
)
from tieout.sandbox.context import Context
from tieout.sandbox.reply import Answer
from tieout.sandbox.xmltree import Node

Handler = Callable[[Context, Node], Answer]

HANDLERS: dict[str, Handler] = {
    "HostQuery": facts.host,
    "CompanyQuery": facts.company,
    "PreferencesQuery": facts.preferences,
    "CompanyActivityQuery": facts.activity,
    "CustomerQuery": customers.query,
    "CustomerAdd": customers.add,
    "CustomerMod": customers.modify,
    "ItemQuery": items.query,
    "ItemServiceQuery": items.query_services,
    "ClassQuery": plain_lists.query,
    "TermsQuery": plain_lists.query,
    "StandardTermsQuery": plain_lists.query,
    "AccountQuery": plain_lists.query,
    "SalesTaxCodeQuery": plain_lists.query,
    "TemplateQuery": plain_lists.query,
    "CustomerTypeQuery": plain_lists.query,
    "JobTypeQuery": plain_lists.query,
    "InvoiceAdd": sales_add.add_invoice,
    "InvoiceQuery": txn_query.query,
    "CreditMemoAdd": sales_add.add_credit_memo,
    "CreditMemoQuery": txn_query.query,
    "ReceivePaymentQuery": txn_query.query,
    "DataExtDefAdd": extensions.define,
    "DataExtAdd": extensions.add,
    "DataExtMod": extensions.modify,
    "DataExtDel": extensions.delete,
}


def is_write(kind: str) -> bool:
    """Say whether a request changes the books."""
    return not kind.endswith("Query")
