"""Where a blocked invoice is mended: each link leads somewhere."""

from __future__ import annotations

from django.urls import reverse

from tieout.web.pages.invoices import shown


def test_every_fix_leads_to_a_page() -> None:
    for _, name, _ in shown.PLACES.values():
        assert reverse(name, args=[1])
