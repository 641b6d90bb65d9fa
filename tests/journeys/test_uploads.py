"""Uploads beyond the bounds, sent to both servers: the page answers, and names the files."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from tests.journeys.installation import PASSWORD, Installation, free_port
from tests.journeys.office import Office

pytestmark = pytest.mark.journey
PIECE = b"a,b,c,d\n" * 125_000  # a megabyte
BORDER = "the-border-between-files"


@pytest.fixture(params=["waitress", "granian"])
def url(installation: Installation, request: pytest.FixtureRequest) -> Iterator[str]:
    port = free_port()
    server = installation.another_web(port, "--server", request.param)
    yield f"http://127.0.0.1:{port}"
    installation.end(server)


class Browser:
    """A session at one server, signed in, that reports status and text of what it gets."""

    def __init__(self, url: str, office: Office) -> None:
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.open(f"{url}/sign-in/", timeout=60).close()
        form = {"username": office.people["bea"], "password": PASSWORD} | self.token()
        self.opener.open(f"{url}/sign-in/", urlencode(form).encode(), timeout=60).close()

    def token(self) -> dict[str, str]:
        (token,) = (str(each.value) for each in self.jar if each.name == "csrftoken")
        return {"csrfmiddlewaretoken": token}

    def upload(self, path: str, field: str, **megabytes: int) -> tuple[int, str]:
        """Send files of so many megabytes, none of them held in memory."""
        head = "".join(_part(name, f"\r\n\r\n{value}\r\n") for name, value in self.token().items())
        parts = [
            (_part(field, f'; filename="{name}.csv"\r\nContent-Type: text/csv\r\n\r\n'), size)
            for name, size in megabytes.items()
        ]
        end = f"\r\n--{BORDER}--\r\n"

        def body() -> Iterator[bytes]:
            yield head.encode()
            for start, size in parts:
                yield start.encode()
                yield from (PIECE for _ in range(size))
                yield b"\r\n"
            yield end.encode()

        length = len(head) + sum(len(s) + n * len(PIECE) + 2 for s, n in parts) + len(end)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BORDER}",
            "Content-Length": str(length),
        }
        request = urllib.request.Request(f"{self.url}{path}", body(), headers, method="POST")
        try:
            with self.opener.open(request, timeout=240) as answer:
                status, page = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                status, page = refused.code, refused.read()
        text = unescape(re.sub(r"<[^>]+>", "", page.decode()))
        return status, re.sub(r"\s+", " ", text)


def _part(name: str, rest: str) -> str:
    return f'--{BORDER}\r\nContent-Disposition: form-data; name="{name}"{rest}'


def test_both_servers_answer_with_names_limits_and_remedies(url: str, office: Office) -> None:
    browser = Browser(url, office)
    receive = f"/c/{office.id}/import/receive/"

    status, page = browser.upload(receive, "files", invoices=205)
    assert status == 422
    assert "invoices.csv: The file is too large: it must be below 200 MB." in page
    assert "split the file, or leave out columns" in page

    status, page = browser.upload(receive, "files", clients=130, jobs=130)
    assert status == 422
    assert "clients.csv, jobs.csv: This upload has 260 MB; 256 MB are the most at once." in page
    assert "CSV or Excel files" in page  # the form stands there for the next try

    status, page = browser.upload(f"/c/{office.id}/map-jobs/upload/", "file", mappings=300)
    assert status == 422
    assert "mappings.csv: The file is too large: a mapping file may have 40 MB." in page
