"""Which rung of the ladder a HRESULT breaks, and one sentence for each rung."""

from __future__ import annotations

from tieout.channels.base import Rung

_QUICKBOOKS_BASE = 0x80040000

# Ids of Intuit's documentation (0x80040000 + id); what is not listed breaks QUICKBOOKS.
_BY_ID: dict[int, Rung] = {
    **dict.fromkeys((0x403, 0x40A, 0x40B, 0x417, 0x41C), Rung.COMPANY_FILE),
    **dict.fromkeys((0x410, 0x422, 0x436, 0x437, 0x438, 0x439), Rung.USER_MODE),
    **dict.fromkeys((0x414, 0x42D), Rung.DIALOG),
    **dict.fromkeys(
        (0x415, 0x418, 0x419, 0x41A, 0x41D, 0x41E, 0x420, 0x42C, 0x430, 0x435), Rung.PERMISSION
    ),
    **dict.fromkeys(
        (0x404, 0x406, 0x409, 0x41F, 0x423, 0x428, 0x431, 0x432, 0x433, 0x434), Rung.VERSION
    ),
    **dict.fromkeys((0x400, 0x413, 0x421), Rung.TEST_READ),
}

REMEDIES: dict[Rung, str] = {
    Rung.REACHABLE: "Check the address, that the connector runs, and the firewall between.",
    Rung.TRUST: "Compare the fingerprint that the connector prints with the one saved here.",
    Rung.LOGIN: "Enter the username and password that were set up in the connector.",
    Rung.QUICKBOOKS: "Start QuickBooks on the connector's machine, in the same Windows session.",
    Rung.COMPANY_FILE: "Open the right company file in QuickBooks, or correct its path here.",
    Rung.USER_MODE: "Switch QuickBooks to the user mode that is asked for.",
    Rung.DIALOG: "Close the dialog that is open in QuickBooks, then try again.",
    Rung.PERMISSION: (
        "Log in to QuickBooks as Admin in single-user mode and allow Tieout under Edit > "
        "Preferences > Integrated Applications."
    ),
    Rung.VERSION: "Update QuickBooks to 2014 or newer.",
    Rung.TEST_READ: "Send the stored request and this message to support.",
}


def rung_of(hresult: int) -> Rung:
    """The rung that this failure breaks; `hresult` as an unsigned 32 bit number."""
    return _BY_ID.get(hresult - _QUICKBOOKS_BASE, Rung.QUICKBOOKS)
