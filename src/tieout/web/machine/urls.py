"""Stable addresses: they stand in files on other computers."""

from __future__ import annotations

from django.urls import path

from tieout.web.machine import web_connector

urlpatterns = [
    path("qbwc/", web_connector.service, name="web_connector_service"),
    path("qbwc", web_connector.service),
]
