"""The export state machine: what may become of one posting, and in which order it is done.

Rules of this file
1. All transitions stand in TABLE. A pair of state and event that is not in it raises `Impossible`.
2. The table does not know which road leads to QuickBooks, and it reads no clock and no database:
   what it needs comes in as an event, what is to be done goes out as ordered effects.
3. Intent is committed before the bytes leave (COMMIT_INTENT stands before SEND), and an answer is
   kept before anything acts on it (KEEP stands before RECORD).
4. A write is sent only from *probed* or *resendable*: both mean that QuickBooks was asked and does
   not hold the invoice.
5. Silence is a state. From *unconfirmed* only evidence leads on: a stored response, our GUID, our
   marker with customer and total equal, or absence proved behind a fence.
6. A resend is the same bytes under the same set id, also when a person has it sent again: a new
   set id would make QuickBooks' own memory of the first call useless against a late commit. The
   set id is made from the posting's key, so that a Tieout whose database was restored takes the
   one that may be under way already. It is the next one after a refusal, and once it is known
   that QuickBooks ran the set and what it made is gone (NEXT_SET_ID).
7. What was sent keeps its set id until it is settled, also when a person has it sent again and the
   claim is given back: a late answer that QuickBooks saved it ends the sending at every point.
8. What is exported is sent again only after a backup was restored in QuickBooks, a look found it
   gone, and a Super User puts it back; then it begins anew, with a probe.
9. That what is exported was voided, deleted or changed in QuickBooks is concluded only from what
   QuickBooks says of it when it is asked for by its id: after a tie-out that found it differing,
   or because a person wants to know. What the back office changed since says the invoice itself,
   not its postings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# How often the same bytes are sent again before a person decides. A resend is safe however often:
# QuickBooks was asked, holds nothing, and the set id is the same. Only those that may have reached
# QuickBooks count: what was lost on the way or turned away says nothing of the message, so a bad
# line never needs a person. A QuickBooks that got a message so often and kept it never is what no
# machine can decide: it breaks on this invoice, and the queue waits behind it. Where every second
# call fails by chance, ten in a row are one case in a thousand; and the pauses after ten troubles
# add up to half an hour, which is as long as a queue may stand still before somebody looks.
RESENDS_MAX = 10


class State(StrEnum):
    """Where a posting stands. The texts are stored; never rename a value."""

    READY = "ready"
    CLAIMED = "claimed"
    PROBED = "probed"
    SENDING = "sending"
    EXPORTED = "exported"
    REFUSED = "refused"
    UNCONFIRMED = "unconfirmed"
    RESENDABLE = "resendable"
    NEEDS_PERSON = "needs a person"
    SET_ASIDE = "set aside"
    VOIDED = "voided"
    DELETED = "deleted"
    CHANGED_IN_QUICKBOOKS = "changed in quickbooks"


class Event(StrEnum):
    """What can happen to a posting."""

    CLAIM = "claim"
    GIVE_BACK = "give back"  # nothing was sent: the probe failed, or is too old to rely on
    PROBE_CLEAN = "probe found nothing"
    FOUND_OURS = "found ours"  # GUID, or marker with customer and total equal
    FOUND_FOREIGN = "found a foreign invoice with our number"
    FOUND_ALIKE = "found a look-alike without our mark"
    FOUND_DELETED = "found that it was created and deleted"
    SEND = "send"
    UNSENDABLE = "our own check refuses the message"
    NOT_SENT = "proved that it was not executed"
    RESEND_NOT_SENT = (
        "proved that the resend was not executed"  # of the first call that is not said
    )
    ACCEPTED = "accepted"
    REFUSED = "refused by QuickBooks"
    SILENCE = "no usable answer"
    ABSENT_FENCED = "absent, behind a fence"
    ABSENT_OPEN = "absent, but a late commit is still possible"
    LIMIT = "automatic tries used up"
    FIXED = "planned again after a fix"
    PERSON_LINKS = "a person links it to the invoice found"
    PERSON_SENDS_AGAIN = "a person sends again after proof of absence"
    PERSON_SETS_ASIDE = "a Super User sets it aside with a reason"
    VOIDED = "voided in QuickBooks"
    DELETED = "deleted in QuickBooks"
    CHANGED_THERE = "changed in QuickBooks"
    STANDS_AGAIN = "found standing in QuickBooks as it was sent"
    PUT_BACK = "gone with a restored backup, put back by a Super User"


class Effect(StrEnum):
    """What the service does, in the order given."""

    FREEZE_BYTES = "freeze the bytes under the set id, unless they have left before"
    NEXT_SET_ID = "what is sent next takes the next set id"
    SAME_BYTES = "take the frozen bytes under the same set id"
    COMMIT_INTENT = "commit the intent"
    SEND = "hand the bytes over"
    KEEP = "keep the raw answer"
    RECORD = "record what QuickBooks holds"
    EXPLAIN = "say what happened, and who fixes it how"
    COUNT_RECOVERY = "count one recovery without evidence"
    HOLD_UNLESS_FENCED = "hold the queue unless the write can run no more"
    RELEASE = "release the claim"
    NEVER_SENT = "let it count as never sent: nothing is stored under its set id"


@dataclass(frozen=True, slots=True)
class Step:
    """A transition: the next state and the ordered effects that bring it about."""

    state: State
    effects: tuple[Effect, ...] = ()


class Impossible(Exception):
    """This event cannot happen in this state: the caller is wrong. Nothing was changed."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"A posting that is {state.value!r} cannot meet {event.value!r}.")
        self.state = state
        self.event = event


_KEEP_RECORD = (Effect.KEEP, Effect.RECORD)
_KEEP_EXPLAIN = (Effect.KEEP, Effect.EXPLAIN)
_EXPORTED = Step(State.EXPORTED, _KEEP_RECORD)
_NEEDS_PERSON = Step(State.NEEDS_PERSON, _KEEP_EXPLAIN)
_UNPROVED = Step(State.NEEDS_PERSON, (*_KEEP_EXPLAIN, Effect.HOLD_UNLESS_FENCED))
_REFUSED = Step(State.REFUSED, (*_KEEP_EXPLAIN, Effect.NEXT_SET_ID))
_RAN_AND_GONE = Step(
    State.NEEDS_PERSON, (*_KEEP_EXPLAIN, Effect.HOLD_UNLESS_FENCED, Effect.NEXT_SET_ID)
)
_GIVEN_BACK = Step(State.READY, (Effect.RELEASE,))
_PUT_BACK = Step(State.READY, (Effect.RELEASE, Effect.NEVER_SENT, Effect.NEXT_SET_ID))
# What QuickBooks says of an exported one that is asked for by its id.
_NOTICED: dict[Event, Step] = {
    Event.VOIDED: Step(State.VOIDED, (Effect.EXPLAIN,)),
    Event.DELETED: Step(State.DELETED, (Effect.EXPLAIN,)),
    Event.CHANGED_THERE: Step(State.CHANGED_IN_QUICKBOOKS, (Effect.EXPLAIN,)),
}
_STANDS_AGAIN = {Event.STANDS_AGAIN: Step(State.EXPORTED, (Effect.RECORD,))}

TABLE: dict[State, dict[Event, Step]] = {
    State.READY: {
        Event.CLAIM: Step(State.CLAIMED),
        Event.ACCEPTED: _EXPORTED,  # here and below: of an earlier call, before it is sent again
        Event.FIXED: Step(State.READY),
        Event.PERSON_SETS_ASIDE: Step(State.SET_ASIDE, (Effect.EXPLAIN,)),
    },
    State.CLAIMED: {
        Event.GIVE_BACK: _GIVEN_BACK,
        Event.PROBE_CLEAN: Step(State.PROBED),
        Event.FOUND_OURS: _EXPORTED,
        Event.ACCEPTED: _EXPORTED,
        Event.FOUND_FOREIGN: _NEEDS_PERSON,
        Event.FOUND_ALIKE: _NEEDS_PERSON,
    },
    State.PROBED: {
        Event.GIVE_BACK: _GIVEN_BACK,
        Event.ACCEPTED: _EXPORTED,
        Event.UNSENDABLE: Step(State.REFUSED, (Effect.EXPLAIN,)),
        Event.SEND: Step(State.SENDING, (Effect.FREEZE_BYTES, Effect.COMMIT_INTENT, Effect.SEND)),
    },
    State.SENDING: {
        Event.ACCEPTED: _EXPORTED,
        Event.REFUSED: _REFUSED,
        Event.NOT_SENT: Step(State.READY, (Effect.KEEP, Effect.RELEASE, Effect.NEVER_SENT)),
        Event.RESEND_NOT_SENT: Step(State.RESENDABLE, (Effect.KEEP,)),
        Event.SILENCE: Step(State.UNCONFIRMED, _KEEP_EXPLAIN),
    },
    State.UNCONFIRMED: {
        Event.ACCEPTED: _EXPORTED,
        Event.REFUSED: _REFUSED,
        Event.NOT_SENT: Step(State.RESENDABLE, (Effect.KEEP,)),
        Event.RESEND_NOT_SENT: Step(State.RESENDABLE, (Effect.KEEP,)),
        Event.FOUND_OURS: _EXPORTED,
        Event.FOUND_FOREIGN: _UNPROVED,
        Event.FOUND_ALIKE: _UNPROVED,
        Event.FOUND_DELETED: _RAN_AND_GONE,
        Event.ABSENT_FENCED: Step(State.RESENDABLE, (Effect.KEEP,)),
        Event.ABSENT_OPEN: Step(State.UNCONFIRMED, (Effect.KEEP, Effect.COUNT_RECOVERY)),
        Event.SILENCE: Step(State.UNCONFIRMED, (Effect.KEEP,)),
        Event.LIMIT: _UNPROVED,
        Event.PERSON_SETS_ASIDE: Step(State.SET_ASIDE, (Effect.EXPLAIN,)),
    },
    State.RESENDABLE: {
        Event.SEND: Step(State.SENDING, (Effect.SAME_BYTES, Effect.COMMIT_INTENT, Effect.SEND)),
        Event.ACCEPTED: _EXPORTED,  # a late answer to the earlier call
        Event.GIVE_BACK: Step(State.UNCONFIRMED),  # the proof is of another holding of the lane
        Event.LIMIT: _NEEDS_PERSON,
    },
    State.NEEDS_PERSON: {
        Event.PERSON_LINKS: Step(State.EXPORTED, (Effect.RECORD,)),
        Event.PERSON_SENDS_AGAIN: Step(State.CLAIMED),
        Event.PERSON_SETS_ASIDE: Step(State.SET_ASIDE, (Effect.EXPLAIN,)),
        Event.ACCEPTED: _EXPORTED,
        Event.FOUND_OURS: _EXPORTED,
        Event.FIXED: Step(State.READY),
    },
    State.SET_ASIDE: {
        Event.FIXED: Step(State.READY),
        Event.ACCEPTED: _EXPORTED,
        Event.FOUND_OURS: _EXPORTED,
    },
    State.REFUSED: {
        Event.FIXED: Step(State.READY),
        Event.PERSON_SETS_ASIDE: Step(State.SET_ASIDE, (Effect.EXPLAIN,)),
    },
    State.EXPORTED: {
        Event.ACCEPTED: Step(State.EXPORTED),  # the same answer again
        Event.FOUND_OURS: Step(State.EXPORTED),
        **_NOTICED,
        Event.PUT_BACK: _PUT_BACK,
    },
    State.CHANGED_IN_QUICKBOOKS: {**_NOTICED, **_STANDS_AGAIN, Event.PUT_BACK: _PUT_BACK},
    State.VOIDED: {
        Event.DELETED: _NOTICED[Event.DELETED],
        Event.CHANGED_THERE: _NOTICED[Event.CHANGED_THERE],
        **_STANDS_AGAIN,
    },
    State.DELETED: {
        Event.VOIDED: _NOTICED[Event.VOIDED],
        Event.CHANGED_THERE: _NOTICED[Event.CHANGED_THERE],
        **_STANDS_AGAIN,
    },
}

# At or past *sending*: the intent may have left, so the posting keeps its mode, job and number.
COMMITTED = frozenset(State) - {State.READY, State.CLAIMED, State.PROBED, State.REFUSED}
# QuickBooks holds it, as far as we know.
IN_QUICKBOOKS = frozenset({State.EXPORTED, State.CHANGED_IN_QUICKBOOKS, State.VOIDED})
# Exported, and whatever became of it since.
OVER = IN_QUICKBOOKS | {State.DELETED}
# The queue of the company is held while a posting is in one of these.
HOLDING = frozenset({State.SENDING, State.UNCONFIRMED, State.RESENDABLE})
# Export work that goes on by itself.
UNDER_WAY = frozenset({State.CLAIMED, State.PROBED}) | HOLDING


def replannable(state: State, *, writes: int) -> bool:
    """Whether planning may still change what will be sent.

    A posting that waits for a person because a foreign invoice has its number was never sent
    (`writes` is 0): a new number from the back office solves it. One that was sent stays as it
    was, also when a person has it sent again and it waits for its turn.
    """
    return state is State.REFUSED or (state in {State.READY, State.NEEDS_PERSON} and writes == 0)


def step(state: State, event: Event) -> Step:
    """Answer what `event` makes of a posting in `state`; raises Impossible for a foreign pair."""
    found = TABLE[state].get(event)
    if found is None:
        raise Impossible(state, event)
    return found
