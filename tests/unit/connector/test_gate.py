from __future__ import annotations

import base64

import pytest

from tieout.connector import gate as gates
from tieout.connector import users
from tieout.connector.gate import Blocked, Gate
from tieout.connector.users import User, make_user

ANN = make_user(name="ann", password="passwörd of ann", access="full")
ROB = make_user(name="rob", password="password of rob", access="read-only")


def header(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(clock: Clock) -> Gate:
    return Gate(users={"ann": ANN, "rob": ROB}, allowed=("10.0.*", "::1"), clock=clock)


def check(
    gate: Gate, name: str, password: str, address: str = "10.0.0.1"
) -> User | Blocked | None:
    return gate.check(header(name, password), address=address)


def test_the_right_password_opens_again_and_again(gate: Gate) -> None:
    for _ in range(3):
        assert check(gate, "ann", "passwörd of ann") is ANN
    assert check(gate, "rob", "password of rob") is ROB


@pytest.mark.parametrize(
    "text",
    ["", "Basic", "Basic %%%", "Basic YW5u", "Bearer x", "Basic gICA", "Basic " + "A" * 2000],
)
def test_a_header_that_is_none(gate: Gate, text: str) -> None:
    assert gate.check(text, address="10.0.0.1") is None


def test_a_password_that_fitted_does_not_let_another_in(gate: Gate) -> None:
    check(gate, "ann", "passwörd of ann")
    assert check(gate, "ann", "password of rob") is None
    assert check(gate, "rob", "passwörd of ann") is None
    assert check(gate, "", "passwörd of ann") is None


def test_guessing_on_many_connections_at_once_is_no_way_past_the_brake(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others fail while the password of this one is being hashed."""

    def hashed(user: User, password: str) -> bool:
        monkeypatch.undo()
        for _ in range(gates.FAILURES_FREE):
            assert check(gate, "ann", "guess") is None
        return users.fits(user, password)

    monkeypatch.setattr(gates, "fits", hashed)
    assert isinstance(check(gate, "ann", "passwörd of ann"), Blocked)


def test_guessing_blocks_this_name_from_this_address_for_a_while(gate: Gate, clock: Clock) -> None:
    for _ in range(gates.FAILURES_FREE):
        assert check(gate, "ann", "guess") is None
    blocked = check(gate, "ann", "passwörd of ann")
    assert isinstance(blocked, Blocked)
    assert 0 < blocked.retry_after_s <= gates.BLOCK_S + 1
    assert check(gate, "rob", "password of rob") is ROB
    assert check(gate, "ann", "passwörd of ann", address="10.0.0.2") is ANN
    clock.now += gates.BLOCK_S + 0.1
    assert check(gate, "ann", "guess") is None
    assert isinstance(check(gate, "ann", "guess"), Blocked)
    clock.now += gates.BLOCK_S + 0.1
    assert check(gate, "ann", "passwörd of ann") is ANN
    assert check(gate, "ann", "guess") is None


def test_names_without_a_user_are_blocked_alike(gate: Gate) -> None:
    found = [check(gate, "nobody", "guess") for _ in range(gates.FAILURES_FREE + 1)]
    assert isinstance(found[-1], Blocked)


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_a_name_without_a_user_costs_a_guesser_the_same_hash(
    gate: Gate, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    scrypt = users._scrypt
    monkeypatch.setattr(
        users, "_scrypt", lambda text, salt: hashed.append(text) or scrypt(text, salt)
    )
    assert check(gate, name, "guess") is None
    assert hashed == ["guess"]


def test_what_is_remembered_is_bounded(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_SEATS_MAX", 3)
    monkeypatch.setattr(gates, "fits", lambda _user, _password: False)
    for number in range(50):
        check(gate, f"name-{number}", "guess")
    assert len(gate._seats) == 3


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("10.0.3.4", True),
        ("::1", True),
        ("::ffff:10.0.0.9", True),
        ("10.1.0.0", False),
        ("", False),
    ],
)
def test_allowed_clients(gate: Gate, address: str, allowed: bool) -> None:
    assert gate.lets_in(address) is allowed
