"""Every address with an id in it: another company's id under one's own company is not found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests import factories
from tests.factories import NOW, World

from tieout.store.models import (
    Batch,
    ClassMapping,
    Company,
    Drift,
    Exchange,
    Import,
    MappingBatch,
    Proposal,
    ProposedChange,
    QbWrite,
    Task,
    TieOut,
)

OURS = {"company_id"}
NO_ID = {"kind"}  # a word, the same for every company
# what an argument is an id of, and where an address means something else by it
ARGUMENTS: dict[str, str] = {
    "task_id": "task", "ids": "import", "invoice_id": "invoice", "exchange_id": "exchange",
    "batch_id": "batch", "posting_id": "posting", "write_id": "write", "job_id": "job",
    "proposal_id": "proposal", "batch": "drifts", "tie_out_id": "tie out", "user_id": "person",
}  # fmt: skip
NAMES: dict[str, str] = {
    "bulk_undo": "mapping batch", "drift_answer": "drift", "drift_undo": "drift",
    **{f"client_mapping_{what}": "client" for what in ("record", "accept", "undo")},
    **{f"item_mapping_{what}": "item" for what in ("record", "accept", "undo")},
    **{f"class_mapping_{what}": "class" for what in ("record", "accept", "undo")},
}  # fmt: skip


# What is gone since the page was drawn gets a sentence and the way back instead of an error: answers
# that were taken back already, a person who has left. So does a stranger's, with the same words.
TOLD: dict[str, tuple[int, ...]] = {
    "drift_undo_batch": (204, 302),
    "person_password": (302,),
    "person_role": (302,),
}


def kind_of(name: str, argument: str) -> str:
    return NAMES.get(name) or ARGUMENTS[argument]


def addresses(resolver: URLResolver | None = None) -> Iterator[tuple[str, str]]:
    """(name, argument) of every address below a company that has an id in it."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from addresses(each)
        elif isinstance(each, URLPattern) and each.name:
            for argument in set(each.pattern.converters) - OURS - NO_ID:
                yield each.name, argument


ADDRESSES = sorted(addresses())


@pytest.fixture
def harbors(world: World) -> dict[str, Any]:
    """Harbor has one of everything, Northgate nothing: what is found is Harbor's."""
    harbor, charlie = world.harbor, world.charlie
    client = factories.client(harbor)
    customer = factories.qb_customer(harbor, "Acme")
    target = factories.qb_customer(harbor, "Acme:Ortiz")
    factories.map_client(client, customer)
    job = factories.job(client)
    mapping = factories.map_job(job, target)
    invoice = factories.invoice(client)
    posting = factories.posting(invoice, target)
    task = Task.objects.create(company=harbor, kind=Task.Kind.REFRESH, created_at=NOW, due_at=NOW)
    drift = Drift.objects.create(
        company=harbor, mapping=mapping, target=target, kind="renamed", state="answered",
        text="It was renamed.", token="t", seen_at=NOW, answer="kept", answered_by=charlie,
        answered_at=NOW, batch="b" * 32,
    )  # fmt: skip
    proposal = Proposal.objects.create(
        company=harbor, kind="client", origin="suggestions", name="x", user=charlie,
        created_at=NOW, state="open", saved_at=NOW,
    )  # fmt: skip
    ProposedChange.objects.create(
        proposal=proposal, line=1, state="saved", record_id=client.pk, key="C-1", label="Acme",
        to_list_id=customer.list_id, saved_version=1,
    )  # fmt: skip
    write = QbWrite.objects.create(
        company=harbor, kind=QbWrite.Kind.CUSTOMER_ADD, key="k", title="Create job", content={},
        created_at=NOW, state="needs a person", state_at=NOW, job=job, requested_by=charlie,
    )  # fmt: skip
    exchange = Exchange.objects.create(
        company=harbor, posting=posting, purpose="write", call_id="c", epoch=1, request=b"x",
        sha256="s", created_at=NOW,
    )  # fmt: skip
    batch = Batch.objects.create(
        company=harbor, created_at=NOW, postings_count=1, total=Decimal(1), requested_by=charlie
    )
    bulk = MappingBatch.objects.create(
        company=harbor, user=charlie, at=NOW, what="x", saved=1, first=1, last=1
    )
    tie_out = TieOut.objects.create(company=harbor, task=task, at=NOW, complete=True)
    given = Import.objects.create(
        company=harbor,
        user=charlie,
        created_at=NOW,
        filename="x.csv",
        path="x",
        size=1,
        sha256="s",
    )
    value = ClassMapping.objects.create(company=harbor, kind="contractor", value="Healthcare")
    return {
        "task": task.pk, "import": [given.pk], "invoice": invoice.pk, "exchange": exchange.pk,
        "batch": batch.pk, "posting": posting.pk, "write": write.pk, "job": job.pk,
        "proposal": proposal.pk, "drifts": drift.batch, "tie out": tie_out.pk,
        "mapping batch": bulk.pk, "drift": drift.pk, "client": client.pk,
        "item": factories.item(harbor).pk, "class": value.pk, "person": charlie.pk,
    }  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """All that is stored, but for sessions."""
    models = apps.get_app_config("store").get_models()
    return {each.__name__: list(each.objects.order_by("pk").values()) for each in models}  # type: ignore[attr-defined]


def test_every_address_is_asked() -> None:
    assert len(ADDRESSES) > 50
    unknown = [each for each in ADDRESSES if not {*NAMES, *ARGUMENTS} & set(each)]
    assert not unknown, "say what the id is of"


def test_another_companys_id_is_not_found_and_changes_nothing(
    world: World, harbors: dict[str, Any], as_person: Callable[[str], Client]
) -> None:
    sam = as_person("sam")  # a Super User of Northgate may do everything there
    northgate, harbor = world.northgate, world.harbor
    before = everything()
    wrong: list[tuple[str, int]] = []
    for name, argument in ADDRESSES:
        given = harbors[kind_of(name, argument)]
        own = _address(name, northgate, argument, given)
        for ask, header in ((sam.get, {}), (sam.get, HTMX), (sam.post, {}), (sam.post, HTMX)):
            answer = ask(own, {"version": "1", "reason": "r", "q": "x", "target": "x"}, **header)
            if answer.status_code not in {404, 405, *TOLD.get(name, ())}:
                wrong.append((name, answer.status_code))
        theirs = _address(name, harbor, argument, given)
        assert sam.get(theirs).status_code in {404, 405}, name
        assert everything() == before, name
    assert not wrong


HTMX = {"HTTP_HX_REQUEST": "true"}


def _address(name: str, company: Company, argument: str, given: Any) -> str:
    return reverse(name, kwargs={"company_id": company.pk, argument: given})


def test_the_same_ids_are_found_by_those_whose_they_are(
    world: World, harbors: dict[str, Any], as_person: Callable[[str], Client]
) -> None:
    """Else the test above would pass for ids that nobody finds."""
    charlie = as_person("charlie")
    charlie.raise_request_exception = False  # what is stored here is not whole, but it is found
    found = set()
    for name, argument in ADDRESSES:
        given = harbors[kind_of(name, argument)]
        answer = charlie.get(_address(name, world.harbor, argument, given), **HTMX)
        if answer.status_code not in {404, 405}:
            found.add(kind_of(name, argument))
            if answer.streaming:
                b"".join(answer.streaming_content)
    assert found >= {"task", "import", "invoice", "exchange", "batch", "posting", "write", "job",
                     "proposal", "tie out", "client", "item", "class"}  # fmt: skip
