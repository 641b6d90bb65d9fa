"""Addresses: every page's under its path of the menu."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
