"""The saved links. A row stays when its association is removed; its history is in the events."""

from __future__ import annotations

from django.db import models

from tieout.store.models.books import QbCustomer, QbEntry
from tieout.store.models.people import Company, User
from tieout.store.models.source import KINDS, SourceClient, SourceItem, SourceJob


class Mapping(models.Model):
    """What all four mappings share: optimistic version, and who changed it when."""

    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class JobMapping(Mapping):
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="job_mappings", db_index=False
    )
    job = models.OneToOneField(SourceJob, on_delete=models.CASCADE, related_name="mapping")
    target = models.ForeignKey(
        QbCustomer, on_delete=models.PROTECT, null=True, related_name="job_mappings"
    )
    other_customer_confirmed = models.BooleanField(default=False)
    shared_confirmed = models.BooleanField(default=False)
    # both sides as they were when somebody last said that they belong together: drift is noticed
    # against these
    remembered_full_name = models.CharField(max_length=209, blank=True, default="")
    remembered_parent = models.CharField(max_length=36, blank=True, default="")
    remembered_top = models.CharField(max_length=36, blank=True, default="")
    remembered_active = models.BooleanField(default=True)
    remembered_job_active = models.BooleanField(null=True)  # null: not noted
    remembered_client = models.ForeignKey(
        SourceClient, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # what was remembered before the last change, so that undoing it restores that exactly
    former = models.JSONField(default=dict)

    class Meta:
        ordering = ["job_id"]
        indexes = [
            models.Index(fields=["company", "target"], name="job_mapping_target"),
            models.Index(fields=["company", "job"], name="job_mapping_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} -> {self.target_id}"


class ClientMapping(Mapping):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="client_mappings")
    client = models.OneToOneField(SourceClient, on_delete=models.CASCADE, related_name="mapping")
    target = models.ForeignKey(
        QbCustomer, on_delete=models.PROTECT, null=True, related_name="client_mappings"
    )

    class Meta:
        ordering = ["client_id"]

    def __str__(self) -> str:
        return f"{self.client_id} -> {self.target_id}"


class ItemMapping(Mapping):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="item_mappings")
    item = models.OneToOneField(SourceItem, on_delete=models.CASCADE, related_name="mapping")
    target = models.ForeignKey(
        QbEntry, on_delete=models.PROTECT, null=True, related_name="item_mappings"
    )

    class Meta:
        ordering = ["item_id"]

    def __str__(self) -> str:
        return f"{self.item_id} -> {self.target_id}"


class ClassMapping(Mapping):
    """A value of the custom field and the class it stands for. Values are noted at import."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="class_mappings")
    kind = models.CharField(max_length=12, choices=KINDS)
    value = models.CharField(max_length=120)
    target = models.ForeignKey(
        QbEntry, on_delete=models.PROTECT, null=True, related_name="class_mappings"
    )

    class Meta:
        ordering = ["kind", "value"]
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "value"], name="class_value_once"),
        ]

    def __str__(self) -> str:
        return f"{self.value} -> {self.target_id}"
