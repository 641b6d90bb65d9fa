"""The wire's records: what they carry when little is said, and the digest both sides compute."""

from __future__ import annotations

import hashlib

from tieout.quickbooks import wire


def test_the_digest_is_of_the_utf8_bytes() -> None:
    text = "<Name>Peña</Name>"
    assert wire.digest(text) == hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert wire.digest(text) != wire.digest("<Name>Pena</Name>")


def test_a_reply_claims_nothing_that_was_not_said() -> None:
    reply = wire.ProcessReply(call_id="c-1", outcome="unknown", state="running", executed=None)
    assert (reply.qbxml, reply.hresult, reply.fenced_at) == ("", None, None)
