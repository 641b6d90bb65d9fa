"""Who may use this connector: names, hashed passwords, full or read-only access.

The file is JSON, readable by its owner alone, replaced as a whole. A password is kept as scrypt
with its own salt; checking one costs tens of milliseconds on purpose.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from tieout.connector.private import write_private
from tieout.quickbooks import wire

USERS_FILE = "users.json"
PASSWORD_CHARACTERS_MIN = 8
_COST, _BLOCK, _LANES = 2**14, 8, 1


class UsersError(Exception):
    """The users file or a new user is not acceptable; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person or program. `password_hash` is `scrypt$salt$hash` in hex."""

    name: str
    access: wire.Access
    password_hash: str


# Checked against when the name is unknown, so that the answer takes as long.
NOBODY = User(name="", access="read-only", password_hash="scrypt$00$00")  # noqa: S106


def make_user(*, name: str, password: str, access: wire.Access) -> User:
    """A user with a freshly salted hash; raises UsersError."""
    if not name or len(name) > 64 or ":" in name or not name.isprintable():
        msg = "A user name has 1 to 64 printable characters and no colon."
        raise UsersError(msg)
    if len(password) < PASSWORD_CHARACTERS_MIN:
        msg = f"A password has at least {PASSWORD_CHARACTERS_MIN} characters."
        raise UsersError(msg)
    salt = secrets.token_bytes(16)
    kept = f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"
    return User(name=name, access=access, password_hash=kept)


def fits(user: User, password: str) -> bool:
    """Constant-time check of a password, as slow for NOBODY as for everybody."""
    _, salt, kept = user.password_hash.split("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), kept)


def load_users(path: Path) -> dict[str, User]:
    """The users by name; {} when there is no file. Raises UsersError for a broken one."""
    if not path.exists():
        return {}
    try:
        rows = json.loads(path.read_text("utf-8"))["users"]
        users = [User(name=r["name"], access=r["access"], password_hash=r["hash"]) for r in rows]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is not a users file; move it away and add the users again."
        raise UsersError(msg) from error
    for user in users:
        if user.access not in {"full", "read-only"} or not _is_hash(user.password_hash):
            msg = f"{path} holds a broken entry for {user.name!r}; add that user again."
            raise UsersError(msg)
    return {user.name: user for user in users}


def save_user(path: Path, user: User) -> None:
    """Add or replace one user; the file is complete at every moment and 0600 from its birth."""
    users = {**load_users(path), user.name: user}
    rows = [
        {"name": each.name, "access": each.access, "hash": each.password_hash}
        for each in users.values()
    ]
    write_private(path, json.dumps({"users": rows}, indent=1))


def _is_hash(text: str) -> bool:
    kind, _, rest = text.partition("$")
    salt, _, kept = rest.partition("$")
    try:
        return kind == "scrypt" and bool(bytes.fromhex(salt)) and bool(bytes.fromhex(kept))
    except ValueError:
        return False


def _scrypt(password: str, salt: bytes) -> bytes:
    secret = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(secret, salt=salt, n=_COST, r=_BLOCK, p=_LANES, maxmem=64 * 2**20)
