"""What a round trip of the Web Connector costs in statements: it must not grow unnoticed.

Each waits for the others inside SQLite's one write lock, and on PostgreSQL for the network.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import World
from tests.web_connector_double import Post
from tests.web_connector_office import Desk, open_desk

from tieout.store.commits import connection as connections
from tieout.store.models import Listing

SEND_PAGE, RECEIVE_PAGE = 8, 14
OF_AN_INVOICE = 67  # two questions, two answers, and what the invoice itself needs
_FRAME = ("SAVEPOINT", "RELEASE")


@dataclass
class Counting:
    """Counts the statements of each call on its way to the service."""

    post: Post
    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self, body: bytes, method: str) -> bytes:
        with CaptureQueriesContext(connection) as asked:
            reply = self.post(body, method)
        told = [each["sql"] for each in asked.captured_queries]
        self.counts[method].append(sum(not each.startswith(_FRAME) for each in told))
        return reply


@pytest.fixture
def desk(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # every few seconds a contact is noted: on a slow machine more often than on a fast one
    monkeypatch.setattr(connections, "NOTE_EVERY_S", 3600)
    made = open_desk(world, tmp_path)
    made.connector.update()
    return made


def test_a_page_of_a_list(desk: Desk) -> None:
    def small_pages(answer: str) -> str:
        Listing.objects.update(page_rows=1)
        return answer

    more = [{"full_name": f"Customer {n}", "active": True} for n in range(40)]
    desk.books.load({"customers": more})
    counting = Counting(desk.connector.post)
    desk.connector.post = counting
    desk.connector.before_bring = small_pages
    desk.refresh()
    sent, received = counting.counts["sendRequestXML"], counting.counts["receiveResponseXML"]
    assert len(sent) > 15, "the customers came in too few pages"
    assert median(sent) <= SEND_PAGE, sent
    assert median(received) <= RECEIVE_PAGE, received


def test_an_invoice(desk: Desk) -> None:
    desk.refresh()
    numbers = [str(20400 + n) for n in range(6)]
    desk.make_ready(*numbers)
    desk.queue()
    counting = Counting(desk.connector.post)
    desk.connector.post = counting
    desk.connector.update()
    assert desk.numbers() == numbers
    whole = sum(sum(each) for each in counting.counts.values())
    assert whole / len(numbers) <= OF_AN_INVOICE, dict(counting.counts)
