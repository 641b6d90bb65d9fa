"""The handle on a worker process: which processes it ends, and which never."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests import com_double
from tests.com_double import Desk

import tieout.connector
from tieout.connector.comframes import WorkerSettings
from tieout.connector.comprocess import WorkerProcess
from tieout.connector.link import LinkError


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path)
    yield opened
    opened.books.close()


def worker(desk: Desk) -> WorkerProcess:
    settings = WorkerSettings(lock=desk.folder / "lock", lock_s=5.0, grace_s=5.0)
    return WorkerProcess(settings, partial(com_double.install, desk.folder))


OPEN = {"do": "open", "app_name": "Tieout", "company_file": "", "mode": "either"}


def test_a_hang_ends_our_worker_and_leaves_quickbooks_running(desk: Desk) -> None:
    quickbooks = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "QBW32"])
    try:
        ours = worker(desk)
        assert ours.ask(OPEN, stage="open", limit_s=60)["ok"]
        desk.plan("ProcessRequest", "hang")
        with pytest.raises(LinkError, match="not QuickBooks"):
            ours.ask({"do": "process", "qbxml": "<QBXML/>"}, stage="process", limit_s=0.5)
        assert not ours.alive
        assert quickbooks.poll() is None
    finally:
        quickbooks.kill()
        quickbooks.wait()


def test_nothing_in_the_connector_ends_a_process_that_it_did_not_start() -> None:
    """The only processes that are ended are the COM workers, by their own handle."""
    ending = re.compile(
        r"\.kill\(|\.terminate\(|killpg|taskkill|TerminateProcess|OpenProcess|psutil|os\.system"
    )
    found = []
    for path in sorted(Path(tieout.connector.__path__[0]).glob("*.py")):
        for line in path.read_text("utf-8").splitlines():
            if ending.search(line):
                found.append(f"{path.name}: {line.strip()}")
    handles = re.compile(
        r"comprocess\.py: self\._process\.kill\(\)|\w+\.py: (self\._worker|self)\.kill\(\)"
    )
    assert [line for line in found if not handles.fullmatch(line)] == []
    assert any(line.startswith("comprocess.py") for line in found)


def test_what_is_dismissed_ends_by_itself(desk: Desk) -> None:
    ours = worker(desk)
    assert ours.ask(OPEN, stage="open", limit_s=60)["ok"]
    ours.dismiss()
    assert not ours.alive
    assert desk.calls()[-3:] == ["EndSession", "CloseConnection", "CoUninitialize"]
