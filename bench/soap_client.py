"""A Web Connector stripped to its bytes, so that a round trip costs the client almost nothing.

`python bench/soap_client.py PORT SECONDS USER:PASSWORD…` works for every account at once, each in a
thread with one kept connection, and prints the round trips as JSON. A round trip is
sendRequestXML and receiveResponseXML with a page of one customer, of which more follow. Without
accounts (`-` in place of each) the bodies are the same, but nobody looks at the replies.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from html import escape, unescape

HEAD = (
    "POST /qbwc/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n"
    'SOAPAction: "http://developer.intuit.com/%s"\r\nContent-Length: %d\r\n\r\n'
)
ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/'
    'soap/envelope/"><soap:Body><%s xmlns="http://developer.intuit.com/">%s</%s></soap:Body>'
    "</soap:Envelope>"
)
FILE = r"C:\Books\Bench.QBW"
PAGE = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><CustomerQueryRs requestID="%s" statusCode="0" '
    'statusSeverity="Info" statusMessage="Status OK" iteratorRemainingCount="1000000" '
    'iteratorID="{12345678-1234-1234-1234-123456789012}"><CustomerRet><ListID>80000001-1735743002'
    "</ListID><TimeModified>2026-01-01T10:00:00-05:00</TimeModified><EditSequence>1735743002"
    "</EditSequence><Name>Acme</Name><FullName>Acme</FullName><IsActive>true</IsActive>"
    "<Sublevel>0</Sublevel></CustomerRet></CustomerQueryRs></QBXMLMsgsRs></QBXML>"
)
FACTS = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><HostQueryRs requestID="host" statusCode="0" '
    'statusSeverity="Info" statusMessage="Status OK"><HostRet><ProductName>QuickBooks</ProductName>'
    "<MajorVersion>33</MajorVersion><MinorVersion>0</MinorVersion><SupportedQBXMLVersion>13.0"
    "</SupportedQBXMLVersion><IsAutomaticLogin>false</IsAutomaticLogin><QBFileMode>SingleUser"
    '</QBFileMode></HostRet></HostQueryRs><CompanyQueryRs requestID="company" statusCode="0" '
    'statusSeverity="Info" statusMessage="Status OK"><CompanyRet><IsSampleCompany>false'
    "</IsSampleCompany><CompanyName>Bench</CompanyName></CompanyRet></CompanyQueryRs>"
    '<PreferencesQueryRs requestID="preferences" statusCode="0" statusSeverity="Info" '
    'statusMessage="Status OK"><PreferencesRet></PreferencesRet></PreferencesQueryRs>'
    '<CompanyActivityQueryRs requestID="activity" statusCode="0" statusSeverity="Info" '
    'statusMessage="Status OK"><CompanyActivityRet></CompanyActivityRet>'
    "</CompanyActivityQueryRs></QBXMLMsgsRs></QBXML>"
)
_REQUEST_ID = re.compile(r"requestID=\"([^\"]+)\"")


class Wire:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call(self, method: str, **parameters: str) -> str:
        """The body of the reply."""
        return self.exchange(self.body(method, **parameters))

    def body(self, method: str, **parameters: str) -> bytes:
        """A whole request."""
        inside = "".join(f"<{n}>{escape(v, quote=False)}</{n}>" for n, v in parameters.items())
        body = (ENVELOPE % (method, inside, method)).encode()
        return (HEAD % (method, len(body))).encode() + body

    def exchange(self, request: bytes) -> str:
        """Send a whole request and read the body of the reply."""
        self.send(request)
        return self.receive()

    def send(self, request: bytes) -> None:
        """Send a whole request."""
        self._socket.sendall(request)

    def receive(self) -> str:
        """Read the body of the reply."""
        got = b""
        while True:
            head, found, rest = got.partition(b"\r\n\r\n")
            if found:
                length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))  # type: ignore[union-attr]
                if len(rest) >= length:
                    return rest[:length].decode()
            more = self._socket.recv(65536)
            if not more:
                raise RuntimeError("the server hung up")
            got += more


class Updater:
    """One company's update that does not end."""

    def __init__(self, port: int, account: str) -> None:
        self.wire = Wire(port)
        self.trips = 0
        self.ticket = "0" * 43
        self.asked = "customer-1-1"
        self.looks = account != "-"
        if self.looks:
            user, _, password = account.partition(":")
            reply = self.wire.call("authenticate", strUserName=user, strPassword=password)
            self.ticket, verdict = re.findall(r"<string>(.*?)</string>", reply)[:2]
            if verdict:
                raise RuntimeError(f"{user} is not let in: {verdict}")
            for _ in range(3):  # the company file, then the list's first pages
                self.round_trip()
        self.trips = 0

    def round_trip(self) -> None:
        """One question and its answer."""
        self.send()
        self.bring(self.page())

    def send(self) -> None:
        """Ask for work."""
        reply = self.wire.call(
            "sendRequestXML", ticket=self.ticket, strHCPResponse="", strCompanyFileName=FILE,
            qbXMLCountry="US", qbXMLMajorVers="13", qbXMLMinorVers="0",
        )  # fmt: skip
        if self.looks:
            found = _REQUEST_ID.search(unescape(reply))
            if found is None:
                raise RuntimeError(f"no work: {reply} {self.last_error()}")
            self.asked = found.group(1)

    def page(self) -> str:
        """The answer to what was asked: a page of one customer, of which more follow."""
        return FACTS if self.asked == "host" else PAGE % self.asked

    def bring(self, answer: str) -> None:
        """Hand an answer over."""
        told = self.wire.call(
            "receiveResponseXML", ticket=self.ticket, response=answer, hresult="", message=""
        )
        if self.looks and ">-1<" in told:
            raise RuntimeError(f"not taken: {self.last_error()}")
        self.trips += 1

    def last_error(self) -> str:
        return self.wire.call("getLastError", ticket=self.ticket)

    def run(self, until: float) -> None:
        while time.perf_counter() < until:
            self.round_trip()


def main() -> int:
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    updaters = [Updater(port, account) for account in sys.argv[3:]]
    started = time.perf_counter()
    threads = [threading.Thread(target=each.run, args=(started + seconds,)) for each in updaters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    print(json.dumps({"trips": sum(each.trips for each in updaters), "seconds": took}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
