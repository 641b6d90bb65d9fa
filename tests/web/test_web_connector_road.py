"""The road to QuickBooks is changed while updates of the Web Connector run."""

from __future__ import annotations

import pytest
from tests.web.test_web_connector_faults import Until, runs_clean
from tests.web.test_web_connector_faults import desk as desk  # fixtures
from tests.web.test_web_connector_faults import later as later
from tests.web_connector_office import Desk

from tieout.service import moments, qbwc_account
from tieout.service.change_of_way import WayRefused
from tieout.service.worker import Worker
from tieout.store.commits import lanes
from tieout.store.models import Connection, Event, Lane


def test_over_the_other_road_nobody_is_let_in(desk: Desk) -> None:
    qbwc_account.switch(access=desk.access, road="remote", now=moments.now())
    assert desk.connector.update() == "none"
    assert "Remote Connector" in desk.connector.last_error()


def test_switching_the_road_between_request_and_answer(desk: Desk) -> None:
    """Something is on its way then: it takes a reason, which stays in the history."""
    answer = Until(desk.connector).run()
    with pytest.raises(WayRefused, match="Invoice 20417 is on its way"):
        qbwc_account.switch(access=desk.access, road="remote", now=moments.now())
    assert Connection.objects.get(company=desk.company).road == "web connector"
    for road in ("remote", "web connector", "remote"):
        qbwc_account.switch(
            access=desk.access, road=road, now=moments.now(), reason=f"{road} is better"
        )
    assert Event.objects.filter(subject="connection").latest("id").reason == "remote is better"
    assert desk.connector.bring(answer) == -1
    session = desk.books.open_session(app_name="Tieout", company_file="", mode="do_not_care")
    assert desk.connector.ask(session) == ""
    session.close()
    qbwc_account.switch(
        access=desk.access, road="web connector", now=moments.now(), reason="back again"
    )
    runs_clean(desk)


def test_a_worker_leaves_the_lane_to_the_web_connector(desk: Desk) -> None:
    lanes.wake(company_id=desk.company.pk, at=moments.now())
    before = Lane.objects.get(company=desk.company).epoch
    Worker().run_until_idle()
    assert Lane.objects.get(company=desk.company).epoch == before
