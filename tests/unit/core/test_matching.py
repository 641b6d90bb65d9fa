"""Suggestions as a clerk would judge them, and what holds for any two lists."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching import Bucket, JobToMatch, QbCandidate, Suggestion, suggest

ACME = QbCandidate(list_id="C1", full_name="Acme Mfg")
OTHER = QbCandidate(list_id="C2", full_name="Zephyr Foods")


def job(contractor: str, title: str = "", *, key: str = "J1", **rest: object) -> JobToMatch:
    facts = {"client": "Acme Manufacturing, Inc.", **rest}
    return JobToMatch(job_id=key, contractor=contractor, title=title, **facts)  # type: ignore[arg-type]


def qb(leaf: str, key: str = "Q1", *, under: QbCandidate = ACME, **rest: object) -> QbCandidate:
    name = f"{under.full_name}:{leaf}"
    return QbCandidate(list_id=key, full_name=name, parent=under.list_id, **rest)  # type: ignore[arg-type]


def best(ours: JobToMatch, *theirs: QbCandidate, **rest: object) -> Suggestion:
    return suggest([ours], [ACME, OTHER, *theirs], **rest)[0]  # type: ignore[arg-type]


SAME = [
    ("Elena Ortiz", "Ortiz, Elena", "same person, order swapped"),
    ("Ortiz, Elena", "Ortiz, Elena", "same person, order swapped"),
    ("Elena Ortiz", "ORTIZ ELENA ICU RN", "title matches"),
    ("Elena Núñez", "Nunez, Elena", "same person, order swapped"),
    ("Robert Smith", "Smith, Bob", "nickname"),
    ("Patrick O'Neil", "Oneil, Patrick", "same person, order swapped"),
    ("Ana De Leon", "Deleon, Ana", "name written together"),
    ("Ana Deleon", "De Leon, Ana", "name written together"),
    ("Sara Lindgren", "Lindgern, Sara", "spelled slightly differently"),
    ("Sara Lindgren", "Lindgran, Sara - RN ICU", "one letter differs"),
    ("Elena Ortiz", "Ortiz, E. - ICU RN", "initial matches"),
    ("Elena Maria Ortiz", "Ortiz, Elena M", "initial matches"),
    ("Elena Ortiz", "Ortiz, Elena K", "same client"),
    ("Elena Ortiz", "Ortiz-Renner, Elena - RN", "more names there"),
    ("Bartholomew Featherstonehaugh Montgomery", "Bartholomew Featherstonehaugh Montgomer", "name cut"),
    ("Bartholomew Featherstonehaugh-Mont", "Bartholomew J Constantin Featherstonehaug", "more names"),
    ("Elena Ortiz", "Ortiz, Elena (J-10401)", "job number matches"),
]  # fmt: skip


@pytest.mark.parametrize(("ours", "theirs", "reason"), SAME)
def test_the_same_person_is_found_however_it_was_typed(
    ours: str, theirs: str, reason: str
) -> None:
    found = best(job(ours, "Registered Nurse - ICU", key="J-10401"), qb(theirs))

    assert found.list_id == "Q1"
    assert reason in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(a, b) for a, b, reason in SAME if reason not in ("more names",)],
)
def test_what_only_that_person_can_be_is_accepted(ours: str, theirs: str) -> None:
    assert best(job(ours, "Registered Nurse - ICU", key="J-10401"), qb(theirs)).accepted


ASK = [
    ("John Smith", "Smith, John Jr", "suffix on one side only"),
    ("John Smith, Sr.", "Smith, John Jr", "another suffix"),
    ("John A Smith", "Smith, John B", "another middle name"),
    ("John Smith", "Smith, Mary", "another first name"),
    ("John Smith", "Smith", "first name missing there"),
    ("John Smith", "Smith, J.", "initial matches"),
    ("Elena Ortiz", "Elena Kowalczyk - RN", "another surname"),
    ("Elena Ortiz", "Elena - RN", "surname missing there"),
    ("Elena Ortiz", "Ortiz, Elena (old)", "marked as not to be used"),
    ("Elena Ortiz", "Ortiz, Elena - Welder", "title differs"),
    ("Elena Ortiz", "Ortiz, Elena - RN Telemetry Nights Weekends", "title fits in part"),
    ("Elena Ortiz", "Ortiz, Elena 2019", "another year"),
    ("Elena Featherston", "Fetherstan, Elena", "spelled differently"),
    ("Ana Perez Lopez", "Perez, Ana", "part of the surname"),
    ("Zuleika", "Zuleika", "same client"),
]


@pytest.mark.parametrize(("ours", "theirs", "reason"), ASK)
def test_what_could_be_somebody_else_is_asked_about(ours: str, theirs: str, reason: str) -> None:
    found = best(job(ours, "Registered Nurse", start=date(2026, 1, 5)), qb(theirs))

    assert found.list_id == "Q1"
    assert reason in found.reasons
    assert not found.accepted
    assert found.bucket is not Bucket.EXACT


def test_a_perfect_copy_is_exact() -> None:
    found = best(job("Elena Ortiz", "Welder"), qb("Ortiz, Elena - Welder"))

    assert (found.bucket, found.accepted, found.rank) == (Bucket.EXACT, True, 1)
    assert found.score > 0.95


def test_nobody_in_quickbooks_is_an_answer() -> None:
    found = best(job("Elena Ortiz"), qb("Kowalczyk, Jan"))

    assert (found.list_id, found.bucket, found.score) == ("", Bucket.NONE, 0.0)
    assert found.reasons == ("probably not in QuickBooks yet",)
    assert suggest([job("Elena Ortiz", client="")], [])[0].list_id == ""
    assert best(job(""), qb("Kowalczyk, Jan")).list_id == ""


def test_two_people_of_one_name_are_told_apart_by_title_and_never_guessed() -> None:
    welder, nurse = qb("Garcia, Maria - Welder"), qb("Garcia, Maria - RN", "Q2")

    assert best(job("Maria Garcia", "Welder"), welder, nurse).list_id == "Q1"
    assert best(job("Maria Garcia", "Welder"), welder, nurse).accepted
    unsure = best(job("Maria Garcia"), welder, nurse)
    assert not unsure.accepted
    assert "another one fits as well" in unsure.reasons


def test_two_contractor_jobs_never_take_one_quickbooks_job() -> None:
    jobs = [job("Maria Garcia", "Welder"), job("Maria Garcia", "Registered Nurse", key="J2")]
    found = suggest(jobs, [ACME, qb("Garcia, Maria - Welder")])

    assert [each.accepted for each in found] == [True, False]
    assert "fits another contractor job better" in found[1].reasons


@pytest.mark.parametrize(
    ("facts", "reason"),
    [({"active": False}, "inactive in QuickBooks"), ({"gone": True}, "deleted in QuickBooks")],
)
def test_inactive_and_deleted_jobs_are_shown_and_left_to_the_clerk(
    facts: dict[str, bool], reason: str
) -> None:
    found = best(job("Elena Ortiz"), qb("Ortiz, Elena", **facts))

    assert reason in found.reasons
    assert not found.accepted


def test_a_customer_without_jobs_is_no_job_but_shown() -> None:
    found = best(job("Elena Ortiz"), QbCandidate(list_id="Q1", full_name="Ortiz, Elena"))

    assert "a customer, not a job" in found.reasons
    assert not found.accepted


def test_the_same_person_elsewhere_is_shown_with_a_warning() -> None:
    found = best(job("Elena Ortiz"), qb("Ortiz, Elena", under=OTHER), qb("Kowalczyk, Jan", "Q2"))

    assert found.list_id == "Q1"
    assert "under another customer" in found.reasons
    assert not found.accepted


def test_a_mapped_client_outweighs_names() -> None:
    here, there = qb("Ortiz, Elena"), qb("Ortiz, Elena", "Q2", under=OTHER)
    links = {"K7": "C2", "gone client": "nothing"}
    found = best(job("Elena Ortiz", client_key="K7"), here, there, client_links=links)

    assert found.list_id == "Q2"
    assert "client already mapped" in found.reasons
    assert found.accepted


def test_a_customer_is_learned_from_the_people_found_there() -> None:
    people = ["Elena Ortiz", "Jan Kowalczyk", "Mei Yamamoto", "Omar Haverford"]
    jobs = [job(name, key=f"J{n}", client="Quantum") for n, name in enumerate(people)]
    theirs = [qb(name, f"Q{n}", under=OTHER) for n, name in enumerate(people)]

    assert all(each.accepted for each in suggest(jobs, [ACME, OTHER, *theirs]))
    assert not any(each.accepted for each in suggest(jobs[:2], [ACME, OTHER, *theirs]))


def test_a_branch_is_learned_beside_the_customer_of_that_name() -> None:
    people = ["Elena Ortiz", "Jan Kowalczyk", "Mei Yamamoto", "Omar Haverford"]
    jobs = [job(name, key=f"J{n}") for n, name in enumerate(people)]
    branch = QbCandidate(list_id="C3", full_name="Acme Mfg @ North Campus")
    theirs = [qb(name, f"Q{n}", under=branch) for n, name in enumerate(people)]
    books = [ACME, qb("Smith, Ann", "Q9"), branch, *theirs]

    assert all(each.accepted for each in suggest(jobs, books) if each.rank == 1)
    few = suggest(jobs[:2], books, ranks=1)
    assert [each.list_id for each in few] == ["Q0", "Q1"]
    assert not any(each.accepted for each in few)


def test_a_branch_is_looked_at_although_the_customer_has_another_job_of_the_person() -> None:
    branch = QbCandidate(list_id="C3", full_name="Acme Mfg @ North Campus")
    welder, clerk = (
        qb("Ortiz, Elena - Welder"),
        qb("Ortiz, Elena - Payroll Clerk", "Q2", under=branch),
    )

    assert best(job("Elena Ortiz", "Payroll Clerk"), welder, branch, clerk).list_id == "Q2"


def test_people_may_stand_a_level_deeper_and_parents_only_by_list_id() -> None:
    ward = QbCandidate(list_id="W1", full_name="Acme Mfg:ICU", parent="C1")
    deep = QbCandidate(list_id="Q1", full_name="Acme Mfg:ICU:Ortiz, Elena", parent="W1")
    short = QbCandidate(list_id="Q1", full_name="Ortiz, Elena", parent="C1")

    assert best(job("Elena Ortiz", "ICU Nurse"), ward, deep).accepted
    assert best(job("Elena Ortiz"), short).accepted


@pytest.mark.parametrize(
    ("start", "end", "reason", "accepted"),
    [
        (date(2026, 1, 5), None, "same start date", True),
        (date(2026, 2, 2), None, "dates overlap", True),
        (date(2019, 2, 2), date(2019, 9, 1), "dates do not overlap", False),
    ],
)
def test_days_speak_for_and_against(
    start: date, end: date | None, reason: str, accepted: bool
) -> None:
    ours = job("Elena Ortiz", start=date(2026, 1, 5))
    found = best(ours, qb("Ortiz, Elena", start=start, end=end))

    assert reason in found.reasons
    assert found.accepted is accepted


def test_numbers_and_years_in_a_name() -> None:
    ours = job("Elena Ortiz", key="J-10401", start=date(2026, 1, 5))
    namesake = job("Elena Ortiz", key="J-10402")

    assert "year matches" in best(ours, qb("Ortiz, Elena 2026")).reasons
    assert "year matches" not in best(job("Elena Ortiz"), qb("Ortiz, Elena 2026")).reasons
    assert best(ours, qb("Ortiz, Elena 77")).accepted
    found = suggest([ours, namesake], [ACME, qb("Ortiz, Elena 10402")])
    assert "another job's number" in found[0].reasons
    assert [each.accepted for each in found] == [False, True]


def test_keys_that_stand_twice_are_refused() -> None:
    with pytest.raises(ValueError, match="job_id J1 stands twice"):
        suggest([job("A B"), job("C D")], [])
    with pytest.raises(ValueError, match="list_id C1 stands twice"):
        suggest([], [ACME, ACME])


# ------------------------------------------------------------------ what holds for any lists

FIRST = st.sampled_from(["Ana", "Anna", "Maria", "Mario", "Bob", "Robert", "J"])
LAST = st.sampled_from(["Ortiz", "Ortis", "Smith", "Smyth", "Garcia", "De-Leon", "Deleon"])
TITLE = st.sampled_from(["", "RN", "Welder", "Registered Nurse"])
PEOPLE = st.lists(st.tuples(FIRST, LAST, TITLE), max_size=7)


def books(people: list[tuple[str, str, str]]) -> list[QbCandidate]:
    jobs = [qb(f"{last}, {first} - {t}", f"Q{n}") for n, (first, last, t) in enumerate(people)]
    return [ACME, OTHER, *jobs]


def agency(people: list[tuple[str, str, str]]) -> list[JobToMatch]:
    return [job(f"{first} {last}", t, key=f"J{n}") for n, (first, last, t) in enumerate(people)]


@settings(max_examples=60)
@given(PEOPLE, PEOPLE, st.randoms(use_true_random=False))
def test_order_changes_nothing_and_nothing_is_taken_twice(ours, theirs, rng) -> None:
    jobs, candidates = agency(ours), books(theirs)
    found = suggest(jobs, candidates)
    taken = [each.list_id for each in found if each.accepted]
    rng.shuffle(jobs)
    rng.shuffle(candidates)

    assert len(taken) == len(set(taken))
    assert {each.job_id for each in found} == {each.job_id for each in jobs}
    assert set(suggest(jobs, candidates)) == set(found)
    for each in found:
        assert 0 <= each.score <= 1
        assert each.reasons


@settings(max_examples=60)
@given(PEOPLE, st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F), min_size=3))
def test_a_perfect_copy_is_always_found(others, surname) -> None:
    ours = job(f"Quirin {surname}", key="JX")
    copy = qb(f"Quirin {surname}", "QX")
    found = suggest([ours, *agency(others)], [*books(others), copy])

    assert found[0].list_id == "QX"
    assert found[0].rank == 1
