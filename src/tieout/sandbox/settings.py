"""What can be set in a rehearsal company, its default, and how a typed value is read.

Everything whose behaviour in QuickBooks is unknown is a setting here, so that both outcomes can be
rehearsed.
"""

from __future__ import annotations

from tieout.sandbox.errors import BookError
from tieout.sandbox.values import is_date

VERSIONS = "1.0 1.1 2.0 2.1 3.0 4.0 4.1 5.0 6.0 7.0 8.0 9.0 10.0 11.0 12.0 13.0 14.0 15.0 16.0"

DEFAULTS: dict[str, object] = {
    "name": "Rehearsal Company",
    "legal_name": "",
    "company_file": "",
    "product": "QuickBooks Enterprise Solutions: Professional Services 24.0",
    "edition": "enterprise",
    "versions": VERSIONS,
    "user_mode": "MultiUser",
    "class_tracking": True,
    "sales_tax": False,
    "account_required": False,
    "closing_date": "",
    "closing_date_enforced": True,
    "unattended": True,
    "utc_offset_minutes": -360,
    "daylight_saving": True,
    "standard_offset_always": True,
    "last_restore": 0,
    "generation": 1,
    # Unknown in QuickBooks; both answers can be rehearsed.
    "inactive_references": "accept",
    "classes_off": "refuse",
    "sales_tax_off": "refuse",
    "zero_invoice": "accept",
    "unique_guid": False,
    "unknown_list_id_code": 3000,
    "dead_iterator_code": 3000,
    "merge_in_deleted_log": True,
    "rename_touches_descendants": False,
}

CHOICES: dict[str, tuple[str, ...]] = {
    "edition": ("pro", "premier", "enterprise"),
    "user_mode": ("MultiUser", "SingleUser"),
    "inactive_references": ("accept", "refuse"),
    "classes_off": ("refuse", "ignore"),
    "sales_tax_off": ("refuse", "ignore"),
    "zero_invoice": ("accept", "refuse"),
}
PROTECTED = frozenset({"last_restore", "generation"})
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


def read_value(name: str, value: object) -> object:
    """Return the value in the type of that setting; BookError when it does not fit."""
    if name not in DEFAULTS or name in PROTECTED:
        known = ", ".join(sorted(set(DEFAULTS) - PROTECTED))
        message = f"There is no preference called {name}."
        raise BookError(0, message, f"Known are: {known}.")
    default = DEFAULTS[name]
    text = str(value).strip()
    if isinstance(default, bool):
        return _read_bool(name, value, text)
    if isinstance(default, int):
        return _read_int(name, text)
    if name in CHOICES:
        return _read_choice(name, text)
    if name == "closing_date" and not is_date(text):
        message = f"{text} is not a date."
        raise BookError(
            3020, message, "Write the closing date as YYYY-MM-DD, or nothing for none."
        )
    return text


def _read_bool(name: str, value: object, text: str) -> bool:
    if isinstance(value, bool):
        return value
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    message = f"{name} is on or off, not {text}."
    raise BookError(0, message, "Give on or off.")


def _read_int(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        message = f"{name} is a whole number, not {text}."
        raise BookError(0, message, "Give digits only.") from error


def _read_choice(name: str, text: str) -> str:
    for choice in CHOICES[name]:
        if choice.lower() == text.lower():
            return choice
    message = f"{name} cannot be {text}."
    raise BookError(0, message, f"Choose one of: {', '.join(CHOICES[name])}.")
