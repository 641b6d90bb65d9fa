"""Bounds on uploads that hold while they arrive: what is beyond them is never written to disk.

One file has a bound, and so has a request as a whole. Both servers hand a request that is too large
to the page, which names its files and says what to do; see `cli/request_bodies.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

REQUEST_BYTES_MAX = 256_000_000  # every file of one request, and what stands around them
TAKEN_BYTES_MAX = 1_000_000_000  # above it, nobody waits for the rest of a request
UPLOAD_BYTES_MAX = 200_000_000  # one file; what is imported must be smaller still
FILES_MAX = 10
_SEEN = "TIEOUT_UPLOADS_SEEN"  # key of request.META
_APART = (
    "Upload them one after the other; split a large one, or leave out columns that are not needed."
)


class Refusal(NamedTuple):
    """Why files were not taken: one sentence that names them and the limit, and what to do."""

    message: str
    remedy: str


@dataclass(slots=True)
class _Seen:
    """The files of a request as they came by: their names, and those that grew too large."""

    request_bytes: int = 0
    names: list[str] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)

    @property
    def too_many_bytes(self) -> bool:
        return self.request_bytes > REQUEST_BYTES_MAX


class BoundedUpload(FileUploadHandler):
    """Stands before the handlers that keep files, and lets through only what is within bounds."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.seen = _Seen()
        self.arrived = 0

    def handle_raw_input(
        self, input_data: Any, META: Mapping[str, Any], content_length: int, *_: Any, **__: Any
    ) -> None:
        """Note how large the request says it is; the parsing is Django's."""
        self.seen.request_bytes = content_length
        if self.request is not None:
            self.request.META[_SEEN] = self.seen

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Note the name, whatever becomes of the file."""
        super().new_file(*args, **kwargs)
        self.arrived = 0
        self.seen.names.append(self.file_name or "")
        if self.seen.request_bytes >= TAKEN_BYTES_MAX:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """The piece, or nothing for the handlers behind when none of the files is wanted."""
        self.arrived += len(raw_data)
        if self.arrived >= UPLOAD_BYTES_MAX:
            self.seen.too_large.append(self.file_name or "")
            raise SkipFile
        if self.seen.too_many_bytes or len(self.seen.names) > FILES_MAX:
            return None
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Nothing: the next handler has it."""
        return None


def taken(
    request: HttpRequest, name: str, *, too_large: Refusal, most: int = FILES_MAX
) -> tuple[list[UploadedFile[Any]], list[Refusal]]:
    """The files of the form's field `name`, and why others were not taken.

    `too_large` says what to do about one file above its bound; the file's name is put before it.
    Of a request that is too large as a whole, or has more than `most` files, none is taken.
    """
    files = request.FILES.getlist(name)
    seen: _Seen = request.META.get(_SEEN) or _Seen()
    refused = [
        Refusal(f"{each}: {too_large.message}", too_large.remedy) for each in seen.too_large
    ]
    if seen.too_many_bytes and len(seen.names) > len(seen.too_large):
        refused.append(
            Refusal(
                f"{_listed(seen.names)}: This upload has {seen.request_bytes / 1_000_000:,.0f} MB; "
                f"{REQUEST_BYTES_MAX // 1_000_000} MB are the most at once.",
                _APART,
            )
        )
    if len(seen.names) > most:
        at_once = f"{most} files are" if most > 1 else "one file is"
        refused.append(
            Refusal(
                f"{_listed(seen.names)}: {len(seen.names)} files were chosen; "
                f"{at_once} the most at once.",
                "Choose fewer, and the others afterwards.",
            )
        )
    wanted = not seen.too_many_bytes and len(seen.names) <= most
    return (files if wanted else []), refused


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - FILES_MAX:,} more" if len(names) > FILES_MAX else ""
    return ", ".join(names[:FILES_MAX]) + more
