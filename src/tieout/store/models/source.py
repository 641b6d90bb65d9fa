"""What the back office says: clients, contractor jobs, pay/bill items, invoices, and imports."""

from __future__ import annotations

from django.db import models

from tieout.core.facts import InvoiceKind
from tieout.store.fields import FixedPointField
from tieout.store.models.people import Company, User

KINDS = [(k.value, k.value) for k in InvoiceKind]


class SourceClient(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="clients")
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="client_once"),
        ]
        indexes = [
            models.Index(fields=["company", "active", "name", "id"], name="client_list"),
            models.Index(fields=["company", "name", "id"], name="client_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SourceJob(models.Model):
    """A contractor job. `commits` keeps what the screens need: `map_state`, `suggested`, `search_text`."""

    class MapState(models.TextChoices):
        NOT_MAPPED = "not_mapped", "Not mapped"
        MAPPED = "mapped", "Mapped"
        ATTENTION = "attention", "Needs attention"

    # without an index of its own: all those below begin with it
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="jobs", db_index=False
    )
    client = models.ForeignKey(SourceClient, on_delete=models.PROTECT, related_name="jobs")
    key = models.CharField(max_length=80)
    contractor = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True, default="")
    start_date = models.DateField(null=True)
    projected_end_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    active = models.BooleanField(default=True)
    worker_type = models.CharField(max_length=8, blank=True, default="")
    class_value = models.CharField(max_length=120, blank=True, default="")
    po_number = models.CharField(max_length=40, blank=True, default="")
    map_state = models.CharField(
        max_length=10, choices=MapState.choices, default=MapState.NOT_MAPPED
    )
    # not mapped, and there is a suggestion
    suggested = models.BooleanField(default=False)
    search_text = models.TextField(default="")  # lower case: both sides of the mapping

    class Meta:
        ordering = ["contractor", "id"]
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="job_once")]
        indexes = [
            models.Index(
                fields=["company", "active", "map_state", "contractor", "id"], name="job_list"
            ),
            models.Index(fields=["company", "active", "contractor", "id"], name="job_by_name"),
            # as narrow as can be: it is counted through for every page
            models.Index(
                fields=["company", "active", "map_state", "suggested"], name="job_counts"
            ),
            models.Index(
                fields=["company", "active", "suggested", "contractor", "id"],
                name="job_suggested",
            ),
            # map_state at the end: a filter by it is answered from the index alone
            models.Index(
                fields=["company", "active", "start_date", "id", "map_state"], name="job_by_start"
            ),
            models.Index(
                fields=["client", "active", "contractor", "id", "map_state"], name="job_by_client"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contractor} ({self.key})"


class SourceItem(models.Model):
    """A pay/bill item, separately for contractors and direct hire."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=12, choices=KINDS)
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "key"], name="item_once")
        ]

    def __str__(self) -> str:
        return self.name


class SourceInvoice(models.Model):
    """An invoice of the back office and where its export stands."""

    class Standing(models.TextChoices):
        TO_PLAN = "to_plan", "Being checked"
        READY = "ready", "Ready"
        BLOCKED = "blocked", "Blocked"
        SKIPPED = "skipped", "Skipped"
        UNDER_WAY = "under_way", "Under way"  # some posting is queued, sending or unconfirmed
        EXPORTED = "exported", "Exported"
        CHANGED = "changed", "Changed in the back office"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invoices")
    client = models.ForeignKey(SourceClient, on_delete=models.PROTECT, related_name="invoices")
    key = models.CharField(max_length=80)
    number = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=12, choices=KINDS)
    invoice_date = models.DateField()
    due_date = models.DateField(null=True)
    terms = models.CharField(max_length=60, blank=True, default="")
    po_number = models.CharField(max_length=60, blank=True, default="")
    memo = models.TextField(blank=True, default="")
    approved = models.BooleanField(default=True)
    printed_total = FixedPointField(places=2, null=True)
    total = FixedPointField(places=2)  # as printed; without that the sum of the lines
    content_hash = models.CharField(max_length=64)  # of the whole fact: notices a changed row
    exported_hash = models.CharField(max_length=64, blank=True, default="")  # when first claimed
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.TO_PLAN)
    first_reason = models.CharField(max_length=30, blank=True, default="")  # of its blocks
    skipped_why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["invoice_date", "number", "id"]
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="invoice_once")]
        indexes = [
            models.Index(
                fields=["company", "standing", "invoice_date", "number", "id"], name="invoice_list"
            ),
            models.Index(fields=["company", "number"], name="invoice_number"),
        ]

    def __str__(self) -> str:
        return self.number or self.key


class SourceLine(models.Model):
    invoice = models.ForeignKey(SourceInvoice, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    item_key = models.CharField(max_length=80)
    job_key = models.CharField(max_length=80, blank=True, default="", db_index=True)
    description = models.TextField(blank=True, default="")
    quantity = FixedPointField(places=5, null=True)
    rate = FixedPointField(places=8, null=True)
    amount = FixedPointField(places=2)
    service_date = models.DateField(null=True)
    class_value = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["invoice_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "number"], name="line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.number}"


class InvoiceBlock(models.Model):
    """One reason why an invoice waits, as the last plan found it (core.facts.Block)."""

    invoice = models.ForeignKey(SourceInvoice, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveIntegerField()
    reason = models.CharField(max_length=30)
    message = models.CharField(max_length=500)
    remedy = models.CharField(max_length=500)
    who = models.CharField(max_length=20)
    job_key = models.CharField(max_length=80, blank=True, default="")
    subject = models.CharField(max_length=120, blank=True, default="")
    line = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["invoice_id", "position"]
        indexes = [models.Index(fields=["job_key"], name="block_job")]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.reason}"


class Import(models.Model):
    """One uploaded file: what was recognised in it and what came of it."""

    class State(models.TextChoices):
        PREVIEW = "preview", "Preview"
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="imports")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    filename = models.CharField(max_length=255)
    path = models.CharField(max_length=500)  # below the data directory
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    # [{"sheet", "kind", "columns": {field: header}, "preview": [[…]] …}]
    sheets = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREVIEW)
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename


class ImportProblem(models.Model):
    """One bad row (or field of it): it was left out, the good rows went in."""

    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    sheet = models.CharField(max_length=100, blank=True, default="")
    line = models.PositiveIntegerField()
    field = models.CharField(max_length=60)
    value = models.CharField(max_length=300)
    message = models.CharField(max_length=500)
    remedy = models.CharField(max_length=500)

    class Meta:
        ordering = ["run_id", "id"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.field}"
