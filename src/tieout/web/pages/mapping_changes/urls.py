"""Below /c/<company_id>/settings/integrations/mapping-changes/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.mapping_changes import views

urlpatterns = [
    path("", views.saved_before, name="saved_mapping_changes"),
    path("<id:proposal_id>/", views.changes, name="mapping_changes"),
    path("<id:proposal_id>/rows.csv", views.download, name="mapping_changes_csv"),
    path("<id:proposal_id>/save/", views.save, name="save_mapping_changes"),
    path("<id:proposal_id>/undo/", views.undo, name="undo_mapping_changes"),
]
