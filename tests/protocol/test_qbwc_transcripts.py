"""Whole updates of the Web Connector, from bytes to bytes, as a person may read them.

`<` is what the Web Connector sends, `>` what it gets back, and the lines between are the effects
in their order. Times are seconds since the first call.
"""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from tests.unit.quickbooks.qbwc.bodies import encoded, literal
from tests.unit.quickbooks.qbwc.office import INVOICE, LIST, Office

from tieout.quickbooks.qbwc import (
    Authenticate,
    Facts,
    ReceiveResponseXML,
    Trouble,
    Unreadable,
    parse_request,
    render,
)

FILE = r"C:\Books\Northgate.QBW"
DIALOG = Trouble(
    meaning="QuickBooks is showing a dialog",
    remedy="Close the dialog in QuickBooks.",
    not_executed=False,
)


class Line:
    """The wire between the Web Connector and the office."""

    def __init__(self, office: Office, style) -> None:
        self.office = office
        self._style = style

    def say(self, method: str, **parameters) -> str:
        """One call in bytes; returns the text of its result, strings joined by `|`."""
        facts = {key: parameters.pop(key) for key in list(parameters) if key in Facts.__slots__}
        return self.send(self._style(method, **parameters).encode(), **facts)

    def send(self, body: bytes, **facts) -> str:
        call = parse_request([body], open_sink=lambda _ticket: lambda _piece: None)
        name = call.method if isinstance(call, Unreadable) else type(call).__name__
        if isinstance(call, ReceiveResponseXML):
            name += f" {call.response.size} bytes {call.hresult}".rstrip()
        self.office.diary.append(f"< {name} {getattr(call, 'ticket', '')}".rstrip())
        if isinstance(call, Authenticate):
            ticket = f"t-{len(self.office.rows) + 1}"
            reply = self.office.log_in(ticket, admitted=call.password == "pw", **facts)
        else:
            reply = self.office.call(call, **facts)
        result = ElementTree.XML(render(reply, payload="<QBXML/>"))[0][0][0]
        self.office.diary.pop()
        text = "|".join(e.text or "" for e in result) if len(result) else result.text or ""
        self.office.diary.append(f"> {text}")
        return text

    def log_in(self) -> str:
        return self.say("authenticate", strUserName="northgate", strPassword="pw")

    def ask(self, ticket: str, hcp: str = "") -> str:
        return self.say(
            "sendRequestXML",
            ticket=ticket,
            strHCPResponse=hcp,
            strCompanyFileName=FILE,
            qbXMLCountry="US",
            qbXMLMajorVers="13",
            qbXMLMinorVers="0",
        )

    def bring(self, ticket: str, response: str, hresult: str = "", **more) -> str:
        return self.say(
            "receiveResponseXML",
            ticket=ticket,
            response=response,
            hresult=hresult,
            message="",
            **more,
        )


@pytest.fixture(params=[literal, encoded], ids=["literal", "encoded"])
def style(request):
    return request.param


def diary(office: Office) -> str:
    return "\n".join(line.rstrip() for line in office.diary)


def transcript(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_a_good_update(style) -> None:
    line = Line(Office(LIST, INVOICE), style)
    line.say("serverVersion")
    line.say("clientVersion", strVersion="34.0.10019.100")
    line.log_in()
    line.ask("t-1", hcp="<QBXML/>")
    line.bring("t-1", "<QBXML>jobs</QBXML>")
    line.ask("t-1")
    line.bring("t-1", "<QBXML>saved</QBXML>")
    line.say("closeConnection", ticket="t-1")
    assert diary(line.office) == transcript("""
        < ServerVersion
        > Tieout
        < ClientVersion
        >
        < Authenticate
        TakeLane
        > t-1|
        < SendRequestXML t-1
        RenewLane
        CheckCompany
        AskWork
        HandOut jobs-page-1
        > <QBXML/>
        < ReceiveResponseXML 19 bytes t-1
        RenewLane
        KeepAnswer jobs-page-1
        Apply
        > 50
        < SendRequestXML t-1
        RenewLane
        AskWork
        HandOut invoice-1042
        > <QBXML/>
        < ReceiveResponseXML 20 bytes t-1
        RenewLane
        KeepAnswer invoice-1042
        Apply
        > 100
        < CloseConnection t-1
        ReleaseLane
        > Done: 2 messages answered.
    """)


def test_the_computer_dies_while_quickbooks_works(style) -> None:
    line = Line(Office(INVOICE), style)
    line.log_in()
    line.ask("t-1", hcp="<QBXML/>")
    line.office.later(60)
    assert line.log_in() == "t-2|busy|60"
    line.office.later(600)
    line.office.diary.clear()
    line.log_in()
    line.ask("t-3", hcp="<QBXML/>")
    line.bring("t-1", "<QBXML>saved</QBXML>")
    line.bring("t-3", "<QBXML>stored: saved</QBXML>")
    assert diary(line.office) == transcript("""
        < Authenticate
        TakeLane
        Expire t-1
        MarkUnconfirmed invoice-1042
        > t-3|
        < SendRequestXML t-3
        RenewLane
        CheckCompany
        AskWork
        HandOut check invoice-1042
        > <QBXML/>
        < ReceiveResponseXML 20 bytes t-1
        KeepAnswer invoice-1042 late
        > -1
        < ReceiveResponseXML 28 bytes t-3
        RenewLane
        KeepAnswer check invoice-1042
        Apply
        > 100
    """)


def test_a_dialog_stands_in_quickbooks(style) -> None:
    line = Line(Office(INVOICE), style)
    line.log_in()
    line.ask("t-1", hcp="<QBXML/>")
    line.office.diary.clear()
    line.bring("t-1", "", "0x80040414", trouble=DIALOG)
    told = line.say("getLastError", ticket="t-1")
    line.say("closeConnection", ticket="t-1")
    assert "Close the dialog in QuickBooks." in told
    assert diary(line.office) == transcript(f"""
        < ReceiveResponseXML 0 bytes 0x80040414 t-1
        KeepAnswer invoice-1042
        MarkUnconfirmed invoice-1042
        ReleaseLane
        > -1
        < GetLastError t-1
        > {told}
        < CloseConnection t-1
        > {told}
    """)


def test_every_request_is_fetched_twice(style) -> None:
    line = Line(Office(INVOICE), style)
    line.log_in()
    line.ask("t-1", hcp="<QBXML/>")
    line.office.diary.clear()
    line.ask("t-1", hcp="<QBXML/>")
    assert diary(line.office) == transcript("""
        < SendRequestXML t-1
        RenewLane
        MarkUnconfirmed invoice-1042
        CheckCompany
        AskWork
        HandOut check invoice-1042
        > <QBXML/>
    """)


def test_an_answer_is_cut_in_half(style) -> None:
    line = Line(Office(INVOICE), style)
    line.log_in()
    line.ask("t-1", hcp="<QBXML/>")
    line.office.diary.clear()
    body = style("receiveResponseXML", ticket="t-1", response="<QBXML>saved</QBXML>").encode()
    line.send(body[: body.index(b"saved") + 2])
    assert diary(line.office) == transcript("""
        < receiveResponseXML t-1
        MarkUnconfirmed invoice-1042
        ReleaseLane
        > -1
    """)


def test_a_guesser_gets_nowhere(style) -> None:
    line = Line(Office(INVOICE), style)
    line.say("authenticate", strUserName="northgate", strPassword="guess")
    line.ask("t-1", hcp="<QBXML/>")
    line.ask("forged", hcp="<QBXML/>")
    line.bring("forged", "<QBXML/>")
    assert diary(line.office) == transcript("""
        < Authenticate
        > t-1|nvu
        < SendRequestXML t-1
        >
        < SendRequestXML forged
        >
        < ReceiveResponseXML 8 bytes forged
        > -1
    """)
    assert line.office.queue == [INVOICE]
