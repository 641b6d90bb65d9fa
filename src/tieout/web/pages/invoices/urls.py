"""Below /c/<company_id>/: invoices, their postings and batches."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
