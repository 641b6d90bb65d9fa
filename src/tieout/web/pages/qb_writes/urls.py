"""Below /c/<company_id>/quickbooks-changes/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.qb_writes import decisions, new_jobs, sales, views

urlpatterns = [
    path("", views.changes, name="qb_writes"),
    path("list/", views.listing, name="qb_writes_list"),
    path("<int:write_id>/", views.change, name="qb_write"),
    path("<int:write_id>/link/", decisions.link, name="qb_write_link"),
    path("<int:write_id>/try-again/", decisions.try_again, name="qb_write_try_again"),
    path("<int:write_id>/set-aside/", decisions.set_aside, name="qb_write_set_aside"),
    path("jobs/<int:job_id>/", new_jobs.create, name="create_job"),
    path("jobs/<int:job_id>/progress/", new_jobs.progress, name="create_job_progress"),
    path("exports/<int:batch_id>/undo/", sales.undo, name="undo_batch"),
    path("exports/<int:batch_id>/undo/progress/", sales.undo_progress, name="undo_progress"),
    path("postings/<int:posting_id>/void/", sales.void, name="posting_void"),
    path("invoices/<int:invoice_id>/update/", sales.update, name="invoice_update"),
    path("stamp/", decisions.stamp, name="qb_write_stamp"),
]
