"""The tables, one module per subject. Only `tieout.store` imports them."""

from __future__ import annotations

from tieout.store.models.books import Book, Listing, QbCustomer, QbEntry
from tieout.store.models.connections import Connection, Installation, Lane, Task
from tieout.store.models.drifts import Drift
from tieout.store.models.events import Event, EventHead
from tieout.store.models.exports import (
    Batch,
    ExactlyOnce,
    Exchange,
    LookFinding,
    Posting,
    QbWrite,
    StillToAsk,
)
from tieout.store.models.job_data import JobDataSeen
from tieout.store.models.mapping_batches import MappingBatch
from tieout.store.models.mappings import ClassMapping, ClientMapping, ItemMapping, JobMapping
from tieout.store.models.people import Company, Membership, SignInTry, User
from tieout.store.models.proposals import (
    Proposal,
    ProposedChange,
    SisterSuggestion,
    SisterSuggestionRun,
)
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
from tieout.store.models.suggestions import JobSuggestion, SuggestionState
from tieout.store.models.tie_outs import QbInvoice, TieOut, TieOutFinding, TieOutTotal
from tieout.store.models.web_connector import (
    AnswerPart,
    KeptAnswer,
    WebConnectorAccount,
    WebConnectorSession,
)

__all__ = [
    "AnswerPart",
    "Batch",
    "Book",
    "ClassMapping",
    "ClientMapping",
    "Company",
    "Connection",
    "Drift",
    "Event",
    "EventHead",
    "ExactlyOnce",
    "Exchange",
    "Import",
    "ImportProblem",
    "Installation",
    "InvoiceBlock",
    "ItemMapping",
    "JobDataSeen",
    "JobMapping",
    "JobSuggestion",
    "KeptAnswer",
    "Lane",
    "Listing",
    "LookFinding",
    "MappingBatch",
    "Membership",
    "Posting",
    "Proposal",
    "ProposedChange",
    "QbCustomer",
    "QbEntry",
    "QbInvoice",
    "QbWrite",
    "SignInTry",
    "SisterSuggestion",
    "SisterSuggestionRun",
    "SourceClient",
    "SourceInvoice",
    "SourceItem",
    "SourceJob",
    "SourceLine",
    "StillToAsk",
    "SuggestionState",
    "Task",
    "TieOut",
    "TieOutFinding",
    "TieOutTotal",
    "User",
    "WebConnectorAccount",
    "WebConnectorSession",
]
