"""What Tieout suggests for contractor jobs without a mapping, and what it was computed from."""

from __future__ import annotations

from django.db import models

from tieout.core.matching_facts import Bucket
from tieout.store.models.books import QbCustomer
from tieout.store.models.people import Company
from tieout.store.models.source import SourceJob


class JobSuggestion(models.Model):
    """The best candidates for one contractor job. `target` is None when probably none is there.

    The row stays when the job is mapped: an undo shows it again. `job_mark` and `books_mark` are
    of the job and of the QuickBooks list that it was computed from; another mark is a stale row.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(SourceJob, on_delete=models.CASCADE, related_name="suggestion")
    target = models.ForeignKey(
        QbCustomer, on_delete=models.CASCADE, null=True, related_name="suggestions"
    )
    score = models.PositiveSmallIntegerField(default=0)  # in ten-thousandths
    bucket = models.CharField(max_length=6, choices=[(b.value, b.value) for b in Bucket])
    safe = models.BooleanField(default=False)  # may be saved in bulk without looking
    reasons = models.JSONField(default=list)
    flags = models.JSONField(default=list)  # core.matching_facts.Flag
    # the best up to rank 5, each with all fields of core.matching_facts.Suggestion but job and rank
    ranks = models.JSONField(default=list)
    target_name = models.CharField(max_length=209, blank=True, default="")  # as it was then
    job_mark = models.CharField(max_length=16)
    books_mark = models.CharField(max_length=16)
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["job_id"]
        indexes = [
            models.Index(fields=["company", "safe", "score"], name="suggestion_bulk"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} -> {self.target_id} ({self.bucket})"


class SuggestionState(models.Model):
    """Which QuickBooks list the company's suggestions were computed from."""

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, primary_key=True, related_name="suggestion_state"
    )
    books_mark = models.CharField(max_length=16, blank=True, default="")
    books_at = models.DateTimeField(null=True)  # Book.lists_refreshed_at of that list
    done_at = models.DateTimeField(null=True)
    serial = models.BigIntegerField(default=0)  # one more with each time that rows were stored

    def __str__(self) -> str:
        return f"{self.company_id}: {self.books_mark}"
