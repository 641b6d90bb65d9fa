"""The name of a job that is to be made: QuickBooks' rules, the usual way of writing, collisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.core.names import LEVEL_MAX
from tieout.core.new_jobs import Known, Style, propose_customer, propose_job, usual_style


def proposed(contractor="Elena Ortiz", title="ICU Nurse", customer="Acme", siblings=(), **more):
    return propose_job(
        contractor=contractor, title=title, customer=customer, siblings=siblings, **more
    )


def test_the_usual_way_is_last_first_title():
    job = proposed()
    assert (job.name, job.full_name) == (
        "Ortiz, Elena - ICU Nurse",
        "Acme:Ortiz, Elena - ICU Nurse",
    )
    assert (job.notes, job.taken, job.problem) == ((), "", "")


@pytest.mark.parametrize(
    ("contractor", "name"),
    [
        ("Ortiz, Elena", "Ortiz, Elena"),
        ("Elena M. de la Cruz", "Cruz, Elena M. de la"),
        ("Sam Reed Jr.", "Reed Jr., Sam"),
        ("Cher", "Cher"),
        ("  Elena   Ortiz ", "Ortiz, Elena"),
    ],
)
def test_names_as_they_are(contractor, name):
    assert proposed(contractor, "").name == name


def test_it_follows_the_jobs_that_stand_there():
    known = [
        Known(name="Dana Reyes", contractor="Dana Reyes", title="Welder"),
        Known(name="Evan Cole", contractor="Evan Cole", title="Fitter"),
        Known(name="Wood, Ben - Clerk", contractor="Ben Wood", title="Clerk"),
    ]
    assert usual_style(known) is Style.FIRST_LAST
    assert proposed(known=known).name == "Elena Ortiz"
    assert usual_style([]) is Style.LAST_FIRST_TITLE
    assert usual_style([Known(name="x", contractor="y", title="z")]) is Style.LAST_FIRST_TITLE


def test_a_colon_and_foreign_letters_are_replaced_and_a_long_name_is_cut():
    job = proposed("Łukasz Żak", "Lead: Intensive Care Unit Registered Nurse Night")
    assert ":" not in job.name
    assert len(job.name) <= LEVEL_MAX
    assert job.name.startswith("Zak, Lukasz - Lead - ")
    assert len(job.notes) == 3
    assert "colon" in job.notes[0]
    assert "cut to 41" in job.notes[2]


def test_a_taken_name_is_named_and_numbered():
    job = proposed(siblings=["ORTIZ, ELENA - icu nurse", "Ortiz, Elena - ICU Nurse 2"])
    assert job.taken == "Acme:Ortiz, Elena - ICU Nurse"
    assert job.name == "Ortiz, Elena - ICU Nurse 3"


def test_a_customer_keeps_the_clients_way_of_writing():
    assert propose_customer(client="Acme Health, Inc.", siblings=[]).name == "Acme Health, Inc."
    again = propose_customer(client="Acme", siblings=["ACME"])
    assert (again.name, again.full_name, again.taken) == ("Acme 2", "Acme 2", "Acme")


def test_what_cannot_be_made_says_why():
    assert "no name" in proposed("", "").problem
    assert "5 levels" in proposed(customer="A:B:C:D:E").problem
    assert "209" in proposed(customer=":".join(["x" * 50] * 4)).problem


@given(st.text(max_size=80), st.text(max_size=80), st.sets(st.text(max_size=45), max_size=5))
def test_whatever_it_is_called_the_name_can_be_typed(contractor, title, siblings):
    job = proposed(contractor, title, siblings=siblings)
    assert ":" not in job.name
    assert len(job.name) <= LEVEL_MAX
    assert all(letter <= "\xff" for letter in job.name)
    assert job.name.casefold() not in {each.casefold() for each in siblings} or job.problem
