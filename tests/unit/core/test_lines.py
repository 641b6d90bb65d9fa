"""Which figures of a line are sent, and when its amount, item or class cannot be used."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.makers import CONTRACTOR, ITEMS, JOBS, LINKS, REGULAR, line

from tieout.core.facts import BookFacts, QbEntry, Reason
from tieout.core.lines import (
    Lookup,
    amount_blocks,
    class_value,
    figures,
    posting_line,
    reference_blocks,
)
from tieout.core.money import line_amount

EAST = QbEntry(list_id="70-E", full_name="East")


def lookup(*, items=None, classes=None, uses_classes=False, jobs=JOBS):
    links = replace(LINKS, items=LINKS.items if items is None else items, classes=classes or {})
    return Lookup(
        kind=CONTRACTOR,
        jobs=jobs,
        items=ITEMS,
        links=links,
        books=BookFacts(uses_classes=uses_classes),
    )


def sent(amount, quantity=None, rate=None, *, credit=False):
    answer = figures(line(1, amount, quantity=quantity, rate=rate), credit=credit)
    plain = [None if f is None else str(f) for f in (answer.quantity, answer.rate)]
    return (*plain, answer.send_amount), answer.note


@pytest.mark.parametrize(
    ("amount", "quantity", "rate", "expected"),
    [
        ("400.00", "8", "50", ("8", "50", False)),
        ("249.98", "7.5", "33.33", ("7.5", "33.33", False)),
        ("-400.00", "-8", "50", ("-8", "50", False)),
        ("0.00", "0", "50", ("0", "50", False)),
        ("400.00", "8", "50.000000", ("8", "50.000000", False)),
        # the rate has more decimals than QuickBooks holds
        ("400.00", "8", "50.000001", ("8", None, True)),
        ("250.00", None, "50", (None, None, True)),
        ("250.00", "5", None, ("5", None, True)),
        ("250.00", "5", "NaN", ("5", None, True)),
        # a cent of rounding in the source is not worth a word
        ("249.97", "7.5", "33.33", ("7.5", None, True)),
    ],
)
def test_quantity_and_rate_go_when_they_give_the_amount_else_the_amount(
    amount, quantity, rate, expected
):
    assert sent(amount, quantity, rate) == (expected, "")


@pytest.mark.parametrize(
    ("amount", "quantity", "rate", "expected", "note"),
    [
        ("390.00", "8", "50", ("8", None, True), "8 × 50 is not 390.00; the amount is sent"),
        ("390.00", "0", "50", (None, None, True), "0 × 50 is not 390.00; the amount is sent"),
        ("-400.00", "8", "50", ("8", None, True), "8 × 50 is not -400.00"),
        ("50.00", "1.000001", "50", (None, None, True), "cannot hold the quantity 1.000001"),
        ("50.00", "1E+10", "50", (None, None, True), "cannot hold the quantity 1E+10"),
        ("50.00", "Infinity", "50", (None, None, True), "cannot hold the quantity Infinity"),
    ],
)
def test_the_clerk_is_told_when_figures_do_not_fit(amount, quantity, rate, expected, note):
    answer, said = sent(amount, quantity, rate)
    assert answer == expected
    assert note in said
    assert said.startswith("Line 1: ")


@pytest.mark.parametrize(
    ("amount", "quantity", "rate", "expected"),
    [
        ("-400.00", "-8", "50", ("8", "50", False)),
        ("-400.00", "8", "-50", ("8", "50", False)),
        ("-400.00", "8", None, ("8", None, True)),
        ("-400.00", None, "50", (None, None, True)),
        ("0.00", "0", "50", ("0", "50", False)),
    ],
)
def test_in_a_credit_memo_quantities_and_rates_are_positive(amount, quantity, rate, expected):
    assert sent(amount, quantity, rate, credit=True) == (expected, "")


def test_a_line_that_reduces_a_credit_is_an_amount_alone():
    answer, note = sent("100.00", "2", "50", credit=True)
    assert answer == (None, None, True)
    assert note == "Line 1: sent as an amount without a quantity: it reduces the credit."
    source = line(1, "100.00", quantity="2", rate="50")
    posted, notes = posting_line(source, lookup(), credit=True, name_job=False)
    assert posted.amount == Decimal("-100.00")
    assert notes == (note,)


@settings(max_examples=60)
@given(
    st.decimals(min_value=-5000, max_value=5000, places=2),
    st.none() | st.decimals(min_value=-999, max_value=999, places=4),
    st.none() | st.decimals(min_value=-999, max_value=999, places=6),
    st.booleans(),
)
def test_what_is_sent_always_gives_back_the_amount(amount, quantity, rate, credit):
    source = line(1, str(amount), quantity=quantity, rate=rate)
    posted, _ = posting_line(source, lookup(), credit=credit, name_job=False)
    assert posted.amount == (-amount if credit else amount)
    if posted.send_amount:
        assert posted.rate is None
    else:
        assert line_amount(posted.quantity, posted.rate) == posted.amount
    if credit:
        assert (posted.quantity or 0) >= 0
        assert (posted.rate or 0) >= 0


@pytest.mark.parametrize("amount", ["10.005", "NaN", "Infinity", "1E+13"])
def test_an_amount_that_is_not_whole_cents_blocks(amount):
    (block,) = amount_blocks(line(3, amount))
    assert (block.reason, block.line) == (Reason.LINE_DOES_NOT_ADD_UP, 3)
    assert block.message.startswith(f"Line 3: {amount} is not an amount in whole cents")


def test_hours_billed_as_nothing_block():
    (block,) = amount_blocks(line(3, "0.00", quantity="8", rate="50.00"))
    assert block.message == "Line 3: 8 × 50.00 is billed as 0.00."


@pytest.mark.parametrize(
    ("quantity", "rate"), [(None, "50"), ("8", None), ("0", "50"), ("8", "0"), ("NaN", "1")]
)
def test_a_line_worth_nothing_may_say_nothing(quantity, rate):
    assert not list(amount_blocks(line(1, "0.00", quantity=quantity, rate=rate)))


def blocked(source, **more):
    return [(b.reason, b.subject, b.line) for b in reference_blocks(source, lookup(**more))]


def test_an_item_must_be_mapped_live_and_have_an_account():
    def regular(**more):
        return {(CONTRACTOR, "REG"): replace(REGULAR, **more)}

    source = line(2, "1.00")
    assert blocked(source) == []
    assert blocked(source, items={}) == [(Reason.ITEM_NOT_MAPPED, "REG", 2)]
    assert blocked(source, items=regular(gone=True)) == [(Reason.ITEM_NOT_MAPPED, "REG", 2)]
    assert blocked(source, items=regular(active=False)) == [(Reason.ITEM_INACTIVE, "REG", 2)]
    assert blocked(source, items=regular(has_account=False)) == [
        (Reason.ITEM_WITHOUT_ACCOUNT, "REG", 2)
    ]
    assert blocked(source, items=regular(has_account=False, active=False)) == [
        (Reason.ITEM_INACTIVE, "REG", 2),
        (Reason.ITEM_WITHOUT_ACCOUNT, "REG", 2),
    ]
    (unnamed,) = reference_blocks(line(2, "1.00", item_key="X9"), lookup(items={}))
    assert "Pay/bill item X9 is not mapped" in unnamed.message


def test_the_class_is_the_lines_else_the_jobs_and_only_where_classes_are_used():
    jobs = {"J1": replace(JOBS["J1"], class_value="East")}
    on = lookup(uses_classes=True, jobs=jobs)
    assert class_value(line(1, "1.00"), on) == "East"
    assert class_value(line(1, "1.00", class_value="West"), on) == "West"
    assert class_value(line(1, "1.00", "J9"), on) == ""
    assert class_value(line(1, "1.00"), lookup(jobs=jobs)) == ""


def test_a_class_value_must_be_mapped_and_live():
    source = line(2, "1.00", class_value="East")

    def with_class(entry):
        return blocked(source, uses_classes=True, classes={(CONTRACTOR, "East"): entry})

    assert blocked(source) == []
    assert blocked(source, uses_classes=True) == [(Reason.CLASS_NOT_MAPPED, "East", 2)]
    assert with_class(EAST) == []
    assert with_class(replace(EAST, gone=True)) == [(Reason.CLASS_NOT_MAPPED, "East", 2)]
    assert with_class(replace(EAST, active=False)) == [(Reason.CLASS_INACTIVE, "East", 2)]


def test_a_line_carries_its_class_and_names_its_job_when_asked():
    with_class = lookup(uses_classes=True, classes={(CONTRACTOR, "East"): EAST})
    source = line(1, "1.00", class_value="East", description="Week 10 – nights")
    posted, notes = posting_line(source, with_class, credit=False, name_job=True)
    assert posted.class_ == EAST
    assert posted.item == REGULAR
    assert posted.description == "Dana Reyes, Welder: Week 10 - nights"
    assert notes == ("Line 1: QuickBooks cannot hold every character: – becomes -.",)
    plain, _ = posting_line(line(1, "1.00"), lookup(), credit=False, name_job=True)
    assert plain.description == "Dana Reyes, Welder"
    alone, _ = posting_line(line(1, "1.00", ""), lookup(), credit=False, name_job=True)
    assert alone.description == ""
