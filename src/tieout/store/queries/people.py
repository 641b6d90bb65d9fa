"""People and their companies."""

from __future__ import annotations

from django.db.models import QuerySet

from tieout.store import prepared
from tieout.store.models import Company, Membership, User
from tieout.store.models.people import Role

__all__ = ["Company", "Membership", "Role", "User", "companies_of", "membership"]


def membership(*, user: User, company_id: int) -> Membership | None:
    """The person's membership of the company, with the company; one query."""
    return _membership(user_id=user.pk, company_id=company_id)


@prepared.row
def _membership(*, user_id: int, company_id: int) -> QuerySet[Membership]:
    rows = Membership.objects.select_related("company")
    return rows.filter(user_id=user_id, company_id=company_id)


def companies_of(*, user: User) -> list[Membership]:
    """The person's companies by name, with their roles; one query."""
    return list(
        Membership.objects.select_related("company")
        .filter(user_id=user.pk)
        .order_by("company__name", "company_id")
    )
