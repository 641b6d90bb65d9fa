"""The name under which this Tieout's writes are fenced at the connector."""

from __future__ import annotations

from tieout.store.models import Installation


def installation_id() -> str:
    """The id of this installation; made on first use. A restored database keeps it, and so its
    old epochs are refused."""
    found = Installation.objects.order_by("pk").first()
    return str((found or Installation.objects.create()).guid)
