from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.quickbooks.qbwc.office import INVOICE, LIST, Office
from tests.unit.quickbooks.qbwc.said import close, first, last_error, send

from tieout.quickbooks.qbwc import (
    AuthenticateReply,
    ClientVersion,
    Facts,
    LaneTaken,
    Phase,
    Rules,
    ServerVersion,
    TextReply,
    begin,
    step,
)


def verdict(reply) -> str:
    assert isinstance(reply, AuthenticateReply)
    return reply.verdict


def postponed(reply) -> int | None:
    assert isinstance(reply, AuthenticateReply)
    return reply.postpone_s


def test_the_server_says_its_version_without_knowing_a_ticket() -> None:
    office = Office(rules=Rules(server_version="Tieout 1.2"))
    assert office.call(ServerVersion()) == TextReply(method="serverVersion", text="Tieout 1.2")


@pytest.mark.parametrize(
    ("client", "needed", "told"),
    [
        ("34.0.10019.100", "", ""),
        ("2.1.0.30", "2.1.0.30", ""),
        ("2.2", "2.1.0.30", ""),
        ("2.0.0.139", "2.1.0.30", "O:2.1.0.30"),
        ("10.0", "9.5", ""),
        ("", "2.1", ""),
        ("unknown", "2.1", ""),
    ],
)
def test_only_a_client_that_is_too_old_is_told_which_version_is_needed(
    client, needed, told
) -> None:
    office = Office(rules=Rules(client_version_min=needed))
    assert office.call(ClientVersion(version=client)) == TextReply(
        method="clientVersion", text=told
    )


def test_a_login_takes_the_lane_and_opens_the_file() -> None:
    office = Office(LIST, rules=Rules(every_s_min=300))
    reply = office.log_in("t-1", company_file=r"C:\Books\Northgate.QBW")
    assert reply == AuthenticateReply(
        ticket="t-1", verdict=r"C:\Books\Northgate.QBW", every_s_min=300
    )
    row = office.row("t-1")
    assert (row.phase, row.epoch) == (Phase.OPEN, 1)
    assert office.lane_taken


def test_a_wrong_password_gets_no_lane_and_is_told_what_to_do() -> None:
    office = Office(LIST)
    assert verdict(office.log_in("t-1", admitted=False)) == "nvu"
    assert not office.lane_taken
    assert "Type the password again" in office.call(last_error()).text


def test_a_road_that_is_shut_says_why() -> None:
    office = Office(LIST)
    shut = "This company works over the Remote Connector. Switch it under QuickBooks Connection."
    assert verdict(office.log_in("t-1", closed_because=shut)) == "none"
    assert office.logs == [shut]


def test_without_work_quickbooks_is_not_opened_at_all() -> None:
    office = Office()
    assert verdict(office.log_in("t-1", work_waits=False)) == "none"
    assert not office.lane_taken


@pytest.mark.parametrize(
    ("silent_s", "expected", "postpone"), [(0, "busy", 60), (570, "busy", 30), (600, "", None)]
)
def test_a_second_login_waits_until_the_first_ticket_is_silent_for_ten_minutes(
    silent_s: int, expected: str, postpone: int | None
) -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.later(silent_s)
    reply = office.log_in("t-2")
    assert (verdict(reply), postponed(reply)) == (expected, postpone)
    assert office.row("t-1").phase is (Phase.OPEN if expected else Phase.EXPIRED)


def test_every_call_of_a_ticket_breaks_its_silence() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.later(590)
    office.call(last_error())
    office.later(590)
    assert verdict(office.log_in("t-2")) == "busy"


def test_a_closed_session_keeps_nobody_waiting() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.call(close())
    assert verdict(office.log_in("t-2")) == ""


def test_a_ticket_that_lost_the_lane_keeps_nobody_waiting() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.take_over()
    assert verdict(office.log_in("t-2")) == ""
    assert office.row("t-1").phase is Phase.EXPIRED


def test_a_worker_on_the_lane_is_waited_for() -> None:
    office = Office(LIST)
    lease_end = office.now + timedelta(seconds=20)
    reply = office.log_in("t-1", worker_until=lease_end)
    assert (verdict(reply), postponed(reply)) == ("busy", 20)
    office.later(20)
    assert verdict(office.log_in("t-2", worker_until=lease_end)) == ""


def test_whoever_is_slower_at_the_lane_is_busy() -> None:
    office = Office(LIST)
    fresh = begin(ticket="t-1", company_id=7, now=office.now)
    facts = Facts(now=office.now, admitted=True)
    done = step(fresh, LaneTaken(epoch=None), facts=facts)
    assert done.reply == AuthenticateReply(ticket="t-1", verdict="busy", postpone_s=60)
    assert done.state is not None
    assert done.state.phase is Phase.REFUSED


def test_a_new_login_takes_over_the_write_whose_answer_never_came() -> None:
    office = Office(INVOICE)
    office.log_in("t-1")
    office.call(first())
    office.later(601)
    office.diary.clear()
    office.log_in("t-2")
    assert office.diary == [
        "TakeLane",
        "Expire t-1",
        "MarkUnconfirmed invoice-1042",
        "→ [t-2, '', None]",
    ]
    office.call(first("t-2"))
    assert office.diary[-2:] == ["HandOut check invoice-1042", "→ send check invoice-1042"]


def test_a_new_login_asks_a_lost_query_again() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.call(first())
    office.later(601)
    office.log_in("t-2")
    assert "GiveBack jobs-page-1" in office.diary


def test_a_refused_login_gets_no_work_under_its_ticket() -> None:
    office = Office(LIST)
    office.log_in("t-1")
    office.log_in("t-2")
    assert office.call(send("t-2")) == TextReply(method="sendRequestXML", text="")
    assert "tries again by itself" in office.call(last_error("t-2")).text
    assert office.queue == [LIST]


def test_the_row_that_expired_names_its_work_for_a_late_answer() -> None:
    office = Office(INVOICE)
    office.log_in("t-1")
    office.call(first())
    office.later(601)
    office.log_in("t-2")
    row = office.row("t-1")
    assert row.outstanding is None
    assert row.last_work == INVOICE
