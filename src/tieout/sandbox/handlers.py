"""Which function answers which request."""

from __future__ import annotations

from collections.abc import Callable

from tieout.sandbox import (
    customers,
    extensions,
    facts,
    items,
    plain_lists,
    removing,
    sales_add,
    sales_mod,
    transactions,
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
    "InvoiceMod": sales_mod.modify_invoice,
    "InvoiceQuery": txn_query.query,
    "CreditMemoAdd": sales_add.add_credit_memo,
    "CreditMemoQuery": txn_query.query,
    "ReceivePaymentQuery": txn_query.query,
    "TransactionQuery": transactions.query,
    "TxnVoid": removing.void,
    "TxnDel": removing.delete,
    "TxnDeletedQuery": removing.query_deleted_txns,
    "ListDeletedQuery": removing.query_deleted_lists,
    "ListDel": removing.delete_listed,
    "ListMerge": removing.merge,
    "DataExtDefAdd": extensions.define,
    "DataExtAdd": extensions.add,
    "DataExtMod": extensions.modify,
    "DataExtDel": extensions.delete,
}


def is_write(kind: str) -> bool:
    """Say whether a request changes the books."""
    return not kind.endswith("Query")
