"""What becomes of an invoice: postings that add up, or every reason why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.makers import (
    ACME,
    BETA,
    CLIENT,
    CONTRACTOR,
    DANA,
    DAY,
    EVAN,
    JOB_LINKS,
    JOBS,
    LINKS,
    invoice,
    line,
    planned,
    qb_job,
    reasons,
)

from tieout.core.facts import (
    BookFacts,
    ExportRules,
    InvoiceKind,
    JoblessLines,
    PostingKind,
    QbEntry,
    Reason,
    SourceLine,
    Syncing,
    Who,
    ZeroTotals,
)
from tieout.core.keys import marker, posting_key
from tieout.core.texts import MEMO_MAX

NET30 = QbEntry(list_id="60-1", full_name="Net 30")
PER_CLIENT = ExportRules(syncing=Syncing.PER_CLIENT)
SKIP = ExportRules(zero_totals=ZeroTotals.SKIP)


def summary(answer):
    """Number, customer, kind and total of each posting, as a clerk would read them."""
    return [(p.number, p.customer.full_name, p.kind.value, str(p.total)) for p in answer.postings]


def linked(job_key="J1", **more):
    """The agency's links with one job's link or its target changed."""
    link = JOB_LINKS[job_key]
    for name in ("active", "gone", "top_list_id", "parent_list_id"):
        if name in more:
            link = replace(link, target=replace(link.target, **{name: more.pop(name)}))
    return replace(LINKS, jobs={**JOB_LINKS, job_key: replace(link, **more)})


def only(answer, reason):
    """The single block of this plan, which must be for this reason."""
    assert reasons(answer) == [reason]
    assert answer.postings == ()
    assert not answer.ready
    return answer.blocks[0]


# ------------------------------------------------------------------ where invoices go


def test_an_invoice_of_one_job_goes_to_its_mapped_job_under_its_own_number():
    answer = planned(invoice(line(1, "400.00", quantity="8", rate="50"), line(2, "12.34")))
    assert answer.ready
    assert summary(answer) == [("1042", DANA.full_name, "invoice", "412.34")]
    (posting,) = answer.postings
    assert (posting.source_key, posting.job_key, posting.mapping_version) == ("I1", "J1", 4)
    assert (posting.memo, posting.notes, posting.tax_code) == ("", (), "")
    assert len(posting.fingerprint) == 64


def test_several_jobs_make_several_postings_that_add_up():
    answer = planned(
        invoice(line(1, "400.00"), line(2, "100.01", "J2"), line(3, "0.99"), line(4, "5.00", ""))
    )
    assert summary(answer) == [
        ("1042-1", DANA.full_name, "invoice", "400.99"),
        ("1042-2", EVAN.full_name, "invoice", "100.01"),
        ("1042-3", ACME.full_name, "invoice", "5.00"),
    ]
    assert [p.mapping_version for p in answer.postings] == [4, 1, 0]
    assert answer.postings[0].memo == "Bilflo invoice 1042"
    assert [ln.source_line for ln in answer.postings[0].lines] == [1, 3]


def test_per_client_there_is_one_posting_and_each_line_names_its_job():
    answer = planned(
        invoice(
            line(1, "400.00", description="Week 10"), line(2, "100.00", "J2"), line(3, "1", "")
        ),
        rules=PER_CLIENT,
    )
    assert summary(answer) == [("1042", ACME.full_name, "invoice", "501.00")]
    (posting,) = answer.postings
    assert (posting.job_key, posting.mapping_version) == ("", 0)
    assert [ln.description for ln in posting.lines] == [
        "Dana Reyes, Welder: Week 10",
        "Evan Cole",
        "",
    ]


def test_per_client_jobs_need_no_mapping():
    answer = planned(
        invoice(line(1, "4.00"), line(2, "1.00", "J9")),
        rules=PER_CLIENT,
        links=replace(LINKS, jobs={}),
    )
    assert answer.ready


def test_header_fields_travel():
    source = invoice(
        line(1, "4.00"),
        due_date=DAY + timedelta(days=30),
        terms=" net 30 ",
        po_number=" PO 7 ",
        memo="Week 10",
    )
    (posting,) = planned(
        source,
        links=replace(LINKS, terms={"net 30": NET30}),
        rules=ExportRules(template_name="Agency Invoice"),
        books=BookFacts(uses_sales_tax=True, non_taxable_code="NT"),
    ).postings
    assert posting.terms == NET30
    assert (posting.txn_date, posting.due_date) == (DAY, date(2026, 4, 5))
    assert (posting.po_number, posting.memo) == ("PO 7", "Week 10")
    assert (posting.template_name, posting.tax_code) == ("Agency Invoice", "NT")


def test_the_jobs_purchase_order_stands_in_per_job():
    jobs = {**JOBS, "J1": replace(JOBS["J1"], po_number="PO-J1")}
    source = invoice(line(1, "4.00"), line(2, "1.00", ""))
    assert [p.po_number for p in planned(source, jobs=jobs).postings] == ["PO-J1", ""]
    own = planned(replace(source, po_number="PO-I"), jobs=jobs)
    assert [p.po_number for p in own.postings] == ["PO-I", "PO-I"]


def test_long_and_foreign_texts_are_cut_and_noted():
    (posting,) = planned(
        invoice(line(1, "4.00"), memo="m" * 5000, po_number="P–" + "7" * 30)
    ).postings
    key = posting_key(company_key="c", source_key="I1", job_key="J1", revision=1)
    assert len(f"{posting.memo} {marker(key)}") == MEMO_MAX
    assert posting.po_number == "P-" + "7" * 23
    assert posting.notes == (
        "P.O. No.: QuickBooks cannot hold every character: – becomes -.",
        "P.O. No.: cut to 25 of its 32 characters.",
        "Memo: cut to 4069 of its 5000 characters.",
    )


def test_a_fitted_number_is_noted_and_the_memo_names_the_source():
    (posting,) = planned(invoice(line(1, "4.00"), number="INV-2026-421", memo="Week 10")).postings
    assert posting.number == "INV2026421"
    assert posting.memo == "Week 10; Bilflo invoice INV-2026-421"
    assert posting.notes == ("Invoice number INV-2026-421 becomes INV2026421 in QuickBooks.",)


# ------------------------------------------------------------------ signs and zeros


def test_a_negative_total_becomes_a_credit_memo_with_all_signs_turned():
    answer = planned(
        invoice(line(1, "-400.00", quantity="-8", rate="50"), line(2, "30.00", quantity="1"))
    )
    assert summary(answer) == [("1042", DANA.full_name, "credit_memo", "370.00")]
    first, second = answer.postings[0].lines
    assert (first.quantity, first.rate, first.amount) == (8, 50, Decimal(400))
    assert (second.quantity, second.send_amount, second.amount) == (None, True, Decimal(-30))
    assert answer.postings[0].notes == (
        "Line 2: sent as an amount without a quantity: it reduces the credit.",
    )


def test_hours_moved_between_jobs_become_an_invoice_and_a_credit_memo():
    answer = planned(invoice(line(1, "-100.00"), line(2, "100.00", "J2")))
    assert [(p.kind, p.total) for p in answer.postings] == [
        (PostingKind.CREDIT_MEMO, Decimal(100)),
        (PostingKind.INVOICE, Decimal(100)),
    ]


def test_a_zero_total_blocks_by_default():
    block = only(planned(invoice(line(1, "5.00"), line(2, "-5.00"))), Reason.ZERO_TOTAL)
    assert block.message == "Invoice 1042 for Dana Reyes, Welder comes to 0.00."
    client = only(planned(invoice(line(1, "0.00")), rules=PER_CLIENT), Reason.ZERO_TOTAL)
    assert client.message == "Invoice 1042 comes to 0.00."


def test_a_zero_total_can_be_skipped_whatever_else_is_wrong():
    answer = planned(invoice(line(1, "5.00", "J9"), line(2, "-5.00", "J9"), number=""), rules=SKIP)
    assert answer.skipped == "It comes to 0.00."
    assert not answer.ready
    assert not answer.blocks


def test_a_printed_total_that_differs_is_not_skipped():
    source = invoice(line(1, "0.00"), total=Decimal(100))
    block = only(planned(source, rules=SKIP), Reason.TOTAL_DIFFERS)
    assert block.message == "Invoice 1042 says 100, but its lines add up to 0.00."


def test_a_skipped_part_is_told_with_the_first_posting():
    source = invoice(
        line(1, "0.00", "J2"), line(2, "5.00"), line(3, "0.00", ""), line(4, "0.00", "J9")
    )
    answer = planned(source, rules=SKIP)
    assert summary(answer) == [("1042", DANA.full_name, "invoice", "5.00")]
    assert answer.postings[0].notes == (
        "Evan Cole: 0.00, so nothing is exported for it.",
        "Lines without a contractor job: 0.00, so nothing is exported for it.",
        "J9: 0.00, so nothing is exported for it.",
    )


# ------------------------------------------------------------------ what blocks


def test_an_invoice_needs_lines_and_a_number():
    assert only(planned(invoice()), Reason.NO_LINES).who is Who.BACK_OFFICE
    only(planned(invoice(), rules=SKIP), Reason.NO_LINES)
    only(
        planned(invoice(line(1, "1.00"), line(2, "1.00", "J2"), number=" ")), Reason.NUMBER_MISSING
    )


def test_approval_blocks_only_where_it_is_required():
    source = invoice(line(1, "1.00"), approved=False)
    assert planned(source).ready
    block = only(
        planned(source, rules=ExportRules(require_approval=True)), Reason.APPROVAL_MISSING
    )
    assert block.who is Who.BACK_OFFICE
    assert planned(replace(source, approved=True), rules=ExportRules(require_approval=True)).ready


def test_the_closing_date_itself_is_closed():
    source = invoice(line(1, "1.00"))
    block = only(planned(source, books=BookFacts(closing_date=DAY)), Reason.PERIOD_CLOSED)
    assert "03/06/2026" in block.message
    assert planned(source, books=BookFacts(closing_date=DAY - timedelta(days=1))).ready


@pytest.mark.parametrize(
    "terms", [{}, {"net 30": replace(NET30, gone=True)}, {"net 30": replace(NET30, active=False)}]
)
def test_terms_must_be_known_and_live(terms):
    source = invoice(line(1, "1.00"), terms="Net 30")
    block = only(planned(source, links=replace(LINKS, terms=terms)), Reason.TERMS_UNKNOWN)
    assert block.subject == "Net 30"


def test_a_printed_total_must_match_the_lines():
    source = invoice(line(1, "1.00"), line(2, "2.00"), total=Decimal("3.00"))
    assert planned(source).ready
    only(planned(replace(source, total=Decimal("3.01"))), Reason.TOTAL_DIFFERS)


def test_a_bad_amount_blocks_alone_without_a_wrong_sum():
    source = invoice(line(1, "1.005"), line(2, "2.00"), total=Decimal("3.00"))
    assert only(planned(source), Reason.LINE_DOES_NOT_ADD_UP).line == 1
    assert only(planned(source, rules=SKIP), Reason.LINE_DOES_NOT_ADD_UP).line == 1


def test_each_state_of_a_job_blocks_for_its_own_reason():
    source = invoice(line(1, "1.00"))
    cases = {
        Reason.JOB_UNKNOWN: {"jobs": {}},
        Reason.JOB_NOT_MAPPED: {"links": replace(LINKS, jobs={})},
        Reason.JOB_GONE: {"links": linked(gone=True, active=False)},
        Reason.JOB_INACTIVE: {"links": linked(active=False)},
        Reason.DRIFT_UNANSWERED: {"links": linked(drift_unanswered="It moved.")},
        Reason.JOB_OTHER_CUSTOMER: {"links": linked(top_list_id=BETA.list_id)},
    }
    for reason, facts in cases.items():
        assert only(planned(source, **facts), reason).job_key == "J1"


def test_another_customer_passes_when_confirmed_or_when_nothing_can_be_compared():
    source = invoice(line(1, "1.00"))
    other = linked(top_list_id=BETA.list_id, other_customer_confirmed=True)
    assert planned(source, links=other).ready
    assert planned(source, links=linked(top_list_id="")).ready
    unmapped = replace(linked(top_list_id=BETA.list_id), clients={})
    assert planned(source, links=unmapped).ready


def test_a_client_mapped_below_its_customer_is_still_that_customer():
    division = qb_job("Plant 2", list_id="82-P")
    assert planned(invoice(line(1, "1.00")), links=replace(LINKS, clients={"C1": division})).ready


@pytest.mark.parametrize(
    ("customer", "reason"),
    [
        (None, Reason.CLIENT_NOT_MAPPED),
        (replace(ACME, gone=True), Reason.CLIENT_NOT_MAPPED),
        (replace(ACME, active=False), Reason.CLIENT_INACTIVE),
    ],
)
def test_the_client_must_be_mapped_where_it_receives_lines(customer, reason):
    links = replace(LINKS, clients={"C1": customer} if customer else {})
    jobless = invoice(line(1, "1.00", ""))
    per_client = planned(invoice(line(1, "1.00")), links=links, rules=PER_CLIENT, client=CLIENT)
    for block in (only(planned(jobless, links=links), reason), only(per_client, reason)):
        assert (block.subject, "Acme Corp" in block.message) == ("C1", True)
    unnamed = only(planned(jobless, links=links, client=None), reason)
    assert "C1" in unnamed.message


def test_lines_without_a_job_block_when_the_company_wants_it():
    block = only(
        planned(
            invoice(line(1, "1.00"), line(2, "1.00", ""), line(5, "1.00", "")),
            rules=ExportRules(jobless_lines=JoblessLines.BLOCK),
        ),
        Reason.LINE_WITHOUT_JOB,
    )
    assert (block.message, block.line) == ("Lines 2 and 5 name no contractor job.", 2)
    assert planned(
        invoice(line(1, "1.00", "")),
        rules=ExportRules(jobless_lines=JoblessLines.BLOCK, syncing=Syncing.PER_CLIENT),
    ).ready


def test_one_blocked_job_holds_the_whole_invoice():
    answer = planned(invoice(line(1, "1.00"), line(2, "1.00", "J9")))
    assert only(answer, Reason.JOB_UNKNOWN).job_key == "J9"


def test_a_taken_number_blocks_and_a_kept_one_does_not():
    source = invoice(line(1, "1.00"))
    only(planned(source, taken=frozenset({"1042"})), Reason.NUMBER_TAKEN)
    answer = planned(source, taken=frozenset({"1042"}), kept={"J1": "1042"})
    assert summary(answer)[0][0] == "1042"


def test_all_blocks_come_at_once_in_order_and_each_once():
    source = invoice(
        line(1, "1.00", item_key="X"),
        line(2, "1.00", item_key="X"),
        line(3, "1.005", "J9"),
        line(4, "1.00", "J2", item_key=""),
        number="123456789012",
        approved=False,
        terms="Net 90",
    )
    answer = planned(
        source,
        rules=ExportRules(require_approval=True),
        books=BookFacts(closing_date=DAY, uses_classes=True),
        links=replace(linked(active=False, drift_unanswered="It moved."), clients={}),
        jobs={**JOBS, "J2": replace(JOBS["J2"], class_value="East")},
    )
    assert [(b.reason.value, b.job_key, b.line) for b in answer.blocks] == [
        ("approval_missing", "", None),
        ("period_closed", "", None),
        ("terms_unknown", "", None),
        ("line_does_not_add_up", "", 3),
        ("job_inactive", "J1", None),
        ("drift_unanswered", "J1", None),
        ("item_not_mapped", "", 1),
        ("job_unknown", "J9", None),
        ("item_not_mapped", "", 4),
        ("class_not_mapped", "", 4),
        ("number_too_long", "", None),
    ]


# ------------------------------------------------------------------ for any invoice

AMOUNTS = st.integers(min_value=-(10**7), max_value=10**7).map(lambda c: Decimal(c).scaleb(-2))
SOURCE_LINES = st.builds(
    SourceLine,
    number=st.just(0),
    item_key=st.sampled_from(["REG", "OT"]),
    amount=AMOUNTS,
    job_key=st.sampled_from(["", "J1", "J2"]),
    description=st.text(max_size=20),
    quantity=st.none() | st.decimals(min_value=-99, max_value=99, places=3),
    rate=st.none() | st.decimals(min_value=0, max_value=99, places=4),
)
INVOICES = st.builds(
    lambda lines, number: invoice(
        *(replace(ln, number=n) for n, ln in enumerate(lines, 1)), number=number
    ),
    st.lists(SOURCE_LINES, min_size=1, max_size=8),
    st.text(alphabet="0123456789AB-", min_size=1, max_size=12),
)


@settings(max_examples=60)
@given(INVOICES, st.sampled_from([ExportRules(), SKIP, PER_CLIENT]))
def test_postings_add_up_to_the_invoice_to_the_cent(source, rules):
    answer = planned(source, rules=rules)
    assert bool(answer.postings) + bool(answer.blocks) + bool(answer.skipped) == 1
    if answer.ready:
        signed = [
            -p.total if p.kind is PostingKind.CREDIT_MEMO else p.total for p in answer.postings
        ]
        assert sum(signed) == sum(ln.amount for ln in source.lines)
        assert len({p.number for p in answer.postings}) == len(answer.postings)
    for posting in answer.postings:
        assert 0 < len(posting.number) <= 11
        assert posting.total == sum(ln.amount for ln in posting.lines)
        assert posting.total > 0


@settings(max_examples=60)
@given(INVOICES, st.randoms(use_true_random=False))
def test_the_same_facts_give_the_same_plan_and_numbers_stay(source, random):
    first = planned(source, rules=SKIP)
    shuffled = list(source.lines)
    random.shuffle(shuffled)
    assert planned(replace(source, lines=tuple(shuffled)), rules=SKIP).postings == first.postings
    kept = {p.job_key: p.number for p in first.postings}
    again = planned(source, rules=SKIP, kept=kept, taken=frozenset(kept.values()))
    assert again.postings == first.postings
    extra = replace(source.lines[0], number=0, job_key="J3", amount=Decimal(1))
    jobs = {**JOBS, "J3": replace(JOBS["J1"], key="J3")}
    links = replace(LINKS, jobs={**JOB_LINKS, "J3": replace(JOB_LINKS["J1"], job_key="J3")})
    grown = planned(
        replace(source, lines=(extra, *source.lines)),
        rules=SKIP,
        kept=kept,
        jobs=jobs,
        links=links,
    )
    assert {p.job_key: p.number for p in grown.postings if p.job_key in kept} == (
        kept if grown.ready else {}
    )


def test_items_of_the_other_kind_do_not_count():
    assert (CONTRACTOR, "REG") in LINKS.items
    direct = invoice(line(1, "1.00"), kind=InvoiceKind.DIRECT_HIRE)
    only(planned(direct), Reason.ITEM_NOT_MAPPED)
