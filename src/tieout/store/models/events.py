"""The append-only, hash-chained log of what people and QuickBooks did."""

from __future__ import annotations

from django.db import models

from tieout.store.models.people import Company, User


class EventHead(models.Model):
    """The end of a company's chain; locked while an event is appended."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"{self.company_id} at {self.sequence}"


class Event(models.Model):
    """One thing that happened. Updates and deletes are refused by the database itself."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="events")
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    actor_name = models.CharField(max_length=150)  # "QuickBooks", "Tieout" or the username
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=30)  # "job_mapping", "posting", "connection" …
    subject_key = models.CharField(max_length=120, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    previous_hash = models.CharField(max_length=64, blank=True, default="")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["company_id", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["company", "sequence"], name="event_in_sequence"),
        ]
        indexes = [
            models.Index(
                fields=["company", "subject", "subject_key", "sequence"], name="event_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.subject} {self.subject_key}"

    @property
    def who(self) -> str:
        """Who did it, as people are called on the screens."""
        return self.actor.shown_name if self.actor else self.actor_name
