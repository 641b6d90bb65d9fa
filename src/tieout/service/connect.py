"""Open the way to a company's QuickBooks; one channel a company and process is kept open."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from tieout.channels.base import Delivery
from tieout.channels.remote import RemoteChannel, RemoteSettings
from tieout.service import moments
from tieout.store.commits.installation import installation_id
from tieout.store.queries import connections

CALL_TIMEOUT_S = 90.0  # one request may take this long inside QuickBooks


@dataclass(frozen=True, slots=True)
class Line:
    """A channel with what every delivery to this company carries."""

    channel: RemoteChannel
    company_file: str
    expected_company: str  # the path that must turn out to be open, "" before the first Verify
    app_name: str
    installation_id: str

    def delivery(
        self, qbxml: bytes, *, call_id: str, writes: bool, epoch: int, session_id: str = ""
    ) -> Delivery:
        """The message set on its way, with everything the connector checks.

        `session_id`: the QuickBooks session in which the company file was looked at.
        """
        return Delivery(
            call_id=call_id,
            qbxml=qbxml,
            writes=writes,
            company_file=self.company_file,
            app_name=self.app_name,
            expected_company=self.expected_company,
            installation_id=self.installation_id,
            epoch=epoch,
            timeout_s=CALL_TIMEOUT_S,
            expected_session=session_id,
        )

    def ask(self, qbxml: bytes) -> Delivery:
        """A query: it writes nothing, so it is not fenced."""
        return self.delivery(qbxml, call_id=moments.call_id(), writes=False, epoch=0)


_channels: dict[int, tuple[RemoteSettings, RemoteChannel]] = {}
_lock = threading.Lock()


def line_to(*, company_id: int) -> Line:
    """The line to the company's QuickBooks by its saved settings."""
    saved = connections.settings_of(company_id=company_id)
    settings = RemoteSettings(
        url=saved.url,
        username=saved.username,
        password=saved.password,
        fingerprint=saved.fingerprint or None,
    )
    return Line(
        channel=_channel(company_id, settings),
        company_file=saved.company_file,
        expected_company=connections.expected_company(company_id=company_id),
        app_name=saved.app_name,
        installation_id=installation_id(),
    )


def _channel(company_id: int, settings: RemoteSettings) -> RemoteChannel:
    """The kept channel when the settings are still the same, else a new one."""
    with _lock:
        kept = _channels.get(company_id)
        if kept is not None and kept[0] == settings:
            return kept[1]
        if kept is not None:
            kept[1].close()
        channel = RemoteChannel(settings)
        _channels[company_id] = (settings, channel)
        return channel
