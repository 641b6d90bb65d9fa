"""A program's call through the WSGI application, as the web server hands it over."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.test import RequestFactory

from tieout.config.wsgi import application


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
    parts = application(given, start_response)
    reply.content = b"".join(parts)
    return reply
