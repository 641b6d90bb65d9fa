"""Where a request comes from: the caller, and the page on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict


def address_of(environ: Mapping[str, Any]) -> str:
    """The caller's address; behind our own proxy, what that proxy says."""
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_TLS else ""
    return forwarded.rpartition(",")[2].strip() or str(environ.get("REMOTE_ADDR", ""))


def query_on_screen(request: HttpRequest) -> QueryDict:
    """What the page asks for from which htmx calls (header HX-Current-URL); nothing without one."""
    try:
        query = urlsplit(request.headers.get("HX-Current-URL", "")).query
        return QueryDict(query.replace("%00", ""))  # which no database would look for
    except ValueError:  # no address at all
        return QueryDict()
