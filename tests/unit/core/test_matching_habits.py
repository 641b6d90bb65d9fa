"""What the bookkeepers' own words mean."""

from __future__ import annotations

import pytest

from tieout.core.matching import JobToMatch, QbCandidate, suggest
from tieout.core.matching_habits import Habits, learn
from tieout.core.names import leaf, person, tokens

NAMES = ["Elena Ortiz", "Jan Kowalczyk", "Mei Yamamoto", "Omar Haverford", "Ana Renner", "Bo Zed"]
TITLES = ["Housekeeper", "Line Cook", "Porter", "Housekeeper", "Line Cook", "Porter"]


def learned(titles: list[str], leaves: list[str]) -> Habits:
    people = [(person(name), tokens(title)) for name, title in zip(NAMES, titles, strict=True)]
    known = {word for _, title in people for word in title}
    return learn(people, [leaf((text,)) for text in leaves], known)


def test_a_word_beside_every_title_is_a_remark() -> None:
    found = learned(TITLES, [f"{name} - Annex" for name in NAMES])

    assert found.remarks == {"annex"}
    assert found.titles == {}


def test_an_initial_beside_a_surname_that_one_contractor_has_teaches_as_well() -> None:
    names = [f"{name[0]}. {name.split()[1]}" for name in NAMES]
    assert learned(TITLES, [f"{name} - Annex" for name in names]).remarks == {"annex"}


def test_a_word_beside_one_title_alone_is_its_short_form() -> None:
    others = [(f"Max Mu{letter}", "Porter") for letter in "abcdefghijkl"]
    people = [(person(name), ("housekeeper",)) for name in NAMES]
    people += [(person(name), (title.lower(),)) for name, title in others]
    leaves = [leaf((f"{name} - Hskpg",)) for name in NAMES]

    assert learn(people, leaves, {"housekeeper", "porter"}).titles == {"hskpg": ("housekeeper",)}


def test_what_is_seen_too_seldom_means_nothing() -> None:
    found = learned(TITLES, [f"{name} - Annex" for name in NAMES[:4]])
    assert found.remarks == frozenset()


def test_names_letters_and_jobs_without_titles_teach_nothing() -> None:
    assert learned(TITLES, [f"{name} Q Kowalczyk" for name in NAMES]).remarks == frozenset()
    assert learned([""] * 6, [f"{name} - Annex" for name in NAMES]).remarks == frozenset()


@pytest.mark.parametrize(("leaves", "accepted"), [(6, True), (3, False)])
def test_a_remark_that_everybody_has_is_no_other_title(leaves: int, *, accepted: bool) -> None:
    jobs = [
        JobToMatch(job_id=f"J{n}", contractor=name, client="Acme", title=TITLES[n])
        for n, name in enumerate(NAMES)
    ]
    books = [QbCandidate(list_id="C", full_name="Acme")] + [
        QbCandidate(list_id=f"Q{n}", full_name=f"Acme:{name} - EPIC Go-Live")
        for n, name in enumerate(NAMES[:leaves])
    ]
    found = suggest(jobs, books, ranks=1)

    assert found[0].accepted is accepted
    assert ("title differs" in found[0].reasons) is not accepted
