"""References, addresses and paging."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml.company import HostQuery
from tieout.quickbooks.qbxml.requests import Address, Iterate, Ref, check_paging
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.transactions import TxnVoid


def test_a_reference_is_true_when_it_names_something() -> None:
    assert Ref("8-1")
    assert Ref(full_name="Net 30")
    assert not Ref()


def test_only_queries_leave_the_books_alone() -> None:
    assert not HostQuery.writes()
    assert TxnVoid.writes()
    assert HostQuery(request_id="1").check() is None


def test_an_address_prints_five_lines_at_most() -> None:
    lines = {f"addr{number}": "x" for number in range(1, 6)}
    Address(**lines).check()
    Address(addr1="a", addr2="b", addr3="c", addr4="d", city="Springfield", state="IL").check()
    with pytest.raises(RefusedByUs, match="five lines"):
        Address(**lines, postal_code="62701").check()


@pytest.mark.parametrize(
    ("iterator", "rule"),
    [
        (Iterate("Start", "{7}"), "needs an iteratorID exactly"),
        (Iterate("Continue"), "needs an iteratorID exactly"),
        (Iterate("Next", "{7}"), "must be Start"),
        (Iterate("Start"), "needs max_returned"),
    ],
)
def test_paging_that_cannot_work(iterator: Iterate, rule: str) -> None:
    with pytest.raises(RefusedByUs, match=rule):
        check_paging(iterator=iterator, max_returned=None, explicit=False, iterable=True)


def test_paging_needs_a_query_that_can_and_filters() -> None:
    start = Iterate("Start")
    with pytest.raises(RefusedByUs, match="not allowed on this query"):
        check_paging(iterator=start, max_returned=5, explicit=False, iterable=False)
    with pytest.raises(RefusedByUs, match="explicit"):
        check_paging(iterator=start, max_returned=5, explicit=True, iterable=True)
    check_paging(iterator=None, max_returned=None, explicit=True, iterable=False)
    check_paging(iterator=start, max_returned=5, explicit=False, iterable=True)
    stop = Iterate("Stop", "{7}")
    check_paging(iterator=stop, max_returned=None, explicit=False, iterable=True)
