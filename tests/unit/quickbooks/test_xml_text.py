from __future__ import annotations

import codecs

import pytest

from tieout.quickbooks.xml_text import decoder_for, mend_references

TEXT = "<?xml version='1.0'?><a>é</a>"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (TEXT.encode(), TEXT),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-be"), TEXT),
        (b"<?xml encoding='windows-1252'?>\x80", "<?xml encoding='windows-1252'?>€"),
        (b"<?xml encoding='utf-7'?>+AGE-", "<?xml encoding='utf-7'?>+AGE-"),
        (b"<?xml encoding='unheard-of'?>\xc3\xa9", "<?xml encoding='unheard-of'?>é"),
        (b"<a>\xff</a>", "<a>\ufffd</a>"),
    ],
)
def test_the_encoding_is_found_from_the_first_bytes(data: bytes, text: str) -> None:
    assert decoder_for(data).decode(data) == text


def test_only_forbidden_references_are_replaced() -> None:
    assert mend_references("&#65;&#xE9;&#10;&amp;") == "&#65;&#xE9;&#10;&amp;"
    assert mend_references("&#1;|&#x1F;|&#xD800;|&#xFFFF;|&#9999999999;") == "|".join("\ufffd" * 5)
