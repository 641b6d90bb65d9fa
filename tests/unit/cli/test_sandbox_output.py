"""Tables for people."""

from __future__ import annotations

import pytest

from tieout.cli.sandbox_output import WIDTH_MAX, show


def test_a_long_text_goes_on_in_the_next_line_and_loses_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    remedy = " ".join(f"word{number}" for number in range(40))
    show([{"what": "worker", "remedy": remedy}, {"what": "keys", "remedy": ""}], as_json=False)
    head, _, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["what", "remedy"]
    assert lines[0].startswith("worker  word0")
    assert lines[-1] == "keys"
    assert " ".join(line[8:].strip() for line in lines[:-1]) == remedy
    assert max(map(len, lines)) <= 8 + WIDTH_MAX
