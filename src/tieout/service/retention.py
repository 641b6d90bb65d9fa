"""Once a day: remove old looks in QuickBooks, and uploads that nobody started, bundle by bundle.

What is kept for good, and why, says `store.commits.retention`. Two workers may do it at once; who
comes second finds nothing left.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tieout.service import uploads
from tieout.store.commits import imports
from tieout.store.commits import retention as commits

log = logging.getLogger("tieout.worker")

BUNDLE = 500
AGAIN = timedelta(days=1)
NEXT_BUNDLE = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)
class Retention:
    """One walk over what is old, a bundle at each call. It lives in the worker's memory only: begun
    again after a stop, it finds what is left."""

    due_at: datetime
    looks: int = 0
    files: int = 0
    _after: int = 0

    def some(self, *, now: datetime) -> bool:
        """Do the next bundle if it is due; whether anything was removed."""
        if now < self.due_at:
            return False
        before = self.looks + self.files
        more = self._forget_looks(now)
        more = self._discard_uploads(now) or more
        removed = self.looks + self.files > before
        if more:
            self.due_at = now + NEXT_BUNDLE
            return removed
        log.info(
            "removed %d old looks in QuickBooks (kept for %d days) and %d uploads that nobody "
            "started (kept for %d days)",
            self.looks, settings.KEEP_LOOKS_DAYS, self.files, settings.KEEP_UPLOADS_DAYS,
        )  # fmt: skip
        self.due_at, self._after = now + AGAIN, 0
        self.looks = self.files = 0
        return removed

    def _forget_looks(self, now: datetime) -> bool:
        """Whether there may be more."""
        before = now - timedelta(days=settings.KEEP_LOOKS_DAYS)
        found = commits.old_looks(before=before, after=self._after, limit=BUNDLE)
        of_company: dict[int, list[int]] = defaultdict(list)
        for look in found:
            of_company[look.company_id].append(look.exchange_id)
        for company_id, ids in of_company.items():
            with transaction.atomic():
                self.looks += commits.forget_looks(company_id=company_id, ids=ids, before=before)
        if found:
            self._after = found[-1].exchange_id
        return len(found) == BUNDLE

    def _discard_uploads(self, now: datetime) -> bool:
        before = now - timedelta(days=settings.KEEP_UPLOADS_DAYS)
        found = commits.old_uploads(before=before, limit=BUNDLE)
        for row in found:
            path = imports.discard(company_id=row.company_id, import_id=row.pk)
            if path is not None:  # else somebody has just started it
                uploads.remove(path)
                self.files += 1
        return len(found) == BUNDLE
