"""Who belongs to which company, for those who look after an installation."""

from __future__ import annotations

from tieout.store.models import Membership, User
from tieout.store.models.people import Role


def find_person(*, username: str) -> User | None:
    """The person of that name."""
    return User.objects.filter(username=username).first()


def members_of(*, company_id: int) -> list[Membership]:
    """Everybody in the company with their role, by name; one query."""
    return list(
        Membership.objects.select_related("user", "company")
        .filter(company_id=company_id)
        .order_by("user__username")
    )


def first_super_user(*, company_id: int) -> Membership | None:
    """The Super User who has been in the company longest, if it has one."""
    return (
        Membership.objects.select_related("user", "company")
        .filter(company_id=company_id, role=Role.SUPER_USER)
        .order_by("id")
        .first()
    )


def count_super_users(*, company_id: int) -> int:
    """How many may configure the company."""
    return Membership.objects.filter(company_id=company_id, role=Role.SUPER_USER).count()
