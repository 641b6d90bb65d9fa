"""Which question comes next about an unconfirmed write, and when absence counts."""

from __future__ import annotations

import itertools

import pytest

from tieout.core.exporting import Event
from tieout.core.recovering import LOOKS_MAX, Ask, Looked, next_ask, when_absent

EVERY = [
    Looked(
        recallable=recallable,
        call_over=over,
        ticket_over=ticket,
        same_app=same,
        nothing_stored=nothing,
        set_known=known,
        looks=looks,
    )
    for recallable, over, ticket, same, nothing, known in itertools.product(
        [False, True], repeat=6
    )
    for looks in range(LOOKS_MAX + 1)
]


def test_the_connector_is_asked_first_and_once() -> None:
    assert next_ask(Looked(recallable=True)) is Ask.RECALL
    assert next_ask(Looked(recallable=True, call_over=True)) is Ask.STATUS_CHECK
    assert next_ask(Looked(recallable=True, call_over=True, nothing_stored=True)) is Ask.SEARCH


def test_a_connector_that_never_knows_does_not_keep_quickbooks_from_being_asked() -> None:
    asked = [next_ask(Looked(recallable=True, tries=n)) for n in range(7)]
    recall, check = Ask.RECALL, Ask.STATUS_CHECK
    assert asked == [recall, recall, check, recall, check, recall, check]
    for n in range(7):
        assert next_ask(Looked(recallable=True, tries=n, nothing_stored=True)) is Ask.SEARCH
        assert when_absent(Looked(recallable=True, tries=n)) is not Event.ABSENT_FENCED


def test_over_the_web_connector_quickbooks_is_asked_at_once() -> None:
    assert next_ask(Looked(recallable=False)) is Ask.STATUS_CHECK
    assert next_ask(Looked(recallable=False, nothing_stored=True)) is Ask.SEARCH


def test_another_application_name_cannot_see_the_stored_answer() -> None:
    assert next_ask(Looked(recallable=False, same_app=False)) is Ask.SEARCH


@pytest.mark.parametrize("looked", EVERY)
def test_absence_counts_only_behind_a_fence(looked: Looked) -> None:
    by_ticket = looked.ticket_over and looked.same_app and looked.nothing_stored
    assert looked.fenced is ((looked.call_over or by_ticket) and not looked.set_known)
    assert (when_absent(looked) is Event.ABSENT_FENCED) is looked.fenced


def test_without_a_fence_a_person_decides_after_a_few_looks() -> None:
    seen = [when_absent(Looked(recallable=False, looks=n)) for n in range(LOOKS_MAX)]
    assert seen == [Event.ABSENT_OPEN] * (LOOKS_MAX - 1) + [Event.LIMIT]
