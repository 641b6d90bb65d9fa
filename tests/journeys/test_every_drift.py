"""Every kind of drift, made by the bookkeeper and the back office, noticed, answered, and exported."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.journeys import agency
from tests.journeys.clerk import dialog, refresh, sign_in
from tests.journeys.office import Office

pytestmark = [pytest.mark.journey, pytest.mark.enable_socket]
DIAZ, PATEL = "Acme Health:Diaz, Carla", "Acme Health:Patel, Dev"
STONE, STONE_TOO = "Acme Health:Stone, Ada", "Acme Health:Stone, Ada - Clerk"
LIND, WOOD = "Acme Health:Lind, Fay", "Acme Health:Wood, Ben"
NGUYEN = "Acme Health:Nguyen, Kim"
MOVED = f"{agency.ORTIZ_NIGHTS}:{agency.ORTIZ.partition(':')[2]}"
MORE = {
    "J-5": ("Carla Diaz", DIAZ),
    "J-6": ("Dev Patel", PATEL),
    "J-7": ("Ada Stone", STONE),
    "J-8": ("Fay Lind", LIND),
    "J-9": ("Ben Wood", WOOD),
    "J-10": ("Kim Nguyen", NGUYEN),
}


def test_every_kind_of_drift_is_answered(page: Page, office: Office) -> None:
    office.made_ready()
    _grow(office)
    _change_quickbooks(office)
    sign_in(page, office, "bea")
    _open(page, office)
    refresh(page)
    expect(page.get_by_text("in the Drift inbox.")).to_be_visible()
    _change_bilflo(office)
    page.reload()
    for contractor, kind in (
        ("Elena Ortiz", "Moved"),
        ("Sam Reed", "Made inactive"),
        ("Kim Nguyen", "Made inactive"),
        ("Marcus Webb", "Renamed"),
        ("Ada Stone", "Merged"),
        ("Dev Patel", "Deleted"),
        ("Fay Lind", "Ended"),
        ("Ben Wood", "Re-assigned"),
    ):
        expect(_row(page, contractor)).to_contain_text(kind)
    _wait(page, office)

    for contractor in ("Elena Ortiz", "Marcus Webb", "Fay Lind", "Sam Reed"):
        _keep(page, contractor)
    ben = _row(page, "Ben Wood")
    ben.get_by_role("button", name="Keep").click()  # the new client has another customer
    ben.get_by_label("I confirm that it stands under another customer.").check()
    _keep(page, "Ben Wood")
    _row(page, "Ada Stone").get_by_role("button", name="Map to the survivor").click()
    expect(_row(page, "Ada Stone")).to_contain_text("Mapped to another job")
    _row(page, "Dev Patel").get_by_role("button", name="Ignore").click()
    expect(_row(page, "Dev Patel")).to_contain_text("Ignored until it changes again")
    expect(page.locator("#drift-count")).to_have_text("1")

    # the hint is followed in QuickBooks, and a question that nobody answered is over by itself
    office.books.set_customer_active(NGUYEN, active=True)
    office.books.set_customer_active(agency.REED, active=True)
    refresh(page)
    _bilflo(office, "J-8,Fay Lind,C-1,Acme Health,Clerk,06/08/2026,,,Active,W2,Healthcare,,$20.00")
    _open(page, office)
    for contractor, kind in (("Sam Reed", "Active again"), ("Fay Lind", "Reopened")):
        expect(_row(page, contractor)).to_contain_text(kind)
        _keep(page, contractor)
    page.reload()
    expect(page.get_by_text("Nothing to answer")).to_be_visible()
    page.get_by_role("link", name="Noted and over").click()
    expect(_row(page, "Carla Diaz")).to_contain_text("Spelling")
    expect(_row(page, "Kim Nguyen")).to_contain_text("Over")
    _export(office)
    _undo(page, office)


def _keep(page: Page, contractor: str) -> None:
    _row(page, contractor).get_by_role("button", name="Keep").click()
    expect(_row(page, contractor)).to_contain_text("Kept")


def _export(office: Office) -> None:
    """Nothing waits any more: each invoice lands where its answer says, and both books agree."""
    rows = [("2001", "J-7", "10"), ("2002", "J-8", "11"), ("2003", "J-9", "12")]
    office.bring_in(agency.weekly_invoices(office.folder, rows))
    office.run("plan")
    office.run("export", "--all-ready")
    assert office.in_quickbooks() == [
        ("1001", MOVED, "2530.00"),
        ("1002", agency.REED, "1155.00"),
        ("1003-1", MOVED, "1980.00"),
        ("1003-2", "Acme Health:Novak, Petra", "875.00"),
        ("2001", STONE_TOO, "100.00"),
        ("2002", LIND, "110.00"),
        ("2003", WOOD, "120.00"),
    ]
    assert office.run("tie-out")["difference"] == "0.00"


def _grow(office: Office) -> None:
    """Six more contractor jobs, mapped."""
    for _, (_, full_name) in MORE.items():
        office.books.add_customer(full_name)
    office.books.add_customer(STONE_TOO)
    path = office.folder / "more_jobs.csv"
    header, *_ = agency.JOBS.splitlines()
    rows = [
        f"{key},{name},C-1,Acme Health,Clerk,06/08/2026,,,Active,W2,Healthcare,,$20.00"
        for key, (name, _) in MORE.items()
    ]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    office.bring_in(path)
    office.run("refresh")
    mappings = office.folder / "more-mappings.csv"
    lines = [f'{key},"{full_name}"' for key, (_, full_name) in MORE.items()]
    mappings.write_text("\n".join(["job_key,full_name", *lines]) + "\n", encoding="utf-8")
    office.run("mappings", "jobs", "import", str(mappings))


def _change_quickbooks(office: Office) -> None:
    books = office.books
    books.move_customer(agency.ORTIZ, agency.ORTIZ_NIGHTS)
    books.set_customer_active(agency.REED, active=False)
    books.set_customer_active(NGUYEN, active=False)
    books.rename_customer(agency.WEBB, "Novak, Petra")
    books.rename_customer(DIAZ, "Carla Diaz")
    books.merge_customers(STONE, STONE_TOO)
    books.delete_customer(PATEL)


def _change_bilflo(office: Office) -> None:
    """Fay's job has ended, Ben's belongs to the other client."""
    _bilflo(
        office,
        "J-8,Fay Lind,C-1,Acme Health,Clerk,06/08/2026,,09/30/2026,Inactive,W2,Healthcare,,$20.00",
        "J-9,Ben Wood,C-2,Birch Logistics,Clerk,06/08/2026,,,Active,W2,Healthcare,,$20.00",
    )


def _bilflo(office: Office, *rows: str) -> None:
    path = office.folder / "changed_jobs.csv"
    header, *_ = agency.JOBS.splitlines()
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    office.bring_in(path)


def _wait(page: Page, office: Office) -> None:
    """Invoices of Elena, and of the job that Petra has now, wait for the answer and say why."""
    office.run("plan")
    page.goto(f"{office.path}invoices/?group=blocked&reason=drift_unanswered")
    for number in ("1001", "1003"):
        expect(page.get_by_role("row").filter(has_text=number)).to_contain_text(
            "QuickBooks job changed"
        )
    _open(page, office)


def _undo(page: Page, office: Office) -> None:
    page.goto(f"{office.path}drift/?tab=answered&q=elena")
    _row(page, "Elena Ortiz").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 answer was taken back.")).to_be_visible()
    expect(page.locator("#drift-count")).to_have_text("1")
    expect(dialog(page)).to_be_hidden()


def _open(page: Page, office: Office) -> None:
    page.goto(f"{office.path}drift/")
    expect(page.get_by_role("heading", name="Drift inbox", level=1)).to_be_visible()


def _row(page: Page, contractor: str) -> Locator:
    return page.get_by_role("row").filter(has_text=contractor)
