"""Invoice numbers fit 11 characters, stay once given, and never meet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.facts import Block, ExportRules, Reason
from tieout.core.numbering import NUMBER_MAX, Fitted, assign, candidates, fit

PLAIN = ExportRules()


def one(number, *, part=1, parts=1, rules=PLAIN):
    return fit(number, part=part, parts=parts, rules=rules)


def numbers(answers):
    return {key: a.number if isinstance(a, Fitted) else a.reason for key, a in answers.items()}


def given_out(number, job_keys, *, kept=None, taken=frozenset(), rules=PLAIN):
    return numbers(assign(number, job_keys=job_keys, kept=kept or {}, taken=taken, rules=rules))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1042", "1042"),
        (" 0042 ", "0042"),
        ("12345678901", "12345678901"),
        ("2026/03/0042", "2026030042"),
        ("INV-2026-421", "INV2026421"),
        ("INV-2026-00421", "INV2026421"),
        ("2026-00000000", "20260"),
    ],
)
def test_a_number_is_changed_only_as_far_as_needed(number, expected):
    assert one(number).number == expected


def test_a_changed_number_is_noted_with_both_numbers():
    assert one("1042").notes == ()
    assert one("INV-2026-421").notes == (
        "Invoice number INV-2026-421 becomes INV2026421 in QuickBooks.",
    )
    assert one("10–42").notes == (
        "Invoice number: QuickBooks cannot hold every character: – becomes -.",
    )


def test_the_companys_prefix_goes_first_but_never_the_whole_number():
    rules = ExportRules(number_prefix_strip="INV-")
    assert one("INV-1042", rules=rules).number == "1042"
    assert one("1042", rules=rules).number == "1042"
    assert one("INV-", rules=rules).number == "INV-"


def test_a_part_gets_the_companys_suffix():
    assert one("1042", part=2, parts=3).number == "1042-2"
    assert one("1042", part=2, parts=3, rules=ExportRules(split_suffix="/{n}")).number == "1042/2"
    assert one("1042", part=2, parts=3, rules=ExportRules(split_suffix="p")).number == "1042p2"


def test_all_parts_of_an_invoice_are_shortened_alike():
    assert one("123456-789", part=1, parts=9).number == "123456789-1"
    assert one("1234-0567", part=1, parts=10).number == "12340567-1"
    assert one("1234-0567", part=10, parts=10).number == "12340567-10"


@pytest.mark.parametrize("number", ["123456789012", "ABCDEFGHIJKL", "A-1234567890123"])
def test_meaning_is_never_cut_it_blocks(number):
    block = one(number)
    assert isinstance(block, Block)
    assert (block.reason, block.subject) == (Reason.NUMBER_TOO_LONG, number)
    assert number in block.message


def test_a_suffix_that_leaves_no_room_blocks():
    block = one("1042", part=1, parts=2, rules=ExportRules(split_suffix="-of-invoice-{n}"))
    assert block.reason is Reason.NUMBER_TOO_LONG
    assert "-of-invoice-2" in block.message
    assert one("-------", part=1, parts=12, rules=ExportRules(split_suffix="12345-{n}")).reason


@pytest.mark.parametrize("number", ["", "  ", "\u200b"])
def test_no_number_blocks(number):
    assert one(number).reason is Reason.NUMBER_MISSING


def test_parts_are_numbered_in_order():
    assert given_out("1042", ["A"]) == {"A": "1042"}
    assert given_out("1042", ["A", "B"]) == {"A": "1042-1", "B": "1042-2"}


def test_a_given_number_stays_when_the_parts_change():
    kept = {"A": "1042-1", "B": "1042-2"}
    assert given_out("1042", ["B"], kept=kept) == {"B": "1042-2"}
    assert given_out("1042", ["A", "C", "B"], kept=kept) == {
        "A": "1042-1",
        "C": "1042-3",
        "B": "1042-2",
    }
    assert given_out("9999", ["A", "B"], kept=kept) == kept


def test_the_number_of_a_vanished_part_is_not_given_to_another():
    assert given_out("1042", ["B"], kept={"A": "1042"}) == {"B": "1042-1"}
    assert given_out("1042", ["A", "B"], kept={"A": "1042"}) == {"A": "1042", "B": "1042-2"}
    assert given_out("1042", ["B", "C"], kept={"A": "1042-1"}) == {"B": "1042-2", "C": "1042-3"}
    assert given_out("123456789012", ["B", "C"], kept={}) == {
        "B": Reason.NUMBER_TOO_LONG,
        "C": Reason.NUMBER_TOO_LONG,
    }


def test_a_taken_number_blocks_but_a_kept_one_is_ours():
    taken = frozenset({"1042", "1042-2"})
    assert given_out("1042", ["A"], taken=taken) == {"A": Reason.NUMBER_TAKEN}
    assert given_out("1042", ["A", "B"], taken=taken) == {
        "A": "1042-1",
        "B": Reason.NUMBER_TAKEN,
    }
    assert given_out("1042", ["A"], kept={"A": "1042"}, taken=taken) == {"A": "1042"}


@settings(max_examples=60)
@given(
    st.text(alphabet="0123456789ABC-/. ", max_size=14),
    st.lists(st.text(alphabet="JKLM", min_size=1, max_size=3), unique=True, max_size=12),
    st.sampled_from(["-{n}", "{n}", ".{n}", "x"]),
    st.data(),
)
def test_numbers_are_legal_unique_and_stable(number, job_keys, suffix, data):
    rules = ExportRules(split_suffix=suffix)
    first = assign(number, job_keys=job_keys, kept={}, taken=frozenset(), rules=rules)
    got = [a.number for a in first.values() if isinstance(a, Fitted)]
    assert list(first) == job_keys
    assert all(0 < len(n) <= NUMBER_MAX for n in got)
    assert len(set(got)) == len(got)
    kept = {key: a.number for key, a in first.items() if isinstance(a, Fitted)}
    later = data.draw(st.permutations([*job_keys, "new"]))
    again = numbers(assign(number, job_keys=later, kept=kept, taken=frozenset(), rules=rules))
    assert {key: again[key] for key in kept} == kept
    assert again["new"] not in kept.values()


class Asked:
    """Numbers of other invoices, a few of them; keeps what it was asked for."""

    def __init__(self, there):
        self.there = there
        self.asked = set()

    def __contains__(self, number):
        self.asked.add(number)
        return number in self.there


@given(
    number=st.text(alphabet="INV-20/ .0419", min_size=1, max_size=14),
    parts=st.integers(1, 25),
    kept=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=6),
    suffix=st.sampled_from(["-{n}", "{n}", "/", "-part{n}"]),
    prefix=st.sampled_from(["", "INV", "INV-"]),
)
def test_only_candidates_are_ever_looked_for(number, parts, kept, suffix, prefix):
    """Parts may have gone and left their numbers, and the parts of now jump over them."""
    rules = ExportRules(split_suffix=suffix, number_prefix_strip=prefix)
    keys = ["", *(f"J-{n}" for n in range(1, parts))]
    held = {}
    for place, part in kept:
        answer = fit(number, part=part, parts=max(part, 2), rules=rules)
        if isinstance(answer, Fitted):
            held[f"J-{place}" if place else "gone"] = answer.number
    others = Asked({"0419", "20-1"})
    assign(number, job_keys=keys, kept=held, taken=others, rules=rules)
    assert others.asked <= candidates(number, most=parts + len(held) + 1, rules=rules)


def test_an_invoice_of_hundreds_of_parts_has_a_few_candidates_for_each():
    assert len(candidates("1042", most=300, rules=PLAIN)) == 301
