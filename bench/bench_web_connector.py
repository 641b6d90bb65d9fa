"""The Web Connector's service: complete round trips per second, and one answer of 50 MB.

A round trip is sendRequestXML and receiveResponseXML: the question is built from rows and noted
before it leaves, the answer is kept, then acted on; two server processes, one and eight companies
at once. Beside it, in the same run and with the same bodies: a bare server that answers constant
bytes, and one that commits a row a call, against which the aims are set; an empty Django view, and
one that stores a row through the ORM, which bound what a Django service can reach. Then an answer
of 50 MB of qbXML, with the memory that it takes over the idle server.

An aim that is missed is said and does not fail the run; what fails it is a limit, which guards what
was reached.
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
from pathlib import Path

import harness
from harness import Limit, apart, fresh_home

PROCESSES, THREADS = 2, 8
COMPANIES = 8
SECONDS = float(os.environ.get("BENCH_SECONDS", "6"))
HERE = Path(__file__).parent
BIG_BYTES = 50 * 1000 * 1000
SHARE_OF_BARE, SHARE_OF_COMMITTING = 0.3, 0.2
# what was reached, with room for a busy machine: one company against the empty Django view, eight
# against the one that stores a row
TIMES_EMPTY_MAX, TIMES_ROW_MAX = 25.0, 12.0
BIG_S_MAX, BIG_MIB_MAX = 2.0, 64.0


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
        big_s, big_mib = _big(home, known[0])
    return _tell(rates, big_s, big_mib)


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
        argv, env=os.environ | env, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=HERE
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


def _rates(target: str, home: Path, django: str = "") -> tuple[float, float]:
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


def _rate(port: int, accounts: list[str]) -> float:
    """Complete round trips per second; many companies are driven by two client processes."""
    halves = [accounts[::2], accounts[1::2]] if len(accounts) > 1 else [accounts]
    clients = [
        subprocess.Popen(
            [sys.executable, str(HERE / "soap_client.py"), str(port), str(SECONDS), *half],
            stdout=subprocess.PIPE,
            text=True,
        )
        for half in halves
    ]
    rate = 0.0
    for client in clients:
        said, _ = client.communicate()
        if client.returncode:
            raise RuntimeError("a client broke off; its message is above")
        found = json.loads(said)
        rate += found["trips"] / found["seconds"]
    return rate


# ------------------------------------------------------------------ one big answer


def _big(home: Path, account: str) -> tuple[float, float]:
    """Seconds from the first byte sent to the reply, and MiB over the idle server."""
    from soap_client import Updater

    with _tieout(home, processes=1) as port:
        _expire_tickets()
        updater = Updater(port, account)
        updater.send()
        before = _memory(home, "VmRSS:")
        ret = "<CustomerRet><ListID>80000001-1</ListID><Name>Acme</Name></CustomerRet>"
        answer = updater.page().replace(
            "<CustomerRet>", ret * (BIG_BYTES // len(ret)) + "<CustomerRet>", 1
        )
        bodies = updater.wire.body(
            "receiveResponseXML", ticket=updater.ticket, response=answer, hresult="", message=""
        )
        started = time.perf_counter()
        reply = updater.wire.exchange(bodies)
        took = time.perf_counter() - started
        if ">-1<" in reply:
            raise RuntimeError(f"the big answer was not taken: {updater.last_error()}")
        after = _memory(home, "VmHWM:")
    return took, max(after[pid] - before[pid] for pid in before) / harness.MIB


def _expire_tickets() -> None:
    """The updates of the first part end here, as if they had closed their connections."""
    from tieout.store.models import Lane, WebConnectorSession

    WebConnectorSession.objects.update(phase="closed")
    Lane.objects.update(lease_until=None)


def _memory(home: Path, line: str) -> dict[int, int]:
    """Bytes of every process that runs on this home but for this one (Linux)."""
    mark = f"TIEOUT_HOME={home}".encode()
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            if mark not in (entry / "environ").read_bytes().split(b"\0"):
                continue
            status = (entry / "status").read_text("ascii").splitlines()
        except OSError:
            continue
        sizes = [int(each.split()[1]) * 1024 for each in status if each.startswith(line)]
        found[int(entry.name)] = sizes[0] if sizes else 0
    return found


# ------------------------------------------------------------------ the figures


def _tell(rates: dict[str, tuple[float, float]], big_s: float, big_mib: float) -> int:
    for place, title in enumerate(("One company", f"{COMPANIES} companies")):
        rows = [(name, f"{rate[place]:,.0f} trips/s") for name, rate in rates.items()]
        ours = rates["tieout"][place]
        rows += [
            (f"tieout / {name}", f"{ours / rate[place]:.3f}")
            for name, rate in rates.items()
            if name != "tieout"
        ]
        harness.table(f"{title}, {PROCESSES} server processes", rows)
    harness.table(
        "An answer of 50 MB of qbXML",
        [("until the reply", harness.seconds(big_s)), ("memory over idle", f"{big_mib:,.0f} MiB")],
    )
    one, eight = rates["tieout"]
    harness.aims(
        [
            Limit(
                "one company, against the bare server", rates["bare"][0] / one, 1 / SHARE_OF_BARE
            ),
            Limit(
                "eight, against the committing server",
                rates["committing"][1] / eight,
                1 / SHARE_OF_COMMITTING,
            ),
        ]
    )
    empty, row = rates["Django, empty view"][0], rates["Django, a row"][1]
    return harness.verdict(
        [
            Limit("one company, against an empty Django view", empty / one, TIMES_EMPTY_MAX),
            Limit("eight, against a Django view that stores a row", row / eight, TIMES_ROW_MAX),
            Limit("an answer of 50 MB", big_s, BIG_S_MAX, "s"),
            Limit("memory for it", big_mib, BIG_MIB_MAX, "MiB"),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
