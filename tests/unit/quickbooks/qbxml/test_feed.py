"""Raw answers become clean UTF-8, whatever they declare and wherever they are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.quickbooks.qbxml.feed import PIECE, pieces


def fed(source: object) -> str:
    return b"".join(pieces(source)).decode()


@pytest.mark.parametrize("source", ["", b"", [], [b"", b""], " \n\ufeff", b"\xef\xbb\xbf "])
def test_nothing_gives_nothing(source: object) -> None:
    assert fed(source) == ""


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\ufeff \r\n<a/>", "<a/>"),
        (b"\xef\xbb\xbf<a>\xc3\xa9</a>", "<a>é</a>"),
        (b'<?xml version="1.0" encoding="iso-8859-1"?><a>\xe9</a>', "<a>é</a>"),
        (b"<?xml version='1.0' encoding='windows-1252'?><a>\x96</a>", "<a>–</a>"),
        (b'<?xml version="1.0" encoding="utf-16"?><a>\xc3\xa9</a>', "<a>é</a>"),
        (b'<?xml version="1.0" encoding="klingon"?><a>\xc3\xa9</a>', "<a>é</a>"),
        ("<a>é</a>".encode("utf-16"), "<a>é</a>"),
        ("<a>é</a>".encode("utf-16-le"), "<a>é</a>"),
        ("<a>é</a>".encode("utf-16-be"), "<a>é</a>"),
        (b"<a>\xff</a>", "<a>\ufffd</a>"),
    ],
)
def test_encodings(source: object, text: str) -> None:
    assert fed(source).endswith(text)


def test_characters_xml_forbids_become_visible() -> None:
    assert fed("a\x00b\x0bc\ud800d\uffffe") == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert fed("&#1;&#x1F;&#55296;&#xFFFF;&#x110000;") == "\ufffd" * 5
    assert fed("&#9;&#xe9;&#128512;&amp;&#;") == "&#9;&#xe9;&#128512;&amp;&#;"


@given(st.integers(1, 9))
def test_a_reference_cut_in_two_is_still_mended(size: int) -> None:
    whole = b"<a>&#x0000001;&#233;&amp;&#12;</a>"
    chunks = [whole[start : start + size] for start in range(0, len(whole), size)]
    assert fed(chunks) == "<a>\ufffd&#233;&amp;\ufffd</a>"


def test_a_long_text_comes_in_pieces_and_whole() -> None:
    text = "é" * (3 * PIECE)
    assert fed(text) == fed(text.encode()) == text
    assert max(map(len, pieces(text.encode()))) <= 2 * PIECE


def test_an_ampersand_at_the_very_end_is_not_lost() -> None:
    assert fed("<a>&") == "<a>&"
    assert fed("<a>x & y") == "<a>x & y"
