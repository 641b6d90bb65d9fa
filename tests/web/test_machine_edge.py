"""Machines go straight to their service; everything else goes Django's way."""

from __future__ import annotations

import logging
from unittest.mock import Mock

import pytest
from tests.machine_call import post
from tests.web_connector_double import envelope

from tieout.web.machine import edge, web_connector

pytestmark = pytest.mark.django_db
CALL = envelope("serverVersion")
HERE = {"HTTP_HOST": "localhost"}


@pytest.mark.parametrize("path", ["/qbwc/", "/qbwc"])
def test_a_call_passes_nothing_that_is_for_people(path: str) -> None:
    reply = post(path, CALL)
    assert reply.status == "200 OK"
    assert b"serverVersionResult" in reply.content
    assert reply.headers == {
        "Content-Type": "text/xml; charset=utf-8",
        "Content-Length": str(len(reply.content)),
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize("host", ["evil.example", "localhost@evil.example", ""])
def test_a_call_under_a_strange_name_is_turned_away(host: str) -> None:
    reply = post("/qbwc/", CALL, HTTP_HOST=host, SERVER_NAME="")
    assert reply.status == "400 Bad Request"
    assert b"serverVersionResult" not in reply.content


def test_without_a_name_the_servers_own_counts() -> None:
    assert post("/qbwc/", CALL, HTTP_HOST="", SERVER_NAME="localhost").status == "200 OK"


def test_what_is_posted_to_another_programs_address_is_no_call() -> None:
    reply = post("/health/", CALL)
    assert reply.status == "403 Forbidden"
    assert b"serverVersionResult" not in reply.content


def test_pages_beside_it_keep_everything() -> None:
    reply = post("/sign-in/", b"username=sam", CONTENT_TYPE="application/x-www-form-urlencoded")
    assert reply.status == "403 Forbidden"  # the form's token is missing
    assert reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"CONTENT_LENGTH": str(len(CALL))}, True),  # what follows on the connection is not ours
        ({"CONTENT_LENGTH": ""}, False),  # nobody knows where it ends
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, True),
    ],
)
def test_a_body_ends_where_the_server_says(told: dict[str, object], read: bool) -> None:
    next_call = b"" if "wsgi.input_terminated" in told else b"POST /qbwc/ HTTP/1.1"
    reply = post("/qbwc/", CALL + next_call, **told)
    assert (b"serverVersionResult" in reply.content) is read


def test_a_stale_connection_is_closed_before_and_after_a_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(edge, "close_old_connections", lambda: told.append("closed"))
    monkeypatch.setattr(edge.web_connector, "service", lambda *_: told.append("called"))
    edge.before(Mock())({"REQUEST_METHOD": "POST", "PATH_INFO": "/qbwc/", **HERE}, Mock())
    assert told == ["closed", "called", "closed"]


def test_what_breaks_before_the_call_is_known_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Mock(side_effect=RuntimeError("no such folder"))
    monkeypatch.setattr(web_connector, "SpooledTemporaryFile", broken)
    caplog.set_level(logging.ERROR, "tieout.webconnector")
    reply = post("/qbwc/", CALL, REMOTE_ADDR="203.0.113.7")
    assert reply.status == "200 OK"
    assert b"Fault" not in reply.content
    assert "203.0.113.7" in caplog.text
    assert "no such folder" in caplog.text
