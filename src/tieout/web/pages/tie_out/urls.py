"""Below /c/<company_id>/tie-out/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.tie_out import views

urlpatterns = [
    path("", views.tie_out, name="tie_out"),
    path("start/", views.start, name="tie_out_start"),
    path("<id:tie_out_id>/", views.former, name="former_tie_out"),
    path("<id:tie_out_id>/jobs.csv", views.jobs_csv, name="tie_out_jobs_csv"),
    path("<id:tie_out_id>/findings.csv", views.findings_csv, name="tie_out_findings_csv"),
]
