"""Invoice Mapping: which QuickBooks item each pay/bill item is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.service.access import Access
from tieout.web import sisters
from tieout.web.access import company_page

SISTER = sisters.Sister(
    kind="item",
    page="item_mapping",
    crumb="Invoice Mapping",
    headings={
        "contractor": "Contractor Invoice Mapping",
        "direct_hire": "Direct Hire Invoice Mapping",
    },
    tabs={"contractor": "Contractor", "direct_hire": "Direct Hire"},
    ours="Pay/Bill Item",
    theirs="QuickBooks Item",
    one="pay/bill item",
    many="pay/bill items",
    tip="Tip: the item decides the income account to which QuickBooks books the line.",
)


@require_GET
@never_cache
@company_page("read")
def page(request: HttpRequest, access: Access) -> HttpResponse:
    """The table."""
    return sisters.list_page(request, access, SISTER)


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("read")
def record(request: HttpRequest, access: Access, pk: int) -> HttpResponseBase:
    """The dialog of one row; posted, it saves."""
    if request.method == "POST":
        return _save(request, access.company.pk, pk=pk)
    return sisters.record(request, access, SISTER, pk)


@company_page("work")
def _save(request: HttpRequest, access: Access, pk: int) -> HttpResponse:
    return sisters.save(request, access, SISTER, pk)


@require_GET
@never_cache
@company_page("work")
def choices(request: HttpRequest, access: Access) -> HttpResponse:
    """What the dropdown offers."""
    return sisters.choices(request, access, SISTER)


@require_GET
@company_page("read")
def download(request: HttpRequest, access: Access) -> HttpResponseBase:
    """What is on screen, as CSV."""
    return sisters.download(request, access, SISTER)


@require_POST
@company_page("work")
def upload(request: HttpRequest, access: Access) -> HttpResponse:
    """Apply a mapping file."""
    return sisters.upload(request, access, SISTER)
