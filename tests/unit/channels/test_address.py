from __future__ import annotations

import pytest

from tieout.channels.address import AddressError, parse_address


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("https://office-pc", "https://office-pc:8166"),
        (" https://office-pc:443/qb/ ", "https://office-pc:443/qb"),
        ("HTTPS://Office-PC:8166", "https://office-pc:8166"),
        ("http://127.0.0.1:8166", "http://127.0.0.1:8166"),
        ("http://localhost", "http://localhost:8166"),
        ("https://[fe80::1]:8166", "https://[fe80::1]:8166"),
        ("http://[::1]", "http://[::1]:8166"),
    ],
)
def test_what_people_type(typed: str, base: str) -> None:
    assert parse_address(typed).base_url == base


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "office-pc",
        "office-pc:8166",
        "https://",
        "ftp://office-pc",
        "file:///etc/passwd",
        "https://ann:secret@office-pc",
        "https://office-pc/?q=1",
        "https://office-pc/#x",
        "https://office-pc:99999",
        "https://office-pc:port",
        "https://[::1",
        "https://office pc",
        "http://office-pc",
        "http://192.168.1.9:8166",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
    ],
)
def test_what_cannot_be_meant(typed: str) -> None:
    with pytest.raises(AddressError) as error:
        parse_address(typed)
    assert str(error.value).endswith(".")
    assert "secret" not in str(error.value)
