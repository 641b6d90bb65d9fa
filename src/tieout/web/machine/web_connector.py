"""The SOAP service that Intuit's QuickBooks Web Connector calls, and its WSDL.

A body is parsed while it arrives, the answer inside goes to a temporary file, and no transaction
is open meanwhile. Every body gets a defined reply with status 200, never a SOAP fault.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from tieout.quickbooks import qbwc
from tieout.quickbooks.qbwc import ReceiveResponseXML, Unreadable
from tieout.service import qbwc_account, web_connector
from tieout.service.qbwc_visit import Body
from tieout.store.queries import web_connector as queries
from tieout.web.addresses import address_of

log = logging.getLogger("tieout.webconnector")

CHUNK_BYTES: Final = 64 * 1024
IN_MEMORY_BYTES: Final = 1024 * 1024
BODY_S_MAX: Final = 600.0  # a body that does not end is not waited for any longer
ABOUT: Final = (
    "Tieout. The QuickBooks Web Connector on the QuickBooks computer calls this address; add it "
    "there with the .qwc file from Tieout: Settings, Integrations, QuickBooks Web Connector.\n"
)


@csrf_exempt
def service(request: HttpRequest) -> HttpResponse:
    """POST: one SOAP call. GET: a line for people, or with ?wsdl the description."""
    if request.method == "POST":
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=str(settings.HOME)) as file:
            reply = _answer(request, file)
        return HttpResponse(reply, content_type=qbwc.CONTENT_TYPE)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if "wsdl" in {name.lower() for name in request.GET}:
        url = qbwc_account.service_url(request.build_absolute_uri("/"))
        return HttpResponse(
            qbwc.render_wsdl(service_url=url), content_type="text/xml; charset=utf-8"
        )
    return HttpResponse(ABOUT, content_type="text/plain; charset=utf-8")


def _answer(request: HttpRequest, file: IO[bytes]) -> bytes:
    address = address_of(request)
    claimed = qbwc.check_claim(str(request.META.get("CONTENT_LENGTH") or ""))
    if claimed is not None:
        return web_connector.answer(claimed, address=address)

    call = qbwc.parse_request(_chunks(request), open_sink=lambda ticket: _Sink(file, ticket).write)
    _compare_action(request, call, address)
    body = None
    if isinstance(call, ReceiveResponseXML) and call.response.kept:
        body = Body(file)
    return web_connector.answer(call, body=body, address=address)


class _Sink:
    """Where the answer inside a body goes. A forged ticket fills no disk: what is larger than
    fits in memory is kept only when the ticket is ours, or comes later than the answer."""

    def __init__(self, file: IO[bytes], ticket: str) -> None:
        self._file, self._ticket = file, ticket
        self._size = 0
        self._drops: bool | None = None

    def write(self, piece: bytes) -> None:
        """Take the next piece, or drop it."""
        self._size += len(piece)
        if self._size > IN_MEMORY_BYTES and self._drops is None:
            self._drops = bool(self._ticket) and not queries.knows(ticket=self._ticket)
        if not self._drops:
            self._file.write(piece)


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body as it arrives; one that breaks off or does not end in time just ends here."""
    until = time.monotonic() + BODY_S_MAX
    chunked = not request.META.get("CONTENT_LENGTH")
    terminated = request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked and terminated else request
    try:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
            if time.monotonic() > until:
                log.warning("Web Connector: a body did not end within %.0f s", BODY_S_MAX)
                return
    except (UnreadablePostError, OSError) as error:
        log.warning("Web Connector: a body broke off (%s)", error)


def _compare_action(request: HttpRequest, call: qbwc.Call | Unreadable, address: str) -> None:
    """The body decides what is called; a header that disagrees is worth a line."""
    header = request.headers.get("SOAPAction", "")
    named = qbwc.method_of_action(header)
    called = web_connector.name_of(call)
    if called and named != called:
        log.info(
            "Web Connector at %s: SOAPAction %.80r, but the body calls %s", address, header, called
        )
