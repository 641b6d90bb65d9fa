"""The WSGI application that the web server runs."""

from __future__ import annotations

import os
import threading
import time

from django.core.wsgi import get_wsgi_application

LOOK_S = 0.5


def end_when_orphaned(parent: int) -> None:
    """End this process when the server that started it is gone, however it went.

    Otherwise it would keep the port, and a server that is started anew could not listen.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tieout.config.settings")
people = get_wsgi_application()  # Django is ready from here on

from tieout.config import warm  # noqa: E402
from tieout.web.machine import edge  # noqa: E402

application = edge.before(people)
warm.warm_up()
_SERVER = os.environ.get("_TIEOUT_WEB_SERVER", "")
if _SERVER and int(_SERVER) == os.getppid():  # absent where one process does everything
    end_when_orphaned(int(_SERVER))
