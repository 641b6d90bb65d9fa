"""Titles and customers of one pair, and what kind of likeness it is."""

from __future__ import annotations

import pytest

from tieout.core.matching_evidence import Numbers
from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_ours import Ours
from tieout.core.matching_pairs import Pair, Pairs, TheirJob, title_words
from tieout.core.matching_persons import Persons
from tieout.core.names import leaf


def pair(title: str, text: str, *above: str, client: float = 1.0) -> Pair:
    jobs = Ours(
        [JobToMatch(job_id="J-10401", contractor="Elena Ortiz", client="Acme", title=title)]
    ).jobs
    theirs = TheirJob(
        fact=QbCandidate(list_id="Q", full_name=text),
        leaf=leaf((*above, text)),
        nodes=("Acme",),
    )
    pairs = Pairs(
        persons=Persons({}, {}, {}, {}),
        title_words=frozenset(["administrator", "bkkpr", "custodian", "rt", "welder"]),
        numbers=Numbers({}, {}),
    )
    return pairs.compare(jobs["J-10401"], theirs, client=client, linked=False)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Registered Nurse", "RN"),
        ("RN", "Registered Nurse"),
        ("Certified Nursing Assistant", "CNA"),
        ("Maintenance Electrician", "Maint Elec"),
        ("Accounts Payable Specialist", "AP"),
        ("Quality Inspector", "QC Inspector"),
        ("Xylophone Yard Zookeeper", "XYZ"),
        ("Warehouse Associate", "Acme Whse Assoc"),
        ("Custodian", "Custodn"),
        ("Database Administrator", "DBA"),
        ("Salesforce Administrator", "SFDC Admin"),
        ("SM", "Scrum Master"),
        ("Pharm Tech", "Pharmacy Technician"),
        ("Paralegal", "Paarlegal"),
        ("Bookkeeper", "Bkkpr"),
    ],
)
def test_a_title_is_met_in_its_usual_short_forms(ours: str, theirs: str) -> None:
    found = pair(ours, f"Ortiz, Elena - {theirs}")

    assert "title matches" in found.reasons
    assert found.certain


def test_a_title_that_was_cut_still_matches() -> None:
    found = pair("Helicopter Mechanic Superintendent", "Ortiz, Elena - Helicopter Mechanic Superi")
    stump = pair(
        "Helicopter Mechanic Crew Foreman XY", "Ortiz, Elena - Helicopter Mechanic Crew F"
    )

    assert "title matches" in found.reasons
    assert "title matches" in stump.reasons


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("Registered Nurse", "RT"), ("Trainer", "Trainee"), ("Pharmacist", "Paarlegal")],
)
def test_a_slip_or_a_short_form_is_no_other_title(ours: str, theirs: str) -> None:
    assert "title differs" in pair(ours, f"Ortiz, Elena - {theirs}").reasons


def test_another_title_is_not_certain() -> None:
    found = pair("Welder", "ORTIZ ELENA CUSTODIAN")

    assert "title differs" in found.reasons
    assert not found.certain


def test_our_titles_short_forms_are_no_names() -> None:
    assert "more names there" not in pair("Zookeeper", "ORTIZ ELENA ZKPR").reasons
    assert "more names there" not in pair("Zookeeper", "ORTIZ ELENA ZKPR ZKPR").reasons
    assert "more names there" in pair("Zookeeper", "ORTIZ ELENA YU").reasons


@pytest.mark.parametrize(
    ("fit", "reason"),
    [
        (1.0, "same client"),
        (0.8, "client's name is similar"),
        (0.6, "client's name fits in part"),
        (0.0, "under another customer"),
    ],
)
def test_how_the_customer_fits_is_said_first(fit: float, reason: str) -> None:
    found = pair("", "Ortiz, Elena", client=fit)

    assert found.reasons[0] == reason
    assert found.certain is (fit >= 0.75)


def test_nobodys_job_scores_little() -> None:
    assert pair("Welder", "Warehouse").score <= 0.3


def test_a_grade_tells_two_titles_apart() -> None:
    assert "title fits in part" in pair("Assembler II", "Ortiz, Elena - Assembler I").reasons
    assert "title matches" in pair("Assembler II", "Ortiz, Elena - Assembler II").reasons
    assert "title matches" in pair("Assembler II", "Ortiz, Elena - Assembler").reasons


@pytest.mark.parametrize(
    "remark",
    [
        "PO 30112",
        "nights",
        "remote",
        "2nd shift",
        "temp",
        "2nd Flr",
        "c/o Acme",
        "JO# 12",
        "Net 30",
        "t/h",
    ],
)
def test_remarks_are_no_title(remark: str) -> None:
    found = pair("Welder", f"Ortiz, Elena - {remark}")

    assert not {"title differs", "title fits in part"} & set(found.reasons)
    assert found.certain


def test_a_level_above_counts_where_it_is_the_title() -> None:
    assert "title matches" in pair("Welder", "Ortiz, Elena", "Welder").reasons
    assert "title differs" not in pair("Welder", "Ortiz, Elena", "South Campus").reasons


def test_a_department_above_says_nothing_against_a_title() -> None:
    found = pair("Custodian", "Ortiz, Elena", "Warehouse")

    assert "title differs" not in found.reasons
    assert found.certain


def test_a_title_beside_the_name_weighs_more_than_a_level_above() -> None:
    assert "title differs" in pair("Welder", "Ortiz, Elena - Custodian", "Warehouse").reasons
    assert "title matches" in pair("Welder", "Ortiz, Elena - Welder", "Warehouse").reasons


def test_initials_of_a_title_are_its_words() -> None:
    assert title_words(("patient", "care", "technician")) == {
        "patient",
        "care",
        "technician",
        "pct",
    }
    assert title_words(("welder",)) == {"welder"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ortiz, Elena", ""),
        ("Ortiz, Elena - Welder", "+"),
        ("Ortiz, Elena - Welder Custodian Foreman", "?-"),
        ("Ortiz, E.", "?i"),
        ("Ortiz, E. - Welder", "i+"),
        ("Ortiz, E. - 10401", "#"),
    ],
)
def test_kinds_of_likeness(text: str, kind: str) -> None:
    assert pair("Welder", text).kind == kind


def test_who_is_plainly_the_same_or_another() -> None:
    assert pair("", "Ortiz, Elena").same_person
    assert not pair("", "Ortiz, E.").same_person
    assert pair("", "Ortiz, Maria").other_person
    assert not pair("", "Ortiz, Elena").other_person
    assert not pair("", "Ortiz").other_person


def test_letters_with_a_slash_are_a_title_and_one_title_is_no_short_form_of_another() -> None:
    assert "title differs" in pair("Substitute Teacher", "Ortiz, Elena - A/R").reasons
    assert "title matches" in pair("Accounts Receivable", "Ortiz, Elena - A/R").reasons
    assert "title differs" not in pair("Welder", "Elena Ortiz c/o Acme").reasons
    assert "title differs" in pair("Wheelholder", "Ortiz, Elena - Welder").reasons


def numbered(text: str, *, client: str = "Acme", fit: float = 1.0) -> Pair:
    job = JobToMatch(job_id="J-10401", contractor="Elena Ortiz", client=client, title="Welder")
    ours = Ours([job])
    theirs = TheirJob(
        fact=QbCandidate(list_id="Q", full_name=text), leaf=leaf((text,)), nodes=("Acme",)
    )
    pairs = Pairs(
        persons=Persons({}, {}, {}, {}),
        title_words=frozenset(["welder"]),
        numbers=Numbers(ours.numbers, {"10401": 1}),
    )
    return pairs.compare(ours.jobs["J-10401"], theirs, client=fit, linked=False)


@pytest.mark.parametrize("text", ["10401", "Job #10401", "10401 Welder"])
def test_the_jobs_number_alone_proves(text: str) -> None:
    found = numbered(text)
    assert (found.certain, found.kind) == (True, "#")
    assert found.score > 0.85


def test_the_jobs_number_beside_somebody_else_proves_nothing() -> None:
    assert not numbered("10401 Kowalczyk, Jan").certain


def test_a_number_and_the_name_prove_where_our_job_names_no_client() -> None:
    assert numbered("Ortiz, Elena 10401", client="", fit=0.0).certain
    assert not numbered("Ortiz, Elena 10401", fit=0.0).certain
