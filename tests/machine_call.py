"""A program's call through the WSGI application, as the web server hands it over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from unittest.mock import patch

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from tieout.config.wsgi import application
from tieout.web.machine import edge


@dataclass
class Reply:
    """What came back."""

    status: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


def post(
    path: str, body: bytes, *, headers: dict[str, str] | None = None, **environ: Any
) -> Reply:
    """POST a body; `environ` replaces what the server says of the call."""
    request = RequestFactory().generic(
        "POST", path, body, content_type="text/xml; charset=utf-8", headers=headers
    )
    reply = Reply()

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
        reply.status = status
        reply.headers = dict(headers)

    given = request.environ | {"wsgi.input": BytesIO(body)} | environ
    with _connection_kept():
        parts = application(given, start_response)
        reply.content = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
    return reply


@contextmanager
def _connection_kept() -> Iterator[None]:
    """The test's own transaction may be open on it: Django's test client spares it as well."""
    signals = (request_started, request_finished)
    for each in signals:
        each.disconnect(close_old_connections)
    try:
        with patch.object(edge, "close_old_connections"):
            yield
    finally:
        for each in signals:
            each.connect(close_old_connections)
