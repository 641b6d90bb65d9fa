"""The company stamp as a thing to be written exactly once: first its field, then its value."""

from __future__ import annotations

from datetime import datetime

from tieout.quickbooks import translate_stamp as stamps
from tieout.quickbooks.readings import Found, Reading
from tieout.quickbooks.translate_stamp import Stamp
from tieout.service import moments, qb_write_words
from tieout.service.posting_words import Words
from tieout.store.commits import qb_writes as commits
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite


class StampSubject:
    """The definition of the field, or the value that names this company."""

    def __init__(self, row: QbWrite) -> None:
        self.row = row

    @property
    def wanted(self) -> Stamp:
        row = self.row
        return Stamp(
            value=row.content["value"],
            definition=row.kind == QbWrite.Kind.STAMP_DEFINITION,
            request_id=f"write-{row.pk}",
        )

    def probe(self, *, sent_at: datetime | None = None) -> bytes:
        return stamps.render_look()

    def read_probe(self, answer: bytes) -> Reading:
        return stamps.read_look(answer, self.wanted)

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        return stamps.render_write(self.wanted, set_id=set_id, old_set_id=old_set_id)

    def read_write(self, answer: bytes) -> Reading:
        return stamps.read_write(answer, self.wanted)

    def read_status_check(self, answer: bytes) -> Reading:
        return stamps.read_stored(answer, self.wanted)

    def search(self, *, sent_at: datetime) -> bytes:
        return stamps.render_look()

    def read_search(self, answer: bytes) -> Reading:
        return stamps.read_search(answer, self.wanted)

    def stands(self) -> bool:
        """The value needs its field: it is not sent before that is defined."""
        row = self.row
        if row.kind == QbWrite.Kind.STAMP_DEFINITION or row.writes:
            return True
        if queries.stamp_field_defined(company_id=row.company_id):
            return True
        row.problem = "The field of the stamp was not defined in QuickBooks."
        row.remedy = "Super User: write the stamp again, on the page of the connection."
        return False

    def record(self, found: Found) -> None:
        """From now on every session must show this stamp."""
        row = self.row
        row.done_at = moments.now()
        if row.kind == QbWrite.Kind.STAMP:
            commits.stamped(company_id=row.company_id, value=self.wanted.value)

    def words(self, reading: Reading, *, said: str) -> Words:
        return qb_write_words.of_state(self.row, reading, said=said)
