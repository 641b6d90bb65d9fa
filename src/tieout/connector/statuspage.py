"""The status page's own small door: this machine only, reading only, no script, no log-in.

A page of a stranger could make a browser here ask for it under a name of its own (DNS rebinding),
so the Host header must name this machine; frames, scripts and other origins are refused.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

from tieout.connector import shown as showing
from tieout.connector.shown import Shown
from tieout.connector.sockets import ClockedReader, Server, TooSlow

log = logging.getLogger("tieout.connector")

HOST = "127.0.0.1"
REQUEST_S = 10.0
SEND_S = 10.0
SAFE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class StatusDoor(Server):
    """Listens on loopback alone."""

    def __init__(self, port: int, *, shown: Callable[[], Shown]) -> None:
        self.shown = shown
        super().__init__((HOST, port), StatusHandler, tls=None)


class StatusHandler(BaseHTTPRequestHandler):
    """One request per connection."""

    server: StatusDoor
    protocol_version = "HTTP/1.0"
    server_version = "TieoutConnector"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        clocked = ClockedReader(self.connection)
        clocked.allow(REQUEST_S)
        self.rfile = io.BufferedReader(clocked, 64 * 1024)

    def handle(self) -> None:
        try:
            super().handle()
        except (TooSlow, ConnectionError):
            self.close_connection = True

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        try:
            status, kind, text = self._routed()
        except Exception:  # a defect is answered and written down, never swallowed
            log.exception("the status page was not made because of a defect")
            status, kind, text = 500, "text/plain", "The connector's log says what failed.\n"
        self._send(status, kind, text)

    def _routed(self) -> tuple[int, str, str]:
        if self.headers.get("Host", "") not in self._own_names():
            return 421, "text/plain", f"Open http://{HOST}:{self.server.server_port}/ here.\n"
        path = self.path.partition("?")[0]
        if path == "/":
            return 200, "text/html", showing.page(self.server.shown())
        if path == "/status.json":
            return 200, "application/json", json.dumps(showing.plain(self.server.shown()))
        if path == "/style.css":
            return 200, "text/css", showing.STYLE
        return 404, "text/plain", "There is nothing here but /.\n"

    def _own_names(self) -> set[str]:
        port = self.server.server_port
        return {f"{name}:{port}" for name in (HOST, "localhost")}

    def _send(self, status: int, kind: str, text: str) -> None:
        raw = text.encode("utf-8", "replace")
        self.connection.settimeout(SEND_S)
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        for name, value in SAFE_HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """What http.server itself refuses: another method, a broken request line."""
        self.request_version = self.protocol_version  # else a broken line gets no head at all
        self._send(int(code), "text/plain", "This page can only be read.\n")

    def log_message(self, format: str, *args: object) -> None:
        """Looking at the page is nothing to write down."""
