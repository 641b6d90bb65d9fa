from __future__ import annotations

import pytest

from tieout.quickbooks.qbwc import CODES, find_codes

TABLED = [
    *range(1000, 1016), *range(1021, 1025), 1026, *range(1028, 1049), 1085
]  # fmt: skip


def test_every_documented_code_is_explained() -> None:
    left_out = {1025, 1027, 1047}  # no meaning is published
    assert sorted(CODES) == [code for code in TABLED if code not in left_out]


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.name)
def test_every_code_has_a_meaning_and_a_fix(code) -> None:
    assert CODES[code.code] is code
    assert code.name == f"QBWC{code.code}"
    assert code.meaning
    assert code.fix.endswith(".")


def test_codes_are_found_in_a_log_once_and_in_order() -> None:
    log = "20261122: QBWC1012: Authentication failed\nqbwc 1048 … QBWC1012 QBWC9999 XQBWC1041"
    assert [code.code for code in find_codes(log)] == [1012, 1048]
    assert find_codes("all is well") == ()
