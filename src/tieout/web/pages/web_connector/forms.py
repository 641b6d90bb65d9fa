"""The account of the Web Connector as a form."""

from __future__ import annotations

from django import forms

from tieout.service.qbwc_account import Wishes
from tieout.store.queries.web_connector import Account, Connection

MINUTES_MAX = 24 * 60


class AccountForm(forms.Form):
    """What stands in the .qwc file. The password is never part of it."""

    user_name = forms.CharField(
        max_length=60,
        label="User name",
        help_text="What the Web Connector signs in as; each company has its own.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    app_name = forms.CharField(
        max_length=60,
        label="Application name",
        help_text="The name that QuickBooks authorises. One name for each company file.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    every_minutes = forms.IntegerField(
        min_value=1,
        max_value=MINUTES_MAX,
        required=False,
        label="Run every … minutes",
        help_text="Auto-Run must be ticked in the Web Connector. Empty: only by Update Selected.",
    )
    read_only = forms.BooleanField(required=False, label="Only read from QuickBooks")

    def wishes(self) -> Wishes:
        """What was chosen."""
        data = self.cleaned_data
        return Wishes(
            user_name=data["user_name"],
            app_name=data["app_name"],
            every_minutes=data["every_minutes"],
            read_only=data["read_only"],
        )


def initial(account: Account, connection: Connection) -> dict[str, object]:
    """The saved account as the form shows it."""
    return {
        "user_name": account.user_name,
        "app_name": connection.app_name,
        "every_minutes": account.every_minutes,
        "read_only": account.read_only,
    }
