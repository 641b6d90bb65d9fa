"""Answers that are not 200: the HTTP code, what is wrong, and who puts it right."""

from __future__ import annotations

from tieout.connector.journal import Refused
from tieout.quickbooks import wire


class Problem(Exception):
    """An answer that is not 200. `status` is the HTTP code, `retry_after_s` a hint for 429."""

    def __init__(self, status: int, reply: wire.ProblemReply, *, retry_after_s: int = 0) -> None:
        super().__init__(reply.message)
        self.status = status
        self.reply = reply
        self.retry_after_s = retry_after_s


def problem(
    status: int, code: str, message: str, remedy: str, *, retry_after_s: int = 0
) -> Problem:
    """A Problem from its words."""
    reply = wire.ProblemReply(code=code, message=message, remedy=remedy)
    return Problem(status, reply, retry_after_s=retry_after_s)


def fence_problem(refused: Refused) -> Problem:
    """409 with the highest epoch that was seen."""
    remedies = {
        "fenced": "Stop this writer; if the database was restored, a person confirms that.",
        "other-installation": "A Super User takes the company file over, or stops here.",
    }
    reply = wire.ProblemReply(
        code=refused.code,
        message=refused.message,
        remedy=remedies[refused.code],
        highest_epoch=refused.highest_epoch,
    )
    return Problem(409, reply)
