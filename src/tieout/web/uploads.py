"""A bound on uploads that holds while they arrive: what is beyond it is never written to disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

UPLOAD_BYTES_MAX = 200_000_000  # one file; what is imported must be smaller still
TOO_LARGE = "TIEOUT_UPLOAD_TOO_LARGE"  # key of request.META: the name of the file that was dropped


class BoundedUpload(FileUploadHandler):
    """Stands before the handlers that keep files, and drops the one that grows too large."""

    arrived = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.arrived = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.arrived += len(raw_data)
        if self.arrived >= UPLOAD_BYTES_MAX:
            if self.request is not None:
                self.request.META[TOO_LARGE] = self.file_name
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None  # the next handler has it
