"""Answers to many changes: what is to be confirmed is in the preview, and exactly that is saved."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests import factories
from tests.factories import NOW, World
from tests.store.test_drifts import Books
from tests.web.test_drift import HTMX, digest, home, text

from tieout.store.models import Drift, JobMapping, QbCustomer, SourceJob


@pytest.fixture
def merged(world: World) -> Books:
    """Three merged jobs: two survivors serve somebody else, and the third is free."""
    books = Books(world.northgate)
    for n in range(3):
        survivor = factories.qb_customer(books.company, f"Acme:Stay {n}")
        gone = factories.qb_customer(
            books.company, f"Acme:Gone {n}", gone_at=NOW, merged_into=survivor.list_id,
            merged_proof="invoice 1 is on it",
        )  # fmt: skip
        factories.map_job(factories.job(books.acme, f"S-{n}", f"Person {n}"), gone)
        if n < 2:
            factories.map_job(factories.job(books.acme, f"O-{n}", f"Other {n}"), survivor)
    books.notice()
    return books


def preview(bea: Any, books: Books, query: str) -> Any:
    return bea.get(home(books, f"bulk/?{query}"), **HTMX)


def save(bea: Any, books: Books, page: Any, **data: str) -> Any:
    done = bea.post(home(books, "bulk/"), {**data, "digest": digest(page)}, **HTMX)
    return bea.get(done["HX-Redirect"]) if done.status_code == 204 else done


def leads(key: str) -> str:
    return str(JobMapping.objects.get(job__key=key).target)


def test_the_preview_of_survivors_is_what_is_saved(as_person: Any, merged: Books) -> None:
    bea = as_person("bea")
    page = preview(bea, merged, "kind=merged&answer=remap")
    assert "1 mapping will lead to the surviving job" in text(page)
    assert "2 set aside: Person 1: Acme:Stay 1 also serves Other 1" in text(page)
    assert "Also where it serves another contractor job (2)" in text(page)
    assert "Map 1" in text(page)
    after = text(save(bea, merged, page, kind="merged", answer="remap"))
    assert "1 mapping leads to the surviving job now." in after
    assert "2 set aside" in after
    assert leads("S-2") == "Acme:Stay 2"
    assert leads("S-1") == "Acme:Gone 1"


def test_shared_survivors_are_confirmed_together(as_person: Any, merged: Books) -> None:
    bea = as_person("bea")
    page = preview(bea, merged, "kind=merged&answer=remap&confirmed=shared")
    assert "3 mappings will lead to the surviving job" in text(page)
    assert "set aside" not in text(page)
    assert re.search(r'value="shared" checked', page.content.decode())
    after = save(bea, merged, page, kind="merged", answer="remap", confirmed="shared")
    assert "3 mappings lead to the surviving job now." in text(after)
    assert JobMapping.objects.filter(shared_confirmed=True).count() == 2
    batch = Drift.objects.exclude(batch="").first()
    assert batch is not None
    bea.post(home(merged, f"batches/{batch.batch}/undo/"), follow=True)
    assert leads("S-0") == "Acme:Gone 0"
    assert Drift.objects.filter(state="open").count() == 3


def test_two_jobs_of_one_merged_job_share_its_survivor(as_person: Any, world: World) -> None:
    """The second is asked about because of the first: the preview knows that already."""
    books = Books(world.northgate)
    factories.map_job(factories.job(books.acme, "J-3", "Cleo Ortiz"), books.ortiz)
    heir = factories.qb_customer(books.company, "Acme:Heir")
    books.change(gone_at=NOW, merged_into=heir.list_id, merged_proof="seen")
    books.notice()
    bea = as_person("bea")
    page = preview(bea, books, "kind=merged&answer=remap")
    assert "1 mapping will lead to the surviving job" in text(page)
    assert "Also where it serves another contractor job (1)" in text(page)
    after = text(save(bea, books, page, kind="merged", answer="remap"))
    assert "1 mapping leads to the surviving job now." in after


def test_a_tick_that_was_not_in_the_preview_saves_nothing(as_person: Any, merged: Books) -> None:
    bea = as_person("bea")
    page = preview(bea, merged, "kind=merged&answer=remap")
    late = save(bea, merged, page, kind="merged", answer="remap", confirmed="shared")
    assert late.status_code == 422
    assert "nothing was saved" in text(late)
    assert not Drift.objects.exclude(state="open").exists()


def test_keep_all_says_which_stand_under_another_customer(as_person: Any, world: World) -> None:
    books = Books(world.northgate)
    inside = factories.qb_customer(books.company, "Acme:Days")
    QbCustomer.objects.filter(pk=books.wood.pk).update(
        parent_list_id=inside.list_id, full_name="Acme:Days:Wood, Ben"
    )
    books.change(
        parent_list_id=books.qb_beta.list_id,
        top_list_id=books.qb_beta.list_id,
        full_name="Beta:Ortiz, Elena",
    )
    books.notice()
    bea = as_person("bea")
    page = preview(bea, books, "kind=moved&answer=keep")
    assert "1 mapping will be kept as it is" in text(page)
    assert "Also where it stands under another customer than the client&#x27;s (1)" in text(page)
    page = preview(bea, books, "kind=moved&answer=keep&confirmed=other_customer")
    assert "2 mappings will be kept as they are" in text(page)
    save(bea, books, page, kind="moved", answer="keep", confirmed="other_customer")
    assert set(SourceJob.objects.values_list("map_state", flat=True)) == {"mapped"}
