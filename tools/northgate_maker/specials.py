"""The invoices that are not weekly time: fees, expenses, credits, corrections, long numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from northgate_maker.agency import Agency, Client, Invoice, Job, Line, line_of

UNKNOWN_TO_BOOKS = "Apex Event Staffing Solutions"  # the client that QuickBooks does not have
TOTAL_WRONG, ZERO = "21996", "21997"


def add_specials(agency: Agency) -> None:
    agency.invoices += [
        *_direct_hires(agency),
        *_expenses_without_job(agency),
        *_credits(agency),
        *_mistakes(agency),
    ]
    _rename(agency)


def client_named(agency: Agency, name: str) -> Client:
    return next(c for c in agency.clients if c.name == name)


def _direct_hires(agency: Agency) -> list[Invoice]:
    rows = (
        ("DH-2026-0042", "Orbital Data Systems", date(2026, 9, 10), "19800.00", "Kavita Rao"),
        ("DH-2026-0043", "Kessler Precision Machining", date(2026, 9, 17), "14250.00", "Jim Voss"),
        (
            "NG-DH-2026-10-0044",
            "Sterling Insurance Group",
            date(2026, 10, 2),
            "16500.00",
            "Ana Lee",
        ),
        ("NGDH-2026-45", "Meadowbrook College", date(2026, 10, 7), "11900.00", "Peter Holm"),
    )
    fees = []
    for number, name, day, fee, who in rows:
        client, amount = client_named(agency, name), Decimal(fee)
        text = f"Placement fee, {who}, 20% of first-year salary"
        line = Line(None, "DHF", Decimal(1), amount, amount, day, text)
        fees.append(Invoice(number, client, day, [line], kind="Direct Hire"))
    client, day = client_named(agency, "Kessler Precision Machining"), date(2026, 10, 9)
    back = Decimal("-4750.00")
    line = Line(None, "GUA", Decimal(1), back, back, day, "Jim Voss left within the guarantee")
    memo = "Guarantee credit for DH-2026-0043"
    return [*fees, Invoice("DHC-2026-1", client, day, [line], kind="Direct Hire", memo=memo)]


def _expenses_without_job(agency: Agency) -> list[Invoice]:
    rows = (
        ("21981", "Mercy General Hospital", date(2026, 9, 20), "318.45", "Badges and parking"),
        ("21982", "Buckeye Steel & Fabrication", date(2026, 9, 27), "1260.00", "Welding screens"),
        ("21983", "Great Lakes Distribution Co.", date(2026, 10, 4), "95.20", "Drug screens"),
        ("21984", UNKNOWN_TO_BOOKS, date(2026, 10, 4), "410.00", "Event shirts"),
        ("21985", "Pinecrest Software", date(2026, 8, 30), "77.10", "Courier"),
    )
    made = []
    for number, name, day, amount, text in rows:
        line = Line(None, "EXP", None, None, Decimal(amount), day, text)
        made.append(Invoice(number, client_named(agency, name), day, [line]))
    return made


def _worked(agency: Agency, *, client: str, week: date) -> list[tuple[Invoice, Job]]:
    found = []
    for invoice in agency.invoices:
        job = invoice.lines[0].job
        if invoice.client.name == client and invoice.day == week and job:
            found.append((invoice, job))
    return found


def _credits(agency: Agency) -> list[Invoice]:
    """A credit memo, a correction that stays positive, and a correction that turns negative."""
    first, job = _worked(agency, client="Mercy General Hospital", week=date(2026, 9, 20))[0]
    day = date(2026, 9, 27)
    credit = line_of(job, "REG", Decimal(-8), job.rate, date(2026, 9, 20), "Hours billed twice")
    memo = f"Credit for invoice {first.number}"
    made = [Invoice("21990", first.client, day, [credit], memo=memo)]
    name = "Kessler Precision Machining"
    second, job = _worked(agency, client=name, week=date(2026, 9, 27))[0]
    for number, back, again in (("21991", -40, 44), ("21992", -40, 36)):
        text = f"Correction of invoice {second.number}"
        lines = [
            line_of(job, "REG", Decimal(back), job.rate, date(2026, 9, 27), f"{text}: as billed"),
            line_of(job, "REG", Decimal(again), job.rate, date(2026, 9, 27), f"{text}: as worked"),
        ]
        made.append(Invoice(number, second.client, date(2026, 10, 4), lines, memo=text))
    return made


def _mistakes(agency: Agency) -> list[Invoice]:
    """An invoice whose printed total is wrong, one that comes to zero, a flat weekly fee."""
    week = date(2026, 10, 11)
    one, job = _worked(agency, client="Summit Auto Parts Warehouse", week=week)[0]
    line = line_of(job, "REG", Decimal("38.5"), job.rate, week, "Second sheet of the week")
    wrong = Invoice(TOTAL_WRONG, one.client, week, [line], printed_total=line.amount + 10)
    lines = [
        line_of(job, "REG", Decimal(4), job.rate, week, "Training, billed"),
        line_of(job, "REG", Decimal(-4), job.rate, week, "Training, not billable"),
    ]
    flat = Line(job, "REG", Decimal("37.5"), job.rate, Decimal("1500.00"), week, "Weekly flat fee")
    return [
        wrong,
        Invoice(ZERO, one.client, week, lines),
        Invoice("21998", one.client, week, [flat], memo="Agreed flat fee for the week"),
    ]


def _rename(agency: Agency) -> None:
    """Numbers that touch or exceed the 11 characters which QuickBooks has for them."""
    plain = [i for i in agency.invoices if len({id(ln.job) for ln in i.lines}) == 1]
    several = [i for i in agency.invoices if len({id(ln.job) for ln in i.lines}) > 1]
    week = [i for i in plain if i.day == date(2026, 10, 18) and i.number.isdigit()]
    split = [i for i in several if i.day == date(2026, 10, 18)]
    week[2].number = "NG-20426001"  # 11 characters: stays
    week[5].number = "INV-2026-0421"  # 13: fits as INV20260421
    week[9].number = "NG-2026-W42-117-B"  # cannot be made to fit
    split[3].number = "NG-20426117"  # 11, but not with -1 and -2 behind it
    split[1].number = "NG-2026-77"  # split into NG202677-1 …: fits only without separators
