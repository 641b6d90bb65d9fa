"""Where invoices stand, derived from their postings: many at once."""

from __future__ import annotations

from pytest_django import DjangoAssertNumQueries
from tests import factories as make
from tests.factories import NOW, World

from tieout.store.commits.exports import settle_standing
from tieout.store.models import InvoiceBlock, Posting, SourceInvoice


def test_many_stand_anew_in_as_few_statements_as_one(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = make.client(world.northgate)
    customer = make.qb_customer(world.northgate, "Acme Health")
    for number in range(40):
        posting = make.posting(make.invoice(client, str(number)), customer, state="ready")
        Posting.objects.filter(pk=posting.pk).update(queued_at=NOW)
    ids = list(SourceInvoice.objects.values_list("pk", flat=True))
    for some in (ids[:1], ids):
        with django_assert_num_queries(3):
            settle_standing(invoice_ids=some)
    assert set(SourceInvoice.objects.values_list("standing", flat=True)) == {"under_way"}


def test_each_that_is_stuck_says_why(world: World) -> None:
    client = make.client(world.northgate)
    customer = make.qb_customer(world.northgate, "Acme Health")
    refused = make.posting(make.invoice(client, "1"), customer, state="refused")
    taken = make.posting(make.invoice(client, "2"), customer, state="needs a person")
    free = make.posting(make.invoice(client, "3"), customer, state="exported")
    Posting.objects.filter(pk=refused.pk).update(problem="No such item.")
    for _ in range(2):  # once more changes nothing
        settle_standing(invoice_ids=[each.invoice_id for each in (refused, taken, free)])
        rows = SourceInvoice.objects.order_by("number").values_list("standing", "first_reason")
        assert list(rows) == [
            ("blocked", "refused"),
            ("blocked", "number_taken"),
            ("exported", ""),
        ]
        blocks = InvoiceBlock.objects.order_by("invoice__number")
        assert [each.message for each in blocks] == ["No such item.", ""]
