"""What a command says of a database that this version cannot use."""

from __future__ import annotations

import pytest
from django.db import connection

from tieout.cli import project
from tieout.cli.output import CommandError


@pytest.mark.django_db
def test_a_database_that_lacks_a_table_is_named_with_what_to_do() -> None:
    """Before the release its first migration changed in place: nothing waits, and a table is missing."""
    project._look_at_database(migrate=False)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE store_stilltoask")
    with pytest.raises(CommandError, match=r"lacks store_stilltoask.*TIEOUT_HOME to a new folder"):
        project._look_at_database(migrate=False)
