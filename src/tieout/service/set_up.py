"""Set up companies and people: who belongs where, with which role."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tieout.store.commits import events, locks
from tieout.store.commits import people as commits
from tieout.store.queries import companies, members
from tieout.store.queries.people import Company, Role, User

ROLES = tuple(role.value for role in Role)
NAME_MAX = 120
USERNAME_MAX = 150


class SetUpRefused(Exception):
    """It cannot be set up like this; the text is one sentence with the remedy. Nothing changed."""


def create_company(
    *, name: str, rehearsal: bool, now: datetime, actor: User | None = None
) -> Company:
    """A new, empty company. Raises SetUpRefused when the name is taken or cannot be one."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX:
        message = f"A company's name has 1 to {NAME_MAX} characters."
        raise SetUpRefused(message)
    with transaction.atomic():
        if companies.by_name(name) is not None:
            message = f"There is a company called {name} already: choose another name."
            raise SetUpRefused(message)
        company = commits.add_company(name=name, rehearsal=rehearsal, now=now)
        said = events.Entry(
            verb="created", subject="company", after={"name": name, "rehearsal": rehearsal}
        )
        events.append(company_id=company.pk, at=now, actor=actor, entries=[said])
    return company


def create_person(
    *,
    company: Company,
    username: str,
    password: str,
    full_name: str,
    role: str,
    now: datetime,
    actor: User | None = None,
) -> User:
    """A person who may sign in, with a role in the company. Raises SetUpRefused."""
    _check_role(role)
    if not username or len(username) > USERNAME_MAX or not username.isprintable():
        message = f"A username has 1 to {USERNAME_MAX} printable characters."
        raise SetUpRefused(message)
    _check_password(password)
    try:
        with transaction.atomic():
            user = commits.add_person(username=username, password=password, full_name=full_name)
            _give_role(company, user, role, now, actor=actor)
    except IntegrityError as error:
        message = (
            f"There is a person called {username} already: "
            "choose another username, or give that person a role."
        )
        raise SetUpRefused(message) from error
    return user


def set_password(*, username: str, password: str) -> None:
    """Replace a person's password. Raises SetUpRefused."""
    _check_password(password)
    commits.set_password(user=_person(username), password=password)


def set_role(
    *, company: Company, username: str, role: str, now: datetime, actor: User | None = None
) -> None:
    """Give an existing person a role in the company, or take it away with "none".

    Raises SetUpRefused, also when the company would be left without a Super User.
    """
    user = _person(username)
    if role != "none":
        _check_role(role)
    with transaction.atomic():
        # two Super Users who take each other's role at once: the second sees what the first did
        locks.desk(company_id=company.pk)
        present = next(
            (m.role for m in members.members_of(company_id=company.pk) if m.user_id == user.pk), ""
        )
        last = members.count_super_users(company_id=company.pk) == 1
        if present == Role.SUPER_USER and role != Role.SUPER_USER and last:
            message = (
                f"{username} is the only Super User of {company}: name another Super User first."
            )
            raise SetUpRefused(message)
        if role == "none":
            commits.remove_role(user=user, company_id=company.pk)
            said = events.Entry(
                verb="removed",
                subject="person",
                subject_key=username,
                before={"role": present},
            )
            events.append(company_id=company.pk, at=now, actor=actor, entries=[said])
            return
        _give_role(company, user, role, now, before=present, actor=actor)


def _give_role(
    company: Company,
    user: User,
    role: str,
    now: datetime,
    *,
    before: str = "",
    actor: User | None = None,
) -> None:
    commits.set_role(user=user, company_id=company.pk, role=role)
    said = events.Entry(
        verb="given a role",
        subject="person",
        subject_key=user.get_username()[:120],
        before={"role": before} if before else {},
        after={"role": role},
    )
    events.append(company_id=company.pk, at=now, actor=actor, entries=[said])


def _person(username: str) -> User:
    user = members.find_person(username=username)
    if user is None:
        message = f"There is no person called {username}: `tieout person list` shows who there is."
        raise SetUpRefused(message)
    return user


def _check_role(role: str) -> None:
    if role not in ROLES:
        message = f"{role} is no role: choose one of {', '.join(ROLES)}."
        raise SetUpRefused(message)


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise SetUpRefused(message) from error
