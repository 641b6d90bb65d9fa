"""A Web Connector for tests: speaks SOAP as the real one does, and works a rehearsal company.

`Wire` posts bodies and reads replies; `WebConnector` runs whole updates: versions, login, the
company file, requests and answers, last error, close. `Trip` is one reply turned into the next
call; a test may spoil any of it.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from tieout.sandbox import CompanyFile, HResult

INTUIT = "http://developer.intuit.com/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PROLOG = '<?xml version="1.0" encoding="utf-8"?>'
AGENT = "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
CALLS_MAX = 400
HCP = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="continueOnError"><HostQueryRq requestID="0"/>'
    '<CompanyQueryRq requestID="1"/><PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>'
)


def envelope(method: str, **parameters: str) -> bytes:
    """A call as the .NET client writes it: document/literal, its own prefixes."""
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parameters.items())
    return (
        f'{PROLOG}<soap:Envelope xmlns:soap="{SOAP}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f'<soap:Body><{method} xmlns="{INTUIT}">{inside}</{method}></soap:Body></soap:Envelope>'
    ).encode()


def result(reply: bytes, method: str) -> list[str]:
    """The strings of a reply to `method`; fails when it is not exactly that."""
    body = ElementTree.XML(reply).find(f"{{{SOAP}}}Body")
    assert body is not None
    (response,) = list(body)
    assert response.tag == f"{{{INTUIT}}}{method}Response", response.tag
    (found,) = list(response)
    assert found.tag == f"{{{INTUIT}}}{method}Result"
    if len(found):
        return [each.text or "" for each in found]
    return [found.text or ""]


class Post(Protocol):
    """Hands a body over and returns the reply's bytes."""

    def __call__(self, body: bytes, method: str) -> bytes: ...


class HttpPost:
    """The real wire: one connection, the headers of the .NET client, Expect: 100-continue."""

    def __init__(self, url: str, *, timeout_s: float = 60.0) -> None:
        parts = urlsplit(url)
        self._path = parts.path or "/"
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._timeout_s = timeout_s

    def __call__(self, body: bytes, method: str) -> bytes:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        try:
            connection.putrequest("POST", self._path, skip_accept_encoding=True)
            connection.putheader("User-Agent", AGENT)
            connection.putheader("Content-Type", "text/xml; charset=utf-8")
            connection.putheader("SOAPAction", f'"{INTUIT}{method}"')
            connection.putheader("Content-Length", str(len(body)))
            connection.putheader("Expect", "100-continue")
            connection.endheaders()
            connection.send(body)
            response = connection.getresponse()
            reply = response.read()  # raises IncompleteRead when the wire broke within it
            if "Content-Length" not in response.headers:
                raise http.client.IncompleteRead(reply)  # or within the head
            assert response.status == 200, (response.status, method)
            assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
            return reply
        finally:
            connection.close()


class AnswerLost(Exception):
    """The connection or the Windows machine went down before the answer was handed over."""


@dataclass
class WebConnector:
    """One Web Connector with one company file.

    `before_bring(answer)` may change an answer on its way, raise AnswerLost, or do mischief of
    its own. `sleep` is called where the real one waits five seconds.
    """

    post: Post
    user_name: str
    password: str
    books: CompanyFile
    app_name: str = "Tieout"
    before_bring: Callable[[str], str] = lambda answer: answer
    sleep: Callable[[], None] = lambda: None
    path: str = ""
    diary: list[str] = field(default_factory=list)
    ticket: str = ""
    waits: int = 0
    waits_max: int = 20

    def say(self, method: str, **parameters: str) -> str:
        """One call; returns its result, the strings of a login joined by `|`."""
        reply = self.post(envelope(method, **parameters), method)
        text = "|".join(result(reply, method))
        shown = text if len(text) < 90 else f"{len(text)} characters"
        self.diary.append(f"{method} > {shown}")
        return text

    # -------------------------------------------------------------- one update

    def update(self) -> str:
        """Update Selected, to its end. Returns what the status column shows then."""
        self.waits = 0
        self.say("serverVersion")
        assert self.say("clientVersion", strVersion="34.0.10019.100") == ""
        verdict = self.log_in()
        if verdict in {"nvu", "none", "busy"}:
            return verdict
        try:
            session = self._open(verdict)
        except HResult as failure:
            return self._cannot_connect(failure)
        try:
            return self._work(session)
        finally:
            session.close()

    def log_in(self) -> str:
        """Name and password; returns the verdict, "" for the open company file."""
        told = self.say("authenticate", strUserName=self.user_name, strPassword=self.password)
        self.ticket, verdict = told.split("|")[:2]
        return verdict

    def _open(self, company_file: str):
        return self.books.open_session(
            app_name=self.app_name, company_file=company_file, mode="do_not_care"
        )

    def _cannot_connect(self, failure: HResult) -> str:
        for _ in range(3):
            path = self.say(
                "connectionError",
                ticket=self.ticket,
                hresult=f"0x{failure.code:08X}",
                message=failure.message,
            )
            if path == "done":
                break
            try:
                return self._work(self._open(path))
            except HResult as again:
                failure = again
        return self._end()

    def _work(self, session) -> str:
        hcp = session.process(HCP)
        for _ in range(CALLS_MAX):
            request = self.ask(session, hcp)
            hcp = ""
            if not request:
                if self.last_error() != "NoOp":
                    return self.close()
                self.waits += 1
                if self.waits > self.waits_max:
                    return self.close()
                self.sleep()
                continue
            percent = self.bring(*self._process(session, request))
            if percent < 0:
                return self._end()
            if percent == 100:
                return self.close()
        raise AssertionError("the update does not end:\n" + "\n".join(self.diary[-40:]))

    def ask(self, session, hcp: str = "") -> str:
        """sendRequestXML."""
        return self.say(
            "sendRequestXML",
            ticket=self.ticket,
            strHCPResponse=hcp,
            strCompanyFileName=self.path or session.company_file,
            qbXMLCountry="US",
            qbXMLMajorVers="13",
            qbXMLMinorVers="0",
        )

    def _process(self, session, request: str) -> tuple[str, str, str]:
        try:
            return self.before_bring(session.process(request)), "", ""
        except HResult as failure:
            return "", f"0x{failure.code:08X}", failure.message

    def bring(self, response: str, hresult: str = "", message: str = "") -> int:
        """receiveResponseXML."""
        told = self.say(
            "receiveResponseXML",
            ticket=self.ticket,
            response=response,
            hresult=hresult,
            message=message,
        )
        return int(told)

    def last_error(self) -> str:
        """getLastError."""
        return self.say("getLastError", ticket=self.ticket)

    def close(self) -> str:
        """closeConnection."""
        return self.say("closeConnection", ticket=self.ticket)

    def _end(self) -> str:
        error = self.last_error()
        self.close()
        return error
