"""The Web Connector's way in: its account, its sessions, and big answers until they are applied."""

from __future__ import annotations

import uuid

from django.db import models

from tieout.store.models.people import Company


class WebConnectorAccount(models.Model):
    """Under which name and password the Web Connector of one company signs in, and its .qwc file.

    The password is made here and long; only a salted hash is kept. `owner_id` and `file_id` are
    the ids that QuickBooks stamps on the company file: they never change by themselves.
    """

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, related_name="web_connector", primary_key=True
    )
    user_name = models.CharField(max_length=60, unique=True)
    password_hash = models.CharField(max_length=128, blank=True, default="")
    password_set_at = models.DateTimeField(null=True)
    owner_id = models.UUIDField(default=uuid.uuid4)
    file_id = models.UUIDField(default=uuid.uuid4)
    every_minutes = models.PositiveIntegerField(null=True, default=5)  # null = only by hand
    read_only = models.BooleanField(default=False)
    # a Super User wants the company file looked at again; `accepts` may name another one
    verify_wanted_at = models.DateTimeField(null=True)
    accepts = models.JSONField(default=dict)
    seen_file = models.JSONField(default=dict)  # the wrong file that was open at the last update
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.user_name


class WebConnectorSession(models.Model):
    """One update of the Web Connector: the row behind a ticket.

    `state` is the whole quickbooks.qbwc SessionState as JSON; the columns beside it repeat what is
    searched for and shown.
    """

    ticket = models.CharField(max_length=64, unique=True)
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="web_connector_sessions"
    )
    phase = models.CharField(max_length=12)
    epoch = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    last_call_at = models.DateTimeField()
    answered = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    app_name = models.CharField(max_length=60)  # under which QuickBooks stores its answers
    state = models.JSONField()
    # of the latest two message sets: [call id, requestID …]. Whose answer is this?
    request_ids = models.JSONField(default=list)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["company", "-id"], name="qbwc_session_latest"),
        ]

    def __str__(self) -> str:
        return f"update {self.pk} of company {self.company_id} ({self.phase})"


class KeptAnswer(models.Model):
    """An answer that waits in parts: too big to be applied at once, or to no known question."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="kept_answers")
    session = models.ForeignKey(
        WebConnectorSession, on_delete=models.CASCADE, related_name="kept_answers"
    )
    call_id = models.CharField(max_length=40, blank=True, default="")  # "" = to nothing we asked
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    hresult = models.CharField(max_length=20, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    kept_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)  # a worker is applying it
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "call_id", "sha256"], name="qbwc_answer_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kept_at"],
                name="qbwc_answer_open",
                condition=models.Q(applied_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.call_id or 'nothing known'}, {self.size} bytes"


class AnswerPart(models.Model):
    """A piece of a kept answer, at most 256 KB, in order."""

    answer = models.ForeignKey(KeptAnswer, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    data = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["answer_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "number"], name="qbwc_part_once"),
        ]

    def __str__(self) -> str:
        return f"part {self.number}"
