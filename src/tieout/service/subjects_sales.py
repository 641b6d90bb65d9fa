"""Exported invoices as things to be written again exactly once: voided, or updated in place."""

from __future__ import annotations

from datetime import datetime

from tieout.core import facts
from tieout.core.exporting import Event, State, step
from tieout.core.facts import PostingKind
from tieout.quickbooks import translate_sales as sales
from tieout.quickbooks.readings import Found, Reading
from tieout.quickbooks.translate_sales import HeldSale
from tieout.service import moments, posting_content, qb_write_words, update_invoice
from tieout.service.posting_words import Words
from tieout.store.commits import exports as export_commits
from tieout.store.commits import qb_writes as commits
from tieout.store.queries import exports as queries
from tieout.store.queries.exports import Posting, QbWrite


class _OfPosting:
    """What both have in common: the posting, as QuickBooks answered when it was exported."""

    def __init__(self, row: QbWrite) -> None:
        self.row = row

    def _locked(self) -> Posting | None:
        """The posting as it is now, locked behind its invoice until the transaction ends.

        None when it vanished with a restored backup and was put back since.
        """
        company_id, posting_id = self.row.company_id, self.row.posting_id
        if posting_id is None:
            return None
        queries.lock_invoice_of(company_id=company_id, posting_id=posting_id)
        return queries.posting_for_change(company_id=company_id, posting_id=posting_id)

    @property
    def held(self) -> HeldSale:
        content = self.row.content
        return HeldSale(
            kind=PostingKind(content["kind"]),
            txn_id=content["txn_id"],
            edit_sequence=content["edit_sequence"],
            number=content["number"],
            key=content["posting_key"],
            request_id=f"write-{self.row.pk}",
        )

    def probe(self, *, sent_at: datetime | None = None) -> bytes:
        return sales.render_look(self.held)

    def search(self, *, sent_at: datetime) -> bytes:
        return sales.render_look(self.held)

    def stands(self) -> bool:
        """Whether it is still the invoice that was meant, as Tieout left it; locked from here on.

        A void, a tie-out or the answer to an update may have been faster.
        """
        row = self.row
        if row.writes:
            return True
        posting = self._locked()
        meant = (row.content["txn_id"], row.content["edit_sequence"])
        if posting is None or posting.state != State.EXPORTED:
            why = "does not stand as exported any more"
        elif (posting.txn_id, posting.edit_sequence) != meant:
            why = "was changed since this was wished for"
        else:
            return True
        row.problem = f"Invoice {row.content['number']} {why}."
        row.remedy = "Nothing was sent. Look at the invoice, then wish for it again."
        return False

    def words(self, reading: Reading, *, said: str) -> Words:
        return qb_write_words.of_state(self.row, reading, said=said)

    def _done(self, found: Found) -> None:
        row = self.row
        row.qb_id, row.done_at = found.txn_id or row.content["txn_id"], moments.now()
        row.edit_sequence = found.edit_sequence


class VoidSubject(_OfPosting):
    """An exported invoice or credit memo to be voided."""

    def read_probe(self, answer: bytes) -> Reading:
        return sales.read_void_look(answer, self.held)

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        return sales.render_void(self.held, set_id=set_id, old_set_id=old_set_id)

    def read_write(self, answer: bytes) -> Reading:
        return sales.read_void(answer, self.held)

    def read_status_check(self, answer: bytes) -> Reading:
        return sales.read_stored_void(answer, self.held)

    def read_search(self, answer: bytes) -> Reading:
        return sales.read_void_search(answer, self.held)

    def record(self, found: Found) -> None:
        """It is voided: so is the posting, by the table."""
        self._done(found)
        posting = self._locked()
        if posting is None or posting.state != State.EXPORTED:
            return  # noticed by another way meanwhile, or put back
        before = State(posting.state)
        posting.state = step(before, Event.VOIDED).state.value
        posting.problem = "Voided in QuickBooks by Tieout."
        posting.remedy = "Nothing to do: the number stays in QuickBooks with an amount of zero."
        export_commits.save_row(
            row=posting,
            before=before,
            now=moments.now(),
            actor=self.row.requested_by,
            reason=str(self.row.content.get("reason", "")),
            details={"txn_id": posting.txn_id},
        )


class UpdateSubject(_OfPosting):
    """An exported invoice that is to say what the back office says now."""

    @property
    def target(self) -> facts.Posting:
        return posting_content.from_json(self.row.content["target"])

    def stands(self) -> bool:
        """The same; and all that it names would be written so now. A void names only the invoice."""
        row = self.row
        if not super().stands():
            return False
        row.problem = "" if row.writes else update_invoice.why_not_now(row=row, target=self.target)
        if row.problem:
            row.remedy = "Nothing was sent. Look at the invoice again, then update it."
        return not row.problem

    def read_probe(self, answer: bytes) -> Reading:
        return sales.read_mod_look(answer, self.held, self.target)

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        return sales.render_mod(self.held, self.target, set_id=set_id, old_set_id=old_set_id)

    def read_write(self, answer: bytes) -> Reading:
        return sales.read_mod(answer, self.held)

    def read_status_check(self, answer: bytes) -> Reading:
        return sales.read_stored_mod(answer, self.held)

    def read_search(self, answer: bytes) -> Reading:
        return sales.read_mod_search(answer, self.held, self.target)

    def record(self, found: Found) -> None:
        """The posting says from now on what QuickBooks holds."""
        self._done(found)
        posting = self._locked()
        if posting is not None:
            commits.posting_updated(
                write=self.row,
                posting=posting,
                target=self.target,
                edit_sequence=found.edit_sequence,
                qb_total=found.total,
            )
        if found.total is not None and found.total != self.target.total:
            self.row.problem = f"QuickBooks holds {found.total}, {self.target.total} was sent."
            self.row.remedy = "Bookkeeper: compare the lines of both; the tie-out shows it."
