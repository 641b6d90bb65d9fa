"""The connector's HTTP door: routes, bounds and codes. What a call means is decided in `calls`."""

from __future__ import annotations

import hmac
import logging
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import TypeVar

from tieout.connector.calls import Calls
from tieout.connector.gate import Blocked, Gate
from tieout.connector.problems import Problem, problem
from tieout.connector.sockets import ClockedReader, HeadReader, Server, TooSlow
from tieout.connector.users import User
from tieout.quickbooks import wire

log = logging.getLogger("tieout.connector")

HEAD_S = 15.0  # from the first byte of a request to the end of its head
IDLE_S = 75.0  # between two requests on one connection
BODY_S = 10.0  # every body may take this long, and longer only at this pace:
BODY_BYTES_PER_S = 256 * 1024
SEND_S = 120.0
LINGER_S = 2.0
LINGER_BYTES_MAX = 8 * 1024 * 1024
_PIECE = 1024 * 1024

_CALL_PATH = re.compile(r"/v1/calls/([A-Za-z0-9._-]{1,64})")
_WITHDRAW_PATH = re.compile(r"/v1/calls/([A-Za-z0-9._-]{1,64})/withdraw")
T = TypeVar("T")


class Listener(Server):
    """The server with what its routes need."""

    def __init__(
        self,
        address: tuple[str, int],
        *,
        calls: Calls,
        gate: Gate,
        status: Callable[[User], wire.StatusReply],
        tls: ssl.SSLContext | None,
    ) -> None:
        self.calls = calls
        self.gate = gate
        self.status = status
        super().__init__(address, Handler, tls=tls)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Listener
    protocol_version = "HTTP/1.1"
    server_version = "TieoutConnector"
    sys_version = ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self._user: User | None = None
        self._header_let_in = ""
        self._wants_continue = False
        self._body_is_waiting = False
        if self.server.tls is not None:
            self.request.settimeout(HEAD_S)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()
        self._clocked = ClockedReader(self.connection)
        self._reader = HeadReader(self._clocked, 64 * 1024)
        self.rfile = self._reader

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # under TLS the server holds the bare socket only

    def handle_one_request(self) -> None:
        self._clocked.allow(IDLE_S)
        self._body_is_waiting = self._wants_continue = False
        try:
            if not self._reader.peek(1):
                self.close_connection = True
                return
            self._clocked.allow(HEAD_S)
            super().handle_one_request()
            if self._body_is_waiting:
                self.close_connection = True
                self._linger()
        except (TooSlow, ConnectionError, ssl.SSLError):
            self.close_connection = True

    def parse_request(self) -> bool:
        """A head that the cut of a wire ended is none: half a password is no wrong password."""
        readable = super().parse_request()
        if readable and self._reader.last_line not in {b"\r\n", b"\n"}:
            message = "the head of a request ended in the middle"
            raise ConnectionAbortedError(message)
        return readable

    def handle_expect_100(self) -> bool:
        self._wants_continue = True  # it is sent once the body is really wanted
        return True

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        self._body_is_waiting = self._announces_body()
        with self.server.busy():
            try:
                reply = self._routed(method)
                if isinstance(reply, wire.ProcessReply):
                    reply = replace(reply, journal_id=self.server.calls.journal_id)
                self._send(200, reply)
            except Problem as found:
                self._send(found.status, found.reply, retry_after_s=found.retry_after_s)
            except (TooSlow, ConnectionError, ssl.SSLError):
                raise
            except Exception:  # a defect is answered and written down, never swallowed
                log.exception("a request was not answered because of a defect")
                self.close_connection = True
                self._send(500, _defect())

    # ------------------------------------------------------------------ routes

    def _routed(self, method: str) -> object:
        user = self._let_in()
        path = self.path.partition("?")[0]
        calls = self.server.calls
        if (method, path) == ("GET", "/v1/status"):
            return self.server.status(user)
        if method == "GET" and (match := _CALL_PATH.fullmatch(path)):
            return calls.recall(match[1])
        if (method, path) == ("POST", "/v1/process"):
            call = self._decoded(wire.decode_call)
            return calls.process(call, user=user.name, access=user.access)
        if method == "POST" and (match := _WITHDRAW_PATH.fullmatch(path)):
            _need_full(user)
            withdrawal = self._decoded(lambda raw: wire.decode(wire.WithdrawCall, raw))
            return calls.withdraw(match[1], withdrawal, user=user.name)
        if (method, path) == ("POST", "/v1/takeover"):
            _need_full(user)
            calls.take_over(self._decoded(lambda raw: wire.decode(wire.TakeoverCall, raw)))
            return self.server.status(user)
        raise problem(404, "no-such-address", "There is nothing here.", "Look at the address.")

    def _let_in(self) -> User:
        address = str(self.client_address[0])
        if not self.server.gate.lets_in(address):
            raise problem(
                403,
                "client-not-allowed",
                f"The address {address} is not among the allowed clients.",
                "Add the address to the connector's allowed clients.",
            )
        header = self.headers.get("Authorization", "")
        if self._user is not None and _same(header, self._header_let_in):
            return self._user
        found = self.server.gate.check(header, address=address)
        if isinstance(found, User):
            self._user, self._header_let_in = found, header
            return found
        if isinstance(found, Blocked):
            raise problem(
                429,
                "too-many-failures",
                "Too many wrong passwords came from this address for this user.",
                "Correct the password, wait, then try again.",
                retry_after_s=found.retry_after_s,
            )
        raise problem(
            401,
            "login",
            "The username or the password is wrong.",
            "Use the name and password that were set up in the connector.",
        )

    # ------------------------------------------------------------------ bodies

    def _announces_body(self) -> bool:
        length = self.headers.get("Content-Length", "0")
        return length != "0" or "Transfer-Encoding" in self.headers

    def _decoded(self, decode: Callable[[bytes], T]) -> T:
        size = self._body_size()
        with self.server.body_room(size) as granted:
            if not granted:
                raise problem(
                    429, "busy", "Other large calls are under way.", "Wait, then send again.",
                    retry_after_s=10,
                )  # fmt: skip
            try:
                return decode(self._read(size))
            except wire.WireError as error:
                remedy = "Update Tieout and the connector to the same version."
                raise problem(400, "malformed", f"{error}.", remedy) from error

    def _body_size(self) -> int:
        kind = self.headers.get_content_type()
        if kind != "application/json":
            # Also keeps a web page from posting with the credentials that a browser remembers.
            raise problem(415, "not-json", "The body must be application/json.", "Send JSON.")
        sizes: Sequence[str] = self.headers.get_all("Content-Length") or []
        if "Transfer-Encoding" in self.headers or not sizes:
            raise problem(411, "no-length", "Content-Length is required.", "Send it.")
        if len(sizes) != 1 or not sizes[0].isascii() or not sizes[0].isdigit():
            self.close_connection = True
            raise problem(400, "malformed", "Content-Length is not one number.", "Send one.")
        size = int(sizes[0][:20])
        if size > wire.BODY_BYTES_MAX:
            raise problem(
                413,
                "too-large",
                f"A body may have {wire.BODY_BYTES_MAX} bytes.",
                "Send smaller message sets.",
            )
        return size

    def _read(self, size: int) -> bytes:
        if self._wants_continue:
            self.send_response_only(100)
            self.end_headers()
        self._clocked.allow(BODY_S + size / BODY_BYTES_PER_S)
        pieces = bytearray()
        try:
            while len(pieces) < size:
                piece = self._reader.read1(min(_PIECE, size - len(pieces)))
                if not piece:  # half closed, or the client is gone and hears nothing
                    self.close_connection = True
                    text = f"The body ended after {len(pieces)} of {size} announced bytes."
                    remedy = "Send the call again, whole."
                    raise problem(400, "malformed", text, remedy)
                pieces += piece
        except TooSlow as error:
            self.close_connection = True
            text = "The body did not arrive in time."
            raise problem(408, "too-slow", text, "Look at the network between them.") from error
        self._body_is_waiting = False
        return bytes(pieces)

    # ------------------------------------------------------------------ answers

    def _send(self, status: int, reply: object, *, retry_after_s: int = 0) -> None:
        try:
            raw = wire.encode(reply)
        except wire.WireError:
            status, raw = 500, wire.encode(_too_large())
        if self._body_is_waiting:
            self.close_connection = True
        self.connection.settimeout(SEND_S)
        self.send_response(status)
        self.send_header(wire.CONTRACT_HEADER, wire.CONTRACT_VERSION)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Cache-Control", "no-store")
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Tieout Connector", charset="UTF-8"')
        if retry_after_s:
            self.send_header("Retry-After", str(retry_after_s))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """What http.server itself refuses (a broken request line, too many headers …)."""
        self.close_connection = True
        self.request_version = self.protocol_version  # else a broken line gets no head at all
        text = message or "This is not a request that the connector understands."
        self._send(int(code), problem(int(code), "http", text, "Use the documented calls.").reply)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        path = getattr(self, "path", "").partition("?")[0]
        name = self._user.name if self._user else "-"
        log.info(
            "%s %s %.10s %.120r %s", self.client_address[0], name, self.command, path, int(code)
        )

    def log_message(self, format: str, *args: object) -> None:
        log.info("%s %.200r", self.client_address[0], format % args)

    def _linger(self) -> None:
        """Let an unread body drain for a moment, so that the answer arrives before the cut."""
        self._clocked.allow(LINGER_S)
        self.connection.shutdown(socket.SHUT_WR)
        drained = 0
        while drained < LINGER_BYTES_MAX and (piece := self._reader.read1(_PIECE)):
            drained += len(piece)


def _same(header: str, let_in: str) -> bool:
    """Whether two headers are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(header.encode("latin-1"), let_in.encode("latin-1"))


def _need_full(user: User) -> None:
    if user.access != "full":
        text = "This user may only read."
        raise problem(403, "read-only", text, "Use a user with full access.")


def _defect() -> wire.ProblemReply:
    return wire.ProblemReply(
        code="internal",
        message="The connector failed inside; its log says where.",
        remedy="Send the connector's log file to support.",
    )


def _too_large() -> wire.ProblemReply:
    return wire.ProblemReply(
        code="answer-too-large",
        message="QuickBooks answered with more than a reply can carry.",
        remedy="Ask for smaller pages.",
    )
