"""Below /c/<company_id>/invoices/: undo an export, void an invoice, update one in place."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.qb_writes import anew, sales

urlpatterns = [
    path("exports/<id:batch_id>/undo/", sales.undo, name="undo_batch"),
    path("exports/<id:batch_id>/undo/progress/", sales.undo_progress, name="undo_progress"),
    path("postings/<id:posting_id>/void/", sales.void, name="posting_void"),
    path("postings/<id:posting_id>/anew/", anew.anew, name="posting_anew"),
    path("postings/<id:posting_id>/look/", anew.look, name="posting_look"),
    path("postings/<id:posting_id>/right/", anew.right, name="posting_right"),
    path("<id:invoice_id>/update/", sales.update, name="invoice_update"),
]
