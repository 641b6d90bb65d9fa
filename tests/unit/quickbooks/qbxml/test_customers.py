"""Customers and jobs as requests."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml.customers import CustomerAdd, CustomerMod, CustomerQuery
from tieout.quickbooks.qbxml.requests import Iterate, NameFilter, NameRange
from tieout.quickbooks.qbxml.schema import RefusedByUs
from tieout.quickbooks.qbxml.writer import render


def test_inactive_jobs_are_asked_for_by_default() -> None:
    assert b"<ActiveStatus>All</ActiveStatus>" in render([CustomerQuery(request_id="1")])


def test_one_name_filter_at_a_time() -> None:
    contains, a_to_m = NameFilter("Contains", "ICU"), NameRange("A", "M")
    assert b"<MatchCriterion>Contains</MatchCriterion><Name>ICU</Name>" in render(
        [CustomerQuery(request_id="1", name_filter=contains)]
    )
    both = CustomerQuery(request_id="1", name_filter=contains, name_range=a_to_m)
    with pytest.raises(RefusedByUs, match="excludes NameRangeFilter"):
        render([both])


def test_explicit_ids_exclude_names_and_paging() -> None:
    with pytest.raises(RefusedByUs, match="combined"):
        render([CustomerQuery(request_id="1", list_ids=("8-1",), full_names=("A",))])
    paged = CustomerQuery(
        request_id="1", list_ids=("8-1",), iterator=Iterate("Start"), max_returned=5
    )
    with pytest.raises(RefusedByUs, match="explicit ids"):
        render([paged])


@pytest.mark.parametrize("name", ["", "a:b", "x" * 42])
def test_a_job_needs_a_name_quickbooks_takes(name: str) -> None:
    with pytest.raises(RefusedByUs, match="Name"):
        render([CustomerAdd(request_id="1", name=name)])


def test_none_leaves_alone_and_a_blank_clears() -> None:
    change = CustomerMod(
        request_id="1", list_id="8-1", edit_sequence="7", job_desc="", job_end_date=""
    )
    message = render([change])
    assert b"</EditSequence><JobEndDate/><JobDesc/></CustomerMod>" in message
    with pytest.raises(RefusedByUs, match="Name cannot be cleared"):
        render([CustomerMod(request_id="1", list_id="8-1", edit_sequence="7", name="")])
