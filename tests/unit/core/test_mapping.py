"""Map Jobs: what is odd about a link, the lock, two clerks on one row, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.makers import ACME, BETA, DANA, JOBS

from tieout.core.mapping import (
    BrokenHistoryError,
    Change,
    ChangeKind,
    MappingState,
    MappingWarning,
    Refusal,
    RefusalReason,
    SaveCommand,
    WarningKind,
    apply,
    check,
    replay,
    save,
    undo,
)

J1, J2 = JOBS["J1"], JOBS["J2"]
ELSEWHERE = replace(DANA, full_name="Beta LLC:Reyes Dana", top_list_id=BETA.list_id)


def warned(job=J1, *, target=DANA, customer=ACME, served=()):
    return check(job, client_customer=customer, target=target, served=served)


def kinds(warnings):
    return [warning.kind for warning in warnings]


def warning(kind):
    return MappingWarning(kind=kind, text=f"{kind}.")


OTHER = warning(WarningKind.OTHER_CUSTOMER)
SHARED = warning(WarningKind.SHARED)
GONE = warning(WarningKind.GONE)
ENDED = warning(WarningKind.JOB_ENDED)


# ------------------------------------------------------------------ warnings


def test_a_live_job_of_the_clients_customer_is_not_odd():
    assert warned() == ()
    assert warned(served=[J1]) == ()


def test_another_customers_job_is_named_with_the_clients_customer():
    (only,) = warned(target=ELSEWHERE)
    assert only.kind is WarningKind.OTHER_CUSTOMER
    assert only.text == (
        "Beta LLC:Reyes Dana is not under Acme Corporation, the client's customer."
    )
    assert (only.needs_confirmation, only.refuses) == (True, False)
    assert warned(target=replace(DANA, top_list_id="")) == ()
    unknown_top = replace(DANA, top_list_id="")
    assert warned(target=ELSEWHERE, customer=unknown_top) == ()


def test_a_job_that_serves_others_shows_them_all():
    (only,) = warned(served=[replace(J2, key="J3", contractor="Zoe Park"), J2, J1])
    assert only.kind is WarningKind.SHARED
    assert only.text == "Acme Corporation:Reyes Dana also serves Evan Cole; Zoe Park."
    assert only.needs_confirmation


def test_a_job_that_is_gone_is_refused_and_not_also_called_inactive():
    (only,) = warned(target=replace(DANA, gone=True, active=False))
    assert only.kind is WarningKind.GONE
    assert only.refuses


def test_what_is_inactive_or_a_customer_must_be_confirmed():
    assert kinds(warned(target=replace(DANA, active=False))) == [WarningKind.INACTIVE]
    (only,) = warned(target=ACME)
    assert (only.kind, only.needs_confirmation) == (WarningKind.IS_CUSTOMER, True)


def test_what_is_only_worth_knowing_needs_no_confirmation():
    unmapped, ended = warned(replace(J1, active=False), customer=None)
    assert kinds([unmapped, ended]) == [WarningKind.CLIENT_NOT_MAPPED, WarningKind.JOB_ENDED]
    assert "Client Mapping" in unmapped.text
    assert ended.text == "Dana Reyes, Welder has ended in Bilflo."
    assert not unmapped.needs_confirmation
    assert not ended.needs_confirmation


# ------------------------------------------------------------------ save

UNMAPPED = MappingState()
MAPPED = MappingState(version=3, list_id="81-A", confirmed=frozenset({WarningKind.SHARED}))


def saved(state, target="", *, remove=False, confirmed=(), warnings=(), version=None, why=""):
    command = SaveCommand(
        expected_version=state.version if version is None else version,
        target_list_id=target,
        remove=remove,
        confirmed=frozenset(confirmed),
        why=why,
    )
    return save(state, command, warnings=warnings)


def refused(answer):
    assert isinstance(answer, Refusal)
    assert answer.message
    assert answer.remedy
    return answer.reason


def test_a_job_is_mapped():
    assert saved(UNMAPPED, "81-A", why="same name") == Change(
        kind=ChangeKind.MAPPED,
        version=1,
        from_list_id="",
        to_list_id="81-A",
        why="same name",
    )


def test_a_mapped_job_is_locked_until_its_association_is_removed():
    assert refused(saved(MAPPED, "81-B")) is RefusalReason.LOCKED
    remap = saved(MAPPED, "81-B", remove=True)
    assert (remap.kind, remap.version) == (ChangeKind.REMAPPED, 4)
    assert (remap.from_list_id, remap.to_list_id) == ("81-A", "81-B")
    removal = saved(MAPPED, remove=True, warnings=[OTHER])
    assert (removal.kind, removal.to_list_id) == (ChangeKind.REMOVED, "")
    assert removal.from_confirmed == MAPPED.confirmed
    assert removal.confirmed == frozenset()


@pytest.mark.parametrize(
    ("state", "target", "remove"),
    [(UNMAPPED, "", False), (UNMAPPED, "", True), (MAPPED, "", False), (MAPPED, "81-A", False),
     (MAPPED, "81-A", True)],
)  # fmt: skip
def test_a_save_that_changes_nothing_says_so(state, target, remove):
    assert refused(saved(state, target, remove=remove)) is RefusalReason.NOTHING_TO_SAVE


def test_two_clerks_never_overwrite_each_other():
    assert refused(saved(MAPPED, "81-B", remove=True, version=2)) is (
        RefusalReason.CHANGED_MEANWHILE
    )
    assert refused(saved(UNMAPPED, "81-B", version=1)) is RefusalReason.CHANGED_MEANWHILE


def test_only_an_undo_leads_back_to_a_job_that_is_gone():
    gone = [MappingWarning(kind=WarningKind.GONE, text="gone.")]
    state = MappingState(version=2, list_id="81-E")
    command = SaveCommand(expected_version=2, target_list_id="81-D", remove=True)
    answer = save(state, command, warnings=gone)
    assert answer.reason is RefusalReason.NOT_ALLOWED
    back = save(state, replace(command, undoes=2), warnings=gone)
    assert (back.to_list_id, back.undoes) == ("81-D", 2)


def test_what_is_odd_must_be_confirmed_and_is_remembered():
    warnings = [OTHER, SHARED, ENDED]
    answer = saved(UNMAPPED, "81-A", confirmed=[WarningKind.SHARED], warnings=warnings)
    assert refused(answer) is RefusalReason.NOT_CONFIRMED
    assert answer.to_confirm == (WarningKind.OTHER_CUSTOMER,)
    assert answer.message == "other_customer."
    change = saved(UNMAPPED, "81-A", confirmed=WarningKind, warnings=warnings)
    state = apply(UNMAPPED, change)
    assert state.confirmed == {WarningKind.OTHER_CUSTOMER, WarningKind.SHARED}
    assert state.mapped
    assert state.other_customer_confirmed
    assert state.shared_confirmed


def test_no_confirmation_opens_what_is_refused():
    answer = saved(UNMAPPED, "81-A", confirmed=WarningKind, warnings=[OTHER, GONE])
    assert refused(answer) is RefusalReason.NOT_ALLOWED
    assert answer.message == "gone."


def test_what_became_odd_later_can_be_confirmed_without_mapping_again():
    facts = {"warnings": [OTHER, SHARED]}
    assert refused(saved(MAPPED, "81-A", **facts)) is RefusalReason.NOT_CONFIRMED
    change = saved(MAPPED, "81-A", confirmed=[OTHER.kind, SHARED.kind], **facts)
    assert change.kind is ChangeKind.CONFIRMED
    assert apply(MAPPED, change).confirmed == {OTHER.kind, SHARED.kind}
    newly = saved(MAPPED, "81-A", confirmed=[OTHER.kind], warnings=[OTHER])
    assert newly.confirmed == {OTHER.kind, SHARED.kind}


# ------------------------------------------------------------------ history


def test_undo_is_a_new_change_that_leads_back():
    mapped = saved(UNMAPPED, "81-A", confirmed=[OTHER.kind], warnings=[OTHER])
    state = apply(UNMAPPED, mapped)
    remapped = saved(state, "81-B", remove=True)
    later = apply(state, remapped)
    back = save(later, undo(remapped), warnings=[OTHER])
    assert (back.kind, back.version, back.undoes) == (ChangeKind.REMAPPED, 3, 2)
    assert apply(later, back) == replace(state, version=3)
    first = save(state, undo(mapped), warnings=())
    assert (first.kind, first.undoes) == (ChangeKind.REMOVED, 1)
    removed = apply(state, first)
    again = save(removed, undo(first), warnings=[OTHER])
    assert apply(removed, again).list_id == "81-A"


def test_undo_is_refused_after_somebody_else_saved_or_when_something_new_is_odd():
    removed = saved(MAPPED, remove=True)
    state = apply(MAPPED, removed)
    assert refused(save(state, undo(removed), warnings=[OTHER])) is RefusalReason.NOT_CONFIRMED
    later = apply(state, saved(state, "81-C"))
    assert refused(save(later, undo(removed), warnings=())) is RefusalReason.CHANGED_MEANWHILE


@pytest.mark.parametrize(
    "change",
    [
        Change(kind=ChangeKind.MAPPED, version=2, from_list_id="", to_list_id="81-A"),
        Change(kind=ChangeKind.REMOVED, version=1, from_list_id="81-A", to_list_id=""),
    ],
)
def test_a_history_with_a_hole_is_noticed(change):
    with pytest.raises(BrokenHistoryError, match=f"Change to version {change.version}"):
        replay([change])


STEPS = st.tuples(
    st.sampled_from(["", "81-A", "81-B", "81-C"]),
    st.booleans(),
    st.frozensets(st.sampled_from(WarningKind), max_size=3),
    st.frozensets(st.sampled_from(WarningKind), max_size=2),
    st.integers(min_value=-1, max_value=0),
    st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=12))
def test_the_history_always_leads_to_the_state(steps):
    state, history = MappingState(), []
    for target, remove, confirmed, odd, behind, take_back in steps:
        command = SaveCommand(
            expected_version=state.version + behind,
            target_list_id=target,
            remove=remove,
            confirmed=confirmed,
        )
        if take_back and history:
            command = undo(history[-1])
        warnings = [warning(kind) for kind in sorted(odd)] if command.target_list_id else []
        answer = save(state, command, warnings=warnings)
        if isinstance(answer, Change):
            before, state = state, apply(state, answer)
            history.append(answer)
            assert not before.list_id or command.remove or before.list_id == state.list_id
            assert behind == 0 or take_back
        assert replay(history) == state
        assert state.version == len(history)


def test_leading_a_job_away_from_its_invoices_takes_a_reason():
    state = MappingState(version=1, list_id="A")
    remap = SaveCommand(expected_version=1, target_list_id="B", remove=True)
    remove = SaveCommand(expected_version=1, remove=True)
    for command in (remap, remove):
        refused = save(state, command, warnings=(), exported=14)
        assert isinstance(refused, Refusal)
        assert refused.reason is RefusalReason.REASON_NEEDED
        assert refused.message.startswith("14 invoices stay on the old job")
        assert isinstance(
            save(state, replace(command, why="wrong"), warnings=(), exported=14), Change
        )
        assert isinstance(save(state, command, warnings=(), exported=0), Change)
    stays = replace(remap, target_list_id="A", confirmed=frozenset({WarningKind.OTHER_CUSTOMER}))
    assert isinstance(save(state, stays, warnings=(OTHER,), exported=14), Change)
