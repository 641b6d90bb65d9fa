from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.quickbooks.qbwc.clean import Cleaner


def clean(data: bytes, *, piece: int = 4096) -> tuple[str, bool]:
    cleaner = Cleaner()
    parts = [cleaner.feed(data[at : at + piece]) for at in range(0, len(data), piece)]
    whole = b"".join([*parts, cleaner.close()])
    return whole.decode(), cleaner.mended


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 4096])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<a>&#x1;</a>", "<a>\ufffd</a>"),
        (b"<a>&#0;&#27;</a>", "<a>\ufffd\ufffd</a>"),
        (b"<a>&#xD83D;&#xDE00;</a>", "<a>\ufffd\ufffd</a>"),
        (b"<a>\x01\x1f</a>", "<a>\ufffd\ufffd</a>"),
        ("<a>\uffff</a>".encode(), "<a>\ufffd</a>"),
    ],
)
def test_what_xml_forbids_is_marked(data: bytes, expected: str, piece: int) -> None:
    assert clean(data, piece=piece) == (expected, True)


@pytest.mark.parametrize("piece", [1, 3, 4096])
@pytest.mark.parametrize(
    "text",
    [
        "<a>&#10;&#xD;&#x1F600;&#252;</a>",
        "<a>&amp;#x1;</a>",
        "<a>Söhne & 😀",
        "<a>&",
        "<a>&#x",
        "",
    ],
)
def test_what_xml_allows_stays(text: str, piece: int) -> None:
    assert clean(text.encode(), piece=piece) == (text, False)


@pytest.mark.parametrize("piece", [1, 5, 4096])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_it_is_decoded_by_what_the_bytes_are(encoding: str, piece: int) -> None:
    text = '<?xml version="1.0"?><a>Söhne</a>'
    assert clean(text.encode(encoding), piece=piece) == (text, False)


@pytest.mark.parametrize(
    ("declared", "used"),
    [
        ("iso-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("utf-8", "utf-8"),
        ("utf-7", "utf-8"),
        ("no-such-thing", "utf-8"),
    ],
)
def test_of_declared_encodings_only_single_byte_ones_count(declared: str, used: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><a>Söhne</a>'
    assert clean(text.encode(used))[0] == text


def test_leading_blanks_go() -> None:
    assert clean(b"\r\n  \t<a/>", piece=1) == ("<a/>", False)
    assert clean(b" " * 600 + b"<a/>", piece=1) == ("<a/>", False)


@settings(max_examples=50)
@given(data=st.binary(max_size=300), piece=st.integers(1, 40))
def test_any_bytes_become_the_same_text_however_they_are_cut(data: bytes, piece: int) -> None:
    assert clean(data, piece=piece) == clean(data)
