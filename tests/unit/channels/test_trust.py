from __future__ import annotations

import ssl

import pytest

from tieout.channels import trust

SHOWN = ":".join(["AB"] * 32)
PEM = ""


@pytest.mark.parametrize("typed", [SHOWN, SHOWN.lower(), "ab" * 32, " " + " ".join(["ab"] * 32)])
def test_a_fingerprint_as_people_write_it(typed: str) -> None:
    assert trust.same_fingerprint(SHOWN, typed)


@pytest.mark.parametrize("typed", ["", "AB", "CD" * 32, "not one", "AB" * 33])
def test_what_is_not_that_fingerprint(typed: str) -> None:
    assert not trust.same_fingerprint(SHOWN, typed)
    assert not trust.same_fingerprint(typed, "" if typed else typed)


def test_another_certificate_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trust, "fetch_certificate", lambda _url, timeout_s: ("pem", SHOWN))
    with pytest.raises(trust.FingerprintChanged, match=SHOWN):
        trust.pinned_context("https://x", fingerprint="CD" * 32, timeout_s=1)


def test_verification_is_on_in_every_context_that_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.unit.channels.certificates import self_signed

    pem = self_signed()
    shown = trust.fingerprint_of(ssl.PEM_cert_to_DER_cert(pem))
    monkeypatch.setattr(trust, "fetch_certificate", lambda _url, timeout_s: (pem, shown))
    pinned = trust.pinned_context("https://x", fingerprint=shown, timeout_s=1)
    assert pinned.verify_mode is ssl.CERT_REQUIRED
    assert pinned.cert_store_stats()["x509"] == 1
    system = trust.system_context()
    assert (system.verify_mode, system.check_hostname) == (ssl.CERT_REQUIRED, True)
