"""Where a request comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings


def address_of(environ: Mapping[str, Any]) -> str:
    """The caller's address; behind our own proxy, what that proxy says."""
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_TLS else ""
    return forwarded.rpartition(",")[2].strip() or str(environ.get("REMOTE_ADDR", ""))
