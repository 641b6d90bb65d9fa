"""Tie-outs: what was read from QuickBooks, the totals of both books, and what differs."""

from __future__ import annotations

from django.db import models

from tieout.core.facts import Verdict
from tieout.store.fields import FixedPointField
from tieout.store.models.connections import Task
from tieout.store.models.exports import Posting
from tieout.store.models.people import Company


class TieOut(models.Model):
    """Two books compared over a period: the totals, the difference and what it is made of."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="tie_outs")
    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="tie_out")
    from_date = models.DateField(null=True)
    to_date = models.DateField(null=True)
    whole = models.BooleanField(default=True)  # no period was chosen: everything exported
    at = models.DateTimeField()
    ours = FixedPointField(places=2, default=0)
    theirs = FixedPointField(places=2, default=0)
    postings_count = models.PositiveIntegerField(default=0)  # of ours that were compared
    jobs_count = models.PositiveIntegerField(default=0)  # QuickBooks jobs with a total
    differing_count = models.PositiveIntegerField(default=0)  # of them with a difference
    verdicts = models.JSONField(default=dict)  # verdict -> how many findings; empty when tied
    complete = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["company", "-id"], name="tie_out_latest"),
        ]

    def __str__(self) -> str:
        return f"tie-out {self.pk}"

    @property
    def findings_count(self) -> int:
        """How many findings there are; one invoice may have several."""
        return sum(self.verdicts.values())


class TieOutTotal(models.Model):
    """Both books' totals of one QuickBooks job, under the name it had then."""

    tie_out = models.ForeignKey(TieOut, on_delete=models.CASCADE, related_name="job_totals")
    list_id = models.CharField(max_length=36)
    customer = models.CharField(max_length=209)
    sort_name = models.CharField(max_length=209)  # in lower case: searched and sorted by
    ours = FixedPointField(places=2)
    theirs = FixedPointField(places=2)
    difference = FixedPointField(places=2)  # ours minus theirs
    size = FixedPointField(places=2)  # of the difference, without its sign

    class Meta:
        ordering = ["-size", "sort_name", "id"]
        indexes = [
            models.Index(
                fields=["tie_out", "-size", "sort_name", "id"], name="tie_out_total_size"
            ),
            models.Index(fields=["tie_out", "sort_name", "id"], name="tie_out_total_name"),
        ]

    def __str__(self) -> str:
        return self.customer


class TieOutFinding(models.Model):
    """One thing that differs, with both sides as they were; an absent side is empty."""

    tie_out = models.ForeignKey(TieOut, on_delete=models.CASCADE, related_name="findings")
    place = models.PositiveIntegerField()  # by day and number, as the comparison sorts them
    verdict = models.CharField(max_length=12, choices=[(v.value, v.value) for v in Verdict])
    posting = models.ForeignKey(
        Posting, on_delete=models.SET_NULL, null=True, related_name="findings"
    )
    our_number = models.CharField(max_length=21, blank=True, default="")
    our_date = models.DateField(null=True)
    our_customer = models.CharField(max_length=209, blank=True, default="")
    our_voided = models.BooleanField(default=False)
    ours = FixedPointField(places=2, null=True)  # negative for a credit memo
    txn_id = models.CharField(max_length=36, blank=True, default="")
    their_number = models.CharField(max_length=21, blank=True, default="")
    their_date = models.DateField(null=True)
    their_customer = models.CharField(max_length=209, blank=True, default="")
    theirs = FixedPointField(places=2, null=True)
    difference = FixedPointField(places=2)

    class Meta:
        ordering = ["tie_out_id", "place"]
        indexes = [
            models.Index(fields=["tie_out", "place"], name="finding_place"),
            models.Index(fields=["tie_out", "verdict", "place"], name="finding_verdict"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.number}"

    @property
    def number(self) -> str:
        """The invoice's number, ours when both books know it."""
        return self.our_number or self.their_number


class QbInvoice(models.Model):
    """An invoice or credit memo read from QuickBooks, kept until its tie-out is concluded."""

    tie_out = models.ForeignKey(TieOut, on_delete=models.CASCADE, related_name="qb_invoices")
    txn_id = models.CharField(max_length=36)
    number = models.CharField(max_length=21, blank=True, default="")
    customer_list_id = models.CharField(max_length=36)
    txn_date = models.DateField()
    total = FixedPointField(places=2)  # negative for a credit memo
    marker_key = models.CharField(max_length=40, blank=True, default="")
    voided = models.BooleanField(default=False)
    stray = models.BooleanField(default=False)  # asked for by its id, outside of the period

    class Meta:
        ordering = ["tie_out_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tie_out", "txn_id"], name="qb_invoice_once"),
        ]

    def __str__(self) -> str:
        return self.number
