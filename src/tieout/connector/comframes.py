"""What the connector and its COM worker process say to each other: one JSON object per frame.

The pipe puts the length before each frame. Requests are `open`, `process` and `end`; an answer is
a notice of the call about to be made, a result, or a failure. Nothing else travels.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.connector.link import LinkError, Stage

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How one worker process runs.

    `lock` is held from its first COM call to its death, so that two never overlap; `lock_s` is
    how long it waits for the one before; `grace_s` how long it may still take to end its session
    once the connector is gone.
    """

    lock: Path
    lock_s: float
    grace_s: float
    read_only: bool = False


def encode(frame: Frame) -> bytes:
    """The bytes of a frame. ASCII: QuickBooks' strings may hold half of a surrogate pair."""
    return json.dumps(frame, separators=(",", ":")).encode("ascii")


def decode(data: bytes) -> Frame:
    """The frame in these bytes; raises ValueError when it is none."""
    frame = json.loads(data)
    if not isinstance(frame, dict):
        msg = "a frame is a JSON object"
        raise ValueError(msg)
    return frame


def failure(error: LinkError) -> Frame:
    """A failed call as a frame."""
    return {
        "ok": False,
        "stage": error.stage,
        "hresult": error.hresult,
        "message": error.message,
    }


def link_error(frame: Frame) -> LinkError:
    """The failed call of a frame made by `failure`."""
    stage: Stage = frame["stage"]
    return LinkError(stage, frame["hresult"], frame["message"])
