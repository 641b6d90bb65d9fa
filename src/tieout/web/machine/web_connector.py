"""The SOAP service that Intuit's QuickBooks Web Connector calls, and its WSDL.

A call is plain WSGI: it passes nothing that serves people, which would cost it more than its own
work. A body is parsed while it arrives, the answer inside goes to a temporary file, and no
transaction is open meanwhile. Every body gets a defined reply with status 200, never a SOAP fault.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tieout.quickbooks import qbwc
from tieout.quickbooks.qbwc import Call, Reason, ReceiveResponseXML, Unreadable
from tieout.service import qbwc_account, web_connector
from tieout.service.qbwc_body import Body
from tieout.service.qbwc_visit import tell
from tieout.store.queries import web_connector as queries
from tieout.web.addresses import address_of

log = logging.getLogger("tieout.webconnector")

Environ = dict[str, Any]
CHUNK_BYTES: Final = 64 * 1024
IN_MEMORY_BYTES: Final = 1024 * 1024
BODY_S_MAX: Final = 600.0  # a body that does not end is not waited for any longer
ABOUT: Final = (
    "Tieout. The QuickBooks Web Connector on the QuickBooks computer calls this address; add it "
    "there with the .qwc file from Tieout: Settings, Integrations, QuickBooks Web Connector.\n"
)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """A line for people, or with ?wsdl the description."""
    if "wsdl" in {name.lower() for name in request.GET}:
        url = qbwc_account.service_url(request.build_absolute_uri("/"))
        return HttpResponse(
            qbwc.render_wsdl(service_url=url), content_type="text/xml; charset=utf-8"
        )
    return HttpResponse(ABOUT, content_type="text/plain; charset=utf-8")


def service(environ: Environ, start_response: Callable[..., object]) -> Iterable[bytes]:
    """One SOAP call that was posted to this address."""
    address = address_of(environ)
    try:
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=str(settings.HOME)) as file:
            reply = _answer(environ, file, address)
    except Exception:
        # nobody knows what was called: the Web Connector must not see a fault for it
        log.exception("Web Connector at %s: a call broke off before it was read", address)
        reply = qbwc.render_refusal("")
    headers = [
        ("Content-Type", qbwc.CONTENT_TYPE),
        ("Content-Length", str(len(reply))),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response("200 OK", headers)
    return [reply]


def _answer(environ: Environ, file: IO[bytes], address: str) -> bytes:
    claimed = qbwc.check_claim(environ.get("CONTENT_LENGTH") or "")
    if claimed is not None:
        return web_connector.answer(claimed, address=address)

    sink = _Sink(file)
    call: Call | Unreadable = qbwc.parse_request(_chunks(environ, address), open_sink=sink.begin)
    _compare_action(environ.get("HTTP_SOAPACTION", ""), call, address)
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


def _chunks(environ: Environ, address: str) -> Iterator[bytes]:
    """The body as it arrives; one that breaks off or does not end in time just ends here."""
    until = time.monotonic() + BODY_S_MAX
    try:
        for chunk in _pieces(environ):
            yield chunk
            if time.monotonic() > until:
                log.warning(
                    "Web Connector at %s: a body did not end within %.0f s and is taken for cut "
                    "off; look at the network, or at a proxy between.", address, BODY_S_MAX,
                )  # fmt: skip
                return
    except OSError as error:
        log.warning(
            "Web Connector at %s: a body broke off (%s) and is taken for cut off; look at the "
            "network, or at a proxy between.", address, error,
        )  # fmt: skip


def _pieces(environ: Environ) -> Iterator[bytes]:
    """The body up to its announced length, or to its own end where the server knows that."""
    read = environ["wsgi.input"].read
    announced = environ.get("CONTENT_LENGTH")
    if not announced and environ.get("wsgi.input_terminated"):
        while chunk := read(CHUNK_BYTES):
            yield chunk
    left = int(announced or 0)
    while left and (chunk := read(min(left, CHUNK_BYTES))):
        left -= len(chunk)
        yield chunk


def _compare_action(header: str, call: Call | Unreadable, address: str) -> None:
    """The body decides what is called; a header that disagrees is worth a line."""
    named = qbwc.method_of_action(header)
    called = web_connector.name_of(call)
    if called and named != called:
        text = (
            f"SOAPAction {header!r:.80}, but the body calls {called}; the body counts. If it comes "
            "again, look for a proxy that changes headers."
        )
        company_id = queries.company_of(ticket=getattr(call, "ticket", ""))
        tell(qbwc.Log(level="info", text=text), company_id=company_id, address=address)
