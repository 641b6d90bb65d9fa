"""Whether a port is free, and who has it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from tieout.cli.output import CommandError

LISTENING = "0A"


def must_be_free(host: str, port: int, *, option: str) -> None:
    """Raises CommandError, naming who has the port and the way out, when it cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            holder = owner_of(port)
            why = f"is used by {holder}" if holder else f"cannot be used ({_plain(error)})"
            message = (
                f"Port {port} on {host} {why}: stop that program, "
                f"or choose another port with {option} NUMBER."
            )
            raise CommandError(message) from error


def _plain(error: OSError | OverflowError) -> str:
    return getattr(error, "strerror", None) or str(error)


def owner_of(port: int) -> str:
    """Name and process number of who listens on the port, "" when it cannot be seen."""
    sockets = _listening(port)
    if not sockets:
        return ""
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and _holds(process, sockets):
            command = _read(process / "cmdline").replace("\0", " ").strip()
            name = command or _read(process / "comm").strip()
            return f"{name[:70]} (process {process.name})"
    return "another program"


def _listening(port: int) -> set[str]:
    """The sockets that listen on the port, as /proc names them."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _read(Path(table)).splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _holds(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(fd.readlink()) in sockets for fd in (process / "fd").iterdir())
    except OSError:
        return False  # somebody else's process, or gone meanwhile


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
