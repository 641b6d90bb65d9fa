"""Which requests are a program's call, and go straight to the service that answers it.

Machines call a thousand times as often as people do, and Django's way to a view, with its request,
middleware and response, costs more than a call's own work. What is left of it here is what a call
needs: our own host name, and a database connection that is not stale.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections
from django.http.request import split_domain_port, validate_host

from tieout.web.machine import urls, web_connector

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]  # as the web server calls it
_PATHS: Final = frozenset(
    f"/{each.pattern}" for each in urls.urlpatterns if each.callback is web_connector.about
)


def before(people: Application) -> Application:
    """Serve machines; everything else, and whatever is to be turned away, goes to `people`."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        is_call = environ["REQUEST_METHOD"] == "POST" and environ.get("PATH_INFO") in _PATHS
        if not is_call or not _is_ours(environ):
            return people(environ, start_response)
        close_old_connections()
        try:
            return web_connector.service(environ, start_response)
        finally:
            close_old_connections()

    return application


def _is_ours(environ: dict[str, Any]) -> bool:
    """Whether the call names a host that this Tieout serves, as Django asks it of people."""
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    return _serves(host, tuple(settings.ALLOWED_HOSTS))


@lru_cache(maxsize=100)
def _serves(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)
