"""What every template may use: the company at hand, the person's role, the version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

import tieout


def company(request: HttpRequest) -> dict[str, Any]:
    return {
        "access": getattr(request, "access", None),
        "tieout_version": tieout.__version__,
        "request_id": request.META.get("TIEOUT_REQUEST_ID", ""),
    }
