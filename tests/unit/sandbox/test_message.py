"""The parse stage: what fails a whole set, and with which HRESULT."""

from __future__ import annotations

import pytest
from tests.unit.sandbox.caller import PROLOG, Caller, envelope

from tieout.sandbox import HResult
from tieout.sandbox.message import read

VERSIONS = ("12.0", "13.0")


def refused(text: str) -> int:
    with pytest.raises(HResult) as caught:
        read(text, versions=VERSIONS)
    assert caught.value.stage == "process"
    return caught.value.code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        PROLOG + "<QBXML><QBXMLMsgsRq onError='stopOnError'>",
        PROLOG + "<QBXML><QBXMLMsgsRq><HostQueryRq/></QBXMLMsgsRq></QBXML>",
        envelope(
            "<CustomerAddRq><CustomerAdd><IsActive>true</IsActive></CustomerAdd></CustomerAddRq>"
        ),
        envelope("<BogusRq/>"),
        envelope("<HostQueryRq bogus='1'/>"),
        envelope("<ClassQueryRq iterator='Start'/>"),
        envelope("<CustomerQueryRq><ActiveStatus>all</ActiveStatus></CustomerQueryRq>"),
        envelope("<HostQueryRq>words</HostQueryRq>"),
    ],
)
def test_a_wrong_structure_fails_the_whole_set(text: str) -> None:
    assert refused(text) == 0x80040400


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE QBXML [<!ENTITY a "aaaa">]>',
        '<!DOCTYPE QBXML SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE QBXML [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;">]>',
    ],
)
def test_a_doctype_is_refused_and_nothing_is_fetched(doctype: str) -> None:
    text = f'<?xml version="1.0"?>{doctype}<?qbxml version="13.0"?><QBXML/>'
    assert refused(text) == 0x80040400


@pytest.mark.parametrize("version", ["99.0", "CA13.0", "", "13"])
def test_an_unknown_version_has_its_own_code(version: str) -> None:
    text = envelope("<HostQueryRq/>").replace('version="13.0"', f'version="{version}"')
    assert refused(text) == 0x80040423


def test_a_missing_version_has_the_same_code() -> None:
    assert (
        refused(envelope("<HostQueryRq/>").replace('<?qbxml version="13.0"?>', "")) == 0x80040423
    )


def test_roll_back_is_refused() -> None:
    assert refused(envelope("<HostQueryRq/>", onError="rollbackOnError")) == 0x80040413


def test_raw_characters_beyond_latin_1_fail_the_set() -> None:
    add = "<CustomerAddRq><CustomerAdd><Name>Wałęsa</Name></CustomerAdd></CustomerAddRq>"
    assert refused(envelope(add)) == 0x80040400


def test_references_beyond_latin_1_are_stored_as_question_marks(qb: Caller) -> None:
    add = "<CustomerAddRq><CustomerAdd><Name>Wa&#322;&#281;sa Caf&#233;</Name></CustomerAdd></CustomerAddRq>"
    assert qb.ask(add).findtext("CustomerRet/Name") == "Wa??sa Café"


def test_the_digest_ignores_spacing_and_ids_but_not_content() -> None:
    one = read(envelope("<HostQueryRq requestID='1'/>", newMessageSetID="a"), versions=VERSIONS)
    two = read(
        envelope(" <HostQueryRq  requestID='1'> </HostQueryRq>", newMessageSetID="b"),
        versions=VERSIONS,
    )
    other = read(envelope("<HostQueryRq requestID='2'/>"), versions=VERSIONS)
    assert one.digest == two.digest != other.digest
