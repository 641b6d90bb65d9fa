"""Mappings that were saved together, so that they can be undone together."""

from __future__ import annotations

from django.db import models

from tieout.store.models.people import Company, User


class MappingBatch(models.Model):
    """One bulk change. Its changes are the company's events from `first` to `last`, no others."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="mapping_batches")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(max_length=300)  # a few words for the clerk
    saved = models.PositiveIntegerField()
    first = models.BigIntegerField()  # Event.sequence
    last = models.BigIntegerField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["company", "-id"], name="mapping_batch_latest")]

    def __str__(self) -> str:
        return f"{self.what} ({self.saved})"
