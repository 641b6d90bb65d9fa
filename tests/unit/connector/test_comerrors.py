from __future__ import annotations

import pytest
from tests.com_double import com_error

from tieout.connector import comerrors, comframes, comversions
from tieout.connector.link import LinkError


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (com_error(-2147023170, "The call failed.", None, None), 0x800706BE, "The call failed."),
        (
            com_error(-2147352567, "Exception.", (0, "QB", "Not\r\nopen.", None, 0, -2147220457), None),
            0x80040417,
            "Not open.",
        ),
        (com_error(-2147352567, "Exception.", (0, None, None, None, 0, 0), None), 0x80020009, "Exception."),
        (com_error(-2147352567, "Exception.", None, None), 0x80020009, "Exception."),
        (ValueError("odd"), comerrors.UNEXPECTED, ""),
    ],
)  # fmt: skip
def test_the_true_code_and_the_words(error: Exception, code: int, text: str) -> None:
    assert comerrors.code_of(error) == code
    assert comerrors.text_of(error) == text


def test_class_not_registered_speaks_of_bitness() -> None:
    error = comerrors.explained("open", "CoCreateInstance", 0x80040154)
    assert f"{comerrors.bits()}-bit" in error.message
    assert "32-bit Python (QuickBooks to 2021)" in comerrors.not_registered(64)
    assert "64-bit Python (QuickBooks 2022 and later)" in comerrors.not_registered(32)


def test_a_defect_proves_nothing_about_a_request() -> None:
    assert comerrors.defect("process", "ProcessRequest", TypeError("x")).executed is None


def test_an_error_survives_the_pipe() -> None:
    error = LinkError("begin", 0x8004040A, "half \ud83d of a pair")
    frame = comframes.decode(comframes.encode(comframes.failure(error)))
    back = comframes.link_error(frame)
    assert (back.stage, back.hresult, back.message) == ("begin", 0x8004040A, error.message)


@pytest.mark.parametrize(
    ("data", "words"), [(b"[]", "JSON object"), (b"{", "Expecting"), (b"\xff", "decode")]
)
def test_what_is_no_frame(data: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        comframes.decode(data)


@pytest.mark.parametrize(
    ("offered", "ordered", "spoken"),
    [
        (["13.0", "2.0", "16.0", "13.0"], ("2.0", "13.0", "16.0"), True),
        (["12.0", "1.1"], ("1.1", "12.0"), False),
        (["US13.0", " 11.0 "], ("11.0", "13.0"), True),
        (["CA13.0", ""], ("CA13.0",), False),
        ([], (), False),
    ],
)
def test_the_version_that_tieout_speaks(
    offered: list[str], ordered: tuple[str, ...], spoken: bool
) -> None:
    assert comversions.ordered(offered) == ordered
    assert comversions.is_spoken(offered) is spoken
