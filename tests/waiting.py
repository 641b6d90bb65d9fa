"""Waiting for what another process or thread does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def wait_for(what: Callable[[], Any], *, timeout_s: float = 60.0) -> Any:
    """Ask until the answer is true, and return it; the limit is for what never comes."""
    until = time.monotonic() + timeout_s
    while not (answer := what()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
    return answer
