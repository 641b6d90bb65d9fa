from __future__ import annotations

from pathlib import Path

import pytest

from tieout.connector.users import (
    NOBODY,
    UsersError,
    fits,
    load_users,
    make_user,
    save_user,
)


def test_a_user_is_kept_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    save_user(path, make_user(name="ann", password="password of ann", access="full"))
    save_user(path, make_user(name="rob", password="password of rob", access="read-only"))
    save_user(path, make_user(name="ann", password="another password", access="read-only"))
    users = load_users(path)
    assert {name: user.access for name, user in users.items()} == {
        "ann": "read-only",
        "rob": "read-only",
    }
    assert fits(users["ann"], "another password")
    assert not fits(users["ann"], "password of ann")
    assert path.stat().st_mode & 0o777 == 0o600
    assert "password" not in path.read_text()


def test_the_same_password_never_looks_the_same() -> None:
    one, two = (make_user(name="a", password="password", access="full") for _ in range(2))
    assert one.password_hash != two.password_hash


def test_nobody_fits_nothing() -> None:
    assert not fits(NOBODY, "")
    assert not fits(NOBODY, "password")


def test_hashes_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def compare(one: str, other: str) -> bool:
        compared.append(other)
        return False

    monkeypatch.setattr("hmac.compare_digest", compare)
    ann = make_user(name="ann", password="password of ann", access="full")
    assert not fits(ann, "password of ann")
    assert compared == [ann.password_hash.rpartition("$")[2]]


@pytest.mark.parametrize(
    ("name", "password"),
    [("", "password"), ("a:b", "password"), ("a\n", "password"), ("x" * 65, "password"), ("a", "short")],
)  # fmt: skip
def test_a_user_that_could_not_log_in_is_refused(name: str, password: str) -> None:
    with pytest.raises(UsersError):
        make_user(name=name, password=password, access="full")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"users": [{"name": "ann"}]}',
        '{"users": [{"name": "a", "access": "all", "hash": "scrypt$00$00"}]}',
        '{"users": [{"name": "a", "access": "full", "hash": "plain"}]}',
        '{"users": [{"name": "a", "access": "full", "hash": "scrypt$xy$00"}]}',
        '{"users": [{"name": "a", "access": "full", "hash": "scrypt$$"}]}',
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(text)
    with pytest.raises(UsersError, match="users"):
        load_users(path)


def test_no_file_means_nobody(tmp_path: Path) -> None:
    assert load_users(tmp_path / "users.json") == {}
