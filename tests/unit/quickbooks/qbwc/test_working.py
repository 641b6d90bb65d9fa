from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.quickbooks.qbwc.office import INVOICE, LIST, Office
from tests.unit.quickbooks.qbwc.said import (
    answer,
    close,
    failure,
    first,
    last_error,
    send,
    unreachable,
)

from tieout.quickbooks.qbwc import (
    Applied,
    CompanyChecked,
    Facts,
    PercentReply,
    Phase,
    Reason,
    RefusalReply,
    Rules,
    TextReply,
    Trouble,
    Unreadable,
    Work,
    WorkFound,
    step,
)

NOTHING = TextReply(method="sendRequestXML", text="")
MINUS = PercentReply(percent=-1)
PAGES = tuple(Work(key=f"page-{number}", writes=False) for number in range(1, 5))
DIALOG = Trouble(
    meaning="a dialog is showing", remedy="Close the dialog in QuickBooks.", not_executed=False
)
PARSE = Trouble(meaning="it could not be parsed", remedy="Report it.", not_executed=True)


def opened(*queue: Work, rules: Rules | None = None) -> Office:
    office = Office(*queue, rules=rules)
    office.log_in("t-1")
    office.diary.clear()
    return office


def handed(*queue: Work) -> Office:
    office = opened(*queue)
    office.call(first())
    office.diary.clear()
    return office


def why(office: Office) -> str:
    return office.call(last_error()).text


# ------------------------------------------------ sendRequestXML


def test_the_first_call_checks_the_file_before_work_goes_out() -> None:
    office = opened(INVOICE)
    office.call(first())
    assert office.diary == [
        "RenewLane",
        "CheckCompany",
        "AskWork",
        "HandOut invoice-1042",
        "→ send invoice-1042",
    ]


def test_a_wrong_file_stops_the_queue_before_a_byte_leaves() -> None:
    office = opened(INVOICE)
    office.company = CompanyChecked(
        verdict="wrong", problem="Another company is open.", remedy="Open Northgate."
    )
    assert office.call(first()) == NOTHING
    assert office.diary[:3] == ["RenewLane", "CheckCompany", "StopQueue"]
    assert office.stopped == why(office) == "Another company is open. Open Northgate."
    assert office.queue == [INVOICE]
    assert not office.lane_taken


def test_while_the_file_is_not_known_only_queries_go_out() -> None:
    office = opened(INVOICE, LIST)
    office.company = CompanyChecked(verdict="unknown")
    office.call(first())
    assert office.diary[-1] == "→ send jobs-page-1"


def test_a_session_without_company_data_sends_no_write() -> None:
    office = opened(INVOICE, LIST)
    office.call(send(file=""))
    assert office.diary == ["RenewLane", "AskWork", "HandOut jobs-page-1", "→ send jobs-page-1"]


def test_an_answer_that_proves_the_file_lets_writes_out() -> None:
    office = opened(LIST)
    office.call(send(file=""))
    row, facts = office.row("t-1"), Facts(now=office.now, lane_epoch=1)
    row = replace(row, phase=Phase.OPEN, outstanding=None)
    done = step(row, Applied(remaining=1, trusted=True), facts=facts)
    assert done.state is not None
    assert done.state.trusted


def test_another_file_in_the_middle_is_looked_at_anew() -> None:
    office = handed(*PAGES[:2], INVOICE)
    office.call(answer("<QBXML>1</QBXML>"))
    office.company = CompanyChecked(verdict="unknown")
    office.diary.clear()
    office.call(send(file=r"C:\Books\Other.QBW"))
    assert "CheckCompany" in office.diary
    assert not office.row("t-1").trusted


def test_a_write_for_an_unknown_file_is_held_even_if_it_is_offered() -> None:
    office = opened(INVOICE)
    row = office.row("t-1")
    facts = Facts(now=office.now, lane_epoch=1)
    done = step(row, WorkFound(work=INVOICE), facts=facts)
    assert done.reply == NOTHING
    assert done.state is not None
    assert "Nothing was sent" in done.state.last_error


def test_asked_again_a_write_is_unconfirmed_and_its_status_check_goes_out() -> None:
    office = handed(INVOICE)
    office.call(send())
    assert office.diary == [
        "RenewLane",
        "MarkUnconfirmed invoice-1042",
        "AskWork",
        "HandOut check invoice-1042",
        "→ send check invoice-1042",
    ]


def test_asked_again_the_same_write_is_held_even_if_it_is_offered() -> None:
    office = handed(INVOICE)
    office.call(send())
    row, facts = office.row("t-1"), Facts(now=office.now, lane_epoch=1)
    row = replace(row, phase=Phase.OPEN, outstanding=None)
    done = step(row, WorkFound(work=INVOICE), facts=facts)
    assert done.reply == NOTHING
    assert done.state is not None
    assert "a second time" in done.state.last_error


def test_asked_again_a_query_is_sent_again() -> None:
    office = handed(LIST)
    office.call(send())
    assert office.diary[1] == "GiveBack jobs-page-1"
    assert office.diary[-1] == "→ send jobs-page-1"


def test_nothing_left_ends_politely() -> None:
    office = opened()
    assert office.call(first()) == NOTHING
    assert why(office) == "There is nothing more to do; everything is up to date."
    assert not office.lane_taken


def test_work_that_is_about_to_come_is_waited_for_in_steps_of_five_seconds() -> None:
    office = opened(rules=Rules(waits_max=2))
    office.wait = True
    for _ in range(2):
        assert office.call(first()) == NOTHING
        assert why(office) == "NoOp"
    office.queue.append(LIST)
    office.call(send())
    assert office.diary[-1] == "→ send jobs-page-1"
    assert office.row("t-1").waits == 0


def test_waiting_has_an_end() -> None:
    office = opened(rules=Rules(waits_max=2))
    office.wait = True
    for _ in range(3):
        office.call(first())
    assert "The next update goes on from there" in why(office)


# ------------------------------------------------ receiveResponseXML


def test_an_answer_is_kept_before_it_is_applied() -> None:
    office = handed(INVOICE)
    assert office.call(answer("<QBXML>saved</QBXML>")) == PercentReply(percent=100)
    assert office.diary == ["RenewLane", "KeepAnswer invoice-1042", "Apply", "→ 100%"]
    assert not office.kept[0].late


def test_the_percentage_grows_while_work_remains_and_is_100_at_the_end() -> None:
    office = opened(*PAGES)
    told = []
    for number in range(4):
        office.call(first() if not number else send())
        told.append(office.call(answer(f"<QBXML>{number}</QBXML>")).percent)
    assert told == [25, 50, 75, 100]


def test_the_percentage_never_goes_back_when_work_is_added() -> None:
    office = handed(*PAGES[:2])
    assert office.call(answer("<QBXML>1</QBXML>")).percent == 50
    office.queue.extend(PAGES[2:])
    office.call(send())
    assert office.call(answer("<QBXML>2</QBXML>")).percent == 50


def test_a_percentage_stays_below_100_while_nobody_knows_and_after_100() -> None:
    office = handed(*PAGES[:1])
    office.applied_later = True
    assert office.call(answer("<QBXML>1</QBXML>")).percent == 1
    office.applied_later = False
    office.queue = list(PAGES[:2])
    office.call(send())
    office.queue = []
    assert office.call(answer("<QBXML>2</QBXML>")).percent == 100
    office.queue = list(PAGES[2:])
    office.call(send())
    assert 1 <= office.call(answer("<QBXML>3</QBXML>")).percent <= 99


def test_an_answer_that_forbids_to_go_on_ends_the_session() -> None:
    office = handed(LIST)
    office.stop = "The file was restored from a backup. Look at Restored Backup."
    assert office.call(answer("<QBXML/>")) == MINUS
    assert why(office) == office.stop


@pytest.mark.parametrize("zero", ["", "0", "0x0", "0x00000000"])
def test_success_is_no_failure_however_it_is_written(zero: str) -> None:
    office = handed(LIST)
    assert office.call(answer("<QBXML/>", hresult=zero)).percent == 100
    office = handed(LIST)
    assert office.call(failure(zero)) == MINUS
    assert "an empty answer" in why(office)


@pytest.mark.parametrize("hresult", ["0x80040414", "-2147220460", "no number"])
def test_an_hresult_leaves_a_write_unconfirmed_and_ends_the_update(hresult: str) -> None:
    office = handed(INVOICE)
    assert office.call(failure(hresult, message="Busy"), trouble=DIALOG) == MINUS
    assert office.diary == [
        "KeepAnswer invoice-1042",
        "MarkUnconfirmed invoice-1042",
        "ReleaseLane",
        "→ -1%",
    ]
    told = why(office)
    assert told.startswith(f"QuickBooks: a dialog is showing ({hresult}). Close the dialog")
    assert 'It says: "Busy"' in told
    assert "looks in QuickBooks at the next update" in told


def test_an_hresult_that_proves_it_did_not_run_gives_the_write_back() -> None:
    office = handed(INVOICE)
    assert office.call(failure("0x80040400"), trouble=PARSE) == MINUS
    assert "GiveBack invoice-1042" in office.diary
    assert office.queue == [INVOICE]
    assert "looks in QuickBooks" not in why(office)


def test_an_hresult_on_a_query_only_ends_the_update() -> None:
    office = handed(LIST)
    assert office.call(failure("", message="Something broke")) == MINUS
    assert why(office) == 'QuickBooks could not be used. It says: "Something broke"'
    assert office.queue == [LIST]


def test_the_same_answer_twice_gets_the_same_reply_and_is_kept_once() -> None:
    office = handed(*PAGES[:2])
    told = office.call(answer("<QBXML>1</QBXML>"))
    assert office.call(answer("<QBXML>1</QBXML>")) == told
    assert len(office.kept) == 1


def test_an_answer_repeated_after_new_work_went_out_does_not_count_for_it() -> None:
    office = handed(LIST, INVOICE)
    office.call(answer("<QBXML>1</QBXML>"))
    office.call(send())
    assert office.call(answer("<QBXML>1</QBXML>")).percent == 50
    assert office.row("t-1").outstanding == INVOICE
    assert office.call(answer("<QBXML>saved</QBXML>")).percent == 100
    assert [kept.key for kept in office.kept] == ["jobs-page-1", "invoice-1042"]


def test_two_queries_may_have_the_same_answer() -> None:
    office = handed(*PAGES[:2])
    office.call(answer("<QBXML/>"))
    office.call(send())
    office.call(answer("<QBXML/>"))
    assert office.row("t-1").outstanding == PAGES[1]
    assert office.call(answer("<QBXML/>")).percent == 100


def test_where_the_answer_names_its_work_a_repetition_is_known_for_sure() -> None:
    office = handed(*PAGES[:2])
    office.call(answer("<QBXML/>"), answer_key="page-1")
    office.call(send())
    for _ in range(3):
        office.call(answer("<QBXML/>"), answer_key="page-1")
        assert office.row("t-1").outstanding == PAGES[1]
    assert office.call(answer("<QBXML/>"), answer_key="page-2").percent == 100


def test_an_answer_to_another_request_is_kept_for_that_one() -> None:
    office = handed(INVOICE)
    assert office.call(answer("<QBXML>0</QBXML>"), answer_key="invoice-1041") == MINUS
    assert office.diary[:2] == ["KeepAnswer invoice-1041 late", "MarkUnconfirmed invoice-1042"]
    assert "another message" in why(office)


def test_an_answer_nobody_asked_for_is_kept_and_ends_the_update() -> None:
    office = opened(LIST)
    assert office.call(answer("<QBXML>0</QBXML>")) == MINUS
    assert office.diary[0] == "KeepAnswer ? late"
    assert office.call(answer("<QBXML>0</QBXML>")) == MINUS


def test_a_second_different_answer_is_kept_against_the_last_work() -> None:
    office = handed(*PAGES[:2])
    office.call(answer("<QBXML>1</QBXML>"))
    assert office.call(answer("<QBXML>2</QBXML>")) == MINUS
    assert office.kept[-1].key == "page-1"
    assert office.kept[-1].late


@pytest.mark.parametrize("lost", ["silence", "closed", "ended"])
def test_a_late_answer_is_kept_against_its_attempt_and_not_applied(lost: str) -> None:
    office = handed(INVOICE)
    if lost == "silence":
        office.later(601)
        office.log_in("t-2")
    elif lost == "closed":
        office.call(close())
    else:
        office.call(failure("0x80040402"))
    office.diary.clear()
    assert office.call(answer("<QBXML>saved</QBXML>")) == MINUS
    assert office.diary == ["KeepAnswer invoice-1042 late", "→ -1%"]


def test_an_answer_after_the_lane_was_taken_is_kept_and_not_applied() -> None:
    office = handed(INVOICE)
    office.take_over()
    assert office.call(answer("<QBXML>saved</QBXML>")) == MINUS
    assert office.diary == ["KeepAnswer invoice-1042 late", "→ -1%"]
    assert office.row("t-1").phase is Phase.EXPIRED


# ------------------------------------------------ damage


def damaged(method: str) -> Unreadable:
    return Unreadable(reason=Reason.NOT_XML, detail="line 1", method=method, ticket="t-1")


def test_an_answer_that_cannot_be_read_is_a_lost_answer() -> None:
    office = handed(INVOICE)
    assert office.call(damaged("receiveResponseXML")) == MINUS
    assert office.unconfirmed == [INVOICE]
    assert "damaged or cut off" in why(office)
    assert "line 1" in office.logs[-2]


def test_any_other_damage_changes_nothing() -> None:
    office = handed(INVOICE)
    assert office.call(damaged("getLastError")) == RefusalReply(method="getLastError")
    assert office.row("t-1").outstanding == INVOICE
    office = opened(INVOICE)
    assert office.call(damaged("receiveResponseXML")) == RefusalReply(method="receiveResponseXML")
    assert office.row("t-1").phase is Phase.OPEN
    assert "run the update again" in why(office)


# ------------------------------------------------ connectionError


def test_without_quickbooks_the_update_stops_and_says_what_to_do() -> None:
    office = opened(INVOICE)
    reply = office.call(unreachable(), trouble=DIALOG)
    assert reply == TextReply(method="connectionError", text="done")
    assert not office.lane_taken
    assert office.queue == [INVOICE]
    assert "Close the dialog in QuickBooks." in why(office)


def test_another_path_is_tried_a_couple_of_times() -> None:
    office = opened(INVOICE)
    told = [office.call(unreachable(), other_file=r"C:\B.QBW").text for _ in range(3)]
    assert told == [r"C:\B.QBW", r"C:\B.QBW", "done"]


def test_a_path_that_works_starts_the_count_anew() -> None:
    office = opened(INVOICE)
    office.call(unreachable(), other_file=r"C:\B.QBW")
    office.call(first())
    assert office.row("t-1").connection_tries == 0
    assert office.row("t-1").last_error == ""


def test_a_write_that_is_out_when_the_connection_fails_is_unconfirmed() -> None:
    office = handed(INVOICE)
    assert office.call(unreachable(), other_file=r"C:\B.QBW").text == "done"
    assert office.unconfirmed == [INVOICE]
