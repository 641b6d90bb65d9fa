"""Every line lands in exactly one part and no cent is lost."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.makers import line

from tieout.core.facts import Syncing
from tieout.core.splitting import split

LINES = (line(3, "5.00", "J2"), line(1, "10.00", "J1"), line(2, "-2.50", ""), line(4, "1.00"))


def test_per_job_there_is_one_part_for_each_job_in_order_of_its_first_line():
    parts = split(LINES, syncing=Syncing.PER_JOB)
    assert [(p.job_key, [ln.number for ln in p.lines], p.total) for p in parts] == [
        ("J1", [1, 4], Decimal("11.00")),
        ("", [2], Decimal("-2.50")),
        ("J2", [3], Decimal("5.00")),
    ]


def test_per_client_there_is_one_part():
    (part,) = split(LINES, syncing=Syncing.PER_CLIENT)
    assert part.job_key == ""
    assert [ln.number for ln in part.lines] == [1, 2, 3, 4]


def test_no_lines_make_no_parts():
    assert split((), syncing=Syncing.PER_JOB) == ()


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(min_value=-(10**9), max_value=10**9),
            st.sampled_from(["", "J1", "J2", "J3"]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_the_parts_add_up_to_the_original_in_any_order(rows, random):
    lines = [
        line(n, str(Decimal(whole).scaleb(-2)), job) for n, (whole, job) in enumerate(rows, 1)
    ]
    parts = split(lines, syncing=Syncing.PER_JOB)
    assert sum(p.total for p in parts) == sum(ln.amount for ln in lines)
    assert sorted(ln.number for p in parts for ln in p.lines) == [ln.number for ln in lines]
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert split(shuffled, syncing=Syncing.PER_JOB) == parts
