"""Secrets at rest: AES-GCM with a key that lives in a file outside the database.

A stored value reads `v1:<key id>:<base64 of nonce and ciphertext>`. The column's name is bound in
as associated data, so a ciphertext copied into another column does not decrypt.
"""

from __future__ import annotations

import base64
import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class SecretUnreadable(Exception):
    """A stored secret does not belong to the present key: enter it again, or restore the key file."""


@cache
def _key(path: str) -> tuple[str, AESGCM]:
    key = base64.b64decode(Path(path).read_text(encoding="ascii"))
    return hashlib.sha256(key).hexdigest()[:8], AESGCM(key)


def create_private_file(path: Path, text: str) -> None:
    """Make a file with this text, readable by its owner alone; an existing one is left as it is.

    It is there whole or not at all: of several processes that start at once, one makes it.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
        with suppress(FileExistsError):  # another process was first
            os.link(draft, path)
    finally:
        draft.unlink()


def create_key_file(path: Path) -> None:
    """Make a new random key, unless there is one. Raises SecretUnreadable when it is none."""
    made = base64.b64encode(AESGCM.generate_key(bit_length=256)).decode("ascii")
    create_private_file(path, made)
    try:
        _key(str(path))
    except ValueError as error:  # no base64, or not as long as a key
        message = f"{path} holds no key of Tieout: put the former file back."
        raise SecretUnreadable(message) from error


def encrypt(text: str, *, place: str) -> str:
    """Encrypt `text` for the column `place` (table.column)."""
    key_id, cipher = _key(str(settings.SECRETS_KEY_FILE))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + cipher.encrypt(nonce, text.encode("utf-8"), place.encode("ascii"))
    return f"v1:{key_id}:{base64.b64encode(sealed).decode('ascii')}"


def decrypt(stored: str, *, place: str) -> str:
    """Read back what `encrypt` made for the same column; raises SecretUnreadable otherwise."""
    key_id, cipher = _key(str(settings.SECRETS_KEY_FILE))
    version, _, rest = stored.partition(":")
    stored_key, _, sealed_text = rest.partition(":")
    if version != "v1" or stored_key != key_id:
        message = (
            "This secret was encrypted with another key. Put the former key file back, "
            "or enter the password again."
        )
        raise SecretUnreadable(message)
    try:
        sealed = base64.b64decode(sealed_text)
        clear = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode("ascii"))
    except (InvalidTag, ValueError) as error:  # altered, or cut short
        message = "This secret was altered or belongs to another field. Enter the password again."
        raise SecretUnreadable(message) from error
    return clear.decode("utf-8")
