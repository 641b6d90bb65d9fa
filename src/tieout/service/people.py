"""What a Super User does about the people of a company, and everybody about their own password.

A password is made here, shown once and kept nowhere. Who also belongs to a company that the Super
User does not look after keeps their password: else one company could sign in to another's books.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.service import moments, set_up
from tieout.service.access import Access
from tieout.service.set_up import SetUpRefused
from tieout.store.commits import events
from tieout.store.commits import people as commits
from tieout.store.queries import members
from tieout.store.queries.people import Role, User, companies_of


def add(*, access: Access, username: str, full_name: str, role: str, now: datetime) -> str:
    """A person with a role in this company; returns the password. Raises SetUpRefused.

    Somebody who was removed from every company comes back under the former name.
    """
    password = moments.new_password()
    user = members.find_person(username=username)
    if user is not None and not companies_of(user=user):
        with transaction.atomic():
            set_up.set_role(
                company=access.company, username=username, role=role, now=now, actor=access.user
            )
            commits.set_password(user=user, password=password)
        return password
    set_up.create_person(
        company=access.company,
        username=username,
        password=password,
        full_name=full_name,
        role=role,
        now=now,
        actor=access.user,
    )
    return password


def change_role(*, access: Access, user_id: int, role: str, now: datetime) -> User:
    """Another role, or "none": out of this company. Raises SetUpRefused."""
    user = _member(access, user_id)
    username = user.get_username()
    set_up.set_role(
        company=access.company, username=username, role=role, now=now, actor=access.user
    )
    return user


def give_password(*, access: Access, user_id: int, now: datetime) -> tuple[User, str]:
    """A new password for somebody who forgot theirs; every session of theirs ends."""
    user = _member(access, user_id)
    if not looked_after(access=access, user=user):
        message = (
            f"{user.get_username()} belongs to another company too, where you are no Super User: "
            "let IT run `tieout person password`."
        )
        raise SetUpRefused(message)
    password = moments.new_password()
    with transaction.atomic():
        commits.set_password(user=user, password=password)
        said = events.Entry(
            verb="given a password", subject="person", subject_key=user.get_username()[:120]
        )
        events.append(company_id=access.company.pk, at=now, actor=access.user, entries=[said])
    return user, password


def looked_after(*, access: Access, user: User) -> bool:
    """Whether the Super User is one in every company of this person."""
    mine = {
        each.company_id for each in companies_of(user=access.user) if each.role == Role.SUPER_USER
    }
    return all(each.company_id in mine for each in companies_of(user=user))


def change_own_password(*, user: User, password: str) -> None:
    """Replace one's own password; the caller has asked for the present one."""
    set_up.set_password(username=user.get_username(), password=password)
    user.refresh_from_db(fields=["password"])


def _member(access: Access, user_id: int) -> User:
    for member in members.members_of(company_id=access.company.pk):
        if member.user_id == user_id:
            return member.user
    message = "This person is not in this company any more. Reload the page."
    raise SetUpRefused(message)
