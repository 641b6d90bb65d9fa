"""The page for a mistake of ours. It asks neither the database nor the session for anything."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import loader


def server_error(request: HttpRequest) -> HttpResponse:
    """500 with the request's id, which the log carries too."""
    request_id = request.META.get("TIEOUT_REQUEST_ID", "")
    page = loader.get_template("500.html").render({"request_id": request_id})
    return HttpResponse(page, status=500)
