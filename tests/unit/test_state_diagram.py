"""The documented states are the ones that run."""

from __future__ import annotations

from tools import state_diagram


def test_the_page_is_what_the_table_says() -> None:
    assert state_diagram.PAGE.read_text(encoding="utf-8") == state_diagram.page(), (
        "docs/reference/posting-states.md is stale: run python tools/state_diagram.py"
    )


def test_every_state_has_a_meaning() -> None:
    assert set(state_diagram.MEANING) == set(state_diagram.State)
