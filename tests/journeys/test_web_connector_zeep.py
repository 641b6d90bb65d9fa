"""A SOAP client that knows only Intuit's service description drives the service over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zeep
from tests.journeys.installation import Installation
from tests.specs import SPECS, needs_specs

pytestmark = [
    pytest.mark.journey,
    needs_specs,
    pytest.mark.filterwarnings("default::DeprecationWarning"),
    pytest.mark.filterwarnings("default::ResourceWarning"),
]
BINDING = "{http://developer.intuit.com/}QBWebConnectorSvcSoap"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("zeep"))
    yield made
    made.close()


@pytest.fixture(params=["official", "ours"])
def service(installation: Installation, request: pytest.FixtureRequest) -> Any:
    """The service as Intuit's WSDL, or our own, describes it."""
    url = f"{installation.url}/qbwc/"
    wsdl = str(SPECS / "QBWebConnectorSvc.wsdl") if request.param == "official" else f"{url}?wsdl"
    client = zeep.Client(wsdl)
    yield client.create_service(BINDING, url)
    client.transport.session.close()


@pytest.fixture
def account(installation: Installation, tmp_path: Path) -> dict[str, str]:
    name = f"Zeep {tmp_path.name}"
    installation.run("company", "create", name)
    person = tmp_path.name.replace("_", "-").replace("[", "").replace("]", "")
    installation.run(
        "person", "create", person, "--name", "Sam", "--role", "super_user",
        "--password-env", "JOURNEY_PASSWORD", "--company", name,
    )  # fmt: skip
    installation.run("web-connector", "use", "--company", name)
    return dict(installation.run("web-connector", "password", "--company", name))


def test_every_operation_is_answered_as_described(service: Any, account: dict[str, str]) -> None:
    assert service.serverVersion().startswith("Tieout")
    assert not service.clientVersion(strVersion="34.0.10019.100")
    refused = service.authenticate(strUserName=account["user_name"], strPassword="wrong")
    assert refused[1] == "nvu"
    ticket, file = service.authenticate(
        strUserName=account["user_name"], strPassword=account["password"]
    )
    assert not file  # work on the open company file
    request = service.sendRequestXML(
        ticket=ticket,
        strHCPResponse="",
        strCompanyFileName=r"C:\Books\Zeep.QBW",
        qbXMLCountry="US",
        qbXMLMajorVers=13,
        qbXMLMinorVers=0,
    )
    assert request.startswith("<?xml")
    assert "<CompanyQueryRq" in request
    percent = service.receiveResponseXML(
        ticket=ticket, response="", hresult="0x80040408", message="Could not start QuickBooks."
    )
    assert percent == -1
    assert "Could not start QuickBooks." in service.getLastError(ticket=ticket)
    assert service.connectionError(ticket=ticket, hresult="0x80040408", message="No.") == "done"
    assert "Could not start QuickBooks." in service.closeConnection(ticket=ticket)


def test_an_answer_goes_in_and_a_percentage_comes_out(
    service: Any, account: dict[str, str]
) -> None:
    ticket, _ = service.authenticate(
        strUserName=account["user_name"], strPassword=account["password"]
    )
    asked = {
        "ticket": ticket, "strHCPResponse": "", "strCompanyFileName": "", "qbXMLCountry": "US",
        "qbXMLMajorVers": 13, "qbXMLMinorVers": 0,
    }  # fmt: skip
    assert service.sendRequestXML(**asked)
    hostile = '<?xml version="1.0" encoding="utf-16"?><QBXML>Ünïcode & <a/> ]]> \t</QBXML>'
    percent = service.receiveResponseXML(ticket=ticket, response=hostile, hresult="", message="")
    assert isinstance(percent, int)
    assert percent == -1  # that is no qbXML: said, not raised
    assert "not qbXML" in service.getLastError(ticket=ticket)
