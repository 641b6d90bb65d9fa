"""Below /c/<company_id>/invoice-mapping/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.item_mapping import views

urlpatterns = [
    path("", views.page, name="item_mapping"),
    path("choices/", views.choices, name="item_mapping_choices"),
    path("mappings.csv", views.download, name="item_mapping_csv"),
    path("upload/", views.upload, name="item_mapping_upload"),
    path("<int:pk>/", views.record, name="item_mapping_record"),
]
