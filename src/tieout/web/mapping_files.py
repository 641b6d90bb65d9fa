"""Mapping files of the four mapping pages: the download, and the report of an upload."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from tieout.service import mapping_files as service
from tieout.service import moments
from tieout.service.access import Access

REFUSED_SHOWN = 500
ROWS_AT_ONCE = 500


class _Line:
    """A file to the csv writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def download(
    kind: service.Kind, access: Access, *, wanted: service.Wanted, name: str
) -> StreamingHttpResponse:
    """The mappings that the filter finds, as CSV; row by row, so that 100,000 need no memory."""
    response = StreamingHttpResponse(
        _lines(kind, access.company.pk, wanted), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(kind: service.Kind, company_id: int, wanted: service.Wanted) -> Iterator[bytes]:
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield b"\xef\xbb\xbf"  # Excel reads UTF-8 only behind a byte order mark
    waiting: list[str] = []
    for row in service.csv_rows(kind, company_id, wanted=wanted):
        waiting.append(writer.writerow(row))
        if len(waiting) >= ROWS_AT_ONCE:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()


def upload(
    request: HttpRequest, access: Access, kind: service.Kind, *, back: str, label: str
) -> HttpResponse:
    """Apply the file and show what came of it; 422 when it is no such file."""
    context: dict[str, Any] = {
        "label": label,
        "back": reverse(back, args=[access.company.pk]),
        "columns": ", ".join(service.COLUMNS[kind]),
    }
    given = request.FILES.get("file")
    if given is None:
        context |= {"problem": "No file was chosen.", "remedy": "Choose a CSV file, then upload."}
        return render(request, "mapping_report.html", context, status=422)
    context["name"] = given.name
    try:
        report = service.read_mappings(
            kind,
            access,
            cast("BinaryIO", given),
            moments.now(),
            confirm=request.POST.get("confirm") == "1",
            remap=request.POST.get("remap") == "1",
            reason=f"Mapping file {given.name}"[:200],
        )
    except service.FileUnreadableError as error:
        context |= {"problem": str(error), "remedy": error.remedy}
        return render(request, "mapping_report.html", context, status=422)
    context |= {"report": report, "shown": report.refused[:REFUSED_SHOWN]}
    return render(request, "mapping_report.html", context)
