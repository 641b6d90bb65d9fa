"""Drifts: what changed under a mapping since it was saved, and what a person answered."""

from __future__ import annotations

from django.db import models

from tieout.core.drifting import DriftKind
from tieout.store.models.books import QbCustomer
from tieout.store.models.connections import Task
from tieout.store.models.mappings import JobMapping
from tieout.store.models.people import Company, User

STANDING = ["open", "ignored"]


class Drift(models.Model):
    """One change of one mapping. Of each kind at most one stands; what is over stays as history."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        NOTED = "noted", "Noted"  # harmless: nobody is asked, and it is remembered at once
        IGNORED = "ignored", "Ignored until it changes again"
        ANSWERED = "answered", "Answered"
        OVER = "over", "Over"  # it changed back, changed again, or its mapping was removed

    class Answer(models.TextChoices):
        NONE = "", ""
        KEPT = "kept", "Kept"
        REMAPPED = "remapped", "Mapped to another job"
        REMOVED = "removed", "Association removed"
        IGNORED = "ignored", "Ignored until it changes again"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="drifts")
    mapping = models.ForeignKey(JobMapping, on_delete=models.CASCADE, related_name="drifts")
    target = models.ForeignKey(QbCustomer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in DriftKind])
    state = models.CharField(max_length=8, choices=State.choices)
    was = models.CharField(max_length=209, blank=True, default="")
    now = models.CharField(max_length=209, blank=True, default="")
    text = models.CharField(max_length=800)
    token = models.CharField(max_length=209)  # core.drifting.Drift.state: tells changes apart
    survivor = models.ForeignKey(QbCustomer, on_delete=models.PROTECT, null=True, related_name="+")
    proof = models.CharField(max_length=200, blank=True, default="")
    seen_at = models.DateTimeField()
    seen_by = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, related_name="drifts")
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True, default="")
    answered_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    # what the mapping remembered before the answer; its version after it, 0 when that stayed
    memory = models.JSONField(default=dict)
    answered_version = models.PositiveIntegerField(default=0)
    batch = models.CharField(max_length=32, blank=True, default="")  # answered together
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mapping", "kind"],
                name="drift_standing_once",
                condition=models.Q(state__in=STANDING),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "kind", "id"], name="drift_list"),
            models.Index(fields=["company", "answered_at"], name="drift_answered"),
            models.Index(
                fields=["company", "batch"], name="drift_batch", condition=~models.Q(batch="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.mapping_id} ({self.state})"
