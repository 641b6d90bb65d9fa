"""`tieout connector --company-file` as a process, with the COM double in its worker processes.

Run as a program it serves the folder of a `com_double.Desk`; imported it offers `start`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests import com_double
from tests.protocol.connector_process import PASSWORD, Running

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, *arguments: str) -> Running:
    """Start this file as a program on a free port; the caller stops it."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__)), str(folder), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "FULL": PASSWORD, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline() or '{"url": "dead:0", "fingerprint": ""}')
    return Running(process=process, data=folder / "data", **ready)


def main() -> int:
    from tieout.cli import connector as command
    from tieout.cli import connector_link
    from tieout.connector.comlink import ComLink, Limits
    from tieout.connector.link import Link
    from tieout.connector.settings import Settings

    folder = Path(sys.argv[1])

    def with_double(settings: Settings) -> Link:
        return ComLink(
            company_file=settings.company_file or "",
            lock=settings.data / "quickbooks.lock",
            limits=Limits(process_s=settings.call_limit_s, orphan_s=2.0),
            prepare=partial(com_double.install, folder),
        )

    connector_link._com_link = with_double
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    fixed = f"--data {folder / 'data'} --port 0 --tls off --json --user ann --password-env FULL"
    file = ("--company-file", "C:\\Books\\Northgate.QBW")
    options = parser.parse_args([*file, *fixed.split(), *sys.argv[2:]])
    return command.run(options)


if __name__ == "__main__":
    raise SystemExit(main())
