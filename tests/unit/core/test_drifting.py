"""Each kind of change in QuickBooks is seen, told apart and put into one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.makers import ACME, BETA, DANA, EVAN

from tieout.core.drifting import DriftKind, drift


def seen(old, new):
    return [(d.kind, d.text) for d in drift(old, new)]


def test_nothing_changed():
    assert drift(DANA, DANA) == ()
    assert drift(replace(DANA, active=False), replace(DANA, active=False)) == ()


def test_a_rename_of_the_job_or_of_its_customer():
    new = replace(DANA, full_name="Acme Inc:Reyes Dana")
    (change,) = drift(DANA, new)
    assert change.kind is DriftKind.RENAMED
    assert (change.before, change.after) == (DANA.full_name, new.full_name)
    assert change.text == ("Acme Corporation:Reyes Dana was renamed to Acme Inc:Reyes Dana.")


def test_a_move_is_not_also_a_rename():
    new = replace(
        DANA,
        full_name="Beta LLC:Reyes Dana",
        parent_list_id=BETA.list_id,
        top_list_id=BETA.list_id,
    )
    assert seen(DANA, new) == [
        (DriftKind.MOVED, "Acme Corporation:Reyes Dana was moved to Beta LLC:Reyes Dana.")
    ]
    renamed = replace(new, full_name="Beta LLC:D. Reyes")
    assert [d.kind for d in drift(DANA, renamed)] == [DriftKind.MOVED, DriftKind.RENAMED]
    assert drift(DANA, renamed)[1].text == "Reyes Dana was renamed to D. Reyes."


def test_a_move_further_up_counts_when_both_tops_are_known():
    unknown = replace(DANA, top_list_id="")
    assert drift(unknown, DANA) == drift(DANA, unknown) == ()
    assert [d.kind for d in drift(DANA, replace(DANA, top_list_id="80-B"))] == [DriftKind.MOVED]


def test_made_inactive_and_active_again():
    asleep = replace(DANA, active=False)
    assert seen(DANA, asleep) == [
        (DriftKind.INACTIVATED, f"{DANA.full_name} was made inactive in QuickBooks.")
    ]
    assert seen(asleep, DANA) == [
        (DriftKind.REACTIVATED, f"{DANA.full_name} is active in QuickBooks again.")
    ]


@pytest.mark.parametrize("now", [None, replace(DANA, gone=True, active=False)])
def test_gone_says_nothing_else_and_only_once(now):
    (change,) = drift(DANA, now)
    assert change.kind is DriftKind.GONE
    assert (change.list_id, change.after) == (DANA.list_id, "")
    assert drift(replace(DANA, gone=True), now) == ()


def test_back_after_it_was_gone():
    assert [d.kind for d in drift(replace(DANA, gone=True), DANA)] == [DriftKind.REACTIVATED]


def test_two_records_are_never_compared():
    with pytest.raises(ValueError, match="two QuickBooks jobs"):
        drift(DANA, EVAN)
    with pytest.raises(ValueError, match="two QuickBooks jobs"):
        drift(ACME, replace(ACME, list_id="other"))
