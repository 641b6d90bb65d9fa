"""Jobs as things to be written exactly once: a new one, and job-level data of an existing one."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from tieout.core import keys
from tieout.core.job_data import JobData
from tieout.quickbooks import translate_customers as customers
from tieout.quickbooks.readings import Found, Reading
from tieout.quickbooks.translate_customers import JobChange, NewJob
from tieout.service import moments, qb_write_words
from tieout.service.access import find_access
from tieout.service.mapping_state import How, Refused
from tieout.service.posting_words import Words
from tieout.service.save_mapping import save_job_mapping
from tieout.store.commits import job_data
from tieout.store.commits import qb_writes as commits
from tieout.store.queries import qb_writes as queries
from tieout.store.queries.exports import QbWrite


class NewJobSubject:
    """A job to be created under the customer of its client, and then to be mapped."""

    def __init__(self, row: QbWrite) -> None:
        self.row = row

    @property
    def wanted(self) -> NewJob:
        row, content = self.row, self.row.content
        parent = queries.customer(company_id=row.company_id, list_id=content["parent_list_id"])
        return NewJob(
            name=content["name"],
            parent_list_id=content["parent_list_id"],
            # as the lists say now: the customer may have been renamed since
            parent_full_name=parent.full_name if parent else content["parent_full_name"],
            guid=self._guid(row.key),
            former_guids=tuple(self._guid(former.key) for former in self._former),
            data=JobData(**content["data"]),
            request_id=f"write-{row.pk}",
        )

    def _guid(self, key: str) -> str:
        return keys.external_guid(company_key=str(self.row.company.guid), key=key)

    @cached_property
    def _former(self) -> list[QbWrite]:
        """Earlier wishes for the contractor job that were given up: one may yet come to be."""
        return queries.given_up_before(row=self.row)

    @property
    def resent(self) -> bool:
        return self.row.writes > 1

    def probe(self, *, sent_at: datetime | None = None) -> bytes:
        """Always the wide one: our database may have been restored, and the job renamed."""
        since = min(each.created_at for each in (self.row, *self._former))
        return customers.render_look_for(self.wanted, since=min(since, sent_at or since))

    def read_probe(self, answer: bytes) -> Reading:
        return customers.read_probe(answer, self.wanted)

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        return customers.render_add(self.wanted, set_id=set_id, old_set_id=old_set_id)

    def read_write(self, answer: bytes) -> Reading:
        return customers.read_add(answer, self.wanted, resent=self.resent)

    def read_status_check(self, answer: bytes) -> Reading:
        return customers.read_stored_add(answer, self.wanted, resent=self.resent)

    def search(self, *, sent_at: datetime) -> bytes:
        return self.probe(sent_at=sent_at)

    def read_search(self, answer: bytes) -> Reading:
        return customers.read_search(answer, self.wanted)

    def stands(self) -> bool:
        """Whether the contractor job still has no QuickBooks job and its client this customer."""
        row = self.row
        if row.writes:
            return True
        reason = queries.why_not_created(row=row)
        if reason:
            row.problem = f"{reason} Nothing was created."
            row.remedy = "Nothing to do, or ask for it again under Map Jobs."
        return not reason

    def record(self, found: Found) -> None:
        """Note the new job, put it into the mirrored list, and map the contractor job to it."""
        row, job = self.row, self.wanted
        now = moments.now()
        row.qb_id, row.edit_sequence, row.done_at = found.txn_id, found.edit_sequence, now
        commits.mirror_new_job(
            company_id=row.company_id,
            list_id=found.txn_id,
            # as it stands there: it may have been renamed, or moved, before anybody looked
            full_name=found.customer or job.full_name,
            parent_list_id=found.parent_list_id or job.parent_list_id,
            edit_sequence=found.edit_sequence,
            job_status=job.data.job_status,
        )
        job_data.created(write=row, now=now)
        row.problem, row.remedy = map_created(row)

    def words(self, reading: Reading, *, said: str) -> Words:
        return qb_write_words.of_state(self.row, reading, said=said)


def map_created(row: QbWrite) -> Words:
    """Map the contractor job to the job that stands in QuickBooks now; words when it was not.

    Part of the caller's transaction.
    """
    by_hand = "Map it by hand under Map Jobs; the job stands in QuickBooks."
    job = row.job
    access = (
        find_access(user=row.requested_by, company_id=row.company_id) if row.requested_by else None
    )
    if job is None or access is None or not access.can_work:
        return ("The job stands in QuickBooks, but nobody who may map it asked for it.", by_hand)
    saved = save_job_mapping(
        access=access,
        job_key=job.key,
        expected_version=queries.mapping_version(job=job),
        target_list_id=row.qb_id,
        remove=False,
        confirmed=[],
        reason="created by Tieout",
        now=moments.now(),
        how=How.CREATED,
    )
    if isinstance(saved, Refused):
        return (f"The job stands in QuickBooks, but was not mapped: {saved.text}", by_hand)
    return ("", "")


class JobChangeSubject:
    """Job-level data of a mapped job: the changed fields only."""

    def __init__(self, row: QbWrite) -> None:
        self.row = row

    @property
    def wanted(self) -> JobChange:
        content = self.row.content
        return JobChange(
            list_id=content["list_id"],
            was=content["was"],
            want=content["want"],
            edit_sequence=self.row.edit_sequence,
            request_id=f"write-{self.row.pk}",
        )

    def probe(self, *, sent_at: datetime | None = None) -> bytes:
        return customers.render_look(self.wanted)

    def read_probe(self, answer: bytes) -> Reading:
        reading, edit_sequence = customers.read_look(answer, self.wanted)
        self.row.edit_sequence = edit_sequence  # what the write is for, and what it is judged by
        return reading

    def write(self, *, set_id: str, old_set_id: str) -> bytes:
        return customers.render_mod(self.wanted, set_id=set_id, old_set_id=old_set_id)

    def read_write(self, answer: bytes) -> Reading:
        return customers.read_mod(answer, self.wanted)

    def read_status_check(self, answer: bytes) -> Reading:
        return customers.read_stored_mod(answer, self.wanted)

    def search(self, *, sent_at: datetime) -> bytes:
        return customers.render_look(self.wanted)

    def read_search(self, answer: bytes) -> Reading:
        return customers.read_search_mod(answer, self.wanted)

    def stands(self) -> bool:
        """Whether the contractor job is still mapped to that job, and its data kept in step."""
        row = self.row
        if row.writes:
            return True
        if not row.company.keep_job_data:
            row.problem = "Keeping job-level data in step was switched off."
            row.remedy = "Nothing was sent and nothing is to be done."
            return False
        if queries.is_mapped_to(job_id=row.job_id, list_id=row.content["list_id"]):
            return True
        row.problem = "The contractor job is mapped to another QuickBooks job now."
        row.remedy = "Nothing was sent. Look at the proposed changes again."
        return False

    def record(self, found: Found) -> None:
        row = self.row
        row.qb_id, row.edit_sequence = found.txn_id, found.edit_sequence
        row.done_at = moments.now()
        job_data.sent(write=row)

    def words(self, reading: Reading, *, said: str) -> Words:
        return qb_write_words.of_state(self.row, reading, said=said)
