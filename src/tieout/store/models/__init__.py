"""The tables, one module per subject. Only `tieout.store` imports them."""

from __future__ import annotations

from tieout.store.models.books import Book, Listing, QbCustomer, QbEntry
from tieout.store.models.connections import Connection, Installation, Lane, Task
from tieout.store.models.events import Event, EventHead
from tieout.store.models.exports import Batch, Exchange, Posting
from tieout.store.models.mappings import ClassMapping, ClientMapping, ItemMapping, JobMapping
from tieout.store.models.people import Company, Membership, SignInTry, User
from tieout.store.models.source import (
    Import,
    ImportProblem,
    InvoiceBlock,
    SourceClient,
    SourceInvoice,
    SourceItem,
    SourceJob,
    SourceLine,
)
from tieout.store.models.tie_outs import QbInvoice, TieOut, TieOutFinding, TieOutTotal

__all__ = [
    "Batch",
    "Book",
    "ClassMapping",
    "ClientMapping",
    "Company",
    "Connection",
    "Event",
    "EventHead",
    "Exchange",
    "Import",
    "ImportProblem",
    "Installation",
    "InvoiceBlock",
    "ItemMapping",
    "JobMapping",
    "Lane",
    "Listing",
    "Membership",
    "Posting",
    "QbCustomer",
    "QbEntry",
    "QbInvoice",
    "SignInTry",
    "SourceClient",
    "SourceInvoice",
    "SourceItem",
    "SourceJob",
    "SourceLine",
    "Task",
    "TieOut",
    "TieOutFinding",
    "TieOutTotal",
    "User",
]
