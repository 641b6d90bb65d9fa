"""Below /c/<company_id>/drift/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.drift import answers, bulk, views

urlpatterns = [
    path("", views.inbox, name="drift_inbox"),
    path("drifts.csv", views.download, name="drift_csv"),
    path("bulk/", bulk.bulk, name="drift_bulk"),
    path("batches/<str:batch>/undo/", bulk.undo, name="drift_undo_batch"),
    path("<id:pk>/", answers.answer, name="drift_answer"),
    path("<id:pk>/undo/", answers.undo, name="drift_undo"),
]
