"""Per-request edges: a request id in the log, a strict content security policy, and machines."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from tieout.web.machine import urls as machine

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


class MachineEdge:
    """Machines go straight to their view: no person, session, form or message is behind a call.

    They call a thousand times as often as people do, and what serves people costs a call more
    than its view. The host is checked here as it is for people.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self._views: dict[str, Next] = {
            f"/{each.pattern}": each.callback for each in machine.urlpatterns
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = self._views.get(request.path_info)
        if view is None:
            return self.get_response(request)
        request.get_host()  # raises for a name that is not ours
        response = view(request)
        response["Content-Length"] = str(len(response.content))
        return response
