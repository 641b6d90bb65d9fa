"""Uploaded files on disk: random names below the uploads directory, nothing kept when refused."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Protocol

from django.conf import settings

from tieout.sources.sheets import FILE_BYTES_MAX
from tieout.sources.sheets.tables import too_large
from tieout.store.commits.imports import Received

CHUNK_BYTES = 1 << 20
NAME_MAX = 255


class Uploaded(Protocol):
    """What a web framework hands over: a file in pieces."""

    def chunks(self) -> Iterable[bytes]: ...


def root() -> Path:
    """The directory that holds every upload."""
    return Path(settings.UPLOADS)


def keep(source: Uploaded | Path, *, company_id: int, filename: str) -> Received:
    """Copy the upload to a fresh name, bounded while copying, and answer what it is.

    Raises SheetRefused when it is too large; then nothing is kept.
    """
    relative = PurePath(str(company_id)) / secrets.token_hex(16)
    target = root() / relative
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for chunk in _chunks(source):
                size += len(chunk)
                if size > FILE_BYTES_MAX:
                    raise too_large()
                digest.update(chunk)
                file.write(chunk)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Received(
        filename=plain_name(filename),
        path=relative.as_posix(),
        size=size,
        sha256=digest.hexdigest(),
    )


def remove(path: str) -> None:
    """Delete a kept upload; one that is gone already is fine."""
    (root() / path).unlink(missing_ok=True)


def plain_name(filename: str) -> str:
    """The last part of a name, without what no file name should hold, for people to read."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(c for c in last if c.isprintable()).strip()
    return clean[-NAME_MAX:] or "upload"


def _chunks(source: Uploaded | Path) -> Iterator[bytes]:
    if not isinstance(source, Path):
        yield from source.chunks()
        return
    with source.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
