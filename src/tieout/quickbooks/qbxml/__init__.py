"""Typed qbXML: requests to bytes, answers to objects. No input, output or clock. See docs.md."""

from __future__ import annotations

from tieout.quickbooks.errors import LocalError, RemoteError
from tieout.quickbooks.qbxml import hresult, status
from tieout.quickbooks.qbxml.company import (
    CompanyActivityQuery,
    CompanyQuery,
    HostQuery,
    PreferencesQuery,
)
from tieout.quickbooks.qbxml.credits import CreditMemoAdd, CreditMemoQuery, ReceivePaymentQuery
from tieout.quickbooks.qbxml.custom_data import DataExtAdd, DataExtDefAdd
from tieout.quickbooks.qbxml.customers import CustomerAdd, CustomerMod, CustomerQuery
from tieout.quickbooks.qbxml.invoices import InvoiceAdd, InvoiceMod, InvoiceQuery, LineAdd, LineMod
from tieout.quickbooks.qbxml.lists import (
    AccountQuery,
    ClassQuery,
    ItemQuery,
    ItemServiceQuery,
    SalesTaxCodeQuery,
    TemplateQuery,
    TermsQuery,
)
from tieout.quickbooks.qbxml.reader import (
    Event,
    MalformedResponse,
    Node,
    ResponseEnd,
    ResponseStart,
    Ret,
    SetStart,
    Status,
    read,
)
from tieout.quickbooks.qbxml.requests import Address, Iterate, NameFilter, NameRange, Ref, Request
from tieout.quickbooks.qbxml.responses import (
    ErrorRecovery,
    GenericRet,
    Response,
    ResponseSet,
    parse_response,
    typed,
)
from tieout.quickbooks.qbxml.rets_invoices import (
    CreditMemoRet,
    InvoiceRet,
    LineRet,
    LinkedTxn,
    ListDeletedRet,
    TransactionRet,
    TxnDeletedRet,
    TxnVoidRet,
)
from tieout.quickbooks.qbxml.rets_lists import (
    AccountRet,
    ClassRet,
    ItemRet,
    SalesTaxCodeRet,
    TemplateRet,
    TermsRet,
)
from tieout.quickbooks.qbxml.rets_names import (
    CompanyActivityRet,
    CompanyRet,
    CustomerRet,
    DataExtRet,
    HostRet,
    PreferencesRet,
)
from tieout.quickbooks.qbxml.schema import VERSION, RefusedByUs
from tieout.quickbooks.qbxml.transactions import (
    ListDeletedQuery,
    TransactionQuery,
    TxnDeletedQuery,
    TxnVoid,
)
from tieout.quickbooks.qbxml.types import parse_datetime, since_sent
from tieout.quickbooks.qbxml.writer import render, render_clear, render_status_check

__all__ = [
    "VERSION",
    "AccountQuery",
    "AccountRet",
    "Address",
    "ClassQuery",
    "ClassRet",
    "CompanyActivityQuery",
    "CompanyActivityRet",
    "CompanyQuery",
    "CompanyRet",
    "CreditMemoAdd",
    "CreditMemoQuery",
    "CreditMemoRet",
    "CustomerAdd",
    "CustomerMod",
    "CustomerQuery",
    "CustomerRet",
    "DataExtAdd",
    "DataExtDefAdd",
    "DataExtRet",
    "ErrorRecovery",
    "Event",
    "GenericRet",
    "HostQuery",
    "HostRet",
    "InvoiceAdd",
    "InvoiceMod",
    "InvoiceQuery",
    "InvoiceRet",
    "ItemQuery",
    "ItemRet",
    "ItemServiceQuery",
    "Iterate",
    "LineAdd",
    "LineMod",
    "LineRet",
    "LinkedTxn",
    "ListDeletedQuery",
    "ListDeletedRet",
    "LocalError",
    "MalformedResponse",
    "NameFilter",
    "NameRange",
    "Node",
    "PreferencesQuery",
    "PreferencesRet",
    "ReceivePaymentQuery",
    "Ref",
    "RefusedByUs",
    "RemoteError",
    "Request",
    "Response",
    "ResponseEnd",
    "ResponseSet",
    "ResponseStart",
    "Ret",
    "SalesTaxCodeQuery",
    "SalesTaxCodeRet",
    "SetStart",
    "Status",
    "TemplateQuery",
    "TemplateRet",
    "TermsQuery",
    "TermsRet",
    "TransactionQuery",
    "TransactionRet",
    "TxnDeletedQuery",
    "TxnDeletedRet",
    "TxnVoid",
    "TxnVoidRet",
    "hresult",
    "parse_datetime",
    "parse_response",
    "read",
    "render",
    "render_clear",
    "render_status_check",
    "since_sent",
    "status",
    "typed",
]
