"""Passwords for commands: from a file or a variable, never from the command line itself."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

from tieout.cli.output import CommandError

RANDOM_BYTES = 12


def add_password(parser: argparse.ArgumentParser) -> None:
    """The options that say where a password is."""
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="holds the password")
    parser.add_argument("--password-env", metavar="NAME", help="variable with the password")


def read_password(options: argparse.Namespace) -> str:
    """The password, "" when none is given. Raises CommandError when it cannot be read."""
    if options.password_file is not None:
        try:
            return str(options.password_file.read_text("utf-8")).rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            message = f"{options.password_file} cannot be read ({error}): check --password-file."
            raise CommandError(message) from error
    if options.password_env is not None:
        password = os.environ.get(options.password_env)
        if password is None:
            message = f"The environment has no variable {options.password_env}."
            raise CommandError(message)
        return password
    return ""


def random_password() -> str:
    """A password that nobody guesses and that can be typed."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its birth."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
