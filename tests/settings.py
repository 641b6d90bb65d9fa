"""Tieout's own settings with a throwaway data directory and cheap password hashing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# each of several test processes side by side has a data directory of its own
if "TIEOUT_HOME" not in os.environ or "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["TIEOUT_HOME"] = tempfile.mkdtemp(prefix="tieout-test-")
os.environ.setdefault("TIEOUT_LOG_LEVEL", "CRITICAL")

from tieout.config.settings import *  # noqa: F403
from tieout.store import secrets

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; never in the product
MIDDLEWARE = [
    "tests.static_files.StaticFiles" if each.startswith("whitenoise.") else each
    for each in MIDDLEWARE  # noqa: F405
]
secrets.create_key_file(Path(SECRETS_KEY_FILE))  # noqa: F405
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405 # a kept connection would bar the throwaway database from going
if DATABASES["default"]["ENGINE"] == "tieout.store.sqlite":  # noqa: F405
    # said here because pytest-django knows only Django's own backend as one that may be in memory
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
