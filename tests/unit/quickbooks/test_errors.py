"""Errors carry blame, permanence and a remedy."""

from __future__ import annotations

from tieout.quickbooks.errors import LocalError, QuickBooksError, RemoteError


def test_the_docstring_is_the_default_message() -> None:
    assert str(LocalError()) == "We were about to send something that QuickBooks cannot take."
    assert str(RemoteError("no")) == "no"


def test_our_faults_are_permanent_and_theirs_are_not() -> None:
    assert LocalError().permanent
    assert not RemoteError().permanent
    assert RemoteError(permanent=True).permanent


def test_a_remedy_can_be_given() -> None:
    assert QuickBooksError("x", remedy="Do this.").remedy == "Do this."
    assert QuickBooksError("x").remedy


def test_without_any_text_there_is_still_no_crash() -> None:
    class Bare(QuickBooksError):
        __doc__ = None

    assert str(Bare()) == ""
