"""`tieout run`: the whole product here, under one small supervisor.

The first start makes the data directory, the keys, the database and, unless told otherwise, the
rehearsal company Northgate Staffing: its QuickBooks company file, a Remote Connector that serves
it, a Super User with a random password, the saved connection, and the imported back office.
Nothing is verified or mapped yet: the first screen leads through that.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import sys
import urllib.error
import urllib.request
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from tieout.cli import project
from tieout.cli.output import CommandError, add_json, emit, note
from tieout.cli.ports import must_be_free
from tieout.cli.rehearsal import Rehearsal, Signing
from tieout.cli.supervisor import Child, Supervisor
from tieout.cli.web import PORT_DEFAULT, allow_host
from tieout.connector.lock import FolderLock, FolderTaken
from tieout.connector.program import PORT_DEFAULT as CONNECTOR_PORT
from tieout.connector.program import is_loopback

READY_S = 60.0
RUN_LOCK = "run.lock"
ADDRESS_FILE = "address.txt"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `tieout run`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address of the pages (default: %(default)s)"
    )
    parser.add_argument(
        "--port", type=int, default=PORT_DEFAULT, help="port of the pages (default: %(default)s)"
    )
    parser.add_argument(
        "--connector-port",
        type=int,
        metavar="PORT",
        help=f"port of the rehearsal company's connector (default: {CONNECTOR_PORT})",
    )
    parser.add_argument(
        "--no-rehearsal", action="store_true", help="neither make nor serve a rehearsal company"
    )
    parser.add_argument("--open", action="store_true", help="open the pages in a browser")
    add_json(parser)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the children listen."""

    host: str
    web: int
    connector: int

    @property
    def address(self) -> str:
        """What a person on this machine types."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.web}/"


def run(options: argparse.Namespace) -> int:
    """0 = ended in order, 2 = could not start."""
    allow_host(options.host)
    supervisor = Supervisor([])
    home, lock = _claim()
    try:
        rehearsal = Rehearsal(home / "rehearsal", serve=not options.no_rehearsal)
        ports = Ports(
            host=options.host,
            web=options.port,
            connector=options.connector_port or rehearsal.port or CONNECTOR_PORT,
        )
        must_be_free(ports.host, ports.web, option="--port")
        signing = _prepare(home, rehearsal, ports)
        supervisor.children = _children(home, rehearsal, ports)
        supervisor.stop_on_signals()
        supervisor.start()
        return _serve(supervisor, options, ports, signing, home)
    finally:
        supervisor.end()
        (home / ADDRESS_FILE).unlink(missing_ok=True)
        lock.release()


def _claim() -> tuple[Path, FolderLock]:
    """The data directory, which is now ours alone."""
    from tieout.config import environment

    home = environment.home()
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return home, FolderLock(home / RUN_LOCK)
    except FolderTaken as error:
        address = home / ADDRESS_FILE
        where = address.read_text("utf-8") if address.exists() else "an address of its own"
        message = (
            f"Tieout runs already with the data in {home}, at {where}: open that, stop it, "
            "or set TIEOUT_HOME to another folder."
        )
        raise CommandError(message) from error
    except OSError as error:
        message = (
            f"{home} cannot be used as the data directory ({error.strerror or error}): "
            "set TIEOUT_HOME to a folder that you may write to."
        )
        raise CommandError(message) from error


def _check_connector_port(ports: Ports, rehearsal: Rehearsal) -> None:
    """Nobody cares who has the port of a connector that is not started."""
    if not rehearsal.serve:
        return
    if ports.connector == ports.web:
        message = "The pages and the connector need two ports: give --connector-port NUMBER."
        raise CommandError(message)
    must_be_free("127.0.0.1", ports.connector, option="--connector-port")


def _prepare(home: Path, rehearsal: Rehearsal, ports: Ports) -> Signing | None:
    """Database, keys, and on the first start the rehearsal company."""
    if project.is_new(home):
        _check_connector_port(ports, rehearsal)  # before anything is made
        note(f"First start: making the database and the keys in {home} …")
    project.start(migrate=True)
    rehearsal.decide()
    _check_connector_port(ports, rehearsal)
    return rehearsal.prepare(port=ports.connector)


def _children(home: Path, rehearsal: Rehearsal, ports: Ports) -> list[Child]:
    logs = home / "logs"
    web = ["web", "--host", ports.host, "--port", str(ports.web)]
    children = [
        Child(name="web", arguments=web, log=logs / "web.log"),
        Child(name="worker", arguments=["worker"], log=logs / "worker.log"),
    ]
    if rehearsal.serve:
        arguments = rehearsal.connector_arguments(port=ports.connector)
        children.append(Child(name="connector", arguments=arguments, log=logs / "connector.log"))
    return children


def _serve(
    supervisor: Supervisor,
    options: argparse.Namespace,
    ports: Ports,
    signing: Signing | None,
    home: Path,
) -> int:
    with_connector = any(child.name == "connector" for child in supervisor.children)
    ready = supervisor.wait_until(
        lambda: _answers(ports, with_connector=with_connector), timeout_s=READY_S
    )
    if not ready and not supervisor.stopping.is_set():
        ended = [child for child in supervisor.children if not child.alive]
        culprit = ended[0] if ended else supervisor.children[0]
        said = culprit.log.read_text("utf-8", "replace").strip().splitlines()
        last = said[-1] if said else "it said nothing"
        message = f"{culprit.name} did not start: {last} (log: {culprit.log})"
        raise CommandError(message)
    if ready:
        (home / ADDRESS_FILE).write_text(ports.address, "utf-8")
        _greet(options, ports, signing, home)
    supervisor.watch()
    note("\nStopping …")
    return 0


def _answers(ports: Ports, *, with_connector: bool) -> bool:
    """Whether everything that was started listens."""
    try:
        with contextlib.suppress(urllib.error.HTTPError):  # it answers, whatever it says
            urllib.request.urlopen(ports.address + "sign-in/", timeout=5).close()  # noqa: S310
        if with_connector:
            socket.create_connection(("127.0.0.1", ports.connector), timeout=5).close()
    except OSError:
        return False
    return True


def _greet(options: argparse.Namespace, ports: Ports, signing: Signing | None, home: Path) -> None:
    said: dict[str, str] = {"address": ports.address, "home": str(home)}
    if signing is not None:
        said |= {"username": signing.username, "password": signing.password}
    if options.json:
        emit(said, as_json=True)
    else:
        _print_greeting(ports, signing, home)
    sys.stdout.flush()
    if not is_loopback(ports.host):
        note("The pages go over the network without TLS: put a proxy with TLS in front of them.")
    if options.open:
        webbrowser.open(ports.address)


def _print_greeting(ports: Ports, signing: Signing | None, home: Path) -> None:
    print("\nTieout is ready. Open this address in a browser:\n")
    print(f"    address   {ports.address}")
    if signing is None:
        print("\nSign in with your own username and password.")
    else:
        print(f"    username  {signing.username}")
        print(f"    password  {signing.password or 'your own'}")
        if signing.file is not None:
            print(f"\nThe password is kept in {signing.file}.")
    print(f"Data and logs are in {home}. Ctrl-C ends everything.")
