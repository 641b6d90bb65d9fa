"""Below /c/<company_id>/map-jobs/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.map_jobs import bulk, files, record, views

urlpatterns = [
    path("", views.map_jobs, name="map_jobs"),
    path("refresh/", views.refresh, name="refresh_lists"),
    path("mappings.csv", files.download, name="job_mappings_csv"),
    path("mappings.xlsx", files.download_excel, name="job_mappings_xlsx"),
    path("upload/", files.upload, name="upload_job_mappings"),
    path("keys/", views.single_keys, name="single_keys"),
    path("bulk/", bulk.preview, name="bulk_preview"),
    path("bulk/all/", bulk.everything, name="bulk_everything"),
    path("bulk/accept/", bulk.accept, name="bulk_accept"),
    path("bulk/<id:batch_id>/undo/", bulk.undo, name="bulk_undo"),
    path("next/", record.next_unmapped, name="next_unmapped"),
    path("<id:job_id>/", record.record_mapping, name="record_mapping"),
    path("<id:job_id>/accept/", record.accept, name="accept_suggestion"),
    path("<id:job_id>/undo/", record.undo, name="undo_job_mapping"),
    path("<id:job_id>/keep/", record.keep, name="keep_job_mapping"),
    path("<id:job_id>/choices/", record.choices, name="job_choices"),
    path("<id:job_id>/warnings/", record.warnings, name="job_warnings"),
]
