"""Sign in, sign out, choose a company."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.factories import NOW, PASSWORD, World

from tieout.service import moments
from tieout.store.models import Membership, SignInTry, User

ADDRESS = "/sign-in/"


def sign_in(browser: Client, name: str = "bea", password: str = PASSWORD, **more: str):
    return browser.post(ADDRESS, {"username": name, "password": password, **more})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """The present moment, to be moved by hand."""
    moment = [NOW]
    monkeypatch.setattr(moments, "now", lambda: moment[0])
    return moment


def test_one_company_leads_straight_to_its_home(world: World) -> None:
    browser = Client()
    assert browser.get(ADDRESS).status_code == 200
    assert sign_in(browser)["Location"] == "/"
    assert browser.get("/")["Location"] == f"/c/{world.northgate.pk}/"
    assert browser.get(ADDRESS)["Location"] == "/"


def test_several_companies_are_offered(world: World) -> None:
    Membership.objects.create(user=world.bea, company=world.harbor, role="viewer")
    browser = Client()
    sign_in(browser)
    assert browser.get("/")["Location"] == "/companies/"
    html = browser.get("/companies/").content.decode()
    for words in ("Northgate Staffing", "Biller", "Harbor Staffing", "Viewer"):
        assert words in html


def test_no_company_says_whom_to_ask(world: World) -> None:
    User.objects.create_user("new", password=PASSWORD)
    browser = Client()
    sign_in(browser, "new")
    assert "Ask a Super User" in browser.get("/", follow=True).content.decode()


def test_a_wrong_password_tells_nothing_about_the_name(world: World) -> None:
    for name in ("bea", "nobody"):
        response = sign_in(Client(), name, "wrong")
        assert response.status_code == 422
        assert "do not belong together" in response.content.decode()
        assert "wrong" not in response.content.decode()


def test_back_to_where_one_wanted_to_go_but_never_elsewhere(world: World) -> None:
    page = f"/c/{world.northgate.pk}/"
    assert sign_in(Client(), next=page)["Location"] == page
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert sign_in(Client(), next=elsewhere)["Location"] == "/"


def test_after_five_failures_the_wait_grows(world: World, clock) -> None:
    browser = Client()
    for _ in range(5):
        assert sign_in(browser, password="wrong").status_code == 422
    response = sign_in(browser)  # the right one, too soon
    assert response.status_code == 429
    assert "Wait 2 seconds" in response.content.decode()
    clock[0] += timedelta(seconds=2)
    assert sign_in(browser, password="wrong").status_code == 422
    clock[0] += timedelta(seconds=2)
    assert "Wait 2 seconds" in sign_in(browser).content.decode()
    clock[0] += timedelta(seconds=2)
    assert sign_in(browser).status_code == 302


def test_nobody_is_locked_out_for_good(world: World, clock) -> None:
    browser = Client()
    for _ in range(40):
        sign_in(browser, password="wrong")
        clock[0] += timedelta(seconds=301)
    assert sign_in(browser).status_code == 302


def test_a_right_password_starts_anew(world: World, clock) -> None:
    for _ in range(4):
        sign_in(Client(), password="wrong")
    assert sign_in(Client()).status_code == 302
    for _ in range(5):
        assert sign_in(Client(), password="wrong").status_code == 422


def test_another_name_and_another_address_do_not_wait(world: World, clock) -> None:
    for _ in range(6):
        sign_in(Client(), password="wrong")
    assert sign_in(Client(), "avery").status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_one_address_cannot_go_through_all_names(world: World, clock) -> None:
    answers = [sign_in(Client(), f"name{n}", "wrong").status_code for n in range(31)]
    assert answers == [422] * 30 + [429]


def test_what_is_kept_names_nobody(world: World) -> None:
    sign_in(Client(), "my password by mistake", "wrong")
    assert "mistake" not in str(list(SignInTry.objects.values()))


def test_sign_out_ends_the_session(as_person, world: World) -> None:
    browser = as_person("bea")
    assert browser.get("/sign-out/").status_code == 405
    assert browser.post("/sign-out/")["Location"] == ADDRESS
    assert browser.get("/")["Location"] == "/sign-in/?next=/"
