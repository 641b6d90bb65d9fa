"""The address of a connector, as a person types it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

PORT_DEFAULT = 8166


class AddressError(ValueError):
    """The address cannot be meant; the text is one sentence with the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a connector listens. `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def base_url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def parse_address(url: str) -> Address:
    """An http or https address; the port is 8166 unless given. Raises AddressError."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        msg = f"{url!r} is not an address: write it as https://machine:8166."
        raise AddressError(msg) from error
    if parts.scheme not in {"http", "https"} or not host or not host.isprintable() or " " in host:
        msg = f"{url!r} is not an address: write it as https://machine:8166."
        raise AddressError(msg)
    if parts.username is not None or parts.query or parts.fragment:
        msg = "Write the address without user, password or anything after the path."
        raise AddressError(msg)
    if parts.scheme == "http" and not is_loopback(host):
        msg = "Without TLS the password could be read on the way: write https:// in the address."
        raise AddressError(msg)
    return Address(
        scheme=parts.scheme,
        host=host,
        port=PORT_DEFAULT if port is None else port,
        path=parts.path.rstrip("/"),
    )


def is_loopback(host: str) -> bool:
    """True for an address that never leaves this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
