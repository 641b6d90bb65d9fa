"""People: who may sign in, with which role, and how a lost password is replaced."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories
from tests.factories import World

from tieout.store.models import Event, Membership, User

PAGE = "settings/people/"
OLD, NEW = "the former password", "the password of tomorrow"


@pytest.fixture
def home(world: World) -> str:
    return f"/c/{world.northgate.pk}/{PAGE}"


def shown_password(response: Any) -> str:
    found = re.search(r'<span class="mono">([^<]+)</span>', response.content.decode())
    assert found is not None
    return found.group(1)


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_only_a_super_user_sees_it(as_person: Any, home: str) -> None:
    assert "4 people may sign in" in said(as_person("sam").get(home))
    for name in ("bea", "avery", "vic"):
        assert as_person(name).get(home).status_code == 403
        assert as_person(name).post(f"{home}add/", {}).status_code == 403
    assert as_person("charlie").get(home).status_code == 404


def test_a_person_is_added_and_signs_in_with_the_password_that_is_shown_once(
    as_person: Any, home: str, world: World
) -> None:
    sam = as_person("sam")
    form = {"username": "ann", "full_name": "Ann Marsh", "role": "biller"}
    made = sam.post(f"{home}add/", form)
    assert Client().login(username="ann", password=shown_password(made))
    assert "Ann Marsh" in said(sam.get(home))
    assert 'class="mono"' not in said(sam.get(home))
    event = Event.objects.filter(company=world.northgate).latest("id")
    assert (event.verb, event.subject_key, event.actor) == ("given a role", "ann", world.sam)
    again = sam.post(f"{home}add/", form)
    assert again.status_code == 422
    assert "There is a person called ann already" in said(again)


def test_a_role_changes_and_the_last_super_user_stays(
    as_person: Any, home: str, world: World
) -> None:
    sam = as_person("sam")
    answer = sam.post(f"{home}{world.bea.pk}/role/", {"role": "viewer"}, follow=True)
    assert "bea is Viewer now." in said(answer)
    answer = sam.post(f"{home}{world.sam.pk}/role/", {"role": "viewer"}, follow=True)
    assert "sam is the only Super User of Northgate Staffing" in said(answer)
    answer = sam.post(f"{home}{world.bea.pk}/role/", {"role": "none"}, follow=True)
    assert "bea does not belong to this company any more." in said(answer)
    assert as_person("bea").get(f"/c/{world.northgate.pk}/").status_code == 404
    answer = sam.post(f"{home}{world.charlie.pk}/role/", {"role": "viewer"}, follow=True)
    assert "This person is not in this company any more." in said(answer)
    assert Membership.objects.get(user=world.charlie).company == world.harbor


def test_who_was_removed_comes_back_with_a_new_password(
    as_person: Any, home: str, world: World
) -> None:
    sam = as_person("sam")
    sam.post(f"{home}{world.bea.pk}/role/", {"role": "none"})
    made = sam.post(f"{home}add/", {"username": "bea", "full_name": "", "role": "biller"})
    assert Client().login(username="bea", password=shown_password(made))
    assert User.objects.filter(username="bea").count() == 1


def test_a_lost_password_is_replaced_and_sessions_end(
    as_person: Any, home: str, world: World
) -> None:
    bea = as_person("bea")
    made = as_person("sam").post(f"{home}{world.bea.pk}/password/")
    assert Client().login(username="bea", password=shown_password(made))
    assert bea.get(f"/c/{world.northgate.pk}/").status_code == 302
    assert Event.objects.latest("id").verb == "given a password"


def test_nobody_gets_into_another_companys_books_by_a_new_password(
    as_person: Any, home: str, world: World
) -> None:
    Membership.objects.create(user=world.bea, company=world.harbor, role="viewer")
    before = User.objects.get(username="bea").password
    sam = as_person("sam")
    answer = sam.post(f"{home}{world.bea.pk}/password/", follow=True)
    assert "bea belongs to another company too" in said(answer)
    taken = sam.post(f"{home}add/", {"username": "charlie", "role": "viewer"})
    assert taken.status_code == 422
    assert User.objects.get(username="bea").password == before
    assert not Membership.objects.filter(user=world.charlie, company=world.northgate).exists()


@pytest.fixture
def ann(world: World) -> Client:
    user = factories.person("ann", of=world.northgate, role="viewer")
    user.set_password(OLD)
    user.save()
    client = Client()
    assert client.login(username="ann", password=OLD)
    return client


def test_ones_own_password_is_changed_and_this_session_goes_on(ann: Client, world: World) -> None:
    answer = ann.post("/password/", {"present": OLD, "new": NEW, "again": NEW}, follow=True)
    assert "Your password is changed." in said(answer)
    assert ann.get(f"/c/{world.northgate.pk}/").status_code == 200
    assert Client().login(username="ann", password=NEW)
    assert not Client().login(username="ann", password=OLD)


@pytest.mark.parametrize(
    ("present", "new", "again", "why"),
    [
        ("guessed", NEW, NEW, "This is not your present password."),
        (OLD, NEW, NEW + "x", "This is not the same as the new password."),
        (OLD, "short", "short", "This password is too short."),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said(
    ann: Client, present: str, new: str, again: str, why: str
) -> None:
    answer = ann.post("/password/", {"present": present, "new": new, "again": again})
    assert answer.status_code == 422
    assert why in said(answer)
    assert Client().login(username="ann", password=OLD)


def test_guessing_the_present_password_is_slowed_down(ann: Client) -> None:
    form = {"present": "guessed", "new": NEW, "again": NEW}
    codes = [ann.post("/password/", form).status_code for _ in range(7)]
    assert codes[0] == 422
    assert codes[-1] == 429


def test_people_belong_to_settings_in_the_menu(as_person, world: World) -> None:
    html = as_person("sam").get(f"/c/{world.northgate.pk}/settings/people/").content.decode()
    assert html.count('aria-current="page"') == 2  # the menu's entry and the path's last word
    assert 'integrations/" aria-current="page">Settings</a>' in html
