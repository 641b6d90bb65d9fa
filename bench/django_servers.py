"""Two references beside the Web Connector's service, on the same web server: what Django itself
costs. `empty` answers constant bytes from a view without middleware; `row` stores a row through the
ORM first, one commit a call, with the product's own database settings.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from bare_servers import REPLY

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
django.setup()


def _answer(request: HttpRequest) -> HttpResponse:
    if not request.body:
        return HttpResponse(status=400)
    if STORES:
        from tieout.store.models import Installation

        Installation.objects.create()
    return HttpResponse(
        REPLY,
        content_type="text/xml; charset=utf-8",
        headers={"Content-Length": str(len(REPLY))},
    )


STORES = os.environ["BENCH_DJANGO"] == "row"
urlpatterns = [path("qbwc/", _answer)]
application = get_wsgi_application()
