"""Two column types: exact decimals on every database, and secrets that are encrypted at rest."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from tieout.store import secrets

if TYPE_CHECKING:  # the fields are generic for the type checker only
    _Integer = models.BigIntegerField[Decimal | int | str | None, Any]
    _Text = models.TextField[str | None, Any]
else:
    _Integer = models.BigIntegerField
    _Text = models.TextField


class FixedPointField(_Integer):
    """A Decimal kept as an integer of its smallest unit, so that sums are exact everywhere.

    SQLite has no decimal type: a DecimalField would come back through a binary float. `places`
    is the number of decimals kept: 2 for dollars, 5 for quantities and rates. A value with more
    decimals is refused, never rounded, and a float is refused outright.
    """

    description = "Exact decimal number"

    def __init__(self, *args: Any, places: int = 2, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["places"] = self.places
        return name, path, list(args), dict(kwargs)

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        # int(): PostgreSQL's sum() of bigint answers numeric
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if isinstance(value, float):
            message = f"{value!r} is a float; give a Decimal."
            raise ValidationError(message)
        return Decimal(str(value))

    def get_prep_value(self, value: Any) -> int | None:
        number = self.to_python(value)
        if number is None:
            return None
        scaled = number.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            message = f"{number} has more than {self.places} decimals."
            raise ValidationError(message)
        return int(scaled)


class SecretField(_Text):
    """Text encrypted with the installation's key; it is decrypted on reading.

    The database never holds the clear text, and a row that cannot be decrypted raises
    `secrets.SecretUnreadable` instead of handing out the ciphertext.
    """

    description = "Encrypted text"

    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return secrets.decrypt(value, place=self._place()) if value else value

    def get_prep_value(self, value: Any) -> str | None:
        return secrets.encrypt(str(value), place=self._place()) if value else value
