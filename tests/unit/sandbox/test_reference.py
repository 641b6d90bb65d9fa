"""The reference page names every command, request, fault and preference."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.sandbox.faults import KINDS
from tieout.sandbox.grammar import SUPPORTED
from tieout.sandbox.handlers import HANDLERS
from tieout.sandbox.settings import DEFAULTS, PROTECTED

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "sandbox.md").read_text()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_fault_is_described(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", sorted(SUPPORTED))
def test_every_request_is_offered_and_named(name: str) -> None:
    assert name in HANDLERS
    assert name in PAGE


@pytest.mark.parametrize("name", sorted(set(DEFAULTS) - PROTECTED - {"legal_name"}))
def test_every_preference_is_described(name: str) -> None:
    assert f"`{name}`" in PAGE
