"""A desk that is kept up to date answers like one that is made anew."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.core.matching import Desk, Flag, JobToMatch, QbCandidate, Suggestion

ACME = QbCandidate(list_id="C1", full_name="Acme Mfg")
ZEPHYR = QbCandidate(list_id="C2", full_name="Zephyr Foods")
CLIENTS = ("Acme Manufacturing, Inc.", "Zephyr Foods", "Quantum Partners")


def job(key: str, name: str, client: int = 0, title: str = "") -> JobToMatch:
    return JobToMatch(job_id=key, contractor=name, client=CLIENTS[client], title=title)


def qb(key: str, leaf: str, under: str = "Acme Mfg", **rest: object) -> QbCandidate:
    return QbCandidate(list_id=key, full_name=f"{under}:{leaf}", **rest)  # type: ignore[arg-type]


def desk(jobs: list[JobToMatch], candidates: list[QbCandidate], **rest: object) -> Desk:
    return Desk(jobs, [ACME, ZEPHYR, *candidates], **rest)  # type: ignore[arg-type]


ELENA = [job("J1", "Elena Ortiz", title="Welder"), job("J2", "Jan Kowalczyk")]
BOOKS = [qb("Q1", "Ortiz, Elena"), qb("Q2", "Kowalczyk, Jan")]


def test_a_new_job_is_answered_and_nobody_else_is_touched() -> None:
    found = desk(ELENA, [*BOOKS, qb("Q3", "Haverford, Omar")])

    changed = found.change(jobs=[job("J3", "Omar Haverford")])

    assert set(changed) == {"J3"}
    assert changed["J3"][0].list_id == "Q3"
    assert changed["J3"][0].accepted
    assert found.answer("J3") == changed["J3"]


def test_a_job_that_went_leaves_its_place() -> None:
    twins = [job("J1", "Maria Garcia"), job("J2", "Maria Garcia")]
    found = desk(twins, [qb("Q1", "Garcia, Maria")])
    assert not any(each.accepted for each in found.suggestions())

    changed = found.change(without_jobs=["J1", "nobody"])

    assert set(changed) == {"J2"}
    assert changed["J2"][0].accepted
    with pytest.raises(KeyError):
        found.answer("J1")


def test_a_renamed_quickbooks_job_is_found_by_whom_it_fits_now() -> None:
    found = desk(ELENA, [qb("Q1", "Haverford, Omar")])
    assert found.answer("J1")[0].flags == (Flag.ABSENT,)

    changed = found.change(candidates=[qb("Q1", "Ortiz, Elena")])

    assert changed["J1"][0].accepted
    assert found.change(without_candidates=["Q1", "nothing"])["J1"][0].list_id == ""


def test_a_quickbooks_job_that_went_inactive_is_flagged() -> None:
    found = desk(ELENA, BOOKS)

    changed = found.change(candidates=[qb("Q1", "Ortiz, Elena", active=False)])

    assert changed["J1"][0].flags == (Flag.INACTIVE,)
    assert not changed["J1"][0].accepted


def test_a_new_client_link_moves_all_jobs_of_the_client() -> None:
    jobs = [job("J1", "Elena Ortiz", 2), job("J2", "Jan Kowalczyk", 2)]
    found = desk(jobs, BOOKS)
    assert not found.answer("J1")[0].accepted

    changed = found.change(client_links={CLIENTS[2]: "C1"})

    assert set(changed) == {"J1", "J2"}
    assert "client already mapped" in changed["J1"][0].reasons
    assert all(each[0].accepted for each in changed.values())
    assert not found.change(client_links={CLIENTS[2]: ""})["J1"][0].accepted


def test_earlier_invoices_find_and_prove_a_job() -> None:
    jobs = [job("J1", "Elena Ortiz", 2)]
    books = [qb("Q1", "E. Renner", "Zephyr Foods"), qb("Q2", "Ortiz, Elena")]
    found = desk(jobs, books, earlier={"J1": {"Q1": 3}})
    assert any("three earlier invoices went here" in each.reasons for each in found.answer("J1"))

    changed = found.change(earlier={"J1": {"Q2": 4}})

    assert changed["J1"][0].list_id == "Q2"
    assert "four earlier invoices went here" in changed["J1"][0].reasons
    assert changed["J1"][0].accepted


def test_a_desk_comes_back_from_stored_suggestions_and_from_a_pickle() -> None:
    found = desk([*ELENA, job("J3", "Elena Ortiz", 1)], [*BOOKS, qb("Q3", "Ortiz, E.")])
    stored = found.suggestions()

    assert desk([*ELENA, job("J3", "Elena Ortiz", 1)], [*BOOKS, qb("Q3", "Ortiz, E.")], known=stored).suggestions() == stored  # fmt: skip
    assert pickle.loads(pickle.dumps(found)).suggestions() == stored
    # what is stored is believed: who has changed since is left out of it
    changed = [job("J1", "Omar Haverford"), ELENA[1], job("J3", "Elena Ortiz", 1)]
    kept = [each for each in stored if each.job_id != "J1"]
    again = Desk(changed, [ACME, ZEPHYR, *BOOKS, qb("Q3", "Ortiz, E.")], known=kept)
    assert again.answer("J1")[0].list_id == ""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"jobs": ELENA[:1], "without_jobs": ["J1"]}, "job_id J1 stands twice"),
        ({"candidates": [BOOKS[0], BOOKS[0]]}, "list_id Q1 stands twice"),
    ],
)
def test_a_change_that_contradicts_itself_is_refused(change: dict, message: str) -> None:
    found = desk(ELENA, BOOKS)
    with pytest.raises(ValueError, match=message):
        found.change(**change)
    assert found.suggestions() == desk(ELENA, BOOKS).suggestions()


# ------------------------------------------------------------------ any change

FIRST = st.sampled_from(["Ana", "Anna", "Maria", "Bob", "Robert", "J"])
LAST = st.sampled_from(["Ortiz", "Ortis", "Smith", "Garcia", "De-Leon", "Deleon"])
TITLE = st.sampled_from(["", "RN", "Welder"])
NAME = st.builds("{} {}".format, FIRST, LAST)
JOB = st.builds(job, st.sampled_from([f"J{n}" for n in range(7)]), NAME, st.integers(0, 2), TITLE)
LEAF = st.builds("{1}, {0} - {2}".format, FIRST, LAST, TITLE)
UNDER = st.sampled_from(["Acme Mfg", "Zephyr Foods", "Meridian"])
KEY = st.sampled_from([f"Q{n}" for n in range(7)])
QB = st.builds(qb, KEY, LEAF, UNDER, active=st.booleans())
INVOICES = st.dictionaries(KEY, st.integers(1, 4), max_size=2)


def unique(items, key):
    return list({getattr(each, key): each for each in items}.values())


def own(found: list[Suggestion] | tuple[Suggestion, ...]) -> list[tuple[object, ...]]:
    return [(each.list_id, each.rank, each.fit, each.reasons, each.accepted) for each in found]


@settings(max_examples=150)
@given(st.lists(JOB, max_size=7), st.lists(QB, max_size=7), JOB, INVOICES)
def test_one_changed_job_is_answered_as_by_a_full_run(jobs, candidates, changed, invoices) -> None:
    jobs, candidates = unique(jobs, "job_id"), unique(candidates, "list_id")
    found = desk(jobs, candidates)

    told = found.change(jobs=[changed], earlier={changed.job_id: invoices})

    after = [*(each for each in jobs if each.job_id != changed.job_id), changed]
    fresh = desk(after, candidates, earlier={changed.job_id: invoices})
    assert own(told[changed.job_id]) == own(fresh.answer(changed.job_id))
    before = desk(jobs, candidates)
    for each in after:
        if each.job_id not in told:
            assert found.answer(each.job_id) == before.answer(each.job_id)


@settings(max_examples=150)
@given(st.lists(JOB, min_size=1, max_size=7), st.lists(QB, max_size=7), QB, st.booleans())
def test_one_changed_quickbooks_job_is_answered_as_by_a_full_run(
    jobs, candidates, changed, goes
) -> None:
    jobs, candidates = unique(jobs, "job_id"), unique(candidates, "list_id")
    found = desk(jobs, candidates)

    key = changed.list_id
    told = found.change(without_candidates=[key]) if goes else found.change(candidates=[changed])

    after = [each for each in candidates if each.list_id != key] + ([] if goes else [changed])
    fresh = desk(jobs, after)
    for each in jobs:
        if each.job_id in told:
            assert own(told[each.job_id]) == own(fresh.answer(each.job_id))
        elif key in {row.list_id for row in fresh.answer(each.job_id)}:
            pytest.fail(f"{each.job_id} should have been told")


def test_a_change_that_makes_a_likeness_risky_is_told_to_all_who_have_it() -> None:
    bob, books = job("J1", "Robert Marlow"), [qb("Q1", "Marlow, Bob")]
    found = desk([bob], books)
    assert found.answer("J1")[0].accepted

    strangers = [
        job(f"S{n}", f"Zeno Strand{'abcdefghij'[n % 10] * (n // 10 + 2)}") for n in range(80)
    ]
    told = found.change(jobs=strangers)

    assert not told["J1"][0].accepted
    assert told["J1"] == desk([bob, *strangers], books).answer("J1")
    assert found.change(without_jobs=[each.job_id for each in strangers])["J1"][0].accepted


def test_jobs_without_a_client_teach_nothing_of_a_customer() -> None:
    people = ["Ana Ruiz", "Bo Lund", "Cy Marsh", "Di Novak"]
    jobs = [
        JobToMatch(job_id=f"J{n}", contractor=name, client="") for n, name in enumerate(people)
    ]
    rows = [QbCandidate(list_id="A", full_name="Acme")]
    rows += [
        QbCandidate(list_id=f"Q{n}", full_name=f"Acme:{name}", parent="A")
        for n, name in enumerate(people)
    ]

    found = Desk(jobs, rows).suggestions()

    assert [each.list_id for each in found] == ["Q0", "Q1", "Q2", "Q3"]
    assert not any(each.accepted for each in found)
    assert all("client unknown here" in each.reasons for each in found)


def test_a_namesake_whose_client_is_not_known_may_be_meant() -> None:
    known = JobToMatch(job_id="J1", contractor="Ana Ruiz", client="Acme")
    unknown = JobToMatch(job_id="J2", contractor="Ana Ruiz", client="")
    rows = [
        QbCandidate(list_id="A", full_name="Acme"),
        QbCandidate(list_id="Q", full_name="Acme:Ruiz, Ana", parent="A"),
    ]

    assert Desk([known], rows).answer("J1")[0].accepted
    assert "another one fits as well" in Desk([known, unknown], rows).answer("J1")[0].reasons
