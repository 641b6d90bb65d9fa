"""`tieout connector status`: ask the connector that runs here how it is."""

from __future__ import annotations

import argparse
import http.client
import json
import sys
from typing import Any

from tieout.cli.connector_options import settings_of
from tieout.connector.settings import Settings
from tieout.connector.statuspage import HOST

ASK_S = 10.0


def show_status(options: argparse.Namespace) -> int:
    """Print it; 0 = it runs and its last call did not fail, 1 = it failed, 2 = no answer."""
    settings = settings_of(options)
    if settings.status_port is None:
        text = f"{options.data} is set up without a status page: name its --status-port PORT."
        print(f"{options.program}: {text}", file=sys.stderr)
        return 2
    try:
        found = _ask(settings)
    except (OSError, http.client.HTTPException, ValueError) as error:
        text = f"No connector answers on port {settings.status_port} ({error}): start it."
        print(f"{options.program}: {text}", file=sys.stderr)
        return 2
    print(json.dumps(found, indent=2) if options.json else _text(found))
    return 1 if found["quickbooks_up"] is False else 0


def _ask(settings: Settings) -> dict[str, Any]:
    connection = http.client.HTTPConnection(HOST, settings.status_port, timeout=ASK_S)
    try:
        connection.request("GET", "/status.json")
        answer = connection.getresponse()
        found = json.loads(answer.read())
    finally:
        connection.close()
    if not isinstance(found, dict) or "quickbooks_up" not in found:
        msg = "what answers is no connector"
        raise ValueError(msg)
    return found


def _text(found: dict[str, Any]) -> str:
    up = {True: "answers", False: "the last call failed", None: "not asked yet"}
    lines = [
        f"Connector     {found['version']}, since {found['started']}",
        f"Address       {found['url']}",
        f"Certificate   {found['fingerprint'] or 'none'}",
        f"QuickBooks    {up[found['quickbooks_up']]}",
        f"Open file     {found['company_file'] or 'none'}",
        f"Waiting       {found['queue_length']} of {found['queue_max']}",
    ]
    failure = found["failure"]
    if failure:
        lines.append(
            f"Last failure  {failure['hresult']} at {failure['stage']}: {failure['meaning']}"
        )
        lines.append(f"              {failure['remedy']}")
    for each in found["calls"][:5]:
        kind = "write" if each["writes"] else "read"
        lines.append(f"{each['at'][:19]}  {kind:5}  {each['outcome']}")
    return "\n".join(lines)
