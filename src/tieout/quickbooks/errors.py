"""Errors of the QuickBooks codecs, split by who is at fault.

``LocalError`` is ours: we were about to send something QuickBooks cannot take. Nothing has left
this machine. ``RemoteError`` is theirs: what arrived cannot be understood. Both say whether
trying the same thing again can ever help (``permanent``) and what a person can do (``remedy``).
"""

from __future__ import annotations


class QuickBooksError(Exception):
    """Root of what the QuickBooks codecs raise.

    The class docstring's first line is the default message, so that a good message costs nothing.
    """

    permanent: bool = True
    remedy: str = "Report this to whoever runs Tieout."

    def __init__(
        self, message: str = "", *, remedy: str | None = None, permanent: bool | None = None
    ) -> None:
        super().__init__(message or (type(self).__doc__ or "").partition("\n")[0])
        if remedy is not None:
            self.remedy = remedy
        if permanent is not None:
            self.permanent = permanent


class LocalError(QuickBooksError):
    """We were about to send something that QuickBooks cannot take."""


class RemoteError(QuickBooksError):
    """What arrived from QuickBooks cannot be understood."""

    permanent = False
    remedy = "Try again; if it happens twice, keep the log and report it."
