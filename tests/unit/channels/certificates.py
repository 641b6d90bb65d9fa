"""A certificate for tests that need one."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tieout.connector.certificate import make_certificate


def self_signed() -> str:
    """A fresh self-signed certificate in PEM."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder) / "certificate.pem"
        make_certificate(
            certificate=certificate,
            key=Path(folder) / "key.pem",
            names=["localhost"],
            now=datetime(2026, 11, 22, tzinfo=UTC),
        )
        return certificate.read_text()
