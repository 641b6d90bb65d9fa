"""Settings: the integrations, and the connection to QuickBooks Desktop."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tieout.service.access import Access
from tieout.web.access import company_page


@require_GET
@company_page("read")
def integrations(request: HttpRequest, access: Access) -> HttpResponse:
    """Settings → Integrations: every page that configures one."""
    return render(request, "connection/integrations.html", {})
