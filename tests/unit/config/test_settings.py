"""What the environment makes of the settings, asked in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ASK = "from tieout.config import settings; print(*settings.ALLOWED_HOSTS)"


def hosts(home: Path, **environment: str) -> list[str]:
    env = os.environ | {"TIEOUT_HOME": str(home)} | environment
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=env, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_address_that_stands_in_qwc_files_is_answered(tmp_path: Path) -> None:
    """Else the Web Connector would get 400 under the very name it was given."""
    given = hosts(tmp_path, TIEOUT_PUBLIC_URL="https://tieout.example.com/books/")
    assert "tieout.example.com" in given
    assert "tieout.example.com" not in hosts(tmp_path, TIEOUT_PUBLIC_URL="")


def test_of_processes_that_start_at_once_one_makes_the_key(tmp_path: Path) -> None:
    env = os.environ | {"TIEOUT_HOME": str(tmp_path)}
    ask = [sys.executable, "-c", "from tieout.config import settings; print(settings.SECRET_KEY)"]
    asked = [subprocess.Popen(ask, env=env, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    keys = {process.communicate(timeout=60)[0] for process in asked}
    assert keys == {(tmp_path / "session.key").read_text() + "\n"}
    assert [file.name for file in tmp_path.iterdir()] == ["session.key"]
    assert (tmp_path / "session.key").stat().st_mode & 0o077 == 0
