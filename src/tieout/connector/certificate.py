"""A certificate of our own for TLS, for offices without one, and its fingerprint."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

VALID_DAYS = 3650


def fingerprint(certificate: Path) -> str:
    """SHA-256 of the first certificate in a PEM file, as `AB:CD:…`."""
    pem = certificate.read_text("ascii", "replace")
    end = "-----END CERTIFICATE-----"
    first = pem[pem.index("-----BEGIN CERTIFICATE-----") : pem.index(end) + len(end)]
    raw = hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest().upper()
    return ":".join(raw[at : at + 2] for at in range(0, len(raw), 2))


def make_certificate(*, certificate: Path, key: Path, names: Sequence[str], now: datetime) -> None:
    """Write a self-signed certificate and its key (0600) for these host names and addresses."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tieout Connector")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.IPAddress(ipaddress.ip_address(name))
                    if _is_address(name)
                    else x509.DNSName(name)
                    for name in names
                ]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    signed = builder.sign(secret, hashes.SHA256())
    pem_key = secret.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    key.unlink(missing_ok=True)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem_key)
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))


def own_names(host: str) -> list[str]:
    """What this machine may be called by: its name, loopback, and the address it listens on."""
    names = ["localhost", "127.0.0.1", "::1"]
    machine = socket.gethostname()
    if machine.isascii() and machine:
        names.append(machine)
    if host not in {"", "0.0.0.0", "::"}:  # noqa: S104 — compared, not bound
        names.append(host)
    return list(dict.fromkeys(names))


def server_context(*, certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate; raises OSError or ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
