"""The sign-in form."""

from __future__ import annotations

from django import forms


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
