from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tieout.quickbooks.qbwc import WsdlRefused, render_wsdl

W = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
URL = "https://books.example.com/qbwc?a=1&b=2"


def test_it_points_to_our_address() -> None:
    (address,) = ElementTree.XML(render_wsdl(service_url=URL)).iter(f"{SOAP}address")
    assert address.get("location") == URL


def test_it_describes_the_eight_operations_and_server_version_without_parameter() -> None:
    root = ElementTree.XML(render_wsdl(service_url=URL))
    (port,) = root.iter(f"{W}portType")
    names = [operation.get("name") for operation in port]
    assert names == [
        "serverVersion",
        "clientVersion",
        "authenticate",
        "sendRequestXML",
        "receiveResponseXML",
        "connectionError",
        "getLastError",
        "closeConnection",
    ]
    (asked,) = (e for e in root.iter(f"{XS}element") if e.get("name") == "serverVersion")
    assert not list(asked.iter(f"{XS}element"))[1:]


@pytest.mark.parametrize("url", ["", "/qbwc", "books.example.com"])
def test_it_wants_an_absolute_address(url: str) -> None:
    with pytest.raises(WsdlRefused) as refused:
        render_wsdl(service_url=url)
    assert "address" in refused.value.remedy
