"""Below /c/<company_id>/settings/integrations/quickbooks-changes/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.qb_writes import decisions, new_jobs, views

urlpatterns = [
    path("", views.changes, name="qb_writes"),
    path("list/", views.listing, name="qb_writes_list"),
    path("<id:write_id>/", views.change, name="qb_write"),
    path("<id:write_id>/link/", decisions.link, name="qb_write_link"),
    path("<id:write_id>/try-again/", decisions.try_again, name="qb_write_try_again"),
    path("<id:write_id>/set-aside/", decisions.set_aside, name="qb_write_set_aside"),
    path("jobs/<id:job_id>/", new_jobs.create, name="create_job"),
    path("jobs/<id:job_id>/progress/", new_jobs.progress, name="create_job_progress"),
    path("stamp/", decisions.stamp, name="qb_write_stamp"),
]
