"""A small agency in a company file, a clock that tests move, and a caller that checks answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.sandbox.caller import Caller, MovableClock

from tieout.sandbox import CompanyFile

DESCRIPTION = {
    "preferences": {"class_tracking": True},
    "classes": ["Nursing", "Nursing:ICU"],
    "terms": [{"name": "Net 30", "due_days": 30}],
    "items": [
        {"full_name": "Regular Hours", "price": "80"},
        {"full_name": "Overtime Hours", "price": "120"},
        {"full_name": "Subtotal", "kind": "Subtotal"},
        {"full_name": "Loyalty", "kind": "Discount", "price": "10%"},
    ],
    "customers": [
        {
            "full_name": "Acme Health",
            "email": "payables@acme.example",
            "jobs": [
                {"name": "RN Ortiz - ICU", "job_status": "InProgress", "start": "2026-02-02"},
                {"name": "RN Walsh", "active": False},
            ],
        },
        {"full_name": "Beacon Clinic"},
    ],
}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def company(tmp_path: Path, clock: MovableClock) -> Iterator[CompanyFile]:
    made = CompanyFile.create(tmp_path / "northgate.qbs", name="Northgate Staffing", clock=clock)
    made.load(DESCRIPTION)
    yield made
    made.close()


@pytest.fixture
def new_caller(company: CompanyFile) -> Iterator[Callable[..., Caller]]:
    callers: list[Caller] = []

    def make(app_name: str = "Tieout") -> Caller:
        callers.append(Caller(company.open_session(app_name=app_name)))
        return callers[-1]

    yield make
    for caller in callers:
        caller.session.close()


@pytest.fixture
def qb(new_caller: Callable[..., Caller]) -> Caller:
    return new_caller()
