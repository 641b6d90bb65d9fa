"""Moments on SQLite: the same text as Django's backend keeps, read and written in one step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.backends.sqlite3 import operations


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, with its two conversions of moments for a database that keeps UTC."""

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """The moment's text in UTC."""
        if (
            type(value) is datetime
            and value.tzinfo is not None
            and self.connection.timezone is UTC
        ):
            return str(value.astimezone(UTC).replace(tzinfo=None))
        return super().adapt_datetimefield_value(value)

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The aware moment that a text of ours stands for."""
        if value is None:
            return None
        if self.connection.timezone is UTC:
            moment = value if type(value) is datetime else parsed(value)
            if moment is not None and moment.tzinfo is None:
                return moment.replace(tzinfo=UTC)
        return super().convert_datetimefield_value(value, expression, connection)


def parsed(text: str) -> datetime | None:
    """The moment that Django or we wrote; None for any other text."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
