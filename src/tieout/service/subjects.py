"""What the exporter needs to know of the thing it writes: its messages, its evidence, its result.

The machine is the same for an invoice, a job that is created or a void; what differs stands here
and in the modules of the other writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

from tieout.core.facts import PostingKind
from tieout.quickbooks import translate
from tieout.quickbooks.translate import Expected, Found, Reading
from tieout.service import moments, posting_content, posting_words
from tieout.service.posting_words import Words
from tieout.service.subjects_jobs import JobChangeSubject, NewJobSubject
from tieout.service.subjects_sales import UpdateSubject, VoidSubject
from tieout.service.subjects_stamp import StampSubject
from tieout.store.queries import exports as queries
from tieout.store.queries import intents
from tieout.store.queries.exports import Posting, QbWrite
from tieout.store.queries.invoices import Standing


class Subject(Protocol):
    """One thing to be written exactly once. Messages are bytes, answers are read into events."""

    def probe(self, *, sent_at: datetime | None = None) -> bytes:
        """Ask whether QuickBooks already holds it; sent before every write.

        `sent_at`: when it was first sent, if it was: then it may be there under any name.
        """

    def read_probe(self, answer: bytes) -> Reading:
        """Judge the answer to the probe; raises MalformedResponse."""

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        """The write, alone in its set; raises RefusedByUs when it fails our own check."""

    def read_write(self, answer: bytes) -> Reading:
        """Judge the answer to the write; raises MalformedResponse."""

    def read_status_check(self, answer: bytes) -> Reading:
        """The stored answer; `event` None when QuickBooks has none. Raises MalformedResponse."""

    def search(self, *, sent_at: datetime) -> bytes:
        """Look for it wherever it may be. `sent_at`: when it was first sent."""

    def read_search(self, answer: bytes) -> Reading:
        """Judge the search; ABSENT_OPEN when nothing was found. Raises MalformedResponse."""

    def stands(self) -> bool:
        """Whether it is still wished for as it was planned; asked before the first write."""

    def record(self, found: Found) -> None:
        """Note on the row what QuickBooks holds of it."""

    def words(self, reading: Reading, *, said: str) -> Words:
        """What happened and who fixes it how, for the state the row has just come to."""


class PostingSubject:
    """An invoice or credit memo."""

    def __init__(self, posting: Posting) -> None:
        self.posting = posting

    @property
    def expected(self) -> Expected:
        posting = self.posting
        return Expected(
            kind=PostingKind(posting.kind),
            number=posting.number,
            customer_list_id=posting.content["customer"]["list_id"],
            txn_date=posting.txn_date,
            total=posting.total,
            key=posting.key,
            guid=posting.guid,
            request_id=f"posting-{posting.key}",
            former_txn_id=posting.former_txn_id,
            replaced_txn_id=intents.replaced_txn_id(posting=posting)
            if posting.revision > 1
            else "",
        )

    def probe(self, *, sent_at: datetime | None = None) -> bytes:
        return translate.render_probe(self.expected, sent_at=sent_at)

    def read_probe(self, answer: bytes) -> Reading:
        return translate.read_probe(answer, self.expected)

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        return translate.render_write(
            posting_content.from_json(self.posting.content),
            expected=self.expected,
            set_id=set_id,
            old_set_id=old_set_id,
        )

    def read_write(self, answer: bytes) -> Reading:
        return translate.read_write(answer, self.expected)

    def read_status_check(self, answer: bytes) -> Reading:
        return translate.read_status_check(answer, self.expected)

    def search(self, *, sent_at: datetime) -> bytes:
        return translate.render_search(self.expected, sent_at=sent_at)

    def read_search(self, answer: bytes) -> Reading:
        return translate.read_search(answer, self.expected)

    def stands(self) -> bool:
        """Whether it would still be planned so: content, job or customer, items and classes."""
        posting = self.posting
        if posting.writes:
            return True  # once an intent left, the mapping is frozen for this posting
        if posting.invoice.standing != Standing.UNDER_WAY:
            return False  # the back office changed it since the claim: nobody has seen that yet
        if posting.mapping_version:
            stands = intents.job_stands(posting=posting)
        else:
            stands = intents.client_stands(posting=posting)
        return stands and intents.lines_stand(posting=posting)

    def record(self, found: Found) -> None:
        posting = self.posting
        posting.txn_id = found.txn_id
        posting.edit_sequence = found.edit_sequence
        posting.qb_number = found.number or posting.number
        posting.qb_total = found.total
        posting.exported_at = moments.now()
        if found.total is not None and found.total != posting.total:
            posting.problem, posting.remedy = posting_words.amount_differs(posting, found.total)
        if posting.earlier:
            posting.problem, posting.remedy = posting_words.saved_earlier(posting)

    def words(self, reading: Reading, *, said: str) -> Words:
        words = posting_words.of_state(self.posting, reading, said=said)
        return posting_words.saved_earlier(self.posting) if self.posting.earlier else words


_OF_KIND: Final[Mapping[str, Callable[[QbWrite], Subject]]] = {
    QbWrite.Kind.CUSTOMER_ADD: NewJobSubject,
    QbWrite.Kind.CUSTOMER_MOD: JobChangeSubject,
    QbWrite.Kind.INVOICE_MOD: UpdateSubject,
    QbWrite.Kind.VOID: VoidSubject,
    QbWrite.Kind.STAMP_DEFINITION: StampSubject,
    QbWrite.Kind.STAMP: StampSubject,
}


def subject_of(row: queries.Row) -> Subject:
    """The subject of a row."""
    return PostingSubject(row) if isinstance(row, Posting) else _OF_KIND[row.kind](row)
