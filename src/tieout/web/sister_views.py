"""The guarded views of Client, Invoice and Class Mapping, and their addresses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tieout.service.access import Access
from tieout.web import sister_bulk, sisters
from tieout.web.access import company_page
from tieout.web.sisters import Sister


def addresses(sister: Sister) -> list[URLPattern]:
    """The addresses of one of these pages, named after it."""
    name, words = sister.page, {"sister": sister}
    return [
        path("", page, words, name=name),
        path("choices/", choices, words, name=f"{name}_choices"),
        path("mappings.csv", download, words, name=f"{name}_csv"),
        path("mappings.xlsx", download_excel, words, name=f"{name}_xlsx"),
        path("upload/", upload, words, name=f"{name}_upload"),
        path("suggestions/", sister_bulk.suggestions, words, name=f"{name}_suggestions"),
        path("suggestions/all/", sister_bulk.everything, words, name=f"{name}_everything"),
        path(
            "suggestions/<id:proposal_id>/undo/",
            sister_bulk.undo,
            words,
            name=f"{name}_undo_bulk",
        ),
        path("<id:pk>/", record, words, name=f"{name}_record"),
        path("<id:pk>/accept/", accept, words, name=f"{name}_accept"),
        path("<id:pk>/undo/", undo, words, name=f"{name}_undo"),
    ]


@require_GET
@never_cache
@company_page("read")
def page(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """The table."""
    return sisters.list_page(request, access, sister)


@require_http_methods(["GET", "POST"])
@never_cache
@company_page("read")
def record(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponseBase:
    """The dialog of one row; posted, it saves."""
    if request.method == "POST":
        return _save(request, access.company.pk, sister=sister, pk=pk)
    return sisters.record(request, access, sister, pk)


@company_page("work")
def _save(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    return sisters.save(request, access, sister, pk)


@require_GET
@never_cache
@company_page("work")
def choices(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """What the dropdown offers."""
    return sisters.choices(request, access, sister)


@require_GET
@company_page("read")
def download(request: HttpRequest, access: Access, sister: Sister) -> HttpResponseBase:
    """What is on screen, as CSV."""
    return sisters.download(request, access, sister)


@require_GET
@company_page("read")
def download_excel(request: HttpRequest, access: Access, sister: Sister) -> HttpResponseBase:
    """What is on screen, as Excel."""
    return sisters.download_excel(request, access, sister)


@require_POST
@company_page("work")
def upload(request: HttpRequest, access: Access, sister: Sister) -> HttpResponse:
    """Read a mapping file and go on to its preview."""
    return sisters.upload(request, access, sister)


@require_POST
@company_page("work")
def accept(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    """OK: save what is suggested for a row."""
    return sisters.accept(request, access, sister, pk)


@require_POST
@company_page("work")
def undo(request: HttpRequest, access: Access, sister: Sister, pk: int) -> HttpResponse:
    """Take a change of a row back."""
    return sisters.undo(request, access, sister, pk)
