"""Per-request edges: a request id in the log, a strict content security policy, no empty bytes."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

log = logging.getLogger("tieout.web")

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)

Next = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """One line per request that failed, with an id that the error page shows too."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:12]
        request.META["TIEOUT_REQUEST_ID"] = request_id
        started = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        if response.status_code >= 500:
            took_ms = (time.monotonic() - started) * 1000
            log.error(
                "%s %s answered %s in %.0f ms (request %s)",
                request.method,
                request.path,
                response.status_code,
                took_ms,
                request_id,
            )
        return response


class ContentSecurity:
    """No inline code, nothing from elsewhere."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class NoEmptyBytes:
    """Nobody types one, and PostgreSQL holds none in a text: what carries one is turned away."""

    SAID = "A field holds an empty byte, which no text has. Go back and type it again."

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: Any, given: dict[str, Any]
    ) -> HttpResponse | None:
        """After the form was proved to be ours: before, nobody's body is read for this."""
        fields = [*request.GET.lists(), *request.POST.lists()]
        texts = [text for name, values in fields for text in (name, *values)]
        texts += [text for text in given.values() if isinstance(text, str)]
        if any("\0" in text for text in texts):
            return HttpResponseBadRequest(self.SAID, content_type="text/plain; charset=utf-8")
        return None
