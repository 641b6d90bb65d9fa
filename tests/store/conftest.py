"""Every test of this folder is watched for the order of its locks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.lock_order import watched


@pytest.fixture(autouse=True)
def locks_in_order(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail where a transaction locked rows in another order than store.commits.locks says."""
    if "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("db")
    with watched() as watch:
        yield
    assert not watch.wrong, "\n".join(dict.fromkeys(watch.wrong))
