"""`tieout connector --company-file` as a process, with the COM double in its worker processes.

Its `main` serves the folder of a `com_double.Desk`; a test calls `start`.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path

from tests import com_double, nursery
from tests.protocol.connector_process import PASSWORD, Running


def start(folder: Path, *arguments: str) -> Running:
    """Start `main` below as a process on a free port; the caller stops it."""
    process = nursery.start_connector(__name__, [str(folder), *arguments], {"FULL": PASSWORD})
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline() or '{"url": "dead:0", "fingerprint": ""}')
    return Running(process=process, data=folder / "data", **ready)


def main(arguments: list[str]) -> int:
    from tieout.cli import connector as command
    from tieout.cli import connector_link
    from tieout.connector.comlink import ComLink, Limits
    from tieout.connector.link import Link
    from tieout.connector.settings import Settings

    folder = Path(arguments[0])

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
    options = parser.parse_args([*file, *fixed.split(), *arguments[1:]])
    return command.run(options)
