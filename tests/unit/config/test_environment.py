"""Settings from the environment: what is understood, and what a wrong value is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.config import environment
from tieout.config.environment import BadSetting


def test_a_blank_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TIEOUT_ALLOWED_HOSTS", "TIEOUT_LEASE_S", "TIEOUT_TIME_ZONE"):
        monkeypatch.setenv(name, "  ")
    assert environment.allowed_hosts() == ["localhost", "127.0.0.1", "[::1]"]
    assert environment.seconds("TIEOUT_LEASE_S", 300) == 300
    assert environment.time_zone() == "America/New_York"


def test_names_may_have_blanks_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_ALLOWED_HOSTS", "a.example.com, .b.example.com ,[fe80::1],")
    monkeypatch.setenv("TIEOUT_ORIGINS", " https://a.example.com , https://b.example.com:8443")
    assert environment.allowed_hosts() == ["a.example.com", ".b.example.com", "[fe80::1]"]
    assert environment.origins() == ["https://a.example.com", "https://b.example.com:8443"]


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text("k" * 40 + "\n")
    monkeypatch.setenv("TIEOUT_SECRET_KEY_FILE", str(kept))
    assert environment.secret_key() == "k" * 40


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TIEOUT_LEASE_S", "abc", "TIEOUT_LEASE_S is 'abc'"),
        ("TIEOUT_LEASE_S", "-5", "TIEOUT_LEASE_S is '-5'"),
        ("TIEOUT_LEASE_S", "²", "TIEOUT_LEASE_S is '²'"),
        ("TIEOUT_PAUSE_MAX_S", "9" * 400, "from 1 to 86400"),
        ("TIEOUT_KEEP_LOOKS_DAYS", "13", "give whole days from 14 to 3660"),
        ("TIEOUT_KEEP_UPLOADS_DAYS", "a month", "give whole days from 1 to 3660"),
        ("TIEOUT_BEHIND_TLS", "maybe", "TIEOUT_BEHIND_TLS is 'maybe': say yes or no"),
        ("TIEOUT_LOG_LEVEL", "loud", "TIEOUT_LOG_LEVEL is 'LOUD'"),
        ("TIEOUT_TIME_ZONE", "Mars/Olympus", "TIEOUT_TIME_ZONE is 'Mars/Olympus'"),
        ("TIEOUT_TIME_ZONE", "America", "TIEOUT_TIME_ZONE is 'America'"),
        ("TIEOUT_TIME_ZONE", "../etc/passwd", "TIEOUT_TIME_ZONE is"),
        ("TIEOUT_ALLOWED_HOSTS", "https://a.example.com", "holds 'https://a.example.com'"),
        ("TIEOUT_ALLOWED_HOSTS", "a.example.com:8000", "holds 'a.example.com:8000'"),
        ("TIEOUT_ALLOWED_HOSTS", "a.example.com b.example.com", "with commas between"),
        ("TIEOUT_ORIGINS", "a.example.com", "TIEOUT_ORIGINS holds 'a.example.com'"),
        ("TIEOUT_ORIGINS", "https://a.example.com/", "TIEOUT_ORIGINS holds"),
        ("TIEOUT_PUBLIC_URL", "tieout.example.com", "TIEOUT_PUBLIC_URL is 'tieout.example.com'"),
        ("TIEOUT_PUBLIC_URL", "https://[bad", "TIEOUT_PUBLIC_URL is 'https://[bad'"),
        ("TIEOUT_PUBLIC_URL", "https://a.example.com:x", "TIEOUT_PUBLIC_URL is"),
        ("TIEOUT_SECRET_KEY", "short", "TIEOUT_SECRET_KEY has 5 characters"),
        ("TIEOUT_SECRET_KEY_FILE", "/no/such/file", "TIEOUT_SECRET_KEY_FILE is '/no/such/file'"),
        ("TIEOUT_HOME", "~nobody-at-all/x", "TIEOUT_HOME is '~nobody-at-all/x'"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as refused:
        read_all()
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def read_all() -> None:
    environment.seconds("TIEOUT_LEASE_S", 300)
    environment.seconds("TIEOUT_PAUSE_MAX_S", 300)
    environment.days("TIEOUT_KEEP_LOOKS_DAYS", 90, least=14)
    environment.days("TIEOUT_KEEP_UPLOADS_DAYS", 30, least=1)
    environment.flag("TIEOUT_BEHIND_TLS", default=False)
    for read in (
        environment.log_level, environment.time_zone, environment.allowed_hosts,
        environment.origins, environment.public_url, environment.secret_key, environment.home,
    ):  # fmt: skip
        read()


def test_a_database_address_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:p%40ss@db:5433/books?sslmode=require")
    found = environment.database(Path("/data"))
    assert (found.user, found.password, found.host, found.port) == ("ann", "p@ss", "db", "5433")
    assert (found.name, found.options) == ("books", {"sslmode": "require"})
    monkeypatch.setenv("DATABASE_URL", "postgresql:///books?host=/var/run/postgresql")
    assert environment.database(Path("/data")).host == "/var/run/postgresql"
    monkeypatch.setenv("DATABASE_URL", "sqlite:////var/lib/tieout/x.sqlite3")
    assert environment.database(Path("/data")).name == "/var/lib/tieout/x.sqlite3"
    monkeypatch.delenv("DATABASE_URL")
    assert environment.database(Path("/data")).name == "/data/tieout.sqlite3"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://ann:hush-hush@db/books", "neither sqlite: nor postgresql:"),
        ("postgresql://ann:hush-hush@db:port/books", "name or port cannot be read"),
        ("postgresql://ann:hush-hush@db:99999/books", "name or port cannot be read"),
        ("postgresql://ann:hush-hush@[db/books", "name or port cannot be read"),
        ("postgresql://ann:hush-hush@db", "names no database"),
        ("postgresql://ann:hush-hush/%@db/books", "name or port cannot be read"),
        ("postgresql://ann:1/hush-hush@db/books", "%2F"),
        ("postgresql://ann:hush-hush@db/books?ssl=on", "says 'ssl'"),
        ("sqlite://var/lib/hush-hush.sqlite3", "sqlite:////var"),
    ],
)
def test_a_wrong_database_address_is_told_without_its_password(
    url: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(BadSetting) as refused:
        environment.database(Path("/data"))
    assert says in str(refused.value)
    assert str(refused.value).startswith("DATABASE_URL cannot be used: ")
    assert "hush-hush" not in str(refused.value)
