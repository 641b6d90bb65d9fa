"""Every status code has a meaning, a blame and a remedy."""

from __future__ import annotations

import pytest

from tieout.quickbooks.qbxml import status
from tieout.quickbooks.qbxml.status import Blame, Retry

DOCUMENT = [
    *(0, 1, 500, 501, 510, 530, 531, 540, 550, 560, 570, 600, 1000, 1010, 1030, 1060, 3000, 3010),
    *(3020, 3035, 3030, 3031, 3040, 3045, 3050, 3060, 3065, 3070, 3080, 3085, 3090, 3100, 3110),
    *(3120, 3121, 3130, 3140, 3150, 3151, 3153, 3160, 3161, 3162, 3170, 3171, 3175, 3176, 3177),
    *(3180, 3185, 3190, 3200, 3205, 3210, 3220, 3230, 3231, 3240, 3250, 3260, 3261, 3262, 3263),
    *(3270, 3280, 3290, 3300, 3301, 9001, 9002, 9003, 9004, 9005, 9006),
]


def test_every_known_code_is_there_once() -> None:
    assert sorted(status.RULES) == sorted(DOCUMENT)


@pytest.mark.parametrize("code", [*DOCUMENT, 2000, 2040, 9100, 9199])
def test_each_rule_names_itself_and_a_remedy(code: int) -> None:
    rule = status.lookup(code)
    assert rule.code == code
    assert rule.meaning
    assert rule.remedy.endswith(".")
    assert (rule.retry is Retry.NONE) == (rule.blame is Blame.OK)


@pytest.mark.parametrize(
    ("code", "blame", "retry"),
    [
        (0, Blame.OK, Retry.NONE),
        (1, Blame.OK, Retry.NONE),
        (600, Blame.UNKNOWN, Retry.VERIFY),
        (1010, Blame.TRANSIENT, Retry.AUTOMATIC),
        (3140, Blame.USER, Retry.AFTER_USER),
        (3171, Blame.USER, Retry.AFTER_USER),
        (3175, Blame.TRANSIENT, Retry.AUTOMATIC),
        (3200, Blame.TRANSIENT, Retry.VERIFY),
        (9001, Blame.OURS, Retry.VERIFY),
        (9004, Blame.OURS, Retry.NEVER),
    ],
)
def test_who_moves_and_whether_to_retry(code: int, blame: Blame, retry: Retry) -> None:
    rule = status.lookup(code)
    assert (rule.blame, rule.retry) == (blame, retry)


def test_unknown_codes_follow_the_default_policy() -> None:
    assert status.lookup(42).meaning == "information"
    assert status.lookup(599).blame is Blame.OK
    assert status.lookup(3999, write=False).retry is Retry.AUTOMATIC
    assert status.lookup(3999).retry is Retry.AFTER_USER
    assert status.lookup(-1).retry is Retry.VERIFY


def test_only_two_codes_may_be_locks_by_their_words() -> None:
    assert status.is_lock(3180, "The record is LOCKED by another user.")
    assert status.is_lock(3170, "in use")
    assert not status.is_lock(3180, "The credit limit is exceeded.")
    assert not status.is_lock(3140, "locked")
