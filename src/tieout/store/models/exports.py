"""What is written to QuickBooks exactly once, every exchange about it, and batches."""

from __future__ import annotations

from django.db import models

from tieout.core.exporting import State
from tieout.core.facts import PostingKind
from tieout.store.fields import FixedPointField
from tieout.store.models.books import QbCustomer
from tieout.store.models.connections import Task
from tieout.store.models.people import Company, User
from tieout.store.models.source import SourceInvoice, SourceJob


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


class ExactlyOnce(models.Model):
    """Where one write to QuickBooks stands; the columns of the machine in `core.exporting`."""

    state = models.CharField(
        max_length=24, choices=[(s.value, s.value) for s in State], default=State.READY.value
    )
    state_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)  # waits for its turn; null = nobody asked
    due_at = models.DateTimeField(null=True)  # next automatic step not before this moment
    writes = models.PositiveIntegerField(default=0)  # intents committed under the present set id
    recoveries = models.PositiveIntegerField(default=0)  # looks that found nothing, unfenced
    looks = models.PositiveIntegerField(default=0)  # looks since the write, whatever they brought
    tries = models.PositiveIntegerField(default=0)  # claims given back since it was queued
    # the epoch of the lane under which QuickBooks was found not to hold it; proofs do not keep
    proof_epoch = models.BigIntegerField(default=0)
    call_over = models.BooleanField(default=False)  # the connector: that call runs no more
    # when the present look asked for the stored answer and there was none
    nothing_stored_at = models.DateTimeField(null=True)
    holds_queue = models.BooleanField(default=False)  # a person decides, and it may still commit
    set_id = models.CharField(max_length=23, blank=True, default="")
    app_name = models.CharField(max_length=60, blank=True, default="")
    # what the clerk reads when it is not simply done
    problem = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    # what was found in QuickBooks, when a person decides
    found = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Posting(ExactlyOnce):
    """The intent for one invoice (or credit memo) in QuickBooks and where it stands."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="postings")
    invoice = models.ForeignKey(SourceInvoice, on_delete=models.PROTECT, related_name="postings")
    job_key = models.CharField(max_length=80, blank=True, default="")
    revision = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=40)  # in the memo marker [tieout:KEY]
    guid = models.CharField(max_length=38)  # ExternalGUID, braces included
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
    # what QuickBooks answered
    txn_id = models.CharField(max_length=36, blank=True, default="", db_index=True)
    # under which id it stood before it was last put back: looked for, too, before it is sent again
    former_txn_id = models.CharField(max_length=36, blank=True, default="")
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    qb_number = models.CharField(max_length=11, blank=True, default="")
    qb_total = FixedPointField(places=2, null=True)
    exported_at = models.DateTimeField(null=True)
    # when a tie-out noticed that it was voided, deleted or changed there; null: nothing to answer
    noticed_at = models.DateTimeField(null=True)
    # what QuickBooks saved under a set id before the present one: it may stand there twice
    earlier = models.JSONField(default=dict)

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
            models.Index(  # a few, of all that was ever exported
                fields=["company", "invoice"],
                name="posting_noticed",
                condition=models.Q(noticed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.state})"


class StillToAsk(models.Model):
    """A posting that a look in QuickBooks has still to ask for; gone as soon as that is done."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+", db_index=False)
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="+")
    txn_id = models.CharField(max_length=36)  # under which it is asked for

    class Meta:
        ordering = ["posting_id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "posting"], name="still_to_ask_once"),
        ]

    def __str__(self) -> str:
        return self.txn_id


class LookFinding(models.Model):
    """A posting that the look after a restored backup did not find as Tieout had left it."""

    class What(models.TextChoices):
        """What became of it there."""

        GONE = "gone", "gone"
        UPDATE = "update", "as it was before an update"
        VOID = "void", "as it was before a void"

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+", db_index=False)
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)

    class Meta:
        ordering = ["posting_id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "posting"], name="look_finding_once"),
        ]

    def __str__(self) -> str:
        return self.what


class QbWrite(ExactlyOnce):
    """A write to QuickBooks other than a new invoice or credit memo. The same machine runs it."""

    class Kind(models.TextChoices):
        CUSTOMER_ADD = "customer_add", "Create job"
        CUSTOMER_MOD = "customer_mod", "Update job"
        INVOICE_MOD = "invoice_mod", "Update invoice"
        VOID = "void", "Void"
        STAMP_DEFINITION = "stamp_field", "Define company stamp"
        STAMP = "stamp", "Write company stamp"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="qb_writes")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    key = models.CharField(max_length=40)  # one write for one wish
    title = models.CharField(max_length=250)  # what people read: "Create job Acme:Ortiz, Elena"
    content = models.JSONField()  # what it is to say, whole: the bytes are rendered from it
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    posting = models.ForeignKey(
        Posting, on_delete=models.PROTECT, null=True, related_name="qb_writes"
    )
    job = models.ForeignKey(SourceJob, on_delete=models.PROTECT, null=True, related_name="+")
    # what QuickBooks answered: a ListID or TxnID, and its EditSequence
    qb_id = models.CharField(max_length=36, blank=True, default="")
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="qb_write_once"),
        ]
        indexes = [
            models.Index(fields=["company", "state", "due_at", "id"], name="qb_write_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.state})"


class Exchange(models.Model):
    """One message set handed to QuickBooks, and the raw answer to it.

    A write's row is committed before its bytes leave; every answer is kept before anything acts
    on it. Pages of lists that the Web Connector carries are rows too, until they are applied.
    """

    class Purpose(models.TextChoices):
        SESSION = "session", "Session check"
        PROBE = "probe", "Look before sending"
        WRITE = "write", "Send"
        STATUS_CHECK = "status", "Status check"
        SEARCH = "search", "Search"
        RECALL = "recall", "Ask the connector"
        PAGE = "page", "Read a list"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="exchanges")
    # a posting that is no longer planned goes, what was said to QuickBooks about it stays
    posting = models.ForeignKey(
        Posting, on_delete=models.SET_NULL, null=True, related_name="exchanges"
    )
    qb_write = models.ForeignKey(
        QbWrite, on_delete=models.CASCADE, null=True, related_name="exchanges"
    )
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="exchanges")
    subject_key = models.CharField(max_length=40, blank=True, default="")
    place = models.JSONField(default=dict)  # where the answer to a task's question belongs
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    call_id = models.CharField(max_length=40, unique=True)
    set_id = models.CharField(max_length=23, blank=True, default="")
    epoch = models.BigIntegerField()
    road = models.CharField(max_length=14, default="remote")
    app_name = models.CharField(max_length=60, blank=True, default="")
    ticket = models.CharField(max_length=64, blank=True, default="")  # of the Web Connector
    request = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True, default="")  # "" = no answer kept yet
    answer = models.BinaryField(default=b"")
    hresult = models.BigIntegerField(null=True)
    stage = models.CharField(max_length=10, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    session_id = models.CharField(max_length=128, blank=True, default="")
    details = models.JSONField(default=dict)  # what else came with the answer
    answered_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["company", "id"],
                name="exchange_unapplied",
                condition=models.Q(applied_at__isnull=True, answered_at__isnull=False),
            ),
            models.Index(
                fields=["company", "id"],
                name="exchange_unanswered",
                condition=models.Q(applied_at__isnull=True, answered_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.call_id}"
