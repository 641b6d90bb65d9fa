"""Mapping files of the four mapping pages: the downloads, and the way of an upload."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tieout.service import mapping_files as service
from tieout.service import moments, propose_mappings
from tieout.service.access import Access
from tieout.service.mapping_columns import COLUMNS, FileUnreadableError, Kind, too_large
from tieout.web import uploads
from tieout.web.uploads import Refusal

ROWS_AT_ONCE = 500
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(
    kind: Kind, access: Access, *, wanted: service.Wanted, name: str
) -> StreamingHttpResponse:
    """The mappings that the filter finds, as CSV; row by row, so that 100,000 need no memory."""
    lines = service.csv_lines(kind, access.company.pk, wanted=wanted)
    response = StreamingHttpResponse(_bytes(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def download_excel(
    kind: Kind, access: Access, *, wanted: service.Wanted, name: str
) -> FileResponse:
    """The same as an Excel workbook, written to disk row by row."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 # FileResponse closes it
    service.write_excel(kind, access.company.pk, file, wanted=wanted)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)


def _bytes(lines: Iterator[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    for line in lines:
        waiting.append(line)
        if len(waiting) >= ROWS_AT_ONCE:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()


def upload(
    request: HttpRequest, access: Access, kind: Kind, *, back: str, label: str
) -> HttpResponse:
    """Read the file and go on to the preview of its changes; 422 when it is no such file."""
    large = too_large()
    refusal = Refusal(str(large), large.remedy)
    files, refused = uploads.taken(request, "file", too_large=refusal, most=1)
    context: dict[str, Any] = {
        "label": label,
        "back": reverse(back, args=[access.company.pk]),
        "columns": ", ".join(COLUMNS[kind]),
    }
    if refused:
        context |= {"problem": refused[0].message, "remedy": refused[0].remedy}
    elif not files:
        context |= {"problem": "No file was chosen.", "remedy": "Choose a file, then upload."}
    else:
        try:
            proposal = propose_mappings.receive(
                access, kind, files[0], files[0].name or "", moments.now()
            )
        except FileUnreadableError as error:
            context |= {"problem": f"{files[0].name}: {error}", "remedy": error.remedy}
        else:
            return redirect("mapping_changes", access.company.pk, proposal.pk)
    return render(request, "mapping_report.html", context, status=422)
