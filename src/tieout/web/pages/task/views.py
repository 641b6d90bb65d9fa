"""The progress of a piece of background work, as a fragment that fetches itself anew."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tieout.service.access import Access
from tieout.store.queries import tasks
from tieout.web.access import company_page


@require_GET
@never_cache
@company_page("read")
def task(request: HttpRequest, access: Access, task_id: int) -> HttpResponse:
    """The task as `_task.html`; when it is over, the header HX-Trigger says so to the page."""
    found = tasks.get_task(company_id=access.company.pk, task_id=task_id)
    if found is None:
        message = "There is no such task."
        raise Http404(message)
    response = render(request, "_task.html", {"task": found})
    if found.over:
        said = {"task-over": {"id": found.pk, "kind": found.kind, "state": found.state}}
        response["HX-Trigger"] = json.dumps(said)
    return response
