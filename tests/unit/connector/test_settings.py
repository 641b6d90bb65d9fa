from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tieout.connector.settings import (
    LogSettings,
    Settings,
    SettingsError,
    change,
    load_settings,
    save_settings,
)


def test_what_is_saved_is_loaded_again_by_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path,
        company_file="C:\\Books\\Northgate.QBW",
        host="0.0.0.0",
        port=9000,
        tls=(tmp_path / "a.pem", tmp_path / "b.pem"),
        allowed=("10.0.*", "::1"),
        idle_s=60.5,
        status_port=9001,
        log=LogSettings(rotate="daily", megabytes=7, keep=30),
    )
    path = save_settings(settings)
    assert load_settings(tmp_path) == settings
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_rehearsal_is_kept_too(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, sandbox=tmp_path / "books", tls="off")
    save_settings(settings)
    assert load_settings(tmp_path) == settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings(data=tmp_path)


def test_a_newer_version_left_out_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"version": 1, "log": {}, "unknown": 1}')
    assert load_settings(tmp_path) == Settings(data=tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "version 1"),
        ('{"version": 2}', "version 1"),
        ('{"version": 1, "port": "8166"}', "port is '8166': give a whole number"),
        ('{"version": 1, "port": true}', "port is True"),
        ('{"version": 1, "port": 70000}', "port is 70000: give a number from 0 to 65535"),
        ('{"version": 1, "host": " "}', "host is ' '"),
        ('{"version": 1, "tls": "on"}', "tls is 'on': give self, off, or two files"),
        ('{"version": 1, "tls": ["a"]}', "two files"),
        ('{"version": 1, "allowed": []}', "one pattern at least"),
        ('{"version": 1, "allowed": "*"}', "give a list"),
        ('{"version": 1, "allowed": [1]}', "give a text"),
        ('{"version": 1, "idle_s": 0}', "idle is 0"),
        ('{"version": 1, "idle_s": "1"}', "number of seconds"),
        ('{"version": 1, "call_limit_s": 1e9}', "call-limit is 1000000000.0"),
        ('{"version": 1, "keep_days": 3}', "keep-days is 3: give 14 days at least"),
        ('{"version": 1, "queue_max": -1}', "queue is -1"),
        ('{"version": 1, "status_port": 8166}', "status-port is 8166: give another"),
        ('{"version": 1, "log": 3}', "log is 3: give an object"),
        ('{"version": 1, "log": {"rotate": "weekly"}}', "log-rotate is 'weekly'"),
        ('{"version": 1, "log": {"megabytes": 0}}', "log-mb is 0"),
        ('{"version": 1, "log": {"keep": 0}}', "log-keep is 0"),
    ],
)
def test_a_wrong_file_names_itself_the_setting_and_what_is_allowed(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(SettingsError) as error:
        load_settings(tmp_path)
    assert str(path) in str(error.value)
    assert words in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"port": 9000, "host": None}, {"port": 9000}),
        ({"sandbox": Path("books")}, {"sandbox": Path("books"), "company_file": None}),
        ({"company_file": ""}, {"company_file": "", "sandbox": None}),
        ({"status_port": "off"}, {"status_port": None}),
        ({"log_rotate": "daily", "log_keep": 3}, {"log": LogSettings(rotate="daily", keep=3)}),
    ],
)
def test_only_what_is_asked_for_changes(
    tmp_path: Path, changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = Settings(data=tmp_path, company_file="C:\\b.qbw", status_port=8167)
    assert change(before, changes) == replace(before, **expected)


def test_a_change_that_cannot_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="port is 99999"):
        change(Settings(data=tmp_path), {"port": 99999})


def test_no_password_is_in_the_file(tmp_path: Path) -> None:
    kept = json.loads(save_settings(Settings(data=tmp_path)).read_text())
    assert not [name for name in kept if "pass" in name or "key" in name]
