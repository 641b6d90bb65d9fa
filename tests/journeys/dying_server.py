"""A web server that kills itself at one point of the Web Connector's service: python THIS POINT …

POINT is where it dies at the first write: "before keep", "before apply", "after apply" or
"before handing out". The rest are the arguments of `tieout web`. Nothing tidies up: SIGKILL.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import waitress

from tieout.cli.main import main


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def plant(point: str) -> None:
    from tieout.quickbooks.qbwc import HandOverReply, PercentReply
    from tieout.service import conversation, web_connector
    from tieout.store.queries.exports import Exchange

    def is_write(call_id: str) -> bool:
        return Exchange.objects.filter(call_id=call_id, purpose="write").exists()

    keep, apply, rendered = (
        conversation.keep_by_call,
        conversation.apply_kept,
        web_connector._rendered,
    )
    seen: list[str] = []

    def keeping(call_id: str, answer: Any, **more: Any) -> Any:
        if is_write(call_id):
            if point == "before keep":
                die()
            seen.append(call_id)
        return keep(call_id, answer, **more)

    def applying(turn: Any, call_id: str, **more: Any) -> Any:
        if is_write(call_id) and point == "before apply":
            die()
        return apply(turn, call_id, **more)

    def rendering(reply: Any, payload: str = "") -> bytes:
        goes_out = isinstance(reply, HandOverReply) and "InvoiceAddRq" in payload
        if point == "before handing out" and goes_out:
            die()
        if point == "after apply" and seen and isinstance(reply, PercentReply):
            die()
        return rendered(reply, payload)

    conversation.keep_by_call = keeping  # type: ignore[assignment]
    conversation.apply_kept = applying
    web_connector._rendered = rendering


real_serve = waitress.serve


def serve(application: Any, **more: Any) -> None:
    plant(sys.argv[1])
    real_serve(application, **more)


if __name__ == "__main__":
    waitress.serve = serve
    raise SystemExit(main(["web", "--server", "waitress", *sys.argv[2:]]))
