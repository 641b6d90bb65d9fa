from __future__ import annotations

from dataclasses import replace
from uuid import UUID
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.quickbooks.qbwc import QwcFile, QwcRefused, check_qwc, render_qwc

NORTHGATE = QwcFile(
    app_name="Tieout - Northgate",
    description="Sends invoices per job and reads them back",
    app_url="https://books.example.com/qbwc",
    support_url="https://books.example.com/help",
    user_name="northgate-qb",
    owner_id=UUID("9c1b7d52-0b7e-4e0b-9c52-6c0f6e5a1d01"),
    file_id=UUID("5d7e2a10-33c4-4b0d-8d50-0f5e1c2b3a44"),
)


def elements(file: QwcFile) -> dict[str, str]:
    return {e.tag: e.text or "" for e in ElementTree.XML(render_qwc(file)).iter() if not len(e)}


def local(url: str) -> QwcFile:
    return replace(NORTHGATE, app_url=url, support_url=url)


def test_a_file_says_everything_the_web_connector_asks_for() -> None:
    assert check_qwc(NORTHGATE) == ()
    assert elements(NORTHGATE) == {
        "AppName": "Tieout - Northgate",
        "AppID": "",
        "AppURL": "https://books.example.com/qbwc",
        "AppDescription": "Sends invoices per job and reads them back",
        "AppSupport": "https://books.example.com/help",
        "UserName": "northgate-qb",
        "OwnerID": "{9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01}",
        "FileID": "{5D7E2A10-33C4-4B0D-8D50-0F5E1C2B3A44}",
        "QBType": "QBFS",
        "Style": "Document",
        "UnattendedModePref": "umpOptional",
        "PersonalDataPref": "pdpNotNeeded",
        "Notify": "false",
        "IsReadOnly": "false",
        "RunEveryNMinutes": "5",
    }


def test_choices_are_written() -> None:
    chosen = replace(NORTHGATE, read_only=True, unattended=True, notify=True, every_minutes=None)
    found = elements(chosen)
    assert found["IsReadOnly"] == found["Notify"] == "true"
    assert found["UnattendedModePref"] == "umpRequired"
    assert "RunEveryNMinutes" not in found


@settings(max_examples=40)
@given(name=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=60))
def test_any_name_comes_through(name: str) -> None:
    file = replace(NORTHGATE, app_name=name)
    if not check_qwc(file):
        assert elements(file)["AppName"] == name


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/qbwc",
        "http://LOCALHOST:8000/qbwc",
        "https://localhost:1/",
        "HTTPS://Books.Example.com.:443/a?b=c",
        "https://books",
        "https://10.example.com/qbwc",
        "https://xn--bcher-kva.example/qbwc",
    ],
)
def test_addresses_the_web_connector_calls(url: str) -> None:
    assert check_qwc(local(url)) == ()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://books.example.com/qbwc", "it is not https"),
        ("http://localhost.example.com/qbwc", "it is not https"),
        ("ftp://localhost/", "it is not https"),
        ("https://127.0.0.1/qbwc", "it names an IP address"),
        ("http://127.0.0.1:8000/qbwc", "it names an IP address"),
        ("https://2130706433/qbwc", "it names an IP address"),
        ("https://0x7f.1/qbwc", "it names an IP address"),
        ("https://127.0.0.0x1./qbwc", "it names an IP address"),
        ("https://[::1]:8000/qbwc", "it names an IP address"),
        ("https:///qbwc", "its host is no name"),
        ("https://-books.example.com/", "its host is no name"),
        ("https://bücher.example/", "its host is no name"),
        ("https://books..example.com/", "its host is no name"),
        ("https://user@books.example.com/", "it is no address the Web Connector can call"),
        ("https://books.example.com:0/", "it is no address the Web Connector can call"),
        ("https://books.example.com:65536/", "it is no address the Web Connector can call"),
        ("https://books.example.com/a b", "it is no address the Web Connector can call"),
        ("https://books.example.com/" + "a" * 300, "it is no address the Web Connector can call"),
        ("books.example.com", "it is no address the Web Connector can call"),
        ("", "it is no address the Web Connector can call"),
    ],
)
def test_addresses_the_web_connector_refuses(url: str, message: str) -> None:
    problems = check_qwc(local(url))
    assert [(p.element, p.message) for p in problems] == [
        ("AppURL", message),
        ("AppSupport", message),
    ]
    assert all(p.remedy.endswith(".") for p in problems)


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"app_name": " "}, "AppName"),
        ({"app_name": "x" * 61}, "AppName"),
        ({"user_name": ""}, "UserName"),
        ({"user_name": "a\nb"}, "UserName"),
        ({"description": "x" * 81}, "AppDescription"),
        ({"support_url": "https://help.example.com/"}, "AppSupport"),
        ({"owner_id": UUID(int=0)}, "OwnerID"),
        ({"file_id": UUID(int=0)}, "FileID"),
        ({"file_id": NORTHGATE.owner_id}, "FileID"),
        ({"every_minutes": 0}, "Scheduler"),
        ({"every_minutes": 1441}, "Scheduler"),
    ],
)
def test_what_the_web_connector_refuses_is_named_with_a_remedy(change, element: str) -> None:
    file = replace(NORTHGATE, **change)
    (problem,) = check_qwc(file)
    assert problem.element == element
    with pytest.raises(QwcRefused, match=element) as refused:
        render_qwc(file)
    assert refused.value.remedy == problem.remedy
