"""Which kinds of likeness may be accepted, by what the books themselves show."""

from __future__ import annotations

from tieout.core.matching_risk import Counts, Risk, settle


def counts(**changes: object) -> Counts:
    given: dict[str, object] = {
        "acceptable": {"": 1000, "i+": 50, "?i": 40},
        "alike": {},
        "exact": 1000,
        "having": {},
        "twins": {},
        "doubled": 0,
        "alone": 100,
        **changes,
    }
    return Counts(**given)  # type: ignore[arg-type]


def test_likeness_that_is_never_chance_is_safe() -> None:
    assert settle(counts()).safe == {"", "i+", "?i"}


def test_likeness_that_is_often_chance_is_not() -> None:
    found = settle(counts(alike={"i+": 20}))

    assert not found.is_safe("i+")
    assert found.is_safe("")


def test_with_nobody_alone_chance_does_no_harm() -> None:
    assert settle(counts(alike={"i+": 3}, alone=0)).is_safe("i+")


def test_a_thin_likeness_takes_many_jobs_to_be_believed() -> None:
    few = counts(acceptable={"": 20, "?i": 1}, exact=20, alone=1)

    assert settle(few).safe == {""}
    assert not Risk().is_safe("?i")
    assert Risk().is_safe("i+")


def test_exact_names_are_not_safe_where_many_are_somebody_elses() -> None:
    assert settle(counts(alike={"": 10})).is_safe("")
    assert not settle(counts(alike={"": 20})).is_safe("")


def test_what_is_safe_alone_may_be_too_much_beside_the_rest() -> None:
    found = settle(counts(acceptable={"": 1000, "+": 1000}, alike={"": 8, "+": 24}, alone=90))

    assert found.safe == {""}


def test_one_kind_too_many_does_not_keep_out_a_smaller_one() -> None:
    kinds = {"": 1000, "n": 400, "t": 40}
    found = settle(counts(acceptable=kinds, alike={"n": 29, "t": 2}, alone=60))

    assert found.safe == {"", "t"}


def test_whoever_has_a_look_alike_instead_of_a_partner_is_counted_as_well() -> None:
    few, many = counts(alike={"": 12}), counts(alike={"": 12}, doubled=600)

    assert many.expected("") > 1.8 * few.expected("")


def test_a_single_namesake_decides_nothing_in_small_books() -> None:
    few = counts(acceptable={"": 4}, exact=4, alone=2, alike={"": 1})
    assert settle(few).is_safe("")


def test_a_thin_likeness_is_never_believed_in_small_books() -> None:
    few = counts(acceptable={"": 30, "?x2+": 2}, exact=30, alone=0)
    assert not settle(few).is_safe("?x2+")


def test_where_the_books_write_initials_these_are_what_others_are_measured_by() -> None:
    books = {"acceptable": {"?i": 1000}, "exact": 50, "alike": {"?i": 1}, "alone": 150}

    assert not settle(counts(**books)).is_safe("?i")
    assert settle(counts(**books, having={"?i": 2000})).is_safe("?i")
    assert not settle(counts(**books, having={"?i": 2000}, twins={"?i": 60})).is_safe("?i")


def test_where_the_books_write_names_in_full_only_full_names_are_the_measure() -> None:
    books = {"alike": {"?i": 3}, "alone": 90}

    assert settle(counts(**books)) == settle(counts(**books, having={"?i": 900}, twins={"?i": 99}))
