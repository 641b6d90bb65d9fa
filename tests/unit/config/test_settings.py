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
