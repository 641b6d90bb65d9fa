from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from tests.unit.connector.fakes import NOW

from tieout.connector.certificate import (
    fingerprint,
    make_certificate,
    own_names,
    server_context,
)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_certificate(
        certificate=certificate, key=key, names=["office-pc", "192.168.1.9", "::1"], now=NOW
    )
    return certificate, key


def test_it_names_the_machine_and_hides_its_key(pair: tuple[Path, Path]) -> None:
    certificate, key = pair
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["office-pc"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.168.1.9", "::1"]
    assert loaded.not_valid_before_utc < NOW < loaded.not_valid_after_utc
    assert key.stat().st_mode & 0o777 == 0o600
    assert server_context(certificate=certificate, key=key).minimum_version == (
        ssl.TLSVersion.TLSv1_2
    )


def test_its_fingerprint_is_that_of_the_certificate(pair: tuple[Path, Path]) -> None:
    from cryptography.hazmat.primitives import hashes

    loaded = x509.load_pem_x509_certificate(pair[0].read_bytes())
    shown = fingerprint(pair[0])
    assert bytes.fromhex(shown.replace(":", "")) == loaded.fingerprint(hashes.SHA256())
    assert len(shown) == 95


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nothing")
    with pytest.raises(ValueError, match="substring"):
        fingerprint(tmp_path / "x.pem")


def test_own_names_hold_loopback_and_the_address_listened_on() -> None:
    assert {"localhost", "127.0.0.1", "192.168.1.9"} <= set(own_names("192.168.1.9"))
    assert "0.0.0.0" not in own_names("0.0.0.0")
    assert own_names("127.0.0.1").count("127.0.0.1") == 1
