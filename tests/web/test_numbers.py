"""Numbers of addresses and forms: what counts as one."""

from __future__ import annotations

import pytest

from tieout.web import numbers


@pytest.mark.parametrize("text", ["", "²", "٣", "１", "-1", "+1", " 1", "1.0", "1_0", "9" * 19])
def test_what_is_no_plain_number(text: str) -> None:
    assert numbers.whole(text) is None
    assert numbers.page(text) == 1
    assert numbers.version(text) == -1


def test_what_is_one() -> None:
    assert numbers.whole("0") == 0
    assert numbers.whole("007") == 7
    assert numbers.whole("9" * 18) == 10**18 - 1
    assert numbers.wholes(["1", "x", "²", "3"]) == [1, 3]


def test_pages_begin_at_one_and_end_somewhere() -> None:
    assert [numbers.page(text) for text in ("0", "2", "9" * 18)] == [1, 2, numbers.PAGE_MAX]
