"""What differs from the expected figures is named with the way to it."""

from __future__ import annotations

from tieout.cli.demo_check import differences


def test_equal_figures_leave_nothing_to_say() -> None:
    assert differences({"a": {"b": "1.00"}, "c": [1]}, {"a": {"b": "1.00"}, "c": [1]}) == []


def test_a_difference_is_named_with_the_way_to_it() -> None:
    found = differences({"before": {"ready": 633}}, {"before": {"ready": 632}})
    assert found == [{"what": "before / ready", "expected": "633", "got": "632"}]


def test_what_is_missing_or_too_much_is_a_difference() -> None:
    found = differences({"by_reason": {"a": 1}}, {"by_reason": {"b": 2}})
    assert [each["what"] for each in found] == ["by_reason / a", "by_reason / b"]
    assert [each["got"] for each in found] == ["None", "2"]


def test_a_cent_is_a_difference() -> None:
    assert differences({"total": "10.10"}, {"total": "10.1"}) != []
