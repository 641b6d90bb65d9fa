"""What an answer of QuickBooks shows of the connection, and what only Verify can say."""

from __future__ import annotations

import pytest
from tests import factories

from tieout.store.commits import connection as commits
from tieout.store.models import Book, Connection

pytestmark = pytest.mark.django_db


def contact(*, company_name: str) -> Connection:
    company = factories.company("Northgate")
    Book.objects.filter(company=company).update(company_name=company_name)
    commits.note_trouble(company_id=company.pk, problem="Nobody answers.", remedy="Wait.")
    commits.note_contact(company_id=company.pk, now=factories.NOW)
    return Connection.objects.get(company=company)


def test_a_company_file_that_was_verified_is_active_again_once_it_answers() -> None:
    found = contact(company_name="Northgate LLC")
    assert (found.status, found.problem, found.last_contact_at) == ("active", "", factories.NOW)


def test_one_that_was_never_verified_is_not_called_active_because_it_answers() -> None:
    found = contact(company_name="")
    assert (found.status, found.problem) == ("unverified", "")
