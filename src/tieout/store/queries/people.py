"""People and their companies."""

from __future__ import annotations

from tieout.store.models import Company, Membership, User
from tieout.store.models.people import Role

__all__ = ["Company", "Membership", "Role", "User", "companies_of", "membership"]


def membership(*, user: User, company_id: int) -> Membership | None:
    """The person's membership of the company, with the company; one query."""
    return (
        Membership.objects.select_related("company")
        .filter(user_id=user.pk, company_id=company_id)
        .first()
    )


def companies_of(*, user: User) -> list[Membership]:
    """The person's companies by name, with their roles; one query."""
    return list(
        Membership.objects.select_related("company")
        .filter(user_id=user.pk)
        .order_by("company__name", "company_id")
    )
