"""Below /c/<company_id>/import/. Files that belong together are named by their ids: 12-13-14."""

from __future__ import annotations

from django.urls import path, register_converter

from tieout.web.pages.imports import views


class Ids:
    """Some ids joined by hyphens."""

    regex = r"[0-9]{1,12}(?:-[0-9]{1,12}){0,9}"

    def to_python(self, value: str) -> list[int]:
        return [int(each) for each in value.split("-")]

    def to_url(self, value: list[int] | int) -> str:
        return "-".join(str(each) for each in ([value] if isinstance(value, int) else value))


register_converter(Ids, "import_ids")

urlpatterns = [
    path("", views.imports, name="imports"),
    path("imports.csv", views.imports_csv, name="imports_csv"),
    path("receive/", views.receive, name="import_receive"),
    path("template/<str:kind>.csv", views.template, name="import_template"),
    path("<import_ids:ids>/", views.one, name="import"),
    path("<import_ids:ids>/sheet/", views.sheet, name="import_sheet"),
    path("<import_ids:ids>/check/", views.check, name="import_check"),
    path("<import_ids:ids>/start/", views.start, name="import_start"),
    path("<import_ids:ids>/discard/", views.discard, name="import_discard"),
    path("<import_ids:ids>/problems.csv", views.problems_csv, name="import_problems"),
]
