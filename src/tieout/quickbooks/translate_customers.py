"""A job that is created in QuickBooks, and job-level data that is kept in step there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tieout.core.exporting import Event
from tieout.core.job_data import LABELS, JobData
from tieout.core.texts import as_stored, same_in_quickbooks
from tieout.quickbooks import qbxml
from tieout.quickbooks.readings import (
    Found,
    Reading,
    another,
    answered,
    judge_stored,
    judge_write,
    of_another,
)

QUERY = qbxml.CustomerQuery.KIND
# The names of the questions: by name, for the customer, for all that was changed, for one job.
BY_NAME, CUSTOMER, CHANGED, LOOK = "name", "customer", "changed", "job"
NAME_IN_USE = 3100
STALE = 3200  # somebody changed it since it was read
IDENTITY = (
    "ListID", "TimeCreated", "TimeModified", "EditSequence", "Name", "FullName", "IsActive",
    "ParentRef", "Sublevel", "JobStatus", "JobStartDate", "JobProjectedEndDate", "JobEndDate",
    "JobDesc", "ExternalGUID",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job to be created under a customer, and by what it is recognised.

    `former_guids`: of earlier wishes for the same contractor job, which were given up.
    """

    name: str
    parent_list_id: str
    parent_full_name: str
    guid: str
    data: JobData
    former_guids: tuple[str, ...] = ()
    request_id: str = ""

    @property
    def full_name(self) -> str:
        """The path under which it will stand."""
        return f"{self.parent_full_name}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobChange:
    """Fields of a job that are to change. `was` is what a person saw in them and let be replaced.

    `edit_sequence`: of the job as the look before the write found it.
    """

    list_id: str
    was: dict[str, str]
    want: dict[str, str]
    edit_sequence: str = ""
    request_id: str = ""


# ------------------------------------------------------------------ a new job


def render_look_for(job: NewJob, *, since: datetime) -> bytes:
    """Look for it, before it is sent and after: by name, and among all that was changed since.

    Somebody may have renamed it, and an answer of QuickBooks may have come very late. Its customer
    is asked for, too: it may be called otherwise now. `since`: when it was first wished for.
    """
    changed = qbxml.since_sent(since)
    looks = [
        qbxml.CustomerQuery(request_id=BY_NAME, full_names=(job.full_name,), include=IDENTITY),
        qbxml.CustomerQuery(request_id=CUSTOMER, list_ids=(job.parent_list_id,), include=IDENTITY),
        qbxml.CustomerQuery(request_id=CHANGED, from_modified=changed, include=IDENTITY),
    ]
    return qbxml.render(looks, on_error="continueOnError")


def read_probe(answer: bytes, job: NewJob) -> Reading:
    """Judge the look before it is created; `event` None when it says nothing."""
    return _looked_for(answer, job, absent=Event.PROBE_CLEAN)


def read_search(answer: bytes, job: NewJob) -> Reading:
    """Judge the look after it was sent."""
    reading = _looked_for(answer, job, absent=Event.ABSENT_OPEN)
    return replace(reading, event=reading.event or Event.SILENCE)


def _looked_for(answer: bytes, job: NewJob, *, absent: Event) -> Reading:
    """What the three looks say. Only our GUID makes it the one that we sent.

    One of that name without it was typed by somebody, and one with the GUID of an earlier wish was
    given up by somebody: a person says whether it is the one that is meant.
    """
    responses, broken = answered(answer, (QUERY, BY_NAME), (QUERY, CUSTOMER), (QUERY, CHANGED))
    if broken is not None:
        return broken
    by_name, of_customer, changed = map(customers_of, responses)
    if [each.list_id for each in of_customer] not in ([], [job.parent_list_id]):
        return of_another()
    by_guid = {each.external_guid.upper(): each for each in (*changed, *by_name)}
    if ours := by_guid.get(job.guid.upper()):
        return Reading(event=Event.FOUND_OURS, found=found_job(ours))
    for guid in job.former_guids:
        if former := by_guid.get(guid.upper()):
            message = f"An earlier wish for it was given up, but made {former.full_name}."
            return Reading(event=Event.FOUND_ALIKE, found=found_job(former), message=message)
    if (moved := _moved(of_customer, job)) is not None:
        return moved
    for each in by_name:
        is_below = each.parent_list_id == job.parent_list_id
        event = Event.FOUND_ALIKE if is_below else Event.FOUND_FOREIGN
        return Reading(event=event, found=found_job(each))
    return Reading(event=absent)


def _moved(customers: list[qbxml.CustomerRet], job: NewJob) -> Reading | None:
    """Why nothing can be created under the customer as it is now; None when it can."""
    if not customers:
        message = f"The customer {job.parent_full_name} is not in QuickBooks any more."
        remedy = "Refresh QuickBooks list, map the client again, then create the job again."
        return Reading(event=Event.FOUND_FOREIGN, message=message, remedy=remedy)
    now_called = customers[0].full_name
    if now_called.casefold() == job.parent_full_name.casefold():
        return None
    message = f"{job.parent_full_name} is called {now_called} in QuickBooks now."
    remedy = "Refresh QuickBooks list, then create the job again."
    return Reading(event=Event.FOUND_FOREIGN, message=message, remedy=remedy)


def render_add(job: NewJob, *, set_id: str, old_set_id: str) -> bytes:
    """The CustomerAdd, alone in its set."""
    data = job.data
    add = qbxml.CustomerAdd(
        request_id=job.request_id,
        name=as_stored(job.name),
        parent_list_id=job.parent_list_id,
        job_status=_status(data.job_status),
        job_start_date=_day(data.job_start_date) or None,
        job_projected_end_date=_day(data.job_projected_end_date) or None,
        job_end_date=_day(data.job_end_date) or None,
        job_desc=as_stored(data.job_desc),
        external_guid=job.guid,
    )
    return qbxml.render([add], new_message_set_id=set_id, old_message_set_id=old_set_id or None)


def read_add(answer: bytes, job: NewJob, *, resent: bool) -> Reading:
    """Judge the answer.

    After a resend, that the name is in use may mean that the first sending was executed: the job
    is looked for.
    """
    reading = judge_write(
        answer,
        kind="CustomerAdd",
        request_id=job.request_id,
        accepted=lambda response: _accepted(
            response, is_ours=lambda ret: _is_answer_to(ret, job), guid=job.guid
        ),
    )
    if resent and reading.code == NAME_IN_USE:
        return Reading(event=Event.SILENCE, code=NAME_IN_USE, message=reading.message)
    return reading


def read_stored_add(answer: bytes, job: NewJob, *, resent: bool) -> Reading:
    """The stored answer when there is one; `event` None when QuickBooks has none for that id."""
    return judge_stored(answer, lambda stored: read_add(stored, job, resent=resent))


# ------------------------------------------------------------------ a change


def render_look(change: JobChange) -> bytes:
    """Read the job as it is now; before the write and, when its answer is lost, after it."""
    query = qbxml.CustomerQuery(request_id=LOOK, list_ids=(change.list_id,), include=IDENTITY)
    return qbxml.render([query], on_error="continueOnError")


def read_look(answer: bytes, change: JobChange) -> tuple[Reading, str]:
    """Judge the job before the write, and its edit sequence; a later edit there is a person's."""
    job, broken = _one(answer, change)
    if job is None:
        return broken or _gone(), ""
    if _has(job, change.want):
        return Reading(event=Event.FOUND_OURS, found=found_job(job)), job.edit_sequence
    edited = [name for name in change.want if not _equal(job, name, change.was.get(name, ""))]
    if edited:
        message = (
            f"{', '.join(LABELS[name] for name in edited)}: somebody changed it in QuickBooks."
        )
        return (
            Reading(event=Event.FOUND_FOREIGN, found=found_job(job), message=message),
            job.edit_sequence,
        )
    return Reading(event=Event.PROBE_CLEAN), job.edit_sequence


def render_mod(change: JobChange, *, set_id: str, old_set_id: str) -> bytes:
    """The CustomerMod with the changed fields only, alone in its set."""
    days = ("job_start_date", "job_projected_end_date", "job_end_date")
    values: dict[str, Any] = {
        name: _day(change.want[name]) for name in days if name in change.want
    }
    if "job_status" in change.want:
        values["job_status"] = _status(change.want["job_status"] or "None")
    if "job_desc" in change.want:
        values["job_desc"] = as_stored(change.want["job_desc"])
    mod = qbxml.CustomerMod(
        request_id=change.request_id,
        list_id=change.list_id,
        edit_sequence=change.edit_sequence,
        **values,
    )
    return qbxml.render([mod], new_message_set_id=set_id, old_message_set_id=old_set_id or None)


def read_mod(answer: bytes, change: JobChange) -> Reading:
    """Judge the answer; a stale edit sequence is refused, and looked at anew in a while."""
    reading = judge_write(
        answer,
        kind="CustomerMod",
        request_id=change.request_id,
        accepted=lambda response: _accepted(
            response, is_ours=lambda ret: ret.list_id == change.list_id, list_id=change.list_id
        ),
    )
    return again_if_stale(reading)


def read_stored_mod(answer: bytes, change: JobChange) -> Reading:
    """The stored answer when there is one."""
    return judge_stored(answer, lambda stored: read_mod(stored, change))


def read_search_mod(answer: bytes, change: JobChange) -> Reading:
    """Judge the re-read: as wanted = done; untouched = not executed; else a person looks."""
    job, broken = _one(answer, change)
    if job is None:
        return Reading(
            event=Event.FOUND_FOREIGN if broken is None else Event.SILENCE,
            message=broken.message if broken else _gone().message,
        )
    if _has(job, change.want):
        return Reading(event=Event.FOUND_OURS, found=found_job(job))
    if job.edit_sequence == change.edit_sequence:
        return Reading(event=Event.ABSENT_OPEN)
    return Reading(
        event=Event.FOUND_FOREIGN,
        found=found_job(job),
        message="The job was changed in QuickBooks meanwhile, and not to what was sent.",
    )


def again_if_stale(reading: Reading) -> Reading:
    """A write that met a stale edit sequence changed nothing: it may be tried with a fresh one."""
    if reading.code != STALE:
        return reading
    return Reading(
        event=reading.event,
        code=reading.code,
        message=reading.message,
        remedy=reading.remedy,
        try_again=True,
    )


def _gone() -> Reading:
    return Reading(event=Event.FOUND_FOREIGN, message="The job is not in QuickBooks any more.")


def _one(answer: bytes, change: JobChange) -> tuple[qbxml.CustomerRet | None, Reading | None]:
    """The job that was asked for by id, or why nothing is known of it; both None: it is gone."""
    responses, broken = answered(answer, (QUERY, LOOK))
    if broken is not None:
        return None, broken
    found = customers_of(responses[0])
    if [job.list_id for job in found] not in ([], [change.list_id]):
        return None, of_another()
    return next(iter(found), None), None


def job_data(job: qbxml.CustomerRet) -> JobData:
    """Job-level data as QuickBooks told it."""
    return JobData(
        job_status="" if job.job_status == "None" else job.job_status,
        job_start_date=_text(job.job_start_date),
        job_projected_end_date=_text(job.job_projected_end_date),
        job_end_date=_text(job.job_end_date),
        job_desc=job.job_desc,
    )


def _has(job: qbxml.CustomerRet, want: dict[str, str]) -> bool:
    return all(_equal(job, name, value) for name, value in want.items())


def _equal(job: qbxml.CustomerRet, name: str, value: str) -> bool:
    there: str = getattr(job_data(job), name)
    return same_in_quickbooks(there, value)


def _is_answer_to(ret: qbxml.CustomerRet, job: NewJob) -> bool:
    """By our GUID where one came back, else by name and customer."""
    if ret.external_guid:
        return ret.external_guid.upper() == job.guid.upper()
    same_name = same_in_quickbooks(ret.name, job.name)
    return same_name and ret.parent_list_id == job.parent_list_id


def _accepted(
    response: qbxml.Response,
    *,
    is_ours: Callable[[qbxml.CustomerRet], bool],
    guid: str = "",
    list_id: str = "",
) -> Reading:
    """What was saved, if it is the job that was sent: known by `guid` or by `list_id`."""
    code = response.status.code
    jobs = customers_of(response)
    if len(jobs) > 1 or not all(is_ours(job) for job in jobs):
        return another()
    for job in jobs:
        return Reading(event=Event.ACCEPTED, found=found_job(job), code=code)
    recovery = response.error_recovery
    if recovery is not None and recovery.list_id:
        same = (
            recovery.list_id == list_id
            if list_id
            else recovery.external_guid.upper() == guid.upper()
            if recovery.external_guid
            else bool(response.request_id)
        )
        if not same:
            return another()
        found = Found(txn_id=recovery.list_id, edit_sequence=recovery.edit_sequence)
        return Reading(event=Event.ACCEPTED, found=found, code=code)
    return Reading(event=Event.SILENCE, code=code)


def found_job(job: qbxml.CustomerRet) -> Found:
    """The job as people look at it."""
    return Found(
        txn_id=job.list_id,
        customer=job.full_name,
        customer_list_id=job.list_id,
        parent_list_id=job.parent_list_id,
        edit_sequence=job.edit_sequence,
    )


def customers_of(response: qbxml.Response) -> list[qbxml.CustomerRet]:
    """The customers and jobs in one response."""
    return [ret for ret in response.rets if isinstance(ret, qbxml.CustomerRet)]


def _status(text: str) -> Any:
    return text or None


def _day(text: str) -> Any:
    return date.fromisoformat(text) if text else ""


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
