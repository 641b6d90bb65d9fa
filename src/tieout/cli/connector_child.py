"""A Remote Connector in a process of its own, on a free port, for as long as a block lasts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from tieout.cli import northgate
from tieout.cli.output import CommandError
from tieout.cli.passwords import write_private

STOP_S = 20.0


class ConnectorChild:
    """Serves `folder`/northgate.sqlite3; its password is in `folder`/password.txt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = ""

    def __enter__(self) -> ConnectorChild:
        data = self._folder / "connector"
        write_private(self._folder / "password.txt", northgate.make_connector_user(data))
        command = [
            sys.executable, "-m", "tieout.cli.main", "connector",
            "--sandbox", str(self._folder / "northgate.sqlite3"),
            "--data", str(data), "--tls", "off", "--port", "0", "--json",
        ]  # fmt: skip
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TIEOUT_SUPERVISED": "1"},
            start_new_session=True,
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            self._process.wait(STOP_S)
            message = "The Remote Connector did not start: see what it said above."
            raise CommandError(message)
        self.url = str(json.loads(line)["url"])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
