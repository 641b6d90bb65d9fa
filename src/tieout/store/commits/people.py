"""Companies and people: made, given a role, given a password."""

from __future__ import annotations

from datetime import datetime

from tieout.store.models import Book, Company, Connection, Lane, Membership, User


def add_company(*, name: str, rehearsal: bool, now: datetime) -> Company:
    """A company with everything that belongs to one: its lane, connection and book, still empty."""
    company = Company.objects.create(name=name, rehearsal=rehearsal, created_at=now)
    Lane.objects.create(company=company)
    Connection.objects.create(company=company)
    Book.objects.create(company=company)
    return company


def add_person(*, username: str, password: str, full_name: str) -> User:
    """A person who may sign in; what they may do is said by roles."""
    first, _, last = full_name.strip().partition(" ")
    return User.objects.create_user(
        username=username, password=password, first_name=first[:150], last_name=last.strip()[:150]
    )


def set_password(*, user: User, password: str) -> None:
    """Replace the password; every session of the person ends with it."""
    user.set_password(password)
    user.save(update_fields=["password"])


def set_role(*, user: User, company_id: int, role: str) -> None:
    """Give the person this role in the company, in place of a former one."""
    Membership.objects.update_or_create(user=user, company_id=company_id, defaults={"role": role})


def remove_role(*, user: User, company_id: int) -> bool:
    """Take the person out of the company; False when they were not in it."""
    gone, _ = Membership.objects.filter(user=user, company_id=company_id).delete()
    return bool(gone)


def set_single_keys(*, user: User, on: bool) -> None:
    """Remember whether single letters are shortcuts for this person."""
    user.single_key_shortcuts = on
    user.save(update_fields=["single_key_shortcuts"])
