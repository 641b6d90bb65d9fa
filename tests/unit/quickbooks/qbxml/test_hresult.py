"""Every HRESULT, and which of them prove that nothing was executed."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml import hresult
from tieout.quickbooks.qbxml.status import Blame

PROOF = {0x400, 0x40C, 0x40D, 0x40F, 0x423, 0x428, 0x429, 0x42E}


def test_every_id_of_the_string_table_is_there() -> None:
    ours = {code & 0xFFFF for code in hresult.RULES if code >> 16 == 0x8004}
    assert ours - {0x154} == set(range(0x400, 0x43A))
    com = {0x80040154, 0x80010105, 0x800706BA, 0x800706BE, 0x8001010A}
    assert com <= hresult.RULES.keys()
    assert len(hresult.RULES) == len(ours) + 4


@pytest.mark.parametrize("code", sorted(hresult.RULES))
def test_each_rule_names_itself_and_a_remedy(code: int) -> None:
    rule = hresult.lookup(code)
    assert rule.code == code
    assert hresult.lookup(rule.hex) == rule
    assert rule.remedy.endswith(".")
    low = code & 0xFFFF
    assert rule.not_executed_from_process == (code >> 16 == 0x8004 and low in PROOF)


@pytest.mark.parametrize(
    "given", ["0x80040400", "80040400", -2147220480, "-2147220480", 2147746816]
)
def test_codes_come_in_many_spellings(given: int | str) -> None:
    assert hresult.lookup(given).hex == "0x80040400"


@pytest.mark.parametrize("given", ["", "QBWC1042", "0x1234567890", -(2**40)])
def test_what_cannot_be_read_proves_nothing(given: int | str) -> None:
    rule = hresult.lookup(given)
    assert (rule.code, rule.blame, rule.not_executed_from_process) == (0, Blame.UNKNOWN, False)
    with pytest.raises(ValueError, match=r"HRESULT|invalid literal"):
        hresult.parse(given)


def test_an_unknown_code_proves_nothing() -> None:
    assert hresult.lookup(0x80041234).blame is Blame.UNKNOWN
    assert not hresult.proves_not_executed("process", 0x80041234)


@pytest.mark.parametrize("code", ["0x80040402", "0x8004041B", "0x80010105", "garbage"])
def test_before_processing_everything_proves_it_and_after_it_nothing(code: str) -> None:
    assert hresult.proves_not_executed("open", code)
    assert hresult.proves_not_executed("begin", code)
    assert not hresult.proves_not_executed("process", code)
    assert not hresult.proves_not_executed("end", "0x80040400")
    assert hresult.proves_not_executed("process", "0x80040400")
