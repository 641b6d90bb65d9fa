"""What QuickBooks was last seen to hold of job-level data, and what was last sent there."""

from __future__ import annotations

from django.db import models

from tieout.store.models.connections import Task
from tieout.store.models.people import Company
from tieout.store.models.source import SourceJob


class JobDataSeen(models.Model):
    """Job-level data of the QuickBooks job of one mapped contractor job, as texts by field name.

    `sent` is what Tieout last wrote there: what differs from it now, a bookkeeper edited.
    `proposed_by` is the reading that found something to change.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(SourceJob, on_delete=models.CASCADE, related_name="data_seen")
    list_id = models.CharField(max_length=36)
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    there = models.JSONField(default=dict)
    sent = models.JSONField(default=dict)
    read_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["job_id"]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.list_id}"
