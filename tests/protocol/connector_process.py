"""A real connector in its own process, with a QuickBooks that does as it is told.

Its `main` serves `ScriptedLink`; a test calls `start_connector`, and a raw client.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import nursery

from tieout.quickbooks import wire

PASSWORD = "a long enough password"
READER_PASSWORD = "another long password"
FILE = "C:\\Books\\Northgate.qbw"

QUERY = '<QBXML><QBXMLMsgsRq onError="stopOnError"><CustomerQueryRq/></QBXMLMsgsRq></QBXML>'


def write(note: str = "") -> str:
    """A message set that writes; `note` tells ScriptedLink what to do with it."""
    return (
        '<QBXML><QBXMLMsgsRq onError="stopOnError" newMessageSetID="ti-1">'
        f"<InvoiceAddRq requestID='1'><InvoiceAdd>{note}</InvoiceAdd></InvoiceAddRq>"
        "</QBXMLMsgsRq></QBXML>"
    )


def call(call_id: str = "c-1", qbxml: str = QUERY, **changes: Any) -> dict[str, Any]:
    """The body of POST /v1/process, as a plain dictionary."""
    body: dict[str, Any] = {
        "call_id": call_id,
        "company_file": FILE,
        "app_name": "Tieout",
        "mode": "either",
        "access": "full",
        "timeout_s": 20,
        "qbxml": qbxml,
        "installation_id": "office",
        "epoch": 1,
        "sha256": wire.digest(qbxml),
        "expected_company": "",
        "expected_session": "",
    }
    body.update(changes)
    return body


@dataclass
class Running:
    """A connector process. `url` and `fingerprint` come from its ready line."""

    process: nursery.Child
    url: str
    fingerprint: str
    data: Path
    status_url: str = ""
    port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port = int(self.url.rpartition(":")[2])

    def client(self, user: str = "ann", password: str = PASSWORD) -> Client:
        return Client(self, user=user, password=password)

    def post(self, body: Any, **more: Any) -> tuple[int, dict[str, Any]]:
        return self.client().request("POST", "/v1/process", body, **more)

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return self.client().request("GET", path)

    def seen(self) -> list[str]:
        """What reached QuickBooks, one line per event."""
        trace = self.data / "trace.txt"
        return trace.read_text().splitlines() if trace.exists() else []

    def wait_for(self, line: str, timeout_s: float = 10.0) -> None:
        until = time.monotonic() + timeout_s
        while line not in self.seen():
            assert time.monotonic() < until, f"{line!r} never came: {self.seen()}"
            time.sleep(0.02)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


class Client:
    """http.client with Basic authentication, one connection per request."""

    def __init__(self, running: Running, *, user: str, password: str) -> None:
        self._running = running
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def connect(self) -> http.client.HTTPConnection:
        if self._running.url.startswith("https"):
            context = ssl.create_default_context(cafile=self._running.data / "certificate.pem")
            return http.client.HTTPSConnection(
                "127.0.0.1", self._running.port, timeout=60, context=context
            )
        return http.client.HTTPConnection("127.0.0.1", self._running.port, timeout=60)

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = self.connect()
        try:
            connection.request(method, path, raw, self.headers | (headers or {}))
            response = connection.getresponse()
            assert response.headers[wire.CONTRACT_HEADER] == "1"
            self.answer_headers = dict(response.headers)
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def start_connector(data: Path, *arguments: str) -> Running:
    """Start `main` below as a process on a free port; the caller stops it."""
    process = nursery.start_connector(
        __name__, [str(data), *arguments], {"FULL": PASSWORD, "READER": READER_PASSWORD}
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline() or '{"url": "dead:0", "fingerprint": ""}')
    return Running(process=process, data=data, **ready)


def raw(running: Running, head: str, body: bytes = b"", *, login: bool = True) -> tuple[int, Any]:
    """Send bytes as they are; the status and body of the first answer, (0, None) for none."""
    token = running.client().headers["Authorization"]
    lines = f"{head}Host: x\r\n" + (f"Authorization: {token}\r\n" if login else "") + "\r\n"
    with socket.create_connection(("127.0.0.1", running.port), 30) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(lines.encode("latin-1") + body)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
                if b"\r\n\r\n" in answer and complete(answer):
                    break
    if not answer:
        return 0, None
    front, _, rest = answer.partition(b"\r\n\r\n")
    body, _ = json.JSONDecoder().raw_decode(rest.decode())
    return int(front.split()[1]), body


def complete(answer: bytes) -> bool:
    front, _, rest = answer.partition(b"\r\n\r\n")
    for line in front.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(rest) >= int(line.split(b":")[1])
    return False


# ---------------------------------------------------------------- the program itself


class ScriptedSession:
    """Obeys the marker in a message set: `die`, `break 0x…`, `sleep N`, `defect`."""

    versions = ("12.0", "13.0")

    def __init__(self, link: ScriptedLink, company_file: str) -> None:
        link.sessions += 1
        self.session_id = f"{os.getpid()}-{link.sessions}"
        self.company_file = company_file or FILE
        self._link = link

    def process(self, qbxml: str, *, limit_s: float) -> str:
        from tieout.connector.link import LinkError

        marker = qbxml.partition("<!--")[2].partition("-->")[0]
        self._link.note("query" if not marker and "QueryRq" in qbxml else f"write {marker}")
        word, _, value = marker.partition(" ")
        if word == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        elif word == "sleep":
            time.sleep(float(value))
        elif word == "break":
            raise LinkError("process", int(value, 16), "QuickBooks went away")
        elif word == "defect":
            raise ZeroDivisionError
        self._link.note(f"done {marker}")
        if "HostQueryRq" in qbxml:
            code = 1 if (self._link.data / "host-is-silent").exists() else 0
            return f'<QBXML><QBXMLMsgsRs><HostQueryRs statusCode="{code}"/></QBXMLMsgsRs></QBXML>'
        size = int(value) if word == "large" else 0
        return f"<QBXML><QBXMLMsgsRs>{'é' * size}</QBXMLMsgsRs></QBXML>"

    def close(self) -> None:
        self._link.note("closed")


class ScriptedLink:
    """Opens sessions unless a file in the data folder forbids it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.sessions = 0

    def note(self, line: str) -> None:
        with (self.data / "trace.txt").open("a") as trace:
            trace.write(line + "\n")

    def open_session(self, app_name: str, company_file: str, mode: str) -> ScriptedSession:
        from tieout.connector.link import LinkError

        self.note("opened")
        if company_file.startswith("die-"):
            os.kill(os.getpid(), signal.SIGKILL)
        if (self.data / "no-quickbooks").exists():
            raise LinkError("begin", 0x80040408, "Could not start QuickBooks.")
        return ScriptedSession(self, company_file)


def main(arguments: list[str]) -> int:
    import argparse

    from tieout.cli import connector as command
    from tieout.cli import connector_link

    data = Path(arguments[0])
    data.mkdir(parents=True, exist_ok=True)
    connector_link._sandbox_link = lambda _path: ScriptedLink(data)  # type: ignore[assignment]
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    options = parser.parse_args(
        ["--sandbox", "x", "--data", str(data), "--port", "0", "--json"]
        + ["--user", "ann", "--password-env", "FULL"]
        + ["--read-only-user", "rob", "--read-only-password-env", "READER"]
        + ([] if "--tls" in arguments else ["--tls", "off"])
        + arguments[1:]
    )
    return command.run(options)
