from __future__ import annotations

import pytest

from tieout.channels.base import Rung
from tieout.channels.rungs import REMEDIES, rung_of
from tieout.quickbooks.qbxml import hresult


@pytest.mark.parametrize(
    ("ids", "rung"),
    [
        ((0x401, 0x402, 0x408, 0x416, 0x424, 0x42E), Rung.QUICKBOOKS),
        ((0x403, 0x40A, 0x417, 0x41C), Rung.COMPANY_FILE),
        ((0x410, 0x422, 0x436), Rung.USER_MODE),
        ((0x414, 0x42D), Rung.DIALOG),
        ((0x418, 0x41A, 0x41D, 0x420, 0x430, 0x435), Rung.PERMISSION),
        ((0x406, 0x423, 0x428), Rung.VERSION),
        ((0x400,), Rung.TEST_READ),
    ],
)
def test_each_failure_breaks_the_rung_a_person_can_mend(ids: tuple[int, ...], rung: Rung) -> None:
    assert {rung_of(0x80040000 + number) for number in ids} == {rung}


def test_foreign_codes_are_about_quickbooks() -> None:
    assert rung_of(0x800706BE) is rung_of(0) is rung_of(0x80040154) is Rung.QUICKBOOKS


def test_every_rung_has_one_sentence() -> None:
    assert list(REMEDIES) == list(Rung)
    assert all(text.endswith(".") for text in REMEDIES.values())


def test_every_code_that_quickbooks_documents_finds_a_rung() -> None:
    assert {rung_of(code) for code in hresult.RULES} <= set(Rung) - {Rung.REACHABLE, Rung.LOGIN}
