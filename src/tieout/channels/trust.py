"""TLS for a connector: the system's store, or one certificate that a person has compared.

Offices rarely have a certificate for the machine beside QuickBooks, so the connector makes its
own. A person compares its fingerprint once; from then on that very certificate is the only one
that is trusted, and the host name does not matter. Verification is never off while anything is
sent.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl

import httpx2

from tieout.channels.address import parse_address

_HEX64 = re.compile(r"[0-9A-F]{64}")


class CertificateError(Exception):
    """No certificate could be had, or not the one that was pinned; the text is one sentence."""


class FingerprintChanged(CertificateError):
    """The far side shows another certificate than the pinned one."""


def fetch_certificate(url: str, *, timeout_s: float = 10.0) -> tuple[str, str]:
    """The certificate that an https address shows now: (PEM, SHA-256 as `AB:CD:…`).

    For a person to compare. Nothing is sent on this connection but the TLS handshake.
    Raises CertificateError, or AddressError for a URL that cannot be meant.
    """
    address = parse_address(url)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is looked at, not trusted
    try:
        with (
            socket.create_connection((address.host, address.port), timeout_s) as bare,
            context.wrap_socket(bare, server_hostname=address.host) as secure,
        ):
            der = secure.getpeercert(binary_form=True)
    except (OSError, ssl.SSLError) as error:
        msg = f"No certificate could be read from {address.host}:{address.port} ({error})."
        raise CertificateError(msg) from error
    if not der:
        msg = f"{address.host}:{address.port} shows no certificate."
        raise CertificateError(msg)
    return ssl.DER_cert_to_PEM_cert(der), fingerprint_of(der)


def fingerprint_of(der: bytes) -> str:
    """SHA-256 of a certificate, as `AB:CD:…`."""
    digits = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def same_fingerprint(one: str, other: str) -> bool:
    """Compare as people write them: colons, blanks and case do not matter."""
    return bool(plain := _plain(one)) and plain == _plain(other)


def pinned_context(url: str, *, fingerprint: str, timeout_s: float) -> ssl.SSLContext:
    """A context that trusts nothing but the pinned certificate.

    The certificate is fetched, compared, and becomes the only trust anchor of the connection
    that then carries the password. Raises FingerprintChanged or CertificateError.
    """
    pem, shown = fetch_certificate(url, timeout_s=timeout_s)
    if not same_fingerprint(shown, fingerprint):
        msg = f"The connector shows another certificate than the one you trusted: {shown}."
        raise FingerprintChanged(msg)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # the pinned key says who it is, not the name
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context


def system_context() -> ssl.SSLContext:
    """What httpx2 makes of the operating system's trust store, the environment left out."""
    return httpx2.create_ssl_context(verify=True, trust_env=False)


def _plain(fingerprint: str) -> str:
    text = re.sub(r"[\s:]", "", fingerprint).upper()
    return text if _HEX64.fullmatch(text) else ""
