from __future__ import annotations

import pytest

from tieout.quickbooks.qbwc import (
    METHODS,
    Authenticate,
    Reason,
    SendRequestXML,
    Unreadable,
    check_claim,
    method_of_action,
)


def test_a_password_is_never_shown() -> None:
    assert "s3cret" not in repr(Authenticate(user_name="northgate", password="s3cret"))
    assert "Northgate" not in repr(SendRequestXML(hcp_response="<CompanyName>Northgate"))


@pytest.mark.parametrize("claim", ["", " ", "0", "1024", " 100663296 "])
def test_a_length_within_bounds_is_let_in(claim: str) -> None:
    assert check_claim(claim) is None


@pytest.mark.parametrize("claim", ["100663297", "1073741824", "9" * 5000])
def test_a_gigabyte_is_refused_before_a_byte_is_read(claim: str) -> None:
    refused = check_claim(claim)
    assert refused is not None
    assert refused.reason is Reason.TOO_LARGE
    assert len(refused.detail) < 100


@pytest.mark.parametrize("claim", ["-1", "1e9", "12, 12", "٣"])
def test_a_length_that_is_no_number_is_refused(claim: str) -> None:
    refused = check_claim(claim)
    assert refused is not None
    assert refused.reason is Reason.NOT_SOAP


@pytest.mark.parametrize("method", METHODS)
def test_a_soap_action_names_its_method(method: str) -> None:
    assert method_of_action(f'"http://developer.intuit.com/{method}"') == method
    assert method_of_action(f"http://developer.intuit.com/{method}") == method


@pytest.mark.parametrize(
    "header",
    ["", '""', "authenticate", "http://developer.intuit.com/drop", "http://x/authenticate"],
)
def test_a_foreign_soap_action_names_none(header: str) -> None:
    assert method_of_action(header) == ""


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_says_what_to_do(reason: Reason) -> None:
    assert Unreadable(reason=reason).remedy.endswith(".")
