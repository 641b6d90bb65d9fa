"""Filters and tags of the screens."""

from __future__ import annotations

from django import template

register = template.Library()
