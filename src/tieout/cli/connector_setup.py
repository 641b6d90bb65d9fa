"""`tieout connector setup`: ask the few questions, write the settings, test each rung.

Running it again changes only what is asked for: another port keeps users, certificate and all.
"""

from __future__ import annotations

import argparse
import json
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

from tieout.cli import connector_ladder as ladder
from tieout.cli.connector_link import link_of
from tieout.cli.connector_options import changed
from tieout.cli.connector_questions import Ask, Wanted, answers
from tieout.connector import certificate as certificates
from tieout.connector import program
from tieout.connector.lock import FolderTaken
from tieout.connector.logfile import LOG_FILE, start_log, stop_log
from tieout.connector.private import make_private
from tieout.connector.settings import (
    STATUS_PORT_DEFAULT,
    Settings,
    load_settings,
    save_settings,
)
from tieout.connector.users import USERS_FILE, User, load_users, make_user, save_user

PASSWORD_BYTES = 15
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 — compared, not bound


@dataclass(slots=True, kw_only=True)
class Done:
    """What a setup did. `password` is only what was made here, to be shown once."""

    settings: Settings
    user: User
    password: str
    fingerprint: str
    url: str
    steps: list[ladder.Step]
    notes: list[str]


def set_up(options: argparse.Namespace, *, ask: Ask | None = None) -> int:
    """0 = every rung holds, 1 = one is broken (the settings are saved all the same).

    Raises StartError, SettingsError or UsersError for what cannot be; nothing is changed then.
    """
    options.data = options.data.absolute()
    before = load_settings(options.data)
    first = before.sandbox is None and before.company_file is None
    known = load_users(options.data / USERS_FILE)
    base = replace(before, status_port=STATUS_PORT_DEFAULT) if first else before
    wanted = answers(options, base, known, ask=ask)
    settings = _anywhere(changed(base, wanted.options))
    if settings.sandbox is None and settings.company_file is None:
        link_of(settings)  # says what to name
    user, password = _user(wanted, known)
    _check_behind(settings, options.name)
    done = _carry_out(wanted, settings, user=user, password=password)
    if not options.json:
        _print_head(done)
    if not options.no_test:
        _test(done, before=before, known_password=wanted.password or password, quiet=options.json)
    if options.json:
        print(json.dumps(_plain(done), indent=2))
    else:
        _print_tail(done, options.program)
    return 1 if any(step.state == "broken" for step in done.steps) else 0


# ---------------------------------------------------------------- doing it


def _anywhere(settings: Settings) -> Settings:
    """The same with whole paths: at log-on it starts in another folder."""
    tls, sandbox = settings.tls, settings.sandbox
    return replace(
        settings,
        sandbox=None if sandbox is None else sandbox.absolute(),
        tls=tls if isinstance(tls, str) else (tls[0].absolute(), tls[1].absolute()),
    )


def _user(wanted: Wanted, known: dict[str, User]) -> tuple[User, str]:
    """The user to save, and a password that was made up for them ("" for none)."""
    present = known.get(wanted.user)
    if wanted.password:
        fresh = make_user(name=wanted.user, password=wanted.password, access=wanted.access)
        return fresh, ""
    if present is not None and not wanted.generate:
        return replace(present, access=wanted.access), ""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    return make_user(name=wanted.user, password=password, access=wanted.access), password


def _check_behind(settings: Settings, name: str | None) -> None:
    """Make a rehearsal company that is not there, and see that what is served can be."""
    path = settings.sandbox
    if path is not None and not path.exists():
        from tieout.sandbox import CompanyFile

        path.parent.mkdir(parents=True, exist_ok=True)
        CompanyFile.create(path, name=name or "Rehearsal Company").close()
    link = link_of(settings)
    close = getattr(link, "close", None)
    if close is not None:
        close()


def _carry_out(wanted: Wanted, settings: Settings, *, user: User, password: str) -> Done:
    notes = []
    had_certificate = (settings.data / "certificate.pem").exists()
    try:
        make_private(settings.data)
    except OSError as error:
        notes.append(f"The folder could not be made private: {error} Do it by hand.")
    fingerprint = _certify(settings, anew=wanted.options.new_certificate)
    save_user(settings.data / USERS_FILE, user)
    save_settings(settings)
    if settings.host in EVERY_ADDRESS:
        notes.append(
            f"Let the firewall pass TCP {settings.port} from Tieout's address only, and narrow "
            "--allow to it."
        )
    if wanted.options.new_certificate and had_certificate:
        notes.append("Tieout must trust the new fingerprint: Verify shows it.")
    return Done(
        settings=settings,
        user=user,
        password=password,
        fingerprint=fingerprint,
        url=_url_for_tieout(settings),
        steps=[],
        notes=notes,
    )


def _certify(settings: Settings, *, anew: bool) -> str:
    """The fingerprint of the certificate, which is made if it is not there; "" without TLS."""
    if settings.tls == "off":
        return ""
    if isinstance(settings.tls, tuple):
        certificate, key = settings.tls
        try:
            certificates.server_context(certificate=certificate, key=key)
            return certificates.fingerprint(certificate)
        except (OSError, ValueError) as error:
            msg = f"--tls {certificate} {key} cannot be used ({error}): give another pair."
            raise program.StartError(msg) from error
    certificate, key = settings.data / "certificate.pem", settings.data / "key.pem"
    if anew or not (certificate.exists() and key.exists()):
        certificates.make_certificate(
            certificate=certificate,
            key=key,
            names=certificates.own_names(settings.host),
            now=program.utc_now(),
        )
    return certificates.fingerprint(certificate)


def _url_for_tieout(settings: Settings) -> str:
    scheme = "http" if settings.tls == "off" else "https"
    host = socket.gethostname() if settings.host in EVERY_ADDRESS else settings.host
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"


# ---------------------------------------------------------------- testing it


def _test(done: Done, *, before: Settings, known_password: str, quiet: bool) -> None:
    """Climb the ladder of a connector started for it, or of the one that runs already."""
    probe_password = secrets.token_urlsafe(PASSWORD_BYTES)
    # A user of this moment, who is written nowhere: a saved password cannot be read back.
    probe = make_user(name="setup-test", password=probe_password, access="read-only")
    try:
        with _running(done.settings, probe) as port:
            target = _target(done, done.settings, port, probe.name, probe_password)
            _climb(done, target, quiet=quiet)
    except FolderTaken:
        done.notes.append(
            "A connector runs already, with the settings from before: start it again."
        )
        target = _target(done, before, before.port, done.user.name, known_password or None)
        _climb(done, target, quiet=quiet)
    except program.StartError as error:
        done.steps.append(
            ladder.Step(
                rung="start", state="broken", detail=str(error), who="IT person",
                remedy="Correct it and run the setup again.",
            )
        )  # fmt: skip
        if not quiet:
            print(ladder.as_text(done.steps[-1]))


def _climb(done: Done, target: ladder.Target, *, quiet: bool) -> None:
    if not quiet and done.settings.sandbox is None:
        print("Testing. QuickBooks may now ask its administrator to approve Tieout.", flush=True)
    for step in ladder.climb(target):
        done.steps.append(step)
        if not quiet:
            print(ladder.as_text(step), flush=True)


@contextmanager
def _running(settings: Settings, probe: User) -> Iterator[int]:
    """The connector itself, in this process, for as long as the test takes; its port."""
    users = load_users(settings.data / USERS_FILE) | {probe.name: probe}
    connector = program.Program(
        settings=replace(settings, status_port=None, allowed=(*settings.allowed, "127.*", "::1")),
        link=link_of(settings),
        users=users,
        clock=program.utc_now,
    )
    handler = start_log(settings.data / LOG_FILE, settings.log)
    serving = Thread(target=connector.serve, name="setup-test")
    serving.start()
    try:
        yield connector.port
    finally:
        connector.stop()
        serving.join()
        stop_log(handler)


def _target(
    done: Done, settings: Settings, port: int, user: str, password: str | None
) -> ladder.Target:
    certificate: Path | None = settings.data / "certificate.pem"
    if isinstance(settings.tls, tuple):
        certificate = settings.tls[0]
    elif settings.tls == "off":
        certificate = None
    return ladder.Target(
        host=EVERY_ADDRESS.get(settings.host, settings.host),
        port=port,
        certificate=certificate,
        fingerprint=done.fingerprint,
        user=user,
        password=password,
        company_file=settings.company_file or "",
    )


# ---------------------------------------------------------------- saying it


def _print_head(done: Done) -> None:
    settings = done.settings
    serves = (
        f"the rehearsal company {settings.sandbox}"
        if settings.sandbox is not None
        else f"QuickBooks, {settings.company_file or 'whichever file is open'}"
    )
    print(f"Saved in {settings.data}. The connector serves {serves}.\n")
    print("Enter in Tieout, Settings → Integrations → QuickBooks Desktop:")
    print(f"  URL         {done.url}")
    print(f"  Username    {done.user.name} ({done.user.access})")
    if done.password:
        print(f"  Password    {done.password}   (shown this once)")
    if done.fingerprint:
        print("Compare at Verify, letter by letter:")
        print(f"  SHA-256     {done.fingerprint}")
    print(flush=True)


def _print_tail(done: Done, command: str) -> None:
    for note in done.notes:
        print(f"Note: {note}")
    data = f' --data "{done.settings.data}"'
    print(f"\nStart it now:        {command} serve{data}")
    if sys.platform == "win32":
        print(f"Start it at log-on:  {command} logon{data}")


def _plain(done: Done) -> dict[str, object]:
    return {
        "data": str(done.settings.data),
        "url": done.url,
        "fingerprint": done.fingerprint,
        "user": done.user.name,
        "access": done.user.access,
        "password": done.password,
        "rungs": ladder.as_json(done.steps),
        "notes": done.notes,
    }
