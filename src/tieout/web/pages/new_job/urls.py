"""Below /c/<company_id>/new-job/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.new_job import views

urlpatterns = [path("<id:job_id>/", views.panel, name="new_job")]
