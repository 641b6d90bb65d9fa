"""What QuickBooks says, as last seen: the company file's facts and the mirror of its lists."""

from __future__ import annotations

from django.db import models

from tieout.store.models.connections import Task
from tieout.store.models.people import Company


class Book(models.Model):
    """The company file: identity, preferences, and when its lists were last read."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="book")
    company_name = models.CharField(max_length=100, blank=True, default="")
    company_file = models.CharField(max_length=300, blank=True, default="")
    stamp = models.CharField(max_length=64, blank=True, default="")
    product = models.CharField(max_length=255, blank=True, default="")
    qbxml_version = models.CharField(max_length=10, blank=True, default="")
    file_mode = models.CharField(max_length=12, blank=True, default="")
    last_restore_time = models.CharField(max_length=40, blank=True, default="")  # raw text
    closing_date = models.DateField(null=True)
    uses_classes = models.BooleanField(default=False)
    uses_sales_tax = models.BooleanField(default=False)
    non_taxable_code = models.CharField(max_length=3, default="Non")
    multi_currency = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    lists_refreshed_at = models.DateTimeField(null=True)
    lists_full_at = models.DateTimeField(null=True)  # when everything was read, nothing left out
    full_because = models.CharField(max_length=200, blank=True, default="")  # why the next must be
    customers_modified_to = models.CharField(max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return self.company_name or str(self.company_id)


class QbCustomer(models.Model):
    """A customer or Customer:Job of the company file. Never deleted: `gone_at` says it went."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="qb_customers")
    list_id = models.CharField(max_length=36)
    name = models.CharField(max_length=41)
    full_name = models.CharField(max_length=209)
    parent_list_id = models.CharField(max_length=36, blank=True, default="")
    top_list_id = models.CharField(max_length=36, blank=True, default="")
    sublevel = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    gone_at = models.DateTimeField(null=True)
    edit_sequence = models.CharField(max_length=16, blank=True, default="")
    time_modified = models.CharField(max_length=40, blank=True, default="")  # raw text
    job_status = models.CharField(max_length=20, blank=True, default="")
    # when it is gone: the job on which its invoices were found, and which invoice says so
    merged_into = models.CharField(max_length=36, blank=True, default="")
    merged_proof = models.CharField(max_length=200, blank=True, default="")
    seen_pass = models.BigIntegerField(default=0)  # id of the listing that saw it last
    search_text = models.TextField(default="")  # full name in lower case

    class Meta:
        ordering = ["full_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "list_id"], name="qb_customer_once"),
        ]
        indexes = [
            models.Index(fields=["company", "full_name", "id"], name="qb_customer_name"),
            models.Index(fields=["company", "top_list_id", "full_name"], name="qb_customer_top"),
            models.Index(fields=["company", "search_text"], name="qb_customer_walk"),
        ]

    def __str__(self) -> str:
        return self.full_name


class QbEntry(models.Model):
    """An entry of one of the short lists: items, classes, terms, accounts, tax codes."""

    class Kind(models.TextChoices):
        ITEM = "item", "Item"
        CLASS = "class", "Class"
        TERMS = "terms", "Terms"
        ACCOUNT = "account", "Account"
        TAX_CODE = "tax_code", "Sales tax code"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="qb_entries")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    list_id = models.CharField(max_length=36)
    full_name = models.CharField(max_length=209)
    active = models.BooleanField(default=True)
    gone_at = models.DateTimeField(null=True)
    has_account = models.BooleanField(default=True)
    detail = models.CharField(max_length=60, blank=True, default="")  # item or account type, days
    seen_pass = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["kind", "full_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "list_id"], name="qb_entry_once"),
        ]
        indexes = [models.Index(fields=["company", "kind", "full_name"], name="qb_entry_name")]

    def __str__(self) -> str:
        return self.full_name


class Listing(models.Model):
    """One list being read page by page. An iterator lives in one QuickBooks session only."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="listings")
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)  # "customer", "item", "class", "terms" …
    state = models.CharField(max_length=8, default="waiting")  # waiting, reading, done
    from_modified = models.CharField(max_length=40, blank=True, default="")
    iterator_id = models.CharField(max_length=60, blank=True, default="")
    session_id = models.CharField(max_length=128, blank=True, default="")
    page_rows = models.PositiveIntegerField(default=100)
    restarts = models.PositiveSmallIntegerField(default=0)
    range_from = models.CharField(max_length=209, blank=True, default="")
    seen = models.PositiveIntegerField(default=0)
    remaining = models.PositiveIntegerField(null=True)
    unbroken = models.BooleanField(default=True)  # one uninterrupted pass: may conclude *gone*
    changed = models.BooleanField(default=False)  # something that plans depend on is different
    gone = models.PositiveIntegerField(default=0)  # what it was concluded to have lost

    class Meta:
        ordering = ["task_id", "position"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"
