"""Below /c/<company_id>/client-mapping/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.client_mapping import views

urlpatterns = [
    path("", views.page, name="client_mapping"),
    path("choices/", views.choices, name="client_mapping_choices"),
    path("mappings.csv", views.download, name="client_mapping_csv"),
    path("upload/", views.upload, name="client_mapping_upload"),
    path("<int:pk>/", views.record, name="client_mapping_record"),
]
