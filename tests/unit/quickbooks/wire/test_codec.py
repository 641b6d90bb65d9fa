from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.quickbooks import wire

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
QBXML = "<QBXML><QBXMLMsgsRq/></QBXML>"


def call(**changes: Any) -> wire.ProcessCall:
    values: dict[str, Any] = {
        "call_id": "c-1",
        "company_file": "C:\\Books\\Müller & Söhne.qbw",
        "app_name": "Tieout",
        "mode": "either",
        "access": "full",
        "timeout_s": 90.0,
        "qbxml": QBXML,
        "installation_id": "office",
        "epoch": 3,
        "sha256": wire.digest(QBXML),
        "expected_company": "",
        "expected_session": "",
    }
    return wire.ProcessCall(**{**values, **changes})


def body(**changes: Any) -> bytes:
    return json.dumps({**json.loads(wire.encode(call())), **changes}).encode()


def test_a_call_survives_the_wire() -> None:
    assert wire.decode_call(wire.encode(call())) == call()


def test_a_reply_survives_the_wire_with_its_moments() -> None:
    reply = wire.ProcessReply(
        call_id="c-1",
        outcome="hresult",
        state="finished",
        executed=None,
        stage="process",
        hresult=0x80040402,
        session_versions=("12.0", "13.0"),
        started=NOW,
        finished=NOW,
    )
    assert wire.decode(wire.ProcessReply, wire.encode(reply)) == reply


def test_a_status_survives_the_wire_with_its_fences() -> None:
    fence = wire.FenceMark(company_file="C:\\a.qbw", installation_id="office", epoch=2)
    status = wire.StatusReply(
        version="1",
        contracts=("1",),
        access="full",
        queue_length=0,
        queue_max=8,
        running=False,
        quickbooks_up=None,
        company_file="",
        session_id="",
        session_versions=(),
        last_error="",
        last_error_at=None,
        started=NOW,
        journal_id="j",
        fences=(fence,),
    )
    assert wire.decode(wire.StatusReply, wire.encode(status)) == status


def test_unknown_keys_of_a_newer_side_are_ignored() -> None:
    assert wire.decode_call(body(colour="blue")) == call()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("call_id", ""),
        ("call_id", "../../etc"),
        ("call_id", "x" * 65),
        ("call_id", 7),
        ("company_file", None),
        ("company_file", "x" * 1025),
        ("app_name", "  "),
        ("mode", "Single"),
        ("access", "write"),
        ("timeout_s", 0.5),
        ("timeout_s", 3601),
        ("timeout_s", True),
        ("timeout_s", "90"),
        ("qbxml", ""),
        ("qbxml", "\ud800"),
        ("qbxml", 5),
        ("qbxml", None),
        ("app_name", "\udfff"),
        ("installation_id", "a b"),
        ("epoch", -1),
        ("epoch", 2**53),
        ("epoch", 1.0),
        ("epoch", False),
        ("sha256", "AB" * 32),
        ("expected_company", []),
        ("expected_session", "x" * 129),
    ],
)
def test_a_value_outside_the_contract_is_refused_by_name(key: str, value: Any) -> None:
    with pytest.raises(wire.WireError, match=f"^{key} "):
        wire.decode_call(body(**{key: value}))


@pytest.mark.parametrize("key", wire.keys(wire.ProcessCall))
def test_every_key_of_a_call_is_required(key: str) -> None:
    values = json.loads(body())
    del values[key]
    with pytest.raises(wire.WireError, match=f"{key} is missing"):
        wire.decode_call(json.dumps(values).encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"call_id": NaN}',
        b'{"epoch": 1, "epoch": 2}',
        b'{"epoch": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.decode_call(raw)


def test_a_digest_that_does_not_fit_is_refused() -> None:
    with pytest.raises(wire.WireError, match="sha256"):
        wire.decode_call(body(qbxml=QBXML + " "))


def test_a_moment_without_offset_is_refused() -> None:
    raw = json.loads(
        wire.encode(
            wire.ProcessReply(call_id="c", outcome="unknown", state="received", executed=None)
        )
    )
    for moment in ("2026-11-22T09:30:00", "yesterday", 5, "0001-01-01T00:00:00+23:00"):
        with pytest.raises(wire.WireError, match="started"):
            wire.decode(wire.ProcessReply, json.dumps({**raw, "started": moment}).encode())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("executed", "yes"),
        ("executed", 1),
        ("session_versions", "13.0"),
        ("session_versions", ["13.0"] * 101),
        ("session_versions", [13]),
        ("hresult", 2**32),
        ("hresult", -1),
        ("outcome", "failed"),
        ("state", "queued"),
    ],
)
def test_a_reply_outside_the_contract_is_refused_by_name(key: str, value: Any) -> None:
    reply = wire.ProcessReply(call_id="c", outcome="unknown", state="received", executed=None)
    raw = json.loads(wire.encode(reply)) | {key: value}
    with pytest.raises(wire.WireError, match=f"^{key} "):
        wire.decode(wire.ProcessReply, json.dumps(raw).encode())


def test_a_number_of_a_status_is_checked() -> None:
    with pytest.raises(wire.WireError, match="epoch must be an integer"):
        wire.decode(
            wire.TakeoverCall, b'{"company_file": "C:", "installation_id": "a", "epoch": "1"}'
        )


def test_bounds_hold_on_the_way_out_and_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tieout.quickbooks.wire.messages.BODY_BYTES_MAX", 400)
    with pytest.raises(wire.WireError, match="larger"):
        wire.encode(call(qbxml="x" * 500))
    with pytest.raises(wire.WireError, match="larger"):
        wire.decode_call(b" " * 401)


@settings(max_examples=60)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_but_a_wire_error(raw: bytes) -> None:
    for kind in (wire.ProcessCall, wire.ProcessReply, wire.StatusReply, wire.TakeoverCall):
        with pytest.raises(wire.WireError):
            wire.decode(kind, raw)


@settings(max_examples=60)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_no_json_value_in_a_key_raises_anything_but_a_wire_error(value: Any) -> None:
    for key in ("fences", "started", "queue_length", "session_versions", "quickbooks_up"):
        raw = json.dumps({"version": "1", "contracts": [], "access": "full", key: value}).encode()
        with pytest.raises(wire.WireError):
            wire.decode(wire.StatusReply, raw)


@pytest.mark.parametrize("other", ["c:/books/NORTHGATE.qbw", " C:\\Books\\Northgate.QBW "])
def test_one_company_file_has_one_fence_key(other: str) -> None:
    assert wire.fence_key(other) == wire.fence_key("C:\\Books\\Northgate.qbw")
