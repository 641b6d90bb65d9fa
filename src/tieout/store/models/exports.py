"""Postings, every exchange with QuickBooks about them, and batches."""

from __future__ import annotations

from django.db import models

from tieout.core.exporting import State
from tieout.core.facts import PostingKind
from tieout.store.fields import FixedPointField
from tieout.store.models.books import QbCustomer
from tieout.store.models.connections import Task
from tieout.store.models.people import Company, User
from tieout.store.models.source import SourceInvoice


class Batch(models.Model):
    """What one person exported with one click."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="batches")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, null=True, related_name="batch")
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    postings_count = models.PositiveIntegerField()
    total = FixedPointField(places=2)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class Posting(models.Model):
    """The intent for one invoice (or credit memo) in QuickBooks and where it stands."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="postings")
    invoice = models.ForeignKey(SourceInvoice, on_delete=models.PROTECT, related_name="postings")
    job_key = models.CharField(max_length=80, blank=True, default="")
    revision = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=40)  # in the memo marker [tieout:KEY]
    guid = models.CharField(max_length=38)  # ExternalGUID, braces included
    state = models.CharField(
        max_length=24, choices=[(s.value, s.value) for s in State], default=State.READY.value
    )
    state_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in PostingKind])
    number = models.CharField(max_length=11)
    numbered_from = models.CharField(max_length=40)  # the back office's number at that time
    customer = models.ForeignKey(QbCustomer, on_delete=models.PROTECT, related_name="postings")
    mapping_version = models.PositiveIntegerField(default=0)
    txn_date = models.DateField()
    total = FixedPointField(places=2)
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField()  # the whole core.facts.Posting, for preview and for rendering
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="postings")
    queued_at = models.DateTimeField(null=True)  # waits for its turn; null = nobody asked
    writes = models.PositiveIntegerField(default=0)  # intents committed under the present set id
    recoveries = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)  # claims given back since it was queued
    due_at = models.DateTimeField(null=True)  # next automatic step not before this moment
    set_id = models.CharField(max_length=23, blank=True, default="")
    app_name = models.CharField(max_length=60, blank=True, default="")
    # what QuickBooks answered
    txn_id = models.CharField(max_length=36, blank=True, default="", db_index=True)
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    qb_number = models.CharField(max_length=11, blank=True, default="")
    qb_total = FixedPointField(places=2, null=True)
    exported_at = models.DateTimeField(null=True)
    # what the clerk reads when it is not simply exported
    problem = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    found = models.JSONField(
        default=dict
    )  # the invoice found in QuickBooks, when a person decides

    class Meta:
        ordering = ["invoice_id", "job_key", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "invoice", "job_key", "revision"], name="posting_once"
            ),
            models.UniqueConstraint(fields=["company", "number"], name="posting_number_once"),
            models.UniqueConstraint(fields=["company", "key"], name="posting_key_once"),
        ]
        indexes = [
            models.Index(fields=["company", "state", "due_at", "id"], name="posting_queue"),
            models.Index(  # thousands may be ready while a few wait for their turn
                fields=["company", "state", "due_at", "queued_at", "id"],
                name="posting_waiting",
                condition=models.Q(queued_at__isnull=False),
            ),
            models.Index(fields=["batch", "state"], name="posting_batch"),
            models.Index(fields=["company", "state_at"], name="posting_moved"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.state})"


class Exchange(models.Model):
    """One message set handed to QuickBooks for a posting, and the raw answer to it.

    The row is committed before the bytes leave; the answer is kept before anything acts on it.
    """

    class Purpose(models.TextChoices):
        SESSION = "session", "Session check"
        PROBE = "probe", "Look before sending"
        WRITE = "write", "Send"
        STATUS_CHECK = "status", "Status check"
        SEARCH = "search", "Search"

    # a posting that is no longer planned goes, what was said to QuickBooks about it stays
    posting = models.ForeignKey(
        Posting, on_delete=models.SET_NULL, null=True, related_name="exchanges"
    )
    posting_key = models.CharField(max_length=40)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    call_id = models.CharField(max_length=40, unique=True)
    set_id = models.CharField(max_length=23, blank=True, default="")
    epoch = models.BigIntegerField()
    request = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True, default="")  # "" = no answer kept yet
    answer = models.BinaryField(default=b"")
    hresult = models.BigIntegerField(null=True)
    stage = models.CharField(max_length=10, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    session_id = models.CharField(max_length=80, blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["posting_id", "id"]
        indexes = [
            models.Index(
                fields=["posting"],
                name="exchange_unapplied",
                condition=models.Q(applied_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.call_id}"
