"""Tables as CSV files that a person opens in a spreadsheet without danger."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from tieout.service.mapping_columns import FORMULA


class _Echo:
    def write(self, text: str) -> str:
        return text


def harmless(cell: object) -> str:
    """The text, so that no spreadsheet program takes it for a formula; figures stay figures."""
    text = "" if cell is None else str(cell)
    if not text.startswith(FORMULA) or _figure(text):
        return text
    return f"'{text}"


def _figure(text: str) -> bool:
    return text[:1] == "-" and text[1:].replace(".", "", 1).isdecimal() and text.isascii()


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """The rows as a download, streamed, in UTF-8 with a mark by which Excel knows it."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff"
        yield writer.writerow(header)
        for row in rows:
            yield writer.writerow([harmless(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
