"""The static files, found once for every process of tests."""

from __future__ import annotations

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

FOUND: dict[str, Any] = {}  # by address


class StaticFiles(WhiteNoiseMiddleware):
    """The product's, which looks at every file when a server starts.

    Each of Django's test clients is a server that starts.
    """

    def add_files_from_finders(self) -> None:
        if not FOUND:
            super().add_files_from_finders()
            FOUND.update(self.files)
        self.files.update(FOUND)
