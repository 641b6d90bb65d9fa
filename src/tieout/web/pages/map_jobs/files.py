"""The mapping file of Map Jobs: download what is on screen, upload an edited one."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from tieout.service.access import Access
from tieout.web import mapping_files
from tieout.web.access import company_page
from tieout.web.pages.map_jobs import filters


@require_GET
@company_page("read")
def download(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """The jobs that the filter finds, with their QuickBooks jobs, as CSV."""
    wanted = filters.read_filter(request.GET)
    return mapping_files.download("job", access, wanted=wanted, name="job-mappings.csv")


@require_GET
@company_page("read")
def download_excel(request: HttpRequest, access: Access) -> FileResponse:
    """The same as an Excel workbook."""
    wanted = filters.read_filter(request.GET)
    return mapping_files.download_excel("job", access, wanted=wanted, name="job-mappings.xlsx")


@require_POST
@company_page("work")
def upload(request: HttpRequest, access: Access) -> HttpResponse:
    """Read a mapping file and go on to the preview of its changes."""
    return mapping_files.upload(request, access, "job", back="map_jobs", label="Map Jobs")
