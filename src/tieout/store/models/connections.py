"""How a company reaches QuickBooks, who works on it now, and the work that waits."""

from __future__ import annotations

import uuid

from django.db import models

from tieout.store.fields import SecretField
from tieout.store.models.people import Company, User


class Connection(models.Model):
    """The saved settings of the Remote Connector and what the last contact showed."""

    class Status(models.TextChoices):
        UNVERIFIED = "unverified", "Not verified"
        ACTIVE = "active", "Active"
        BROKEN = "broken", "Broken"

    class Road(models.TextChoices):
        """Which way leads to QuickBooks; work goes over one at a time."""

        REMOTE = "remote", "QuickBooks Remote Connector"
        WEB_CONNECTOR = "web connector", "QuickBooks Web Connector"

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="connection")
    road = models.CharField(max_length=14, choices=Road.choices, default=Road.REMOTE)
    url = models.CharField(max_length=300, blank=True, default="")
    username = models.CharField(max_length=100, blank=True, default="")
    password = SecretField(blank=True, default="")
    fingerprint = models.CharField(max_length=64, blank=True, default="")  # pinned, SHA-256 hex
    certificate = models.TextField(blank=True, default="")  # PEM that belongs to the fingerprint
    company_file = models.CharField(max_length=300, blank=True, default="")  # "" = the open file
    app_name = models.CharField(max_length=60, default="Tieout")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.UNVERIFIED)
    # [{"rung", "state": "ok" | "broken" | "skipped", "detail", "remedy"}] of the last Verify
    ladder = models.JSONField(default=list)
    verified_at = models.DateTimeField(null=True)
    last_contact_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    updated_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.company}: {self.url or 'no connection'}"


class Installation(models.Model):
    """Which Tieout this is, for the connector: one row, made when it is first asked for."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True)

    def __str__(self) -> str:
        return str(self.guid)


class Lane(models.Model):
    """The one writer of a company. Taken by compare-and-set, which raises `epoch`.

    `epoch` is the fencing token: the connector refuses a write that carries an older one.
    """

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, related_name="lane", primary_key=True
    )
    wake_at = models.DateTimeField(null=True, db_index=True)
    lease_until = models.DateTimeField(null=True)
    owner = models.CharField(max_length=64, blank=True, default="")
    epoch = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    held_reason = models.CharField(max_length=300, blank=True, default="")  # why nothing is sent
    # when the connector's fence holds it: the highest epoch that was seen there, else 0
    fence_epoch = models.BigIntegerField(default=0)
    # the epoch and QuickBooks session in which the company file was found to be the right one
    checked_epoch = models.BigIntegerField(default=0)
    checked_session = models.CharField(max_length=128, blank=True, default="")
    # the journal of the connector that led there; "" over the Web Connector
    checked_journal = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"lane of {self.company_id}, epoch {self.epoch}"


class Task(models.Model):
    """A piece of background work with its progress. Its state is this row, never memory."""

    class Kind(models.TextChoices):
        VERIFY = "verify", "Verify connection"
        REFRESH = "refresh", "Refresh QuickBooks list"
        IMPORT = "import", "Import"
        PLAN = "plan", "Plan invoices"
        SUGGEST = "suggest", "Suggestions"
        EXPORT = "export", "Export"
        TIE_OUT = "tie_out", "Tie-out"
        MAPPINGS = "mappings", "Mapping changes"
        RESTORED = "restored", "Restored backup"
        JOB_DATA = "job_data", "Job-level data"
        GONE = "gone", "Look in QuickBooks"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    on_lane = models.BooleanField(default=True)  # needs the company's one writer
    requested_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()  # not before this moment (back-off)
    lease_until = models.DateTimeField(null=True)  # only for work beside the lane
    tries = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    message = models.CharField(max_length=500, blank=True, default="")
    problem = models.CharField(max_length=500, blank=True, default="")
    remedy = models.CharField(max_length=500, blank=True, default="")
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["company", "kind", "-id"], name="task_latest"),
            models.Index(
                fields=["on_lane", "due_at"],
                name="task_open",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.state})"

    @property
    def over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}
