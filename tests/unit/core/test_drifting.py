"""Each kind of change under a mapping is seen, told apart, put into a sentence, and kept alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.core.makers import ACME, BETA, DANA, EVAN, JOBS, qb_job

from tieout.core.drifting import (
    BLOCKING,
    GONE,
    NOTED,
    DriftKind,
    Memory,
    Survivor,
    another_person,
    drifts,
    kept,
    present,
    propose_survivor,
    same_spelling,
)

J1 = JOBS["J1"]
MEMORY = present(target=DANA, job=J1, client="Acme Corp")
MOVED = replace(
    DANA,
    full_name="Beta LLC:Reyes Dana",
    parent_list_id=BETA.list_id,
    top_list_id=BETA.list_id,
)
REST = {"job": J1, "client": "Acme Corp"}


def seen(target, memory=MEMORY, **more):
    return [(d.kind, d.text) for d in drifts(memory, target=target, **(REST | more))]


def kinds(target, memory=MEMORY, **more):
    return [kind for kind, _ in seen(target, memory, **more)]


def changes_of(name):
    new = replace(DANA, full_name=f"Acme Corporation:{name}")
    return drifts(MEMORY, target=new, **REST)


def test_nothing_changed():
    assert seen(DANA) == []
    asleep = replace(DANA, active=False)
    assert seen(asleep, present(target=asleep, job=J1, client="Acme Corp")) == []


def test_a_rename_of_the_job_is_asked_about():
    new = replace(DANA, full_name="Acme Corporation:Novak Petra")
    (change,) = drifts(MEMORY, target=new, **REST)
    assert change.kind is DriftKind.RENAMED
    assert (change.was, change.now) == (DANA.full_name, new.full_name)
    assert (
        change.text == "Acme Corporation:Reyes Dana was renamed to Acme Corporation:Novak Petra."
    )


@pytest.mark.parametrize(
    "name",
    [
        "Acme Corporation:Reyes, Dana",
        "Acme Corporation:Dana Reyes",
        "Acme Corporation:REYES DÁNA",
        "Acme Inc:Reyes Dana",
    ],
)
def test_another_spelling_or_a_renamed_customer_is_only_noted(name):
    assert kinds(replace(DANA, full_name=name)) == [DriftKind.RESPELLED]
    assert DriftKind.RESPELLED in NOTED


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("O'Neil, Pat", "Pat ONeil", True),
        ("Mc Donald", "McDonald", True),
        ("Maria Ruiz", "Mario Ruiz", False),
        ("Ruiz 2", "Ruiz 3", False),
        ("Иванов A", "Петров A", False),
        ("Иванов A", "иванов a", True),
        ("...", "---", False),
    ],
)
def test_what_is_only_spelling(one, other, same):
    assert same_spelling(one, other) is same
    assert same_spelling(other, one) is same


def test_a_move_is_not_also_a_rename():
    assert seen(MOVED) == [
        (DriftKind.MOVED, "Acme Corporation:Reyes Dana was moved to Beta LLC:Reyes Dana.")
    ]
    renamed = replace(MOVED, full_name="Beta LLC:D. Ruiz")
    assert kinds(renamed) == [DriftKind.MOVED, DriftKind.RENAMED]
    assert seen(renamed)[1][1] == "Reyes Dana was renamed to D. Ruiz."


def test_a_move_further_up_counts_when_both_tops_are_known():
    unknown = replace(DANA, top_list_id="")
    assert kinds(unknown) == kinds(DANA, replace(MEMORY, target=unknown)) == []
    assert kinds(replace(DANA, top_list_id="80-B")) == [DriftKind.MOVED]


def test_made_inactive_and_active_again():
    asleep = replace(DANA, active=False)
    assert seen(asleep) == [
        (DriftKind.INACTIVATED, f"{DANA.full_name} was made inactive in QuickBooks.")
    ]
    assert seen(DANA, replace(MEMORY, target=asleep)) == [
        (DriftKind.REACTIVATED, f"{DANA.full_name} is active in QuickBooks again.")
    ]


def test_gone_says_nothing_else_of_quickbooks():
    gone = replace(MOVED, gone=True, active=False)
    (change,) = drifts(MEMORY, target=gone, **REST)
    assert (change.kind, change.now) == (DriftKind.DELETED, "")
    assert kinds(gone, replace(MEMORY, target=replace(DANA, gone=True))) == []


def test_back_after_it_was_gone():
    was = replace(MEMORY, target=replace(DANA, gone=True))
    assert kinds(DANA, was) == [DriftKind.REACTIVATED]
    assert kinds(replace(DANA, active=False), was) == []


def test_a_used_job_that_is_gone_was_merged():
    gone = replace(DANA, gone=True)
    (change,) = drifts(MEMORY, target=gone, used=True, **REST)
    assert change.kind is DriftKind.MERGED
    assert change.now == ""
    proven = Survivor(job=EVAN, proof="invoice 20417 is on it now")
    (change,) = drifts(MEMORY, target=gone, used=True, survivor=proven, **REST)
    assert (change.kind, change.now) == (DriftKind.MERGED, EVAN.full_name)
    assert change.text.endswith("Evan in QuickBooks: invoice 20417 is on it now.")
    (change,) = drifts(MEMORY, target=gone, survivor=Survivor(job=EVAN), **REST)
    assert "it seems" in change.text


def test_our_side_ended_reopened_and_reassigned():
    over = replace(J1, active=False, end_date=date(2026, 6, 30))
    (change,) = drifts(MEMORY, target=DANA, job=over, client="Acme Corp")
    assert (change.kind, change.now) == (DriftKind.ENDED, "Ended on 06/30/2026")
    was_over = present(target=DANA, job=over, client="Acme Corp")
    assert kinds(DANA, was_over) == [DriftKind.REOPENED]
    elsewhere = replace(J1, client_key="C2")
    (change,) = drifts(MEMORY, target=DANA, job=elsewhere, client="Beta LLC")
    assert change.kind is DriftKind.REASSIGNED
    assert change.text == "Dana Reyes was re-assigned from Acme Corp to Beta LLC in Bilflo."


def test_what_was_never_noted_says_nothing():
    bare = Memory(target=DANA)
    assert (
        drifts(bare, target=DANA, job=replace(J1, active=False, client_key="C2"), client="") == ()
    )


def test_exports_wait_for_exactly_these():
    assert {kind.value for kind in BLOCKING} == {
        "moved", "merged", "deleted", "inactivated", "reassigned",
    }  # fmt: skip
    assert not BLOCKING & NOTED
    assert [each.kind for each in changes_of("Novak, Petra") if each.blocks] == [DriftKind.RENAMED]
    assert not any(each.blocks for each in changes_of("Reyes, Dana - night shift"))


@pytest.mark.parametrize(
    ("was", "now", "given_away"),
    [
        ("Ortiz, Elena", "Novak, Petra", True),
        ("Ortiz, Elena - ICU", "Novak, Petra - ICU", True),  # the title is nobody's name
        ("Elena Ortiz ICU", "Petra Novak ICU", True),
        ("Ortiz, Elena - ICU", "Ortiz, Elena - Nights", False),
        ("Ortiz, Elena - ICU", "Ortiz, Elena (PO 4711)", False),
        ("Ortiz, Elena", "Smith, Elena", False),  # married
        ("Ortiz, Elena", "Ortis, Helena", False),  # spelled another way
        ("ICU 4", "Ortiz, Elena", False),  # it carries the contractor's name now
        ("ICU 4 West", "ICU 5 East", False),
        ("ICU West", "Warehouse", True),
    ],
)
def test_who_a_renamed_job_belongs_to(was: str, now: str, given_away: bool) -> None:
    assert another_person(was, now, contractor="Elena Ortiz") is given_away
    assert GONE < BLOCKING


def test_two_records_are_never_compared():
    with pytest.raises(ValueError, match="two QuickBooks jobs"):
        drifts(MEMORY, target=EVAN, **REST)


# ------------------------------------------------------------------ keeping


def test_keeping_one_change_leaves_the_other_unanswered():
    target = replace(MOVED, full_name="Beta LLC:D. Ruiz", active=False)
    now = present(target=target, job=J1, client="Acme Corp")
    after = kept(MEMORY, DriftKind.MOVED, now=now)
    assert kinds(target, after) == [DriftKind.RENAMED, DriftKind.INACTIVATED]
    after = kept(MEMORY, DriftKind.RENAMED, now=now)
    assert after.target.full_name == "Acme Corporation:D. Ruiz"
    assert kinds(target, after) == [DriftKind.MOVED, DriftKind.INACTIVATED]


def test_a_job_that_is_gone_cannot_be_kept():
    now = replace(MEMORY, target=replace(DANA, gone=True))
    for kind in GONE:
        with pytest.raises(ValueError, match="cannot be kept"):
            kept(MEMORY, kind, now=now)


PLACES = st.sampled_from([ACME, BETA])
NAMES = st.sampled_from(["Reyes Dana", "Dana Reyes", "Novak Petra"])


@st.composite
def states(draw):
    place = draw(PLACES)
    target = qb_job(draw(NAMES), under=place, list_id="81-X", active=draw(st.booleans()))
    client = draw(st.sampled_from(["C1", "C2"]))
    job = replace(J1, active=draw(st.booleans()), client_key=client)
    return present(target=target, job=job, client=client), job


@given(states(), states(), st.randoms(use_true_random=False))
def test_keeping_every_change_in_any_order_leads_to_the_present(old, new, random):
    """Each answer takes its own change away and no other one, and none comes up anew."""
    memory, (now, job) = old[0], new

    def open_():
        found = drifts(memory, target=now.target, job=job, client=now.client)
        return [each.kind for each in found]

    left = open_()
    while left:
        kind = random.choice(left)
        memory = kept(memory, kind, now=now)
        assert open_() == [each for each in left if each != kind]
        left = open_()
    assert memory == now


# ------------------------------------------------------------------ who survives a merge


def test_the_survivor_is_the_one_that_carries_the_name():
    gone = replace(DANA, gone=True)
    beside = qb_job("Dana Reyes", list_id="81-2")
    longer = qb_job("Reyes, Dana - Welder", list_id="81-3")
    elsewhere = qb_job("Reyes Dana", under=BETA, list_id="81-4")
    assert propose_survivor(gone, [EVAN, beside, longer, elsewhere]) == beside
    assert propose_survivor(gone, [EVAN, longer, elsewhere]) == longer
    assert propose_survivor(gone, [EVAN, elsewhere]) == elsewhere
    assert propose_survivor(gone, [EVAN, gone]) is None


def test_nobody_guesses_between_two():
    gone = replace(DANA, gone=True)
    one, two = qb_job("Dana Reyes", list_id="81-2"), qb_job("Reyes, Dana", list_id="81-3")
    assert propose_survivor(gone, [one, two]) is None
    assert propose_survivor(gone, [one, replace(two, active=False)]) == one
    deeper = qb_job("Dana Reyes", under=EVAN, list_id="81-5", top_list_id=ACME.list_id)
    assert propose_survivor(gone, [deeper]) == deeper
