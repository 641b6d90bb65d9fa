"""A job that is created, and job-level data that is changed: messages and evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.answers import answer, response

from tieout.core.exporting import Event
from tieout.core.job_data import JobData
from tieout.quickbooks import translate_customers as customers
from tieout.quickbooks.translate_customers import JobChange, NewJob

GUID = "{6B1C0F5E-7C0B-4F4B-9F6C-0D9E8C7B6A55}"
PARENT = "80000012-1735742911"
JOB = NewJob(
    name="Ortiz, Elena – ICU",
    parent_list_id=PARENT,
    parent_full_name="Acme Health",
    guid=GUID,
    data=JobData(
        job_status="InProgress",
        job_start_date="2026-09-01",
        job_projected_end_date="2026-12-01",
        job_end_date="2026-12-02",
        job_desc="Nurse",
    ),
    request_id="write-1",
)
CHANGE = JobChange(
    list_id="80000013-1735743002",
    was={"job_status": "Pending", "job_end_date": ""},
    want={"job_status": "InProgress", "job_end_date": "2026-12-02"},
    edit_sequence="17",
    request_id="write-2",
)


def customer(
    full_name: str = "Acme Health",
    *,
    list_id: str = PARENT,
    parent: str = "",
    guid: str = "",
    sequence: str = "17",
    data: str = "",
) -> str:
    name = full_name.rpartition(":")[2]
    below = f"<ParentRef><ListID>{parent}</ListID></ParentRef>" if parent else ""
    marked = f"<ExternalGUID>{guid}</ExternalGUID>" if guid else ""
    return (
        f"<CustomerRet><ListID>{list_id}</ListID><EditSequence>{sequence}</EditSequence>"
        f"<Name>{name}</Name><FullName>{full_name}</FullName>{below}{data}{marked}</CustomerRet>"
    )


def job(parent: str = PARENT, **more: str) -> str:
    full_name = more.pop("full_name", "Acme Health:Ortiz, Elena - ICU")
    return customer(full_name, list_id="80000013-1735743002", parent=parent, **more)


def looked(by_name: str = "", of_customer: str = "", changed: str = "") -> bytes:
    return answer(
        response("CustomerQuery", by_name, request_id="name", code=0 if by_name else 500),
        response("CustomerQuery", of_customer or customer(), request_id="customer"),
        response("CustomerQuery", changed, request_id="changed", code=0 if changed else 1),
    )


SENT_AT = datetime(2026, 10, 19, 8, 0, tzinfo=UTC)  # with an offset, as it is stored
OTHER_GUID = "{CCCCCCCC-0000-0000-0000-000000000001}"
FORMER_GUID = "{DDDDDDDD-0000-0000-0000-000000000001}"
RENAMED = customer("Acme Health:Another", list_id="8-9", parent=PARENT, guid=GUID)


def read(data: str, sequence: str = "17") -> bytes:
    return answer(response("CustomerQuery", job(data=data, sequence=sequence), request_id="job"))


@pytest.mark.parametrize(
    "body",
    [
        answer(*(response("InvoiceQuery", code=500) for _ in range(3))),
        answer(response("CustomerQuery", request_id="job", code=500)),
        looked().replace(b'"changed"', b'"name"'),
        looked(of_customer=customer("Acme Health", list_id="8-77")),
        answer(),
    ],
    ids=["kind", "length", "name", "customer", "empty"],
)
def test_an_answer_to_something_else_says_nothing_of_a_new_job(body: bytes) -> None:
    assert customers.read_probe(looked(), JOB).event is Event.PROBE_CLEAN
    assert customers.read_probe(body, JOB).event is None
    assert customers.read_search(body, JOB).event is Event.SILENCE


@pytest.mark.parametrize(
    "body",
    [
        answer(response("CompanyQuery", code=500)),
        answer(response("CustomerQuery", request_id="jobs", code=500)),
        read("<JobStatus>InProgress</JobStatus><JobEndDate>2026-12-02</JobEndDate>").replace(
            b"80000013-1735743002", b"80000013-1735743003"
        ),
    ],
    ids=["kind", "name", "job"],
)
def test_an_answer_to_something_else_says_nothing_of_a_job(body: bytes) -> None:
    assert customers.read_look(body, CHANGE)[0].event is None
    assert customers.read_search_mod(body, CHANGE).event is Event.SILENCE


@needs_specs
def test_every_message_is_valid() -> None:
    schema = etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))
    everything = replace(
        CHANGE,
        want={**CHANGE.want, "job_start_date": "", "job_projected_end_date": "", "job_desc": ""},
    )
    for message in (
        customers.render_add(JOB, set_id="ti-0123456789", old_set_id="ti-9876543210"),
        customers.render_add(replace(JOB, data=JobData()), set_id="ti-0123456789", old_set_id=""),
        customers.render_look(CHANGE),
        customers.render_look_for(JOB, since=SENT_AT),
        customers.render_mod(CHANGE, set_id="ti-0123456789", old_set_id=""),
        customers.render_mod(everything, set_id="ti-0123456789", old_set_id=""),
    ):
        schema.assertValid(etree.fromstring(message))


def test_the_search_goes_back_a_day_and_more_by_the_wall_clock() -> None:
    message = customers.render_look_for(JOB, since=SENT_AT).decode()
    assert "<FromModifiedDate>2026-10-18T06:00:00</FromModifiedDate>" in message


def test_the_new_job_stands_under_its_customer_with_our_guid() -> None:
    message = customers.render_add(JOB, set_id="ti-0123456789", old_set_id="").decode()
    assert f"<ParentRef><ListID>{PARENT}</ListID></ParentRef>" in message
    assert "<Name>Ortiz, Elena - ICU</Name>" in message
    assert f"<ExternalGUID>{GUID}</ExternalGUID>" in message
    assert message.count("<CustomerAddRq ") == 1


def test_only_changed_fields_are_sent_and_an_empty_one_is_cleared() -> None:
    only_end = replace(CHANGE, want={"job_end_date": ""})
    message = customers.render_mod(only_end, set_id="ti-0123456789", old_set_id="").decode()
    assert "<JobEndDate></JobEndDate>" in message or "<JobEndDate/>" in message
    assert "JobStatus" not in message
    no_status = replace(CHANGE, want={"job_status": ""})
    message = customers.render_mod(no_status, set_id="ti-0123456789", old_set_id="").decode()
    assert "<JobStatus>None</JobStatus>" in message


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (looked(), None),  # not there
        (looked(job()), Event.FOUND_ALIKE),  # typed by somebody: only our mark makes it ours
        (looked(job(guid=GUID)), Event.FOUND_OURS),
        (looked(job(guid=OTHER_GUID)), Event.FOUND_ALIKE),
        (looked(job(guid=FORMER_GUID)), Event.FOUND_ALIKE),
        (looked(changed=RENAMED), Event.FOUND_OURS),  # renamed before anybody looked
        (looked(changed=RENAMED.replace(GUID, FORMER_GUID)), Event.FOUND_ALIKE),
        (looked(job(guid=OTHER_GUID), changed=RENAMED), Event.FOUND_OURS),
        (looked(of_customer=customer("Acme Inc"), changed=RENAMED), Event.FOUND_OURS),
        (looked(of_customer=customer("Acme Inc")), Event.FOUND_FOREIGN),
        (looked(changed=job(guid=OTHER_GUID)), None),
        (looked(job(parent="8-7")), Event.FOUND_FOREIGN),
    ],
)
def test_it_is_looked_for_by_our_mark_and_by_its_name(body: bytes, event: Event | None) -> None:
    """Before it is sent and after alike; that it is not there means another thing each time."""
    wanted = replace(JOB, former_guids=(FORMER_GUID,))
    assert customers.read_probe(body, wanted).event is (event or Event.PROBE_CLEAN)
    assert customers.read_search(body, wanted).event is (event or Event.ABSENT_OPEN)


@pytest.mark.parametrize(
    "body",
    [
        answer(response("CustomerQuery", code=1000)),
        answer(*[response("CustomerQuery", code=500)] * 2),  # not all was asked
        looked(job(guid=GUID)).replace(b'"500"', b'"1000"').replace(b'"1"', b'"3000"'),
    ],
)
def test_a_look_that_failed_says_nothing(body: bytes) -> None:
    assert customers.read_probe(body, JOB).event is None
    assert customers.read_search(body, JOB).event is Event.SILENCE


def test_a_renamed_or_missing_customer_is_explained() -> None:
    renamed = customers.read_probe(looked(of_customer=customer("Acme Group")), JOB)
    assert "Acme Group" in renamed.message
    assert "Refresh QuickBooks list" in renamed.remedy
    gone = answer(*[response("CustomerQuery", code=500)] * 3)
    assert customers.read_probe(gone, JOB).event is Event.FOUND_FOREIGN


def test_a_name_in_use_refuses_the_first_time_and_is_looked_at_after_a_resend() -> None:
    body = answer(response("CustomerAdd", request_id="write-1", code=3100, text="in use"))
    assert customers.read_add(body, JOB, resent=False).event is Event.REFUSED
    assert customers.read_add(body, JOB, resent=True).event is Event.SILENCE
    stored = answer(
        response("CustomerAdd", request_id="write-1", code=3100, text="in use"), set_status=0
    )
    assert customers.read_stored_add(stored, JOB, resent=True).event is None
    assert customers.read_stored_add(stored, JOB, resent=False).event is Event.REFUSED


@pytest.mark.parametrize("request_id", ["write-1", ""])
def test_an_answer_about_another_job_settles_nothing(request_id: str) -> None:
    for body in (
        job(guid="{BBBBBBBB-0000-0000-0000-000000000001}"),
        job(full_name="Acme Health:Another"),
        job(parent="8-other"),
        job() + job(),
    ):
        reading = customers.read_add(
            answer(response("CustomerAdd", body, request_id=request_id)), JOB, resent=False
        )
        assert reading.event is Event.SILENCE
    other = answer(response("CustomerMod", customer(list_id="8-9"), request_id=request_id))
    assert customers.read_mod(other, CHANGE).event is Event.SILENCE


def test_a_created_job_is_recorded_by_its_list_id() -> None:
    body = answer(response("CustomerAdd", job(), request_id="write-1"))
    reading = customers.read_add(body, JOB, resent=False)
    assert reading.event is Event.ACCEPTED
    assert reading.found is not None
    assert reading.found.txn_id == "80000013-1735743002"
    evidence = "<ErrorRecovery><ListID>8-9</ListID><EditSequence>3</EditSequence></ErrorRecovery>"
    body = answer(response("CustomerAdd", evidence, request_id="write-1", code=501))
    recovered = customers.read_add(body, JOB, resent=False)
    assert recovered.found is not None
    assert recovered.found.txn_id == "8-9"
    body = answer(response("CustomerAdd", request_id="write-1"))
    assert customers.read_add(body, JOB, resent=False).event is Event.SILENCE


PENDING = "<JobStatus>Pending</JobStatus>"
DONE = "<JobStatus>InProgress</JobStatus><JobEndDate>2026-12-02</JobEndDate>"
EDITED = "<JobStatus>Closed</JobStatus>"


@pytest.mark.parametrize(
    ("data", "sequence", "event"),
    [
        (PENDING, "17", Event.PROBE_CLEAN),
        (PENDING, "18", Event.PROBE_CLEAN),  # something else of the job was edited
        (DONE, "18", Event.FOUND_OURS),
        (EDITED, "18", Event.FOUND_FOREIGN),
    ],
)
def test_a_later_edit_in_quickbooks_is_never_overwritten(
    data: str, sequence: str, event: Event
) -> None:
    reading, seen = customers.read_look(read(data, sequence), CHANGE)
    assert (reading.event, seen) == (event, sequence)
    if event is Event.FOUND_FOREIGN:
        assert "Job Status" in reading.message


def test_a_job_that_is_gone_is_a_persons_case() -> None:
    gone = answer(response("CustomerQuery", request_id="job", code=500))
    assert customers.read_look(gone, CHANGE)[0].event is Event.FOUND_FOREIGN
    assert customers.read_search_mod(gone, CHANGE).event is Event.FOUND_FOREIGN
    failed = answer(response("CustomerQuery", request_id="job", code=1000))
    assert customers.read_look(failed, CHANGE)[0].event is None
    assert customers.read_search_mod(failed, CHANGE).event is Event.SILENCE


@pytest.mark.parametrize(
    ("data", "sequence", "event"),
    [
        (DONE, "18", Event.FOUND_OURS),
        (PENDING, "17", Event.ABSENT_OPEN),
        (PENDING, "18", Event.FOUND_FOREIGN),
        (EDITED, "18", Event.FOUND_FOREIGN),
    ],
)
def test_after_a_lost_answer_the_content_decides(data: str, sequence: str, event: Event) -> None:
    assert customers.read_search_mod(read(data, sequence), CHANGE).event is event


def test_a_stale_edit_sequence_is_tried_again() -> None:
    body = answer(response("CustomerMod", request_id="write-2", code=3200, text="out of date"))
    reading = customers.read_mod(body, CHANGE)
    assert (reading.event, reading.try_again) == (Event.REFUSED, True)
    assert customers.read_stored_mod(answer(set_status=600), CHANGE).event is None
