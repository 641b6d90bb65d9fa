"""Two books side by side: each difference is named once and adds up to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.two_books import books

from tieout.core.comparing import compare
from tieout.core.facts import OurInvoice, TheirInvoice, Verdict


def check(table, *, difference, **more):
    """Compare the table's books; its verdicts and this difference must come out."""
    two = books(table)
    answer = compare(two.ours, two.theirs, **more)
    assert two.found(answer) == two.verdicts
    assert answer.difference == Decimal(difference)
    assert sum(f.difference for f in answer.findings) == answer.difference
    assert sum(total.difference for total in answer.totals) == answer.difference
    return answer


def test_books_that_agree_are_tied():
    answer = check(
        """
        Bilflo                       | QuickBooks                    | verdict
        1042-1 03/06 Reyes  1,200.00 | 1042-1 03/06 Reyes  1,200.00  | tied
        1042-2 03/06 Cole     300.10 | 1042-2 03/06 Cole     300.10  | tied
        1043   03/13 Reyes    -50.00 | 1043   03/13 Reyes    -50.00  | tied
        """,
        difference="0.00",
    )
    assert answer.tied
    assert [(t.customer_list_id, str(t.ours), str(t.theirs)) for t in answer.totals] == [
        ("Cole", "300.10", "300.10"),
        ("Reyes", "1150.00", "1150.00"),
    ]
    assert str(answer.ours) == str(answer.theirs) == "1450.10"


def test_empty_books_are_tied():
    assert compare([], []).tied


def test_each_kind_of_difference():
    answer = check(
        """
        Bilflo                       | QuickBooks                            | verdict
        1042 03/06 Reyes      100.00 |                                       | missing
                                     | 1050 03/06 Reyes     70.00 mark=lost  | extra
        1043 03/06 Reyes      100.00 | 1043 03/06 Cole     100.00            | wrong job
        1044 03/06 Reyes      100.00 | 1044 03/06 Reyes     99.99            | amount
        1045 03/06 Reyes      100.00 | 1045 03/07 Reyes    100.00            | date
        1046 03/06 Reyes      100.00 | 1046A 03/06 Reyes   100.00            | number
        1047 03/06 Reyes      100.00 | 1047 03/06 Reyes      0.00 void       | voided
        1048 03/06 Reyes 100.00 mark=k1 | 1048 03/06 Reyes  100.00 mark=k1   | tied
                                     | 1048 03/06 Reyes    100.00 mark=k1    | duplicate
        """,
        difference="30.01",
    )
    assert not answer.tied


def test_invoices_of_a_merged_job_are_right_on_the_one_that_took_over():
    answer = check(
        """
        Bilflo                       | QuickBooks                    | verdict
        1042 03/06 Reyes      100.00 | 1042 03/06 Cole      100.00   | tied
        1043 03/06 Reyes      100.00 | 1043 03/06 Cole       90.00   | amount
        1044 03/06 Reyes      100.00 | 1044 03/06 Dunn      100.00   | wrong job
        1045 03/06 Dunn       100.00 | 1045 03/06 Cole      100.00   | wrong job
        1046 03/06 Reyes      100.00 |                               | missing
        """,
        difference="110.00",
        heirs={"Reyes": {"Cole"}},
    )
    assert [(t.customer_list_id, str(t.ours), str(t.theirs)) for t in answer.totals] == [
        ("Cole", "200.00", "290.00"),
        ("Dunn", "100.00", "100.00"),
        ("Reyes", "200.00", "0.00"),
    ]


def test_one_pair_may_differ_in_several_ways_and_the_money_counts_once():
    answer = check(
        """
        Bilflo                  | QuickBooks                | verdict
        1042 03/06 Reyes 100.00 | 1042A 03/07 Cole 90.00    | wrong job, amount, date, number
        """,
        difference="10.00",
    )
    assert [(t.customer_list_id, t.difference) for t in answer.totals] == [
        ("Cole", Decimal("-90.00")),
        ("Reyes", Decimal("100.00")),
    ]


def test_a_marker_finds_the_invoice_whose_txn_id_was_never_learned():
    check(
        """
        Bilflo                              | QuickBooks                          | verdict
        1042 03/06 Reyes 100.00 mark=k txn= | 1042 03/06 Reyes 100.00 mark=k      | tied
        1043 03/06 Reyes 100.00 txn=        |                                     | missing
        """,
        difference="100.00",
    )


def test_a_txn_id_proves_more_than_a_marker():
    """Row 1 may not take by its marker what row 2 owns by TxnID."""
    check(
        """
        Bilflo                               | QuickBooks                      | verdict
        1042 03/06 Reyes 100.00 mark=k txn=  |                                 | missing
        1043 03/06 Reyes 100.00 mark=k       | 1043 03/06 Reyes 100.00 mark=k  | tied
        """,
        difference="100.00",
    )


def test_of_several_with_one_marker_the_most_alike_is_ours():
    check(
        """
        Bilflo                              | QuickBooks                           | verdict
                                            | 1042 03/05 Reyes   0.00 mark=k void  |
                                            | 1042 03/05 Cole  100.00 mark=k       | duplicate
                                            | 1042 03/05 Reyes  90.00 mark=k       | duplicate
                                            | 104A 03/05 Reyes 100.00 mark=k       | duplicate
        1042 03/06 Reyes 100.00 mark=k txn= | 1042 03/06 Reyes 100.00 mark=k       | tied
                                            | 1042 03/07 Reyes 100.00 mark=k       | duplicate
        """,
        difference="-390.00",
    )


def test_a_void_on_one_side_only():
    check(
        """
        Bilflo                       | QuickBooks                   | verdict
        1042 03/06 Reyes 100.00      | 1042 03/06 Reyes 100.00 void | voided
        1043 03/06 Reyes 100.00 void | 1043 03/06 Reyes 100.00      | voided
        1044 03/06 Reyes 100.00 void | 1044 03/06 Reyes   0.00 void | tied
        1045 03/06 Reyes 100.00 void |                              | missing
        """,
        difference="0.00",
    )


def test_voiding_settles_an_extra():
    check(
        """
        Bilflo | QuickBooks                            | verdict
               | 1042 03/06 Reyes 100.00 mark=k void   |
        """,
        difference="0.00",
    )


FOREIGN = """
    Bilflo                  | QuickBooks               | verdict
    1042 03/06 Reyes 100.00 | 1042 03/06 Reyes 100.00  | tied
                            | 7001 03/06 Reyes  20.00  | {reyes}
                            | 7002 03/06 Cole   30.00  | {cole}
                            | 7003 03/06 Other  40.00  |
"""


def test_foreign_invoices_count_only_when_asked_for_and_on_mapped_jobs():
    check(FOREIGN.format(reyes="", cole=""), difference="0.00")
    check(FOREIGN.format(reyes="extra", cole=""), difference="-20.00", foreign=True)
    check(
        FOREIGN.format(reyes="extra", cole="extra"),
        difference="-50.00",
        foreign=True,
        mapped_list_ids={"Cole"},
    )
    answer = check(FOREIGN.format(reyes="", cole=""), difference="0.00", mapped_list_ids={"Cole"})
    assert [total.customer_list_id for total in answer.totals] == ["Reyes"]


def test_an_invoice_that_was_delivered_twice_counts_once():
    two = books(FOREIGN.format(reyes="", cole=""))
    answer = compare(two.ours, [*two.theirs, *two.theirs])
    assert answer == compare(two.ours, two.theirs)


def test_one_of_theirs_is_never_the_pair_of_two_of_ours():
    two = books(FOREIGN.format(reyes="", cole=""))
    twice = [*two.ours, replace(two.ours[0], posting_id=99)]
    verdicts = [f.verdict for f in compare(twice, two.theirs).findings]
    assert verdicts == [Verdict.TIED, Verdict.MISSING]


def test_findings_are_read_by_day_and_number():
    answer = check(
        """
        Bilflo                  | QuickBooks                      | verdict
        1044 03/13 Reyes 100.00 | 1044 03/13 Reyes 100.00         | tied
        1043 03/06 Reyes 100.00 |                                 | missing
                                | 1041 03/06 Reyes 100.00 mark=k  | extra
        """,
        difference="0.00",
    )
    numbers = [(f.ours or f.theirs).number for f in answer.findings]
    assert numbers == ["1041", "1043", "1044"]


IDS = st.sampled_from(["", "T1", "T2", "T3", "T4"])
KEYS = st.sampled_from(["", "k1", "k2"])
FACTS = {
    "number": st.sampled_from(["1", "2"]),
    "customer_list_id": st.sampled_from(["A", "B"]),
    "txn_date": st.sampled_from([date(2026, 3, 6), date(2026, 3, 7)]),
    "total": st.integers(min_value=-999, max_value=999).map(lambda c: Decimal(c).scaleb(-2)),
    "marker_key": KEYS,
    "voided": st.booleans(),
}
OURS = st.lists(
    st.builds(OurInvoice, posting_id=st.integers(1, 50), txn_id=IDS, job_key=st.just(""), **FACTS),
    max_size=5,
    unique_by=lambda our: our.posting_id,
)
THEIRS = st.lists(
    st.builds(TheirInvoice, txn_id=st.sampled_from(["T1", "T2", "T3", "T4", "T5"]), **FACTS),
    max_size=6,
)


@settings(max_examples=60)
@given(OURS, THEIRS, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_changes_nothing_and_the_findings_add_up(ours, theirs, foreign, random):
    answer = compare(ours, theirs, foreign=foreign)
    mixed_ours, mixed_theirs = list(ours), list(theirs)
    random.shuffle(mixed_ours)
    random.shuffle(mixed_theirs)
    assert compare(mixed_ours, mixed_theirs, foreign=foreign) == answer
    assert sum(f.difference for f in answer.findings) == answer.difference
    assert answer.ours == sum(our.total for our in ours if not our.voided)
    judged = {f.ours.posting_id for f in answer.findings if f.verdict is not Verdict.EXTRA}
    assert judged == {our.posting_id for our in ours}
    paired = {f.theirs.txn_id: f.ours for f in answer.findings if f.theirs and f.ours}
    assert len(paired) <= len({their.txn_id for their in theirs})


@pytest.mark.parametrize("total", ["0.10", "0.20", "0.30"])
def test_sums_are_exact(total):
    row = f"1042 03/06 Reyes {total}"
    rows = "\n".join(f"{row} | {row} | tied" for _ in range(1000))
    answer = check(f"Bilflo | QuickBooks | verdict\n{rows}", difference="0.00")
    assert answer.theirs == Decimal(total) * 1000
