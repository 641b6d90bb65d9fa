"""The table of the export state machine: what it allows, and in which order things are done."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tieout.core import exporting
from tieout.core.exporting import TABLE, Effect, Event, State, step

EVERY_STEP = [
    (state, event, found) for state, events in TABLE.items() for event, found in events.items()
]


def test_every_state_stands_in_the_table() -> None:
    assert set(TABLE) == set(State)


def test_every_event_happens_somewhere() -> None:
    assert {event for _, event, _ in EVERY_STEP} == set(Event)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_a_pair_outside_the_table_is_impossible(state: State, event: Event) -> None:
    if event in TABLE[state]:
        assert step(state, event) is TABLE[state][event]
        return
    with pytest.raises(exporting.Impossible, match="cannot meet") as caught:
        step(state, event)
    assert (caught.value.state, caught.value.event) == (state, event)


@pytest.mark.parametrize(("state", "event", "found"), EVERY_STEP)
def test_the_intent_is_committed_before_the_bytes_leave(
    state: State, event: Event, found: exporting.Step
) -> None:
    effects = list(found.effects)
    if Effect.SEND in effects:
        assert effects.index(Effect.COMMIT_INTENT) < effects.index(Effect.SEND)
        assert effects[0] in {Effect.FREEZE_BYTES, Effect.SAME_BYTES}
        assert found.state is State.SENDING
    else:
        assert Effect.COMMIT_INTENT not in effects


@pytest.mark.parametrize(("state", "event", "found"), EVERY_STEP)
def test_an_answer_is_kept_before_anything_acts_on_it(
    state: State, event: Event, found: exporting.Step
) -> None:
    effects = list(found.effects)
    for acting in (Effect.RECORD, Effect.EXPLAIN):
        if acting in effects and Effect.KEEP in effects:
            assert effects.index(Effect.KEEP) < effects.index(acting)


def test_a_write_leaves_only_after_quickbooks_was_asked() -> None:
    sending = {state for state, _, found in EVERY_STEP if Effect.SEND in found.effects}
    assert sending == {State.PROBED, State.RESENDABLE}


def test_only_evidence_leads_out_of_unconfirmed() -> None:
    exported = {e for e, s in TABLE[State.UNCONFIRMED].items() if s.state is State.EXPORTED}
    assert exported == {Event.ACCEPTED, Event.FOUND_OURS}
    again = {e for e, s in TABLE[State.UNCONFIRMED].items() if s.state is State.RESENDABLE}
    assert again == {Event.ABSENT_FENCED, Event.NOT_SENT, Event.RESEND_NOT_SENT}


def test_absence_without_a_fence_never_leads_to_a_resend() -> None:
    assert step(State.UNCONFIRMED, Event.ABSENT_OPEN).state is State.UNCONFIRMED


def test_a_resend_takes_the_same_bytes_also_when_a_person_has_it_sent_again() -> None:
    assert Effect.SAME_BYTES in step(State.RESENDABLE, Event.SEND).effects
    assert step(State.NEEDS_PERSON, Event.PERSON_SENDS_AGAIN).effects == ()


def test_the_next_set_id_is_taken_after_a_refusal_and_once_what_it_made_is_gone() -> None:
    takes_next = {event for _, event, found in EVERY_STEP if Effect.NEXT_SET_ID in found.effects}
    assert takes_next == {Event.REFUSED, Event.FOUND_DELETED, Event.PUT_BACK}
    assert all(Effect.NEXT_SET_ID in s.effects for _, e, s in EVERY_STEP if e in takes_next)


def test_a_resend_that_did_not_get_through_keeps_its_set_id() -> None:
    """The first call may still commit: only the same id lets QuickBooks recognise it."""
    assert step(State.SENDING, Event.NOT_SENT).state is State.READY
    kept = step(State.SENDING, Event.RESEND_NOT_SENT)
    assert (kept.state, Effect.RELEASE in kept.effects) == (State.RESENDABLE, False)


@pytest.mark.parametrize("state", [State.CLAIMED, State.PROBED])
def test_what_was_sent_before_stays_sent_when_the_claim_is_given_back(state: State) -> None:
    assert Effect.NEVER_SENT not in step(state, Event.GIVE_BACK).effects


@pytest.mark.parametrize("state", sorted(exporting.UNDER_WAY | {State.READY}))
def test_a_late_acceptance_ends_the_sending_wherever_it_stands(state: State) -> None:
    assert step(state, Event.ACCEPTED).state is State.EXPORTED


def test_a_repeated_answer_changes_nothing() -> None:
    assert step(State.EXPORTED, Event.ACCEPTED) == exporting.Step(State.EXPORTED)


@pytest.mark.parametrize("state", State)
def test_what_planning_may_still_change(state: State) -> None:
    never_sent = exporting.replannable(state, writes=0)
    assert never_sent is (state in {State.READY, State.REFUSED, State.NEEDS_PERSON})
    sent = exporting.replannable(state, writes=1)
    assert sent is (state is State.REFUSED)


def test_the_groups_of_states_do_not_contradict_each_other() -> None:
    assert exporting.HOLDING <= exporting.COMMITTED
    assert exporting.IN_QUICKBOOKS <= exporting.COMMITTED
    assert not exporting.HOLDING & exporting.IN_QUICKBOOKS
    assert State.READY not in exporting.UNDER_WAY | exporting.COMMITTED


def _named_events(tree: ast.AST) -> set[str]:
    """Events that the code makes happen: named, and not merely compared or looked up."""
    asked = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare | ast.match_case | ast.Set | ast.Dict)
        for part in ([node.pattern] if isinstance(node, ast.match_case) else [node])
        for inner in ast.walk(part)
    }
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Event"
        and id(node) not in asked
    }


def test_every_event_of_the_table_is_brought_about_by_the_program() -> None:
    house = Path(exporting.__file__).parents[1]
    found: set[str] = set()
    for path in house.rglob("*.py"):
        if path != Path(exporting.__file__):
            found |= _named_events(ast.parse(path.read_text(encoding="utf-8")))
    assert {event.name for _, event, _ in EVERY_STEP} - found == set()
