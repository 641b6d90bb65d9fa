"""The company stamp: written once, read in every session."""

from __future__ import annotations

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.answers import answer, response

from tieout.core.exporting import Event
from tieout.quickbooks import translate_stamp as stamps
from tieout.quickbooks.translate_stamp import FIELD, OWNER, Stamp

OURS = "8b8a3c1e-1111-4222-8333-444455556666"
FIELD_OF_IT = Stamp(value=OURS, definition=True, request_id="write-4")
VALUE = Stamp(value=OURS, request_id="write-5")


def company(value: str = "", owner: str = OWNER) -> bytes:
    held = (
        f"<DataExtRet><OwnerID>{owner}</OwnerID><DataExtName>{FIELD}</DataExtName>"
        f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{value}</DataExtValue></DataExtRet>"
        if value
        else ""
    )
    body = f"<CompanyRet><CompanyName>Northgate</CompanyName>{held}</CompanyRet>"
    return answer(response("CompanyQuery", body, request_id="company"))


@needs_specs
def test_every_message_is_valid() -> None:
    schema = etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))
    for message in (
        stamps.render_look(),
        stamps.render_write(FIELD_OF_IT, set_id="ti-0123456789", old_set_id=""),
        stamps.render_write(VALUE, set_id="ti-0123456789", old_set_id="ti-9876543210"),
    ):
        schema.assertValid(etree.fromstring(message))


@pytest.mark.parametrize("stamp", [FIELD_OF_IT, VALUE])
@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        (company(), Event.PROBE_CLEAN, Event.ABSENT_OPEN),
        (company(OURS, owner=OWNER.lower()), Event.FOUND_OURS, Event.FOUND_OURS),
        (company("somebody-else"), Event.FOUND_FOREIGN, Event.FOUND_FOREIGN),
        (company(OURS, owner="{0}"), Event.PROBE_CLEAN, Event.ABSENT_OPEN),
        (answer(response("CompanyQuery", code=1000)), None, Event.SILENCE),
        (answer(response("CompanyQuery")), None, Event.SILENCE),
        (company().replace(b"CompanyQueryRs", b"HostQueryRs"), None, Event.SILENCE),
        (company().replace(b'"company"', b'"other"'), None, Event.SILENCE),
    ],
)
def test_the_stamp_there_decides(
    stamp: Stamp, body: bytes, before: Event | None, after: Event
) -> None:
    assert stamps.read_look(body, stamp).event is before
    assert stamps.read_search(body, stamp).event is after


def test_a_field_that_is_defined_already_is_done() -> None:
    body = answer(response("DataExtDefAdd", request_id="write-4", code=3100))
    assert stamps.read_write(body, FIELD_OF_IT).event is Event.ACCEPTED


def test_a_value_that_is_there_already_is_looked_at() -> None:
    body = answer(response("DataExtAdd", request_id="write-5", code=3180, text="a value"))
    assert stamps.read_write(body, VALUE).event is Event.SILENCE
    locked = answer(response("DataExtAdd", request_id="write-5", code=3180, text="in use"))
    assert stamps.read_write(locked, VALUE).event is Event.REFUSED


def test_the_answers_to_the_writes() -> None:
    assert (
        stamps.read_write(answer(response("DataExtAdd", request_id="write-5")), VALUE).event
        is Event.ACCEPTED
    )
    assert stamps.read_stored(answer(set_status=600), VALUE).event is None
