"""The Web Connector's service: complete round trips per second, and one answer of 50 MB.

A round trip is sendRequestXML and receiveResponseXML: the question is built from rows and noted
before it leaves, the answer is kept, then acted on; two server processes, one and eight companies
at once. Beside it, in the same run and with the same bodies: a bare server that answers constant
bytes, and one that commits a row a call, against which the aims are set; an empty Django view, and
one that stores a row through the ORM, which bound what a Django service can reach. Then an answer
of 50 MB of qbXML on the server that serves one process, from its last byte to the reply, with the
memory that it takes over the idle server.

The servers' own processor time for a round trip stands beside each rate: on a busy machine whoever
waits for the disk waits for a processor too, and rates say little. An aim that is missed is said
and does not fail the run; what fails it is a limit, which guards what was reached.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import harness
from harness import Limit, apart, fresh_home

PROCESSES, THREADS = 2, 8
COMPANIES = 8
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
HERE = Path(__file__).parent
BIG_BYTES = 50 * 1000 * 1000
SHARE_OF_BARE, SHARE_OF_COMMITTING = 0.3, 0.2
# what was reached, with room for a busy machine: in processor time against the empty Django view
# and the one that stores a row, and eight companies in round trips against the latter
TIMES_EMPTY_MAX, TIMES_ROW_MAX, TIMES_ROW_TRIPS_MAX = 14.0, 4.0, 8.0
BIG_S, BIG_PROCESSOR_S_MAX, BIG_MIB_MAX = 2.0, 2.0, 64.0
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Pace:
    """What a server makes: round trips a second, and its processor time for each."""

    trips_s: float
    processor_ms: float


def main() -> int:
    with fresh_home() as home:
        accounts = home / "accounts.json"
        apart(_make_companies, accounts)
        known: list[str] = json.loads(accounts.read_text("ascii"))
        rates = {
            "bare": _rates("bare_servers:bare", home),
            "committing": _rates("bare_servers:committing", home),
            "Django, empty view": _rates("django_servers:application", home, "empty"),
            "Django, a row": _rates("django_servers:application", home, "row"),
        }
        with _tieout(home) as port:
            rates["tieout"] = (_rate(port, known[:1]), _rate(port, known[1:]))
        big = _big(home, known[0])
    return _tell(rates, big)


def _make_companies(accounts: Path) -> None:
    from tieout.service import moments, qbwc_account
    from tieout.service.access import find_access
    from tieout.service.ask_refresh import ask_refresh
    from tieout.store.models import Book, Company, Connection, Lane, Membership, User

    user = User.objects.create_user(username="sam", password=harness.PASSWORD)
    made = []
    for number in range(COMPANIES + 1):
        now = moments.now()
        company = Company.objects.create(name=f"Bench {number}", created_at=now)
        Lane.objects.create(company=company)
        Book.objects.create(company=company)
        Connection.objects.create(company=company, updated_at=now)
        Membership.objects.create(user=user, company=company, role="super_user")
        access = find_access(user=user, company_id=company.pk)
        if access is None:
            raise RuntimeError("Sam has no access")
        qbwc_account.switch(access=access, road="web connector", now=now)
        password = qbwc_account.make_password(access=access, now=now)
        ask_refresh(access=access, now=now)
        made.append(f"{qbwc_account.ensure(access=access, now=now).user_name}:{password}")
    accounts.write_text(json.dumps(made), "ascii")


# ------------------------------------------------------------------ servers


@contextmanager
def _serving(argv: list[str], port: int, env: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        argv,
        env=os.environ | env | {"BENCH_SERVER": str(port)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=HERE,
    )
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.05)
        time.sleep(1.0)  # until every process of it listens
        yield port
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _tieout(home: Path, *, server: str = "granian", processes: int = PROCESSES) -> Iterator[int]:
    port = _free_port()
    argv = [
        *(sys.executable, "-m", "tieout.cli.main", "web", "--port", str(port)),
        *("--processes", str(processes), "--threads", str(THREADS), "--server", server),
    ]
    with _serving(argv, port, {"TIEOUT_HOME": str(home)}) as serving:
        yield serving


def _rates(target: str, home: Path, django: str = "") -> tuple[Pace, Pace]:
    port = _free_port()
    script = str(HERE / "bare_servers.py")
    argv = [sys.executable, script, target, str(port), str(PROCESSES), str(THREADS)]
    env = {
        "BENCH_ROWS": str(home / "rows.sqlite3"),
        "BENCH_DJANGO": django,
        "TIEOUT_HOME": str(home),
    }
    with _serving(argv, port, env) as serving:
        return _rate(serving, ["-"]), _rate(serving, ["-"] * COMPANIES)


def _rate(port: int, accounts: list[str]) -> Pace:
    """Many companies are driven by two client processes."""
    before = sum(_processor_s(port).values())
    halves = [accounts[::2], accounts[1::2]] if len(accounts) > 1 else [accounts]
    clients = [
        subprocess.Popen(
            [sys.executable, str(HERE / "soap_client.py"), str(port), str(SECONDS), *half],
            stdout=subprocess.PIPE,
            text=True,
        )
        for half in halves
    ]
    rate = trips = 0.0
    for client in clients:
        said, _ = client.communicate()
        if client.returncode:
            raise RuntimeError("a client broke off; its message is above")
        found = json.loads(said)
        rate += found["trips"] / found["seconds"]
        trips += found["trips"]
    return Pace(rate, (sum(_processor_s(port).values()) - before) / trips * 1000)


# ------------------------------------------------------------------ one big answer


def _big(home: Path, account: str) -> tuple[float, float, float]:
    """Seconds from the last byte sent to the reply, the server's processor seconds for all of it,
    and MiB over the idle server."""
    from soap_client import Updater

    with _tieout(home, server="waitress", processes=1) as port:
        _expire_tickets()
        updater = Updater(port, account)
        updater.send()
        before, busy_s = _memory(port, "VmRSS:"), sum(_processor_s(port).values())
        ret = "<CustomerRet><ListID>80000001-1</ListID><Name>Acme</Name></CustomerRet>"
        answer = updater.page().replace(
            "<CustomerRet>", ret * (BIG_BYTES // len(ret)) + "<CustomerRet>", 1
        )
        bodies = updater.wire.body(
            "receiveResponseXML", ticket=updater.ticket, response=answer, hresult="", message=""
        )
        updater.wire.send(bodies)
        started = time.perf_counter()
        reply = updater.wire.receive()
        took = time.perf_counter() - started
        busy_s = sum(_processor_s(port).values()) - busy_s
        if ">-1<" in reply:
            raise RuntimeError(f"the big answer was not taken: {updater.last_error()}")
        after = _memory(port, "VmHWM:")
    return took, busy_s, max(after[pid] - before[pid] for pid in before) / harness.MIB


def _expire_tickets() -> None:
    """The updates of the first part end here, as if they had closed their connections."""
    from tieout.store.models import Lane, WebConnectorSession

    WebConnectorSession.objects.update(phase="closed")
    Lane.objects.update(lease_until=None)


def _processes(port: int) -> Iterator[Path]:
    """The folders in /proc of the server that was started for this port (Linux)."""
    mark = f"BENCH_SERVER={port}".encode()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    yield entry
            except OSError:
                continue


def _memory(port: int, line: str) -> dict[int, int]:
    """Bytes of every process of that server."""
    found = {}
    for entry in _processes(port):
        status = (entry / "status").read_text("ascii").splitlines()
        sizes = [int(each.split()[1]) * 1024 for each in status if each.startswith(line)]
        found[int(entry.name)] = sizes[0] if sizes else 0
    return found


def _processor_s(port: int) -> dict[int, float]:
    """Processor seconds so far of every process of that server, user and system."""
    found = {}
    for entry in _processes(port):
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
        found[int(entry.name)] = (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
    return found


# ------------------------------------------------------------------ the figures


def _tell(rates: dict[str, tuple[Pace, Pace]], big: tuple[float, float, float]) -> int:
    for place, title in enumerate(("One company", f"{COMPANIES} companies")):
        ours = rates["tieout"][place]
        rows = []
        for name, paces in rates.items():
            pace = paces[place]
            said = f"{pace.trips_s:,.0f} trips/s, {pace.processor_ms:.2f} ms"
            if name != "tieout":
                said += f" (tieout: {ours.trips_s / pace.trips_s:.3f} of it)"
            rows.append((name, said))
        harness.table(f"{title}, {PROCESSES} server processes", rows)
    big_s, big_processor_s, big_mib = big
    harness.table(
        "An answer of 50 MB of qbXML",
        [
            ("from its last byte to the reply", harness.seconds(big_s)),
            ("processor time of the server", harness.seconds(big_processor_s)),
            ("memory over idle", f"{big_mib:,.0f} MiB"),
        ],
    )
    (one, eight), bare = rates["tieout"], rates["bare"][0].trips_s
    committing = rates["committing"][1].trips_s
    harness.aims(
        [
            Limit("one company, against the bare server", bare / one.trips_s, 1 / SHARE_OF_BARE),
            Limit(
                "eight, against the committing server",
                committing / eight.trips_s,
                1 / SHARE_OF_COMMITTING,
            ),
            Limit("an answer of 50 MB", big_s, BIG_S, "s"),
        ]
    )
    return harness.verdict([*_limits(rates), *_limits_of_big(big_processor_s, big_mib)])


def _limits(rates: dict[str, tuple[Pace, Pace]]) -> list[Limit]:
    one, eight = rates["tieout"]
    empty, row = rates["Django, empty view"], rates["Django, a row"]
    return [
        Limit(
            "processor time, one company, against an empty Django view",
            one.processor_ms / empty[0].processor_ms,
            TIMES_EMPTY_MAX,
        ),
        Limit(
            "processor time, one company, against a Django view that stores a row",
            one.processor_ms / row[0].processor_ms,
            TIMES_ROW_MAX,
        ),
        Limit(
            "eight companies, against a Django view that stores a row",
            row[1].trips_s / eight.trips_s,
            TIMES_ROW_TRIPS_MAX,
        ),
    ]


def _limits_of_big(processor_s: float, mib: float) -> list[Limit]:
    return [
        Limit("processor time of 50 MB", processor_s, BIG_PROCESSOR_S_MAX, "s"),
        Limit("memory for it", mib, BIG_MIB_MAX, "MiB"),
    ]


if __name__ == "__main__":
    sys.exit(main())
