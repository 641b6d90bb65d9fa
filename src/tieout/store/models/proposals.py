"""Proposed changes of mappings, from a file or from suggestions: previewed, saved, undone as one.

And the suggestions for clients, pay/bill items and class values from which some of them are made.
"""

from __future__ import annotations

from django.db import models

from tieout.store.models.connections import Task
from tieout.store.models.people import Company, User


class Proposal(models.Model):
    """One list of proposed changes. Nothing of it is saved before somebody says so."""

    class Origin(models.TextChoices):
        FILE = "file", "Mapping file"
        SUGGESTIONS = "suggestions", "Suggestions"

    class State(models.TextChoices):
        READING = "reading", "Reading"
        OPEN = "open", "Open"
        SAVING = "saving", "Saving"
        UNDOING = "undoing", "Undoing"
        FAILED = "failed", "Failed"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8)  # "job", "client", "item", "class"
    origin = models.CharField(max_length=12, choices=Origin.choices)
    name = models.CharField(max_length=255)  # of the file, or what the suggestions were
    path = models.CharField(max_length=120, blank=True, default="")  # until it has been read
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.READING)
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True)
    rows_read = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)  # rows that say what is there already
    problem = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    saved_at = models.DateTimeField(null=True)  # the last time that rows of it were saved
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["company", "kind", "-id"], name="proposal_latest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class ProposedChange(models.Model):
    """One row of a proposal: from, to, what is odd about it, and what came of it."""

    class State(models.TextChoices):
        READY = "ready", "Ready"
        CONFIRM = "confirm", "To confirm"
        ASIDE = "aside", "Set aside"  # somebody changed the mapping meanwhile
        ERROR = "error", "Refused"
        SAVED = "saved", "Saved"
        UNDONE = "undone", "Undone"
        KEPT = "kept", "Kept"  # not undone: it was changed again since

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=State.choices)
    record_id = models.BigIntegerField(null=True)  # of the job, client, item or class value
    key = models.CharField(max_length=120, blank=True, default="")
    label = models.CharField(max_length=420, blank=True, default="")  # ours, as people say it
    version = models.PositiveIntegerField(default=0)  # of the mapping on which the row is built
    from_list_id = models.CharField(max_length=36, blank=True, default="")
    from_name = models.CharField(max_length=209, blank=True, default="")
    to_list_id = models.CharField(max_length=36, blank=True, default="")  # "" removes
    to_name = models.CharField(max_length=209, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    notes = models.JSONField(default=list)  # why it is suggested, what becomes of invoices
    warnings = models.JSONField(default=list)  # [[kind, text]] to be confirmed
    field = models.CharField(max_length=40, blank=True, default="")
    value = models.CharField(max_length=300, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    saved_version = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["proposal_id", "line"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "line"], name="proposed_line_once"),
        ]
        indexes = [models.Index(fields=["proposal", "state", "line"], name="proposed_by_state")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.label}"


class SisterSuggestion(models.Model):
    """The best QuickBooks entry for a client, pay/bill item or class value without a mapping."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)  # "client", "item", "class"
    record_id = models.BigIntegerField()
    list_id = models.CharField(max_length=36, blank=True, default="")  # "": probably none
    full_name = models.CharField(max_length=209, blank=True, default="")
    score = models.PositiveSmallIntegerField(default=0)  # 0 to 100
    bucket = models.CharField(max_length=8)
    safe = models.BooleanField(default=False)  # may be saved in bulk
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ["company_id", "kind", "record_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "record_id"], name="sister_suggestion_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_id} -> {self.full_name or 'none'}"


class SisterSuggestionRun(models.Model):
    """What the suggestions of a kind were computed from: when that changed, they are stale."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    computed_at = models.DateTimeField()
    computed_from = models.CharField(max_length=200)

    class Meta:
        ordering = ["company_id", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["company", "kind"], name="sister_suggestion_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.company_id} at {self.computed_at}"
