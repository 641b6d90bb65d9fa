"""Words of a search, and the rows that they find on either database."""

from __future__ import annotations

import pytest
from tests import factories
from tests.factories import World

from tieout.store.models import SourceJob
from tieout.store.queries import searching


def found(world: World, text: str, limit: int = 100) -> set[str]:
    words = searching.words(text)
    jobs = SourceJob.objects.all()
    also: dict[str, searching.Plain] = {"company_id": world.northgate.pk, "active": True}
    ids = searching.matching(jobs, words, index="job_search", limit=limit, also=also)
    return set(SourceJob.objects.filter(id__in=ids).values_list("key", flat=True))


@pytest.fixture
def jobs(world: World) -> World:
    acme = factories.client(world.northgate)
    factories.job(acme, "J-1", "Elena Ortiz", title="RN")
    factories.job(acme, "J-2", "Ben 50% Wood", title="RN")
    factories.job(acme, "J-3", "Élodie O'Neil", active=False)
    factories.job(factories.client(world.harbor), "H-1", "Elena Ortiz", title="RN")
    return world


def test_words_are_lower_case_bounded_and_told_apart_by_length() -> None:
    words = searching.words("  Ortiz  RN\0 x · ACME")
    assert words.long == ("ortiz", "acme")
    assert words.short == ("rn", "x")
    assert not searching.words("  ")
    assert len(searching.words("abc " * 50).long) == searching.WORDS_MAX


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("ortiz", {"J-1"}),
        ("acme rn", {"J-1", "J-2"}),
        ("50% wood", {"J-2"}),
        ("ortiz be", set()),
        ('ort"iz', set()),
        ("tiz elen", {"J-1"}),
        ("acme o'", set()),
    ],
)
def test_all_words_of_this_company_and_tab_are_found(
    jobs: World, text: str, keys: set[str]
) -> None:
    assert found(jobs, text) == keys


def test_the_index_follows_a_changed_row(jobs: World) -> None:
    SourceJob.objects.filter(key="J-1").update(search_text="somebody else")
    assert found(jobs, "ortiz") == set()
    assert found(jobs, "somebody") == {"J-1"}


def test_no_more_than_the_limit_is_looked_up(jobs: World) -> None:
    assert len(found(jobs, "acme", limit=1)) == 1


def test_one_or_two_characters_begin_the_name_in_either_case(jobs: World) -> None:
    def led(text: str) -> set[str]:
        condition = searching.leading(searching.words(text), name="contractor")
        return set(SourceJob.objects.filter(condition).values_list("key", flat=True))

    assert led("el") == {"J-1", "H-1"}
    assert led("E") == {"J-1", "H-1"}
    assert led("él") == {"J-3"}
    assert led("lo") == set()
    assert led("el or") == {"J-1", "H-1"}
    assert led("el wo") == set()
