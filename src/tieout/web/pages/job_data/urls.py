"""Below /c/<company_id>/settings/integrations/job-data/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.job_data import views

urlpatterns = [
    path("", views.job_data, name="job_data"),
    path("read/", views.read, name="job_data_read"),
    path("send/", views.send, name="job_data_send"),
]
