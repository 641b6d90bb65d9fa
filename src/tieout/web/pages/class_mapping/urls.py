"""Below /c/<company_id>/class-mapping/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.class_mapping import views

urlpatterns = [
    path("", views.page, name="class_mapping"),
    path("choices/", views.choices, name="class_mapping_choices"),
    path("mappings.csv", views.download, name="class_mapping_csv"),
    path("upload/", views.upload, name="class_mapping_upload"),
    path("<int:pk>/", views.record, name="class_mapping_record"),
]
