"""Parsed objects to typed answers, and whole small answers at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from tieout.quickbooks.qbxml import rets_invoices, rets_lists, rets_names
from tieout.quickbooks.qbxml.nodes import text
from tieout.quickbooks.qbxml.reader import (
    Node,
    ResponseStart,
    Ret,
    SetStart,
    Status,
    read,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericRet:
    """An object this codec has no type for; ``fields`` holds its children."""

    kind: str
    fields: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecovery:
    """Evidence that an object was saved although it could not be returned in full (v11)."""

    list_id: str
    txn_id: str
    txn_number: str
    edit_sequence: str
    external_guid: str

    @classmethod
    def of(cls, node: Node) -> ErrorRecovery:
        return cls(
            list_id=text(node, "ListID"),
            txn_id=text(node, "TxnID"),
            txn_number=text(node, "TxnNumber"),
            edit_sequence=text(node, "EditSequence"),
            external_guid=text(node, "ExternalGUID"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The answer to one request. Match it on ``request_id`` and position."""

    kind: str
    request_id: str
    status: Status
    ret_count: int | None = None
    iterator_id: str = ""
    remaining: int | None = None
    rets: tuple[Any, ...] = ()
    error_recovery: ErrorRecovery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSet:
    """A whole answer. ``set_status_code`` is there only when message-set ids were used."""

    new_message_set_id: str
    set_status_code: int | None
    responses: tuple[Response, ...]


_BUILDERS: Final[dict[str, Callable[[Node], Any]]] = {
    "HostRet": rets_names.HostRet.of,
    "CompanyRet": rets_names.CompanyRet.of,
    "PreferencesRet": rets_names.PreferencesRet.of,
    "CompanyActivityRet": rets_names.CompanyActivityRet.of,
    "CustomerRet": rets_names.CustomerRet.of,
    "DataExtRet": rets_names.DataExtRet.of,
    "ClassRet": rets_lists.ClassRet.of,
    "StandardTermsRet": rets_lists.TermsRet.of,
    "DateDrivenTermsRet": rets_lists.TermsRet.of,
    "AccountRet": rets_lists.AccountRet.of,
    "SalesTaxCodeRet": rets_lists.SalesTaxCodeRet.of,
    "TemplateRet": rets_lists.TemplateRet.of,
    "InvoiceRet": rets_invoices.InvoiceRet.of,
    "CreditMemoRet": rets_invoices.CreditMemoRet.of,
    "TxnVoidRet": rets_invoices.TxnVoidRet.of,
    "TxnDeletedRet": rets_invoices.TxnDeletedRet.of,
    "ListDeletedRet": rets_invoices.ListDeletedRet.of,
    "TransactionRet": rets_invoices.TransactionRet.of,
    "ErrorRecovery": ErrorRecovery.of,
}


def typed(ret: Ret) -> Any:
    """Return the typed object of a ``Ret`` event, ``GenericRet`` for a kind without a type.

    Raises ``MalformedResponse`` when a number, date or flag in it cannot be read.
    """
    build = _BUILDERS.get(ret.kind)
    if build is not None:
        return build(ret.fields)
    if ret.kind.startswith("Item") and ret.kind.endswith("Ret"):
        return rets_lists.ItemRet.of(ret.fields, ret.kind.removesuffix("Ret"))
    return GenericRet(kind=ret.kind, fields=ret.fields)


def parse_response(data: bytes | str) -> ResponseSet:
    """Read a whole small answer. Raises ``MalformedResponse``, and nothing else, if unreadable."""
    starts: list[SetStart] = []
    responses: list[Response] = []
    rets: list[Any] = []
    for event in read(data):
        match event:
            case SetStart():
                starts.append(event)
            case ResponseStart():
                responses.append(_begin(event))
                rets = []
            case Ret():
                rets.append(typed(event))
            case _:
                responses[-1] = _finish(responses[-1], rets)
    return ResponseSet(
        new_message_set_id=starts[0].new_message_set_id,
        set_status_code=starts[0].status_code,
        responses=tuple(responses),
    )


def _begin(event: ResponseStart) -> Response:
    return Response(
        kind=event.kind,
        request_id=event.request_id,
        status=event.status,
        ret_count=event.ret_count,
        iterator_id=event.iterator_id,
        remaining=event.remaining,
    )


def _finish(response: Response, rets: list[Any]) -> Response:
    recovery = next((one for one in rets if isinstance(one, ErrorRecovery)), None)
    found = tuple(one for one in rets if not isinstance(one, ErrorRecovery))
    return replace(response, rets=found, error_recovery=recovery)
