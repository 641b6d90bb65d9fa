"""What every template may use: the company at hand, the person's role, the banner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def company(request: HttpRequest) -> dict[str, Any]:
    return {"access": getattr(request, "access", None)}
