"""An invoice whose lines do not add up shows both figures."""

from __future__ import annotations

from decimal import Decimal

from tests import factories as make
from tests.factories import World

from tieout.store.models import SourceInvoice


def test_both_totals_are_shown_when_they_differ(world: World, as_person) -> None:
    made = make.invoice(make.client(world.northgate), lines=[("", "REG", "100.00")])
    SourceInvoice.objects.filter(pk=made.pk).update(total=Decimal("110.00"))
    page = as_person("bea").get(f"/c/{world.northgate.pk}/invoices/{made.pk}/").content.decode()
    assert "$110.00; the lines add up to $100.00" in page
