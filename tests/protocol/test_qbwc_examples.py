"""The Web Connector's codec against the reference examples and Intuit's service description."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from lxml import etree
from tests.specs import SPECS, needs_specs
from tests.unit.quickbooks.qbwc.bodies import Desk

from tieout.quickbooks.qbwc import (
    Authenticate,
    AuthenticateReply,
    HandOverReply,
    QwcFile,
    ReceivedText,
    ReceiveResponseXML,
    parse_request,
    render,
    render_qwc,
    render_wsdl,
)

EXAMPLES = SPECS / "examples"
TICKET = "5d2f9a40-6d2b-4e8e-9f0a-0a6e9f3f6a11"
HELLO = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq '
    'onError="stopOnError"><HostQueryRq requestID="h1"/></QBXMLMsgsRq></QBXML>'
)
W = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"

pytestmark = needs_specs


def example(name: str) -> bytes:
    return (EXAMPLES / name).read_bytes()


def test_the_example_calls_are_read() -> None:
    call = parse_request([example("soap_authenticate_rq.xml")])
    assert call == Authenticate(user_name="northgate-qb", password="s3cret")
    call = parse_request([example("soap_receive_rq.xml")], open_sink=Desk().open)
    assert call == ReceiveResponseXML(
        ticket=TICKET,
        response=ReceivedText(kept=True),
        hresult="0x80040400",
        message="QuickBooks found an error when parsing the provided XML text stream.",
    )


def test_our_answers_are_the_example_answers_byte_for_byte() -> None:
    login = render(AuthenticateReply(ticket=TICKET, verdict=""))
    assert login == example("soap_authenticate_rs.xml")
    assert render(HandOverReply(key="h1"), payload=HELLO) == example("soap_send_rs.xml")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("[0-9]*.xml")), ids=lambda path: path.stem)
def test_every_example_message_comes_through_soap_unchanged(path) -> None:
    text = path.read_text("utf-8").replace(' encoding="utf-8"', "")
    sent = etree.fromstring(render(HandOverReply(key="k"), payload=text))
    (result,) = sent.iter("{http://developer.intuit.com/}sendRequestXMLResult")
    assert result.text == text
    body = render(HandOverReply(key="k"), payload=text).decode()
    desk = Desk()
    desk.read(
        body.replace("sendRequestXMLResponse", "receiveResponseXML").replace(
            "sendRequestXMLResult", "response"
        )
    )
    assert desk.text == text


def test_the_sample_file_is_what_we_render() -> None:
    sample = etree.fromstring(example("tieout_sample.qwc"))
    ours = etree.fromstring(
        render_qwc(
            QwcFile(
                app_name="Tieout - Northgate",
                description="Sends invoices per job and reads them back",
                app_url="https://books.example.com/qbwc",
                support_url="https://books.example.com/help",
                user_name="northgate-qb",
                owner_id=UUID("9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01"),
                file_id=UUID("5D7E2A10-33C4-4B0D-8D50-0F5E1C2B3A44"),
            )
        )
    )
    assert ours.tag == sample.tag
    assert _said(ours) == _said(sample)


def _said(root: etree._Element) -> list[tuple[str, str]]:
    return [(e.tag, e.text or "") for e in root.iter(etree.Element) if not len(e)]


def test_our_description_says_what_intuits_says_but_for_server_version() -> None:
    theirs = etree.parse(str(SPECS / "QBWebConnectorSvc.wsdl")).getroot()
    ours = etree.fromstring(render_wsdl(service_url="https://books.example.com/qbwc"))
    bogus = ("serverVersion", "strVersion", "string", "0", "1")
    assert set(_parameters(theirs)) - {bogus} == set(_parameters(ours))
    assert bogus in _parameters(theirs)
    for part in ("message", "operation"):
        assert _named(ours, part) == _named(theirs, part)
    actions = "{http://schemas.xmlsoap.org/wsdl/soap/}operation"
    assert {e.get("soapAction") for e in ours.iter(actions)} == {
        e.get("soapAction") for e in theirs.iter(actions)
    }


def _parameters(root: etree._Element) -> list[tuple[str, ...]]:
    return [
        (str(wrapper.get("name")), *_particle(part))
        for wrapper in root.iter(f"{XS}element", f"{XS}complexType")
        if wrapper.get("name")
        for part in _inside(wrapper)
    ]


def _inside(wrapper: etree._Element) -> Iterator[etree._Element]:
    return (part for part in wrapper.iter(f"{XS}element") if part is not wrapper)


def _particle(part: etree._Element) -> tuple[str, ...]:
    kind = str(part.get("type")).rpartition(":")[2]
    return str(part.get("name")), kind, str(part.get("minOccurs")), str(part.get("maxOccurs"))


def _named(root: etree._Element, part: str) -> set[str | None]:
    return {e.get("name") for e in root.iter(f"{W}{part}")}
