"""Below /c/<company_id>/: invoices, their postings and the batches in which they are exported."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.invoices import batches, changes, postings, views

urlpatterns = [
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/checking/", views.checking, name="invoices_checking"),
    path("invoices/invoices.csv", views.as_csv, name="invoices_csv"),
    path("invoices/confirm/", batches.confirm, name="export_confirm"),
    path("invoices/export/", batches.export, name="export_start"),
    path("invoices/<id:invoice_id>/", views.invoice, name="invoice"),
    path("invoices/<id:invoice_id>/preview/", views.preview, name="invoice_preview"),
    path("invoices/<id:invoice_id>/settled/", changes.settled, name="invoice_settled"),
    path("invoices/exchanges/<id:exchange_id>/", views.exchange, name="exchange"),
    path("invoices/exports/", batches.exports, name="exports"),
    path("invoices/exports/batches.csv", batches.exports_csv, name="exports_csv"),
    path("invoices/exports/<id:batch_id>/", batches.batch, name="batch"),
    path("invoices/exports/<id:batch_id>/batch.csv", batches.as_csv, name="batch_csv"),
    path("invoices/exports/<id:batch_id>/progress/", batches.progress, name="batch_progress"),
    path("invoices/postings/<id:posting_id>/retry/", postings.retry, name="posting_retry"),
    path("invoices/postings/<id:posting_id>/link/", postings.link, name="posting_link"),
    path(
        "invoices/postings/<id:posting_id>/send-again/",
        postings.send_again,
        name="posting_send_again",
    ),
    path(
        "invoices/postings/<id:posting_id>/set-aside/",
        postings.set_aside,
        name="posting_set_aside",
    ),
]
