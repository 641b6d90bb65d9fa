"""Customers and jobs over qbXML: names, references, changing, finding, pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock, customer

from tieout.sandbox import CompanyFile


def names(answer: object) -> list[str]:
    return [ret.findtext("FullName") for ret in answer]  # type: ignore[attr-defined]


def query(*inside: str, attributes: str = "") -> str:
    return f"<CustomerQueryRq {attributes}>{''.join(inside)}</CustomerQueryRq>"


ALL = "<ActiveStatus>All</ActiveStatus>"
TREE = ["Acme Health", "Acme Health:RN Ortiz - ICU", "Acme Health:RN Walsh", "Beacon Clinic"]


def test_only_active_ones_unless_asked(qb: Caller) -> None:
    assert names(qb.ask(query())) == [name for name in TREE if "Walsh" not in name]
    assert names(qb.ask(query(ALL))) == TREE
    assert names(qb.ask(query("<ActiveStatus>InactiveOnly</ActiveStatus>"))) == [TREE[2]]


def test_children_come_right_below_their_parent(qb: Caller, company: CompanyFile) -> None:
    company.add_customer("Acme Health - West")
    assert names(qb.ask(query(ALL)))[:4] == [*TREE[:3], "Acme Health - West"]


def test_a_job_is_added_below_its_customer(qb: Caller) -> None:
    after = "<JobStatus>InProgress</JobStatus><JobStartDate>2026-02-03</JobStartDate>"
    ret = qb.ask(customer("RN Kim", parent="acme health", after=after))[0]
    assert ret.findtext("FullName") == "Acme Health:RN Kim"
    assert ret.findtext("ParentRef/FullName") == "Acme Health"
    assert (ret.findtext("Sublevel"), ret.findtext("JobStatus")) == ("1", "InProgress")
    assert ret.findtext("ListID") == "80000005-1770732044"
    assert ret.findtext("EditSequence") == "1770732044"


@pytest.mark.parametrize(
    ("request_text", "code"),
    [
        (customer("acme HEALTH"), 3100),
        (customer("rn ortiz - icu", parent="Acme Health"), 3100),
        (customer("A:B"), 3090),
        (customer("x" * 42), 3070),
        (customer("X", parent="Nobody"), 3130),
        (customer("X", after="<TermsRef><FullName>Net 99</FullName></TermsRef>"), 3140),
    ],
)
def test_a_name_or_reference_that_cannot_be(qb: Caller, request_text: str, code: int) -> None:
    assert qb.code(request_text) == code


def test_the_same_name_below_another_parent_is_fine(qb: Caller) -> None:
    assert qb.code(customer("RN Ortiz - ICU", parent="Beacon Clinic")) == 0


def test_a_tree_has_five_levels(qb: Caller) -> None:
    path = "Beacon Clinic"
    for level in range(1, 5):
        assert qb.code(customer(f"L{level}", parent=path)) == 0
        path = f"{path}:L{level}"
    assert qb.code(customer("L5", parent=path)) == 3130


def test_an_address_prints_on_five_lines(qb: Caller) -> None:
    lines = "".join(f"<Addr{n}>line {n}</Addr{n}>" for n in range(1, 6))
    fits = f"<BillAddress>{lines}</BillAddress>"
    ret = qb.ask(customer("Five", after=fits))[0]
    assert ret.findtext("BillAddressBlock/Addr5") == "line 5"
    more = f"<BillAddress>{lines}<City>Springfield</City></BillAddress>"
    assert qb.code(customer("Six", after=more)) == 3205


def modify(list_id: str, sequence: str, inside: str) -> str:
    return (
        f"<CustomerModRq><CustomerMod><ListID>{list_id}</ListID>"
        f"<EditSequence>{sequence}</EditSequence>{inside}</CustomerMod></CustomerModRq>"
    )


def test_a_mod_changes_what_is_sent_clears_what_is_empty_and_keeps_the_rest(
    qb: Caller, company: CompanyFile
) -> None:
    job = company.find_customer(TREE[1])
    inside = (
        "<Email>icu@acme.example</Email><JobStatus>Closed</JobStatus><JobStartDate></JobStartDate>"
    )
    ret = qb.ask(modify(job.list_id, job.edit_sequence, inside))[0]
    assert (ret.findtext("JobStatus"), ret.findtext("Email")) == ("Closed", "icu@acme.example")
    assert ret.find("JobStartDate") is None
    assert ret.findtext("Name") == "RN Ortiz - ICU"
    assert int(ret.findtext("EditSequence")) > int(job.edit_sequence)


def test_a_stale_edit_sequence_is_3200_and_changes_nothing(
    qb: Caller, company: CompanyFile
) -> None:
    job = company.find_customer(TREE[1])
    assert qb.code(modify(job.list_id, job.edit_sequence, "<JobDesc>one</JobDesc>")) == 0
    assert qb.code(modify(job.list_id, job.edit_sequence, "<JobDesc>two</JobDesc>")) == 3200
    assert company.find_customer(TREE[1]).description == "one"


def test_a_mod_of_something_gone_is_3120(qb: Caller) -> None:
    assert qb.code(modify("80000099-1", "1", "")) == 3120


def test_renaming_changes_the_names_below_but_not_their_ids_or_times(
    qb: Caller, company: CompanyFile, clock: MovableClock
) -> None:
    before = {row.full_name: row for row in company.list_customers()}
    clock.advance(hours=1)
    acme = before["Acme Health"]
    qb.ask(modify(acme.list_id, acme.edit_sequence, "<Name>Apex Health</Name>"))
    job = company.find_customer("Apex Health:RN Ortiz - ICU")
    assert job.list_id == before[TREE[1]].list_id
    assert job.edit_sequence == before[TREE[1]].edit_sequence


def test_moving_to_another_customer_and_never_below_itself(
    qb: Caller, company: CompanyFile
) -> None:
    job, acme = company.find_customer(TREE[1]), company.find_customer("Acme Health")
    to_beacon = "<ParentRef><FullName>Beacon Clinic</FullName></ParentRef>"
    ret = qb.ask(modify(job.list_id, job.edit_sequence, to_beacon))[0]
    assert ret.findtext("FullName") == "Beacon Clinic:RN Ortiz - ICU"
    below = "<ParentRef><FullName>Acme Health:RN Walsh</FullName></ParentRef>"
    assert qb.code(modify(acme.list_id, acme.edit_sequence, below)) == 3130


def test_explicit_ids_return_the_found_ones_and_500_for_the_rest(
    qb: Caller, company: CompanyFile
) -> None:
    known = company.find_customer("Acme Health:RN Walsh").list_id
    answer = qb.ask(query(f"<ListID>{known}</ListID><ListID>80000099-1</ListID>"))
    assert (answer.get("statusCode"), answer.get("statusSeverity")) == ("500", "Warn")
    assert names(answer) == ["Acme Health:RN Walsh"]
    assert '"80000099-1"' in answer.get("statusMessage")


def test_full_names_match_without_regard_to_case(qb: Caller) -> None:
    assert names(qb.ask(query("<FullName>ACME health:rn walsh</FullName>"))) == [TREE[2]]


def test_filters_that_match_nothing_are_status_1(qb: Caller) -> None:
    answer = qb.ask(query("<FromModifiedDate>2030-01-01</FromModifiedDate>"))
    assert (answer.get("statusCode"), answer.get("statusSeverity")) == ("1", "Info")
    assert (answer.get("retCount"), len(answer)) == ("0", 0)


def test_modified_since_takes_wall_clock_time_and_is_inclusive(
    qb: Caller, company: CompanyFile, clock: MovableClock
) -> None:
    clock.advance(hours=1)  # 9:00:44 in the morning of Chicago
    company.rename_customer("Beacon Clinic", "Beacon Care")
    since = "<FromModifiedDate>{}</FromModifiedDate>"
    assert names(qb.ask(query(ALL + since.format("2026-02-10T09:00:44")))) == ["Beacon Care"]
    assert qb.code(query(ALL + since.format("2026-02-10T09:00:45"))) == 1
    assert names(qb.ask(query(ALL + since.format("2026-02-10T15:00:44+00:00")))) == ["Beacon Care"]


def test_a_reversed_span_of_time_is_3030_and_of_names_3031(qb: Caller) -> None:
    times = "<FromModifiedDate>2026-02-02</FromModifiedDate><ToModifiedDate>2026-02-01</ToModifiedDate>"
    assert qb.code(query(times)) == 3030
    span = "<NameRangeFilter><FromName>M</FromName><ToName>A</ToName></NameRangeFilter>"
    assert qb.code(query(span)) == 3031


@pytest.mark.parametrize(
    ("criterion", "text", "found"),
    [
        ("StartsWith", "rn o", [TREE[1]]),
        ("Contains", "ORTIZ", [TREE[1]]),
        ("EndsWith", "clinic", [TREE[3]]),
        ("Contains", "%", []),
    ],
)
def test_name_filters(qb: Caller, criterion: str, text: str, found: list[str]) -> None:
    inside = f"<MatchCriterion>{criterion}</MatchCriterion><Name>{text}</Name>"
    assert names(qb.ask(query(f"<NameFilter>{inside}</NameFilter>"))) == found


def test_a_range_of_names(qb: Caller) -> None:
    span = "<NameRangeFilter><FromName>B</FromName></NameRangeFilter>"
    assert names(qb.ask(query(span))) == ["Beacon Clinic"]


def test_include_ret_element_keeps_only_those_and_ignores_unknown_ones(qb: Caller) -> None:
    wanted = "<IncludeRetElement>FullName</IncludeRetElement><IncludeRetElement>Nope</IncludeRetElement>"
    ret = qb.ask(query(wanted))[0]
    assert [child.tag for child in ret] == ["FullName"]


def test_a_count_without_rows(qb: Caller) -> None:
    answer = qb.ask(query(ALL, attributes="metaData='MetaDataOnly'"))
    assert (answer.get("retCount"), len(answer)) == ("4", 0)


def test_pages_of_an_iterator_cover_everything_once(qb: Caller) -> None:
    page = "<MaxReturned>3</MaxReturned>" + ALL
    first = qb.ask(query(page, attributes="iterator='Start'"))
    assert (names(first), first.get("iteratorRemainingCount")) == (TREE[:3], "1")
    more = f"iterator='Continue' iteratorID='{first.get('iteratorID')}'"
    second = qb.ask(query(page, attributes=more))
    assert (names(second), second.get("iteratorRemainingCount")) == (TREE[3:], "0")
    assert qb.code(query(page, attributes=more)) == 3000


def test_an_iterator_belongs_to_its_session(new_caller: Callable[..., Caller]) -> None:
    page = "<MaxReturned>1</MaxReturned>"
    started = new_caller().ask(query(page, attributes="iterator='Start'"))
    more = f"iterator='Continue' iteratorID='{started.get('iteratorID')}'"
    assert new_caller().code(query(page, attributes=more)) == 3000


def test_an_iterator_keeps_its_filters_and_can_be_stopped(qb: Caller) -> None:
    page = "<MaxReturned>1</MaxReturned>"
    started = qb.ask(query(page, attributes="iterator='Start'"))
    known = f"iteratorID='{started.get('iteratorID')}'"
    assert qb.code(query(page + ALL, attributes=f"iterator='Continue' {known}")) == 3000
    assert qb.code(query(page, attributes=f"iterator='Stop' {known}")) == 0
    assert qb.code(query(page, attributes=f"iterator='Continue' {known}")) == 3000


def test_max_returned_without_an_iterator_truncates(qb: Caller) -> None:
    assert qb.code(query(f"<MaxReturned>{2**31}</MaxReturned>" + ALL)) == 3085
    assert qb.code(query(f"<MaxReturned>{'9' * 5000}</MaxReturned>" + ALL)) == 3085
    assert names(qb.ask(query("<MaxReturned>+02</MaxReturned>" + ALL))) == TREE[:2]
    assert names(qb.ask(query("<MaxReturned>2</MaxReturned>" + ALL))) == TREE[:2]


def test_a_field_that_is_not_kept_is_a_warning(qb: Caller) -> None:
    answer = qb.ask(customer("Crest", after="<PrintAs>CREST</PrintAs>"))
    assert answer.get("statusCode") == "530"
    assert answer.findtext("CustomerRet/Name") == "Crest"
