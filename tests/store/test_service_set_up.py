"""Companies and people: what is made, what is refused, and what the log says of it."""

from __future__ import annotations

import pytest
from tests.factories import NOW, World

from tieout.service import set_up
from tieout.service.access import find_access
from tieout.store.models import Company, Event, User

PASSWORD = "a long enough passphrase"


def roles(company: Company) -> dict[str, str]:
    return {m.user.username: m.role for m in company.memberships.all()}


def test_a_new_company_has_a_lane_a_connection_and_a_book(db: None) -> None:
    made = set_up.create_company(name="  Summit   Staffing ", rehearsal=True, now=NOW)
    assert made.name == "Summit Staffing"
    assert made.rehearsal
    assert (made.lane.epoch, made.connection.url, made.book.company_name) == (0, "", "")
    assert [e.verb for e in Event.objects.filter(company=made)] == ["created"]


@pytest.mark.parametrize("name", ["northgate STAFFING", "", "   ", "x" * 121])
def test_a_name_that_is_taken_or_none_is_refused(world: World, name: str) -> None:
    before = Company.objects.count()
    with pytest.raises(set_up.SetUpRefused):
        set_up.create_company(name=name, rehearsal=False, now=NOW)
    assert Company.objects.count() == before


def test_a_new_person_signs_in_with_a_role_in_this_company_alone(world: World) -> None:
    user = set_up.create_person(
        company=world.northgate,
        username="nora",
        password=PASSWORD,
        full_name="Nora Quinn",
        role="biller",
        now=NOW,
    )
    access = find_access(user=user, company_id=world.northgate.pk)
    assert access is not None
    assert access.can_work
    assert not access.can_configure
    assert find_access(user=user, company_id=world.harbor.pk) is None
    assert user.get_full_name() == "Nora Quinn"
    assert User.objects.get(username="nora").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("username", "password", "role"),
    [
        ("bea", PASSWORD, "biller"),  # there is a Bea already
        ("", PASSWORD, "biller"),
        ("nora", "short", "biller"),
        ("nora", "password12", "biller"),  # everybody's first guess
        ("nora", PASSWORD, "owner"),
    ],
)
def test_a_person_that_cannot_be_is_refused_and_nothing_is_left(
    world: World, username: str, password: str, role: str
) -> None:
    before = (User.objects.count(), roles(world.northgate))
    with pytest.raises(set_up.SetUpRefused):
        set_up.create_person(
            company=world.northgate,
            username=username,
            password=password,
            full_name="",
            role=role,
            now=NOW,
        )
    assert (User.objects.count(), roles(world.northgate)) == before


def test_a_role_is_given_changed_and_taken_away(world: World) -> None:
    set_up.set_role(company=world.northgate, username="vic", role="approver", now=NOW)
    assert roles(world.northgate)["vic"] == "approver"
    set_up.set_role(company=world.northgate, username="vic", role="none", now=NOW)
    assert "vic" not in roles(world.northgate)
    said = [(e.verb, e.subject_key) for e in Event.objects.filter(subject="person")]
    assert said == [("given a role", "vic"), ("removed", "vic")]


@pytest.mark.parametrize("role", ["viewer", "none"])
def test_a_company_is_never_left_without_a_super_user(world: World, role: str) -> None:
    with pytest.raises(set_up.SetUpRefused, match="only Super User"):
        set_up.set_role(company=world.northgate, username="sam", role=role, now=NOW)
    assert roles(world.northgate)["sam"] == "super_user"


def test_a_password_is_replaced_for_somebody_who_exists(world: World) -> None:
    set_up.set_password(username="bea", password=PASSWORD)
    assert User.objects.get(username="bea").check_password(PASSWORD)
    with pytest.raises(set_up.SetUpRefused, match="no person called nobody"):
        set_up.set_password(username="nobody", password=PASSWORD)
