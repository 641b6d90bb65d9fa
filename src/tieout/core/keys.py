"""The names under which a posting is found again in QuickBooks.

A posting's key is made of the company, the source invoice, the contractor job (or none) and the
revision. It is written into the memo as a marker and, hashed again, as the invoice's ExternalGUID;
both are the same on every machine and after every restore of a backup, so that an invoice of ours
is recognised even by a Tieout that has forgotten it.
"""

from __future__ import annotations

import json
import re
from base64 import b32encode
from hashlib import sha256
from uuid import UUID, uuid5

KEY_LENGTH = 16  # 80 bits: two equal keys among ten million postings are a 1 in 10 billion chance
MARKER_LENGTH = len("[tieout:]") + KEY_LENGTH
MESSAGE_SET_ID_MAX = 23  # characters (Intuit's documentation)

_KEY = re.compile(r"[a-z2-7]{16}")
_MARKER = re.compile(r"\[tieout:([a-z2-7]{16})\]", re.IGNORECASE | re.ASCII)
_RANDOM = re.compile(r"[A-Za-z0-9]{10}")
_GUIDS = UUID("0d1ff2a4-6c1e-5c43-9f2e-3b2a7e9c5a10")  # names our GUIDs; never change it


def posting_key(*, company_key: str, source_key: str, job_key: str, revision: int) -> str:
    """16 characters (a-z, 2-7) naming one posting; `job_key` is "" when it is for no single job.

    The first export of an invoice is revision 1; a replacement after a void is the next one.
    """
    if revision < 1:
        msg = f"Revision {revision} of {source_key}: revisions count from 1."
        raise ValueError(msg)
    text = json.dumps([company_key, source_key, job_key, revision], separators=(",", ":"))
    digest = sha256(text.encode("ascii")).digest()
    return b32encode(digest[:10]).decode("ascii").lower()


def external_guid(*, company_key: str, key: str) -> str:
    """The ExternalGUID of a posting, in braces and upper case as QuickBooks returns it."""
    name = json.dumps([company_key, key], separators=(",", ":"))
    return "{" + str(uuid5(_GUIDS, name)).upper() + "}"


def marker(key: str) -> str:
    """The text that is put at the end of the memo."""
    if not _KEY.fullmatch(key):
        msg = f"{key!r} is not a posting key."
        raise ValueError(msg)
    return f"[tieout:{key}]"


def read_marker(memo: str) -> str:
    """The posting key in a memo as QuickBooks gave it back, or "".

    We write the marker last, so with several (somebody pasted one memo into another) the last one
    counts.
    """
    found = _MARKER.findall(memo)
    return found[-1].lower() if found else ""


def set_id_of(key: str, former: str = "") -> str:
    """The id of a posting's message set; `former` is the id after which it is the next one.

    The same on every machine: a Tieout whose database was restored to before a write takes the
    id under which that write may still be under way, and QuickBooks does not execute it twice.
    """
    digest = sha256(json.dumps(["set", key, former]).encode("ascii")).digest()
    return f"ti-{b32encode(digest[:10]).decode('ascii').lower()}"


def message_set_id(random10: str) -> str:
    """The id of one message set, from ten random letters and digits made by the caller."""
    if not _RANDOM.fullmatch(random10):
        msg = f"{random10!r}: ten ASCII letters or digits are needed."
        raise ValueError(msg)
    return f"ti-{random10}"
