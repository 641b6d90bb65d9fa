"""A secret that was damaged in the database says so, whatever became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tieout.store import secrets


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECRETS_KEY_FILE", str(tmp_path / "key"))
    secrets.create_key_file(tmp_path / "key")


def test_it_is_read_back_in_its_own_place_only() -> None:
    sealed = secrets.encrypt("horse battery", place="connection.password")
    assert "horse" not in sealed
    assert secrets.decrypt(sealed, place="connection.password") == "horse battery"
    with pytest.raises(secrets.SecretUnreadable, match="another field"):
        secrets.decrypt(sealed, place="other.password")


@pytest.mark.parametrize("kept", [0, 8, 30, -1, -3])
def test_one_that_was_cut_short_is_unreadable(kept: int) -> None:
    head, _, body = secrets.encrypt("horse battery", place="a.b").rpartition(":")
    with pytest.raises(secrets.SecretUnreadable):
        secrets.decrypt(f"{head}:{body[:kept]}", place="a.b")
