"""The SOAP service that Intuit's QuickBooks Web Connector calls, and its WSDL.

A body is parsed while it arrives, the answer inside goes to a temporary file, and no transaction
is open meanwhile. Every body gets a defined reply with status 200, never a SOAP fault.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from tieout.quickbooks import qbwc
from tieout.quickbooks.qbwc import Call, Reason, ReceiveResponseXML, Unreadable
from tieout.service import qbwc_account, web_connector
from tieout.service.qbwc_body import Body
from tieout.service.qbwc_visit import tell
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

    sink = _Sink(file)
    call: Call | Unreadable = qbwc.parse_request(_chunks(request, address), open_sink=sink.begin)
    _compare_action(request, call, address)
    body = None
    if sink.failed and isinstance(call, ReceiveResponseXML):
        # QuickBooks has done what it was asked, we cannot keep what it said: a lost answer
        call = Unreadable(
            reason=Reason.NOT_STORED,
            detail=sink.failed,
            method=web_connector.name_of(call),
            ticket=call.ticket,
        )
    elif isinstance(call, ReceiveResponseXML) and call.response.kept:
        body = Body(file)
    return web_connector.answer(call, body=body, address=address)


class _Sink:
    """Where the answer inside a body goes. A forged ticket fills no disk: what is larger than
    fits in memory is kept only when the ticket is ours, or comes later than the answer."""

    def __init__(self, file: IO[bytes]) -> None:
        self.failed = ""  # why it is not stored
        self._file, self._ticket = file, ""
        self._size = 0
        self._drops: bool | None = None

    def begin(self, ticket: str) -> Callable[[bytes], None]:
        """Take what comes under this ticket ("" when it has not come yet)."""
        self._ticket = ticket
        return self._write

    def _write(self, piece: bytes) -> None:
        """Take the next piece, or drop it. A full disk ends no conversation: see `failed`."""
        if self.failed:
            return
        self._size += len(piece)
        try:
            if self._size > IN_MEMORY_BYTES and self._drops is None:
                self._drops = bool(self._ticket) and not queries.company_of(ticket=self._ticket)
            if not self._drops:
                self._file.write(piece)
        except (OSError, DatabaseError) as error:
            self.failed = f"{type(error).__name__}: {error}"


def _chunks(request: HttpRequest, address: str) -> Iterator[bytes]:
    """The body as it arrives; one that breaks off or does not end in time just ends here."""
    until = time.monotonic() + BODY_S_MAX
    chunked = not request.META.get("CONTENT_LENGTH")
    terminated = request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if chunked and terminated else request
    try:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
            if time.monotonic() > until:
                log.warning(
                    "Web Connector at %s: a body did not end within %.0f s and is taken for cut "
                    "off; look at the network, or at a proxy between.", address, BODY_S_MAX,
                )  # fmt: skip
                return
    except (UnreadablePostError, OSError) as error:
        log.warning(
            "Web Connector at %s: a body broke off (%s) and is taken for cut off; look at the "
            "network, or at a proxy between.", address, error,
        )  # fmt: skip


def _compare_action(request: HttpRequest, call: qbwc.Call | Unreadable, address: str) -> None:
    """The body decides what is called; a header that disagrees is worth a line."""
    header = request.headers.get("SOAPAction", "")
    named = qbwc.method_of_action(header)
    called = web_connector.name_of(call)
    if called and named != called:
        text = (
            f"SOAPAction {header!r:.80}, but the body calls {called}; the body counts. If it comes "
            "again, look for a proxy that changes headers."
        )
        company_id = queries.company_of(ticket=getattr(call, "ticket", ""))
        tell(qbwc.Log(level="info", text=text), company_id=company_id, address=address)
