"""Addresses: every page of a company lives below `/c/<company_id>/`, each page with its own urls."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

# one line a page, in the order of the menu: path("c/<int:company_id>/…", include("tieout.web.pages.….urls"))
urlpatterns: list[URLPattern | URLResolver] = []
