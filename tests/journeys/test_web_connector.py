"""The Web Connector's road with real processes: whole updates over a socket, and killed servers."""

from __future__ import annotations

import http.client
import os
import select
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.journeys import agency
from tests.journeys.installation import READY_S, Installation, free_port
from tests.web_connector_double import HttpPost, WebConnector, envelope, result

from tieout.sandbox import CompanyFile

pytestmark = pytest.mark.journey
TICKET_S, FENCE_S = 3, 5  # minutes in real life
IDLE_S = 12  # longer than a page takes on a busy machine


def test_the_command_line_sets_it_up(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "tieout.qwc"
    assert shop.run("web-connector", "set", "--every", "10", "--read-only", "yes")["changed"] == [
        "every_minutes",
        "read_only",
    ]
    shop.run("web-connector", "qwc", "--url", "https://tieout.example.com", "--out", str(file))
    written = file.read_text("utf-8")
    assert "<AppURL>https://tieout.example.com/qbwc/</AppURL>" in written
    assert "<RunEveryNMinutes>10</RunEveryNMinutes>" in written
    assert "<IsReadOnly>true</IsReadOnly>" in written
    shop.run("web-connector", "new-ids")
    shop.run("web-connector", "qwc", "--url", "https://tieout.example.com", "--out", str(file))
    assert file.read_text("utf-8") != written
    shop.run("web-connector", "qwc", "--url", "http://192.0.2.1", status=1)
    shop.run("web-connector", "set", "--user-name", "a b", status=1)
    shop.run("web-connector", "accept-file", status=1)
    shop.run("web-connector", "verify")
    assert shop.run("web-connector", "show")["verify_wanted"] is True
    shop.connector.update()
    assert shop.run("web-connector", "show")["verify_wanted"] is False
    shop.queue()
    shop.connector.update()
    assert shop.books.list_invoices() == []  # read-only: nothing was written
    assert shop.run("web-connector", "leave")["changed"] is True
    assert shop.connector.update() == "none"


# where the server dies -> what is on disk then: (the answer's outcome, it was acted on)
KEPT = {
    "before keep": ("", False),
    "before apply": ("response", False),
    "after apply": ("response", True),
    "before handing out": ("", False),
}


class Site:
    """An installation with short waits, and one company on the Web Connector's road."""

    def __init__(self, home: Path) -> None:
        os.environ["TIEOUT_WEB_CONNECTOR_TICKET_S"] = str(TICKET_S)
        os.environ["TIEOUT_WEB_CONNECTOR_FENCE_S"] = str(FENCE_S)
        try:
            self.installation = Installation(home, web=["--idle-s", str(IDLE_S)])
        finally:
            del os.environ["TIEOUT_WEB_CONNECTOR_TICKET_S"]
            del os.environ["TIEOUT_WEB_CONNECTOR_FENCE_S"]
        self.companies = 0

    def company(self, folder: Path) -> Shop:
        self.companies += 1
        return Shop(self, folder, f"Corner {self.companies}")


class Shop:
    """One company: its books, its Web Connector, and its `tieout` commands."""

    def __init__(self, site: Site, folder: Path, name: str) -> None:
        self.site, self.folder, self.name = site, folder, name
        self.books = CompanyFile.create(folder / "company.sqlite3", name=name)
        self.books.load(agency.QUICKBOOKS)
        site.installation.run("company", "create", name, "--rehearsal")
        person = name.lower().replace(" ", "-")
        self.run(
            "person", "create", person, "--name", "Sam", "--role", "super_user",
            "--password-env", "JOURNEY_PASSWORD",
        )  # fmt: skip
        self.run("web-connector", "use")
        made = self.run("web-connector", "password")
        self.connector = WebConnector(
            post=HttpPost(f"{site.installation.url}/qbwc/"),
            user_name=made["user_name"],
            password=made["password"],
            books=self.books,
            sleep=lambda: time.sleep(0.3),
        )

    def run(self, *argv: str, status: int = 0) -> Any:
        return self.site.installation.run(*argv, "--company", self.name, status=status)

    def made_ready(self) -> None:
        """Imported, verified and refreshed by the Web Connector, mapped, planned."""
        self.run("import", *map(str, agency.write_files(self.folder)))
        stop = threading.Event()
        calling = threading.Thread(target=self._call_until, args=(stop,))
        calling.start()
        try:
            self.run("refresh")
        finally:
            stop.set()
            calling.join()
        for kind in ("clients", "items", "jobs"):
            path = self.folder / f"{kind}.csv"
            path.write_text(agency.MAPPINGS[kind], encoding="utf-8")
            self.run("mappings", kind, "import", str(path))
        self.run("plan")

    def _call_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.connector.update()
            time.sleep(0.2)

    def queue(self) -> int:
        self.run("export", "--all-ready", "--queue-only", status=0)
        return len([row for row in self.postings() if row["state"] == "ready"])

    def postings(self) -> list[dict[str, Any]]:
        return list(self.run("postings"))

    def last_write(self) -> tuple[str, bool]:
        """What the database's file itself holds of the latest write."""
        with closing(sqlite3.connect(self.site.installation.home / "tieout.sqlite3")) as disk:
            rows = disk.execute(
                "SELECT outcome, applied_at IS NOT NULL FROM store_exchange"
                " WHERE purpose = 'write' ORDER BY id DESC LIMIT 1"
            ).fetchall()
        return str(rows[0][0]), bool(rows[0][1])

    def update_until_settled(self, *, tries: int = 30) -> None:
        """As Auto-Run does: again and again, until nothing waits."""
        for _ in range(tries):
            verdict = self.connector.update()
            if verdict == "none":
                return
            if verdict == "busy":
                time.sleep(0.5)
        raise AssertionError("\n".join(self.connector.diary[-60:]))

    def audit(self, *, expected: int) -> None:
        """Each posting is in QuickBooks once, and Tieout knows it; nothing else is there."""
        there = sorted(row.number for row in self.books.list_invoices())
        states = {row["number"]: row["state"] for row in self.postings()}
        assert len(there) == len(set(there)) == expected, there
        assert sorted(n for n, state in states.items() if state == "exported") == there, states


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("web-connector"))
    yield made
    made.installation.close()


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Shop:
    made = site.company(tmp_path)
    made.made_ready()
    return made


def test_a_whole_day(shop: Shop) -> None:
    """Verify, lists and an export, all carried by the Web Connector over a real socket."""
    count = shop.queue()
    assert count > 0
    said = shop.connector.update()
    assert said.startswith("Done:"), "\n".join(shop.connector.diary)
    shop.audit(expected=count)
    assert shop.connector.update() == "none"
    shown = shop.run("web-connector", "show")
    assert shown["road"] == "web connector"
    assert shown["updates"][0]["phase"] == "refused"
    assert shown["endpoint"].endswith("/qbwc/")


@pytest.mark.parametrize("point", KEPT)
def test_a_server_killed_at_a_point(shop: Shop, point: str) -> None:
    count = shop.queue()
    port = free_port()
    home = shop.site.installation.home
    with (home / "dying.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("dying_server.py")), point,
             "--port", str(port)],
            env=shop.site.installation._env,
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _await(port, server)
        healthy = shop.connector.post
        shop.connector.post = HttpPost(f"http://127.0.0.1:{port}/qbwc/")
        with pytest.raises((OSError, http.client.HTTPException)):
            shop.connector.update()
        assert server.wait(10) == -signal.SIGKILL
    finally:
        server.kill()
        server.wait()
    shop.connector.post = healthy
    there = len(shop.books.list_invoices())
    assert there == (0 if point == "before handing out" else 1)
    assert shop.last_write() == KEPT[point]
    shop.update_until_settled()
    shop.audit(expected=count)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server does not listen")


def test_a_big_answer_is_kept_replied_to_and_acted_on_by_the_worker(shop: Shop) -> None:
    """The worker is dead while it comes; the one that starts later acts on it."""
    installation = shop.site.installation
    installation.kill_worker()
    bulky: list[int] = []

    def padded(answer: str) -> str:
        if "<CustomerQueryRs" in answer and not bulky:
            answer = answer.replace("</QBXML>", " " * 3_000_000 + "</QBXML>")
            bulky.append(len(answer))
        return answer

    shop.connector.before_bring = padded
    shop.connector.waits_max = 3
    asked = threading.Thread(target=lambda: shop.run("refresh"))
    asked.start()
    try:
        shop_waits = _update_while(shop, lambda: bool(bulky))
        assert shop_waits > 0, "the Web Connector was told to come again"
        installation.start_worker()
        shop.connector.waits_max = 100
        time.sleep(TICKET_S)
        while asked.is_alive():
            shop.connector.update()
            time.sleep(0.2)
    finally:
        asked.join(30)
    assert bulky
    said = shop.run("status")["connection"]
    assert said["lists_refreshed_at"] is not None


def _update_while(shop: Shop, done: Any) -> int:
    until = time.monotonic() + 30
    while not done() and time.monotonic() < until:
        shop.connector.update()
        time.sleep(0.2)
    return shop.connector.waits


# ------------------------------------------------------------------ byte for byte


def raw(site: Site, *parts: bytes, shut: bool = False) -> bytes:
    """Send bytes as they are and read until the server has answered once."""
    with socket.create_connection(("127.0.0.1", site.installation.port), 30) as wire:
        for part in parts:
            wire.sendall(part)
        if shut:
            wire.shutdown(socket.SHUT_WR)
        got = b""
        wire.settimeout(30)
        while True:
            head, found, body = got.partition(b"\r\n\r\n")
            if found and head.startswith(b"HTTP/1.1 100"):
                got = body
                continue
            size = _length(head)
            if found and size is not None and len(body) >= size:
                return got
            more = wire.recv(65536)
            if not more:
                return got
            got += more


def _length(head: bytes) -> int | None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return None


HEAD = (
    b"POST /qbwc/ HTTP/1.1\r\n"
    b"User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol"
    b" 4.0.30319.42000)\r\n"
    b"Content-Type: text/xml; charset=utf-8\r\n"
    b'SOAPAction: "http://developer.intuit.com/%b"\r\n'
    b"Host: localhost:%d\r\n"
)


def head(site: Site, method: bytes, *lines: bytes) -> bytes:
    return HEAD % (method, site.installation.port) + b"".join(lines) + b"\r\n"


def test_byte_for_byte_with_expect_continue(site: Site) -> None:
    """The .NET client sends the head first and waits for 100 Continue."""
    body = envelope("clientVersion", strVersion="34.0.10019.100")
    with socket.create_connection(("127.0.0.1", site.installation.port), 30) as wire:
        lines = (b"Content-Length: %d\r\n" % len(body), b"Expect: 100-continue\r\n")
        wire.sendall(head(site, b"clientVersion", *lines))
        assert wire.recv(100).startswith(b"HTTP/1.1 100")
        wire.sendall(body)
        got = wire.recv(65536)
        while b"</soap:Envelope>" not in got:
            got += wire.recv(65536)
    top, _, reply = got.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 200")
    assert b"content-type: text/xml; charset=utf-8" in top.lower()
    assert reply == (
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>\n'
        b'<clientVersionResponse xmlns="http://developer.intuit.com/">'
        b"<clientVersionResult></clientVersionResult></clientVersionResponse>"
        b"\n</soap:Body></soap:Envelope>\n"
    )


def test_byte_for_byte_a_login_has_two_strings(site: Site) -> None:
    body = envelope("authenticate", strUserName="nobody", strPassword="nothing")
    got = raw(site, head(site, b"authenticate", b"Content-Length: %d\r\n" % len(body)), body)
    reply = got.partition(b"\r\n\r\n")[2]
    ticket, verdict = result(reply, "authenticate")
    assert verdict == "nvu"
    strings = b"<string>%b</string><string>nvu</string>" % ticket.encode()
    assert strings in reply


def test_byte_for_byte_chunked(site: Site) -> None:
    body = envelope("serverVersion")
    first, second = body[:50], body[50:]
    parts = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (first, second, b""))
    got = raw(site, head(site, b"serverVersion", b"Transfer-Encoding: chunked\r\n"), parts)
    assert result(got.partition(b"\r\n\r\n")[2], "serverVersion")[0].startswith("Tieout")


def test_byte_for_byte_a_body_that_stops_short(site: Site) -> None:
    body = envelope("closeConnection", ticket="x")
    length = b"Content-Length: %d\r\n" % (len(body) + 100)
    got = raw(site, head(site, b"closeConnection", length), body[:60], shut=True)
    assert got.startswith(b"HTTP/1.1 200") or got == b""  # some servers hang up on such a client
    assert result(_alive(site), "serverVersion")


def test_a_body_without_end_is_given_up(site: Site) -> None:
    """Chunk after chunk: it is refused at the bound, and the others are served meanwhile."""
    with socket.create_connection(("127.0.0.1", site.installation.port), 30) as wire:
        wire.sendall(head(site, b"sendRequestXML", b"Transfer-Encoding: chunked\r\n"))
        wire.sendall(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        assert result(_alive(site), "serverVersion")
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        sent = 0
        try:
            while sent < 8 * 1024 * 1024:
                wire.sendall(piece)
                sent += len(piece)
        except OSError:
            pass  # it hung up, as it may
        assert sent >= 1024 * 1024
    assert result(_alive(site), "serverVersion")


def test_bodies_that_stall_stop_nobody_and_are_ended(site: Site) -> None:
    """Five times as many as there are threads; pages and the Web Connector go on beside them."""
    length = b"Content-Length: 5000\r\n"
    wires = [
        socket.create_connection(("127.0.0.1", site.installation.port), 30) for _ in range(20)
    ]
    try:
        for wire in wires:
            wire.sendall(head(site, b"serverVersion", length) + b"<?xml")
        time.sleep(0.5)
        assert result(_alive(site), "serverVersion")
        with urllib.request.urlopen(f"{site.installation.url}/sign-in/", timeout=30) as page:
            assert page.status == 200
        assert select.select(wires, [], [], 0)[0] == []  # answered before any of them was ended
        for wire in wires:
            assert wire.recv(1000) == b""
    finally:
        for wire in wires:
            wire.close()


def _alive(site: Site) -> bytes:
    return HttpPost(f"{site.installation.url}/qbwc/")(envelope("serverVersion"), "serverVersion")
