"""What a watchdog or a load balancer asks: whether pages are served and the database answers."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tieout import __version__
from tieout.store.queries import companies

log = logging.getLogger("tieout.web")


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:  # a view is given one
    """200 when work can be done here, else 503; nothing that is anybody's business."""
    try:
        companies.answers()
    except DatabaseError as error:
        log.error("The database does not answer: %s", error)
        return JsonResponse({"status": "database does not answer"}, status=503)
    return JsonResponse({"status": "ok", "version": __version__})
