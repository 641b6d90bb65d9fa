"""The sign-in form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password


class SignInForm(forms.Form):
    """Name and password; whether they fit is decided in the view."""

    username = forms.CharField(
        max_length=150,
        label="Username",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        max_length=200,
        strip=False,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The present password and a new one; whether the present one is right, the view asks."""

    present = forms.CharField(
        max_length=200,
        strip=False,
        label="Present password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        max_length=200,
        strip=False,
        label="New password",
        help_text="At least 10 characters; longer is better than odd.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
    )
    again = forms.CharField(
        max_length=200,
        strip=False,
        label="New password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both must be the same: nobody sees what is typed."""
        said = super().clean() or {}
        if said.get("again") and said.get("new") and said["again"] != said["new"]:
            self.add_error("again", "This is not the same as the new password.")
        return said
