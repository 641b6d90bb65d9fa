"""Companies, people, and who may do what where."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models

from tieout.core.facts import JoblessLines, Syncing, ZeroTotals


class User(AbstractUser):
    """A person who signs in. What they may do is said by their memberships alone."""

    single_key_shortcuts = models.BooleanField(default=True)

    @property
    def shown_name(self) -> str:
        """The person's full name, or the username where no name is known."""
        return self.get_full_name() or self.get_username()


class Company(models.Model):
    """One QuickBooks company file with its source of jobs and invoices, and its export rules."""

    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    rehearsal = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    # the company's own choices: core.facts.ExportRules
    syncing = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in Syncing], default=Syncing.PER_JOB.value
    )
    jobless_lines = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in JoblessLines],
        default=JoblessLines.CLIENT.value,
    )
    zero_totals = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in ZeroTotals],
        default=ZeroTotals.BLOCK.value,
    )
    require_approval = models.BooleanField(default=False)
    split_suffix = models.CharField(max_length=8, default="-{n}")
    number_prefix_strip = models.CharField(max_length=20, blank=True, default="")
    template_name = models.CharField(max_length=31, blank=True, default="")
    # what Tieout may do to jobs in QuickBooks; a Super User switches it on
    create_jobs = models.BooleanField(default=False)
    keep_job_data = models.BooleanField(default=False)
    # how many drifts wait for an answer, kept by `commits.drifts`: every page's menu shows it
    open_drifts = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    SUPER_USER = "super_user", "Super User"
    BILLER = "biller", "Biller"
    APPROVER = "approver", "Approver"
    VIEWER = "viewer", "Viewer"


class Membership(models.Model):
    """A person's role in one company."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        ordering = ["company_id", "user_id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "company"], name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.company}: {self.get_role_display()}"


class SignInTry(models.Model):
    """Failed sign-ins under one name from one address, or from one address at all.

    `key` is a hash: what people type as their name is sometimes their password.
    """

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.failures} failed"
