"""How figures, moments, states and names look on the screens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from tests.factories import NOW

from tieout.channels.base import Outcome
from tieout.core import exporting
from tieout.service import moments
from tieout.store.models import Connection, SourceInvoice, SourceJob, Task
from tieout.web.templatetags import tieout as tags
from tieout.web.wording import STATES


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


@pytest.mark.parametrize(
    ("number", "quantity", "rate"),
    [
        (Decimal("34.50000"), "34.5", "34.50"),
        (Decimal("32.33333"), "32.33333", "32.33333"),
        (Decimal("1200"), "1,200", "1,200.00"),
        (None, "", ""),
    ],
)
def test_a_rate_keeps_its_cents_and_a_quantity_does_not(
    number: Decimal | None, quantity: str, rate: str
) -> None:
    assert tags.figure(number) == quantity
    assert tags.rate(number) == rate


@pytest.mark.parametrize(
    ("amount", "plain", "with_sign"),
    [
        (Decimal("1234.5"), "1,234.50", "$1,234.50"),
        (Decimal("-0.05"), "−0.05", "−$0.05"),
        (Decimal(0), "0.00", "$0.00"),
        (None, "", ""),
    ],
)
def test_money(amount: Decimal | None, plain: str, with_sign: str) -> None:
    assert tags.money(amount) == plain
    assert tags.dollars(amount) == with_sign


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (7200, "2 h ago"),
        (86_400, "yesterday"),
        (5 * 86_400, "5 days ago"),
        (-30, "just now"),  # another machine's clock
    ],
)
def test_age(seconds: int, said: str) -> None:
    assert tags.age(at=NOW - timedelta(seconds=seconds), now=NOW) == said


def test_the_age_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "now", lambda: NOW)
    fresh = shown("{% list_age at %}", at=NOW - timedelta(minutes=3))
    assert "QuickBooks list read" in fresh
    assert "3 min ago" in fresh
    assert "stale" not in fresh
    assert "stale" in shown("{% list_age at %}", at=NOW - timedelta(days=2))
    assert "never read" in shown("{% list_age at %}", at=None)


def test_days_and_moments() -> None:
    assert tags.day(date(2026, 10, 4)) == "10/04/2026"
    assert tags.moment(datetime(2026, 10, 19, 14, 0, tzinfo=UTC)) == "10/19/2026 10:00 AM"
    assert tags.grouped(100_000) == "100,000"


def test_the_run_of_a_job() -> None:
    start = date(2026, 1, 5)
    assert tags.job_dates(SourceJob(start_date=start)) == "since 01/05/2026"
    ended = SourceJob(start_date=start, end_date=date(2026, 6, 30))
    assert tags.job_dates(ended) == "01/05/2026 – 06/30/2026"
    planned = SourceJob(start_date=start, projected_end_date=date(2026, 6, 30))
    assert tags.job_dates(planned) == "01/05/2026 – 06/30/2026 (projected)"
    assert tags.job_dates(SourceJob()) == ""


def test_a_path_keeps_what_people_typed_as_text() -> None:
    html = tags.qb_path("Acme:<b>Ortiz</b>:ICU")
    assert "<b>" not in html
    assert html.count('class="sep"') == 2
    assert ">ICU<" in html


def test_every_state_has_a_word_and_a_shape() -> None:
    every = {
        *(state.value for state in exporting.State),
        *SourceInvoice.Standing.values,
        *SourceJob.MapState.values,
        *Connection.Status.values,
        *Task.State.values,
    }
    slugs = {each.replace(" ", "_") for each in every}
    assert slugs - set(STATES) == set()


def test_a_badge_can_say_more_and_escapes() -> None:
    assert shown('{% badge "needs a person" %}') == (
        '<span class="badge warn">Needs a person</span>'
    )
    assert "Ready (2)" in shown('{% badge "ready" "Ready (2)" %}')
    assert "<i>" not in shown("{% badge state %}", state="<i>")


@pytest.mark.parametrize(("done", "total", "share"), [(0, 10, 0), (5, 10, 50), (20, 10, 100)])
def test_percent(done: int, total: int, share: int) -> None:
    assert tags.percent(Task(done=done, total=total)) == share


def test_percent_of_an_unknown_size() -> None:
    assert tags.percent(Task(done=5, total=None)) is None


def test_a_fingerprint_reads_as_the_connector_prints_it() -> None:
    assert tags.fingerprint("abcd" * 2) == "AB:CD:AB:CD"


def test_every_outcome_of_a_call_has_words() -> None:
    words = {tags.outcome(each.value) for each in Outcome} | {tags.outcome("")}
    assert len(words) == len(Outcome) + 1
    assert not words & {each.value for each in Outcome}


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            {"number": "1042", "customer": "Acme", "txn_date": "2026-10-04", "total": "2362.00"},
            "#1042, Acme, 10/04/2026, $2,362.00",
        ),
        ({"number": None, "customer": "Acme", "txn_date": None, "total": None}, "Acme"),
        ({}, ""),
    ],
)
def test_what_quickbooks_was_found_to_hold(found: dict[str, str], says: str) -> None:
    assert tags.found_as(found) == says
