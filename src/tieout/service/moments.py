"""The one place where the present moment and random ids are made; both are passed down."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.utils import timezone

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def now() -> datetime:
    """The present moment, aware."""
    return timezone.now()


def call_id() -> str:
    """A new id of one call to the connector."""
    return uuid.uuid4().hex


def random10() -> str:
    """Ten random characters, the variable part of a message set id."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


def guid() -> uuid.UUID:
    """A new random GUID."""
    return uuid.uuid4()


def ticket() -> str:
    """A new ticket of the Web Connector: 256 random bits that nobody guesses."""
    return secrets.token_urlsafe(32)
