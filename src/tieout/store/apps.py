"""Registers the tables under the label `store`."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "tieout.store"
    label = "store"
    verbose_name = "Tieout's records"
    default_auto_field = "django.db.models.BigAutoField"
