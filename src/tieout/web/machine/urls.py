"""Stable addresses: they stand in files on other computers. What is posted to them, `edge` takes."""

from __future__ import annotations

from django.urls import path

from tieout.web.machine import health, web_connector

urlpatterns = [
    path("health/", health.health, name="health"),
    path("qbwc/", web_connector.about, name="web_connector_service"),
    path("qbwc", web_connector.about),
]
