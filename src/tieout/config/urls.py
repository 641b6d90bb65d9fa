"""Addresses: every page of a company lives below `/c/<company_id>/`, each page with its own urls."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from tieout.web.numbers import Id

register_converter(Id, "id")  # before the pages, whose addresses use it

# one line a page, in the order of the menu: path("c/<id:company_id>/…", include("tieout.web.pages.….urls"))
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("tieout.web.machine.urls")),
    path("", include("tieout.web.pages.company_choice.urls")),
    path("", include("tieout.web.pages.sign_in.urls")),
    path("c/<id:company_id>/", include("tieout.web.pages.home.urls")),
    path("c/<id:company_id>/tasks/", include("tieout.web.pages.task.urls")),
    path(
        "c/<id:company_id>/settings/integrations/",
        include("tieout.web.pages.connection.urls"),
    ),
    path(
        "c/<id:company_id>/settings/integrations/quickbooks-web-connector/",
        include("tieout.web.pages.web_connector.urls"),
    ),
    path("c/<id:company_id>/settings/people/", include("tieout.web.pages.people.urls")),
    path("c/<id:company_id>/import/", include("tieout.web.pages.imports.urls")),
    path("c/<id:company_id>/", include("tieout.web.pages.invoices.urls")),
    path(
        "c/<id:company_id>/settings/integrations/restored-backup/",
        include("tieout.web.pages.restored.urls"),
    ),
    path(
        "c/<id:company_id>/settings/integrations/job-data/",
        include("tieout.web.pages.job_data.urls"),
    ),
    path(
        "c/<id:company_id>/settings/integrations/quickbooks-changes/",
        include("tieout.web.pages.qb_writes.urls"),
    ),
    path("c/<id:company_id>/invoices/", include("tieout.web.pages.qb_writes.sales_urls")),
    path("c/<id:company_id>/map-jobs/", include("tieout.web.pages.map_jobs.urls")),
    path(
        "c/<id:company_id>/settings/integrations/mapping-changes/",
        include("tieout.web.pages.mapping_changes.urls"),
    ),
    path("c/<id:company_id>/new-job/", include("tieout.web.pages.new_job.urls")),
    path("c/<id:company_id>/drift/", include("tieout.web.pages.drift.urls")),
    path("c/<id:company_id>/client-mapping/", include("tieout.web.pages.client_mapping.urls")),
    path("c/<id:company_id>/invoice-mapping/", include("tieout.web.pages.item_mapping.urls")),
    path("c/<id:company_id>/tie-out/", include("tieout.web.pages.tie_out.urls")),
    path("c/<id:company_id>/class-mapping/", include("tieout.web.pages.class_mapping.urls")),
]

handler500 = "tieout.web.errors.server_error"
