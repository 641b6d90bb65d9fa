"""The Web Connector's own log codes, with what they mean and who does what about them.

Source: Intuit's documentation, completed by public reports (observed). A code stands in the log
as `QBWC1012`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LOG_FILE: Final = r"%ProgramData%\Intuit\QBWebConnector\log\QWCLog.txt"


@dataclass(frozen=True, slots=True)
class LogCode:
    """One code: what it means, and the fix in words for the person in front of it."""

    code: int
    meaning: str
    fix: str

    @property
    def name(self) -> str:
        """As it stands in the log."""
        return f"QBWC{self.code}"


_DOWNLOAD: Final = "Download the .qwc file again from Tieout and add it anew."
_SERVER: Final = (
    "The web service failed or could not be reached. Look in Tieout's log for the same minute, "
    "then run the update again."
)
_LOG_RIGHTS: Final = (
    f"Close the Web Connector, rename {LOG_FILE}, check that you may write to its folder, "
    "and start the Web Connector again."
)
_QUICKBOOKS: Final = (
    "Open QuickBooks and the company file as Admin, close every dialog, allow Tieout under "
    "Integrated Applications, and run the update again."
)
_VERSION: Final = "Update the Web Connector and run the update again."
_STAMPED: Final = (
    "This company file already carries another stamp. Remove the old entry in the Web Connector, "
    "then make a new .qwc file in Tieout, which gives it new ids."
)
_RETYPE: Final = "Type the password again; Tieout shows it once when it is made."

_ROWS: Final[tuple[tuple[tuple[int, ...], str, str], ...]] = (
    ((1000,), "the addresses in the .qwc file have different hosts", _DOWNLOAD),
    ((1001, 1002), "the .qwc file names an IP address instead of a host", _DOWNLOAD),
    ((1003, 1004), "the support address cannot be reached",
     "Open the support address in a browser on that computer; fix what keeps it from opening."),
    ((1005, 1006, 1033, 1085), "the log file cannot be written", _LOG_RIGHTS),
    ((1007, 1008, 1009, 1013, 1022, 1023, 1024), "QuickBooks could not be reached", _QUICKBOOKS),
    ((1010,), "the address in the .qwc file is not https", _DOWNLOAD),
    ((1011, 1032), "the application is missing in the Windows registry",
     f"Remove the application in the Web Connector. {_DOWNLOAD}"),
    ((1012,), "authentication failed before Tieout could answer",
     "Open the service address in a browser on that computer. If it does not open without a "
     "warning, fix name, certificate or firewall; if it does, look in Tieout's log."),
    ((1014, 1015), "the company data could not be read, or the file not be closed", _QUICKBOOKS),
    ((1021, 1036, 1037, 1046), "the versions of the two sides could not be compared", _VERSION),
    ((1026, 1039), "the application could not be added: its ids must be unique", _STAMPED),
    ((1028, 1029, 1030, 1038), "the password is missing or could not be stored", _RETYPE),
    ((1031,), "a scheduled update ended with errors", "Open the log and look for the line before."),
    ((1034,), "the .qwc file excludes this edition of QuickBooks", _DOWNLOAD),
    ((1035,), "the name localhost is not known",
     "Add localhost to the hosts file of that computer, or use the server's own name."),
    ((1040,), "the user name or the password was refused", _RETYPE),
    ((1041,), "asking for work failed", _SERVER),
    ((1042,), "handing over an answer failed",
     f"{_SERVER} Tieout looks in QuickBooks first, so nothing is sent twice."),
    ((1043,), "asking for the last error failed", _SERVER),
    ((1044,), "closing the update failed", _SERVER),
    ((1045,), "reporting a failed connection failed", _SERVER),
    ((1048,), "the certificate of the service cannot be verified",
     "Use a certificate with its full chain for exactly this host name, and TLS 1.2 or newer."),
)  # fmt: skip

CODES: Final[dict[int, LogCode]] = {
    code: LogCode(code, meaning, fix) for codes, meaning, fix in _ROWS for code in codes
}
_IN_TEXT: Final = re.compile(r"\bQBWC\s?([0-9]{4})\b", re.IGNORECASE)


def find_codes(text: str) -> tuple[LogCode, ...]:
    """The known codes in a piece of the log, each once, in the order they appear."""
    numbers = dict.fromkeys(int(found) for found in _IN_TEXT.findall(text))
    return tuple(CODES[number] for number in numbers if number in CODES)
