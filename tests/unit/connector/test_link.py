from __future__ import annotations

import pytest

from tieout.connector.link import LinkError, Stage


@pytest.mark.parametrize(
    ("stage", "code", "executed"),
    [
        ("open", 0x80040154, False),
        ("begin", 0x80040408, False),
        ("process", 0x80040400, False),
        ("process", 0x80040402, None),
        ("process", 0x800706BE, None),
        ("end", 0x80040402, None),
    ],
)
def test_what_a_failure_proves(stage: Stage, code: int, executed: bool | None) -> None:
    assert LinkError(stage, code, "text").executed is executed


def test_a_signed_code_becomes_unsigned() -> None:
    error = LinkError("process", -2147220480, "text")
    assert error.hresult == 0x80040400
    assert "0x80040400" in str(error)
