"""The wording of every block: what is wrong, what to do, and who can do it.

A message names the record by the name the clerk knows. A remedy names the screen, by its exact
label, and the button or menu there. Planning decides *that* something blocks; only this file says
it, so that texts can be read and corrected in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tieout.core.facts import Block, InvoiceKind, QbEntry, QbJob, Reason, SourceJob, Who
from tieout.core.money import show

SETTINGS = "Settings → Integrations → QuickBooks Desktop Accounting Configuration"
CLASS_SCREENS = {
    InvoiceKind.CONTRACTOR: "Contractor Class Mapping",
    InvoiceKind.DIRECT_HIRE: "Direct Hire Class Mapping",
}
_REFRESH = "then choose Refresh QuickBooks list on Map Jobs"


def job_name(job: SourceJob) -> str:
    """A contractor job as the clerk says it: the contractor, and the title when there is one."""
    return f"{job.contractor}, {job.title}" if job.title else job.contractor


# ------------------------------------------------------------------ the invoice as a whole


def no_lines(*, number: str) -> Block:
    return Block(
        reason=Reason.NO_LINES,
        message=f"Invoice {number} has no lines.",
        remedy="Add its lines in Bilflo, then import it again.",
        who=Who.BACK_OFFICE,
    )


def approval_missing(*, number: str) -> Block:
    return Block(
        reason=Reason.APPROVAL_MISSING,
        message=f"Invoice {number} is not approved.",
        remedy="Approve it in Bilflo, then import it again.",
        who=Who.BACK_OFFICE,
    )


def period_closed(*, number: str, invoice_date: date, closing_date: date) -> Block:
    return Block(
        reason=Reason.PERIOD_CLOSED,
        message=f"Invoice {number} is dated {_day(invoice_date)}; the books are closed through "
        f"{_day(closing_date)}.",
        remedy="Date it later in Bilflo, or let the bookkeeper move the closing date in "
        f"QuickBooks (Edit → Preferences → Accounting → Company Preferences), {_REFRESH}.",
        who=Who.BOOKKEEPER,
    )


def terms_unknown(*, terms: str, entry: QbEntry | None) -> Block:
    state = "are inactive in QuickBooks" if entry else "do not exist in QuickBooks"
    return Block(
        reason=Reason.TERMS_UNKNOWN,
        message=f"Payment Terms {terms} {state}.",
        remedy="Let the bookkeeper add or activate them under Lists → Customer & Vendor Profile "
        f"Lists → Terms List, {_REFRESH}; or change them in Bilflo.",
        who=Who.BOOKKEEPER,
        subject=terms,
    )


def total_differs(*, number: str, printed: Decimal, lines: Decimal) -> Block:
    return Block(
        reason=Reason.TOTAL_DIFFERS,
        message=f"Invoice {number} says {printed:,}, but its lines add up to {show(lines)}.",
        remedy="Correct the invoice in Bilflo, then import it again.",
        who=Who.BACK_OFFICE,
    )


def zero_total(*, number: str, job: SourceJob | None) -> Block:
    part = f" for {job_name(job)}" if job else ""
    return Block(
        reason=Reason.ZERO_TOTAL,
        message=f"Invoice {number}{part} comes to 0.00.",
        remedy=f"Correct it in Bilflo, or choose to skip zero totals in {SETTINGS}.",
        who=Who.SUPER_USER,
        job_key=job.key if job else "",
    )


def number_missing() -> Block:
    return Block(
        reason=Reason.NUMBER_MISSING,
        message="The invoice has no number.",
        remedy="Give it a number in Bilflo, then import it again.",
        who=Who.BACK_OFFICE,
    )


def number_too_long(*, number: str, suffix: str, limit: int) -> Block:
    ending = f" with endings up to {suffix}" if suffix else ""
    return Block(
        reason=Reason.NUMBER_TOO_LONG,
        message=f"Invoice number {number}{ending} cannot be fitted into the {limit} characters "
        "that QuickBooks allows.",
        remedy=f"Shorten it in Bilflo, or name the prefix to remove in {SETTINGS}.",
        who=Who.SUPER_USER,
        subject=number,
    )


def number_taken(*, number: str) -> Block:
    return Block(
        reason=Reason.NUMBER_TAKEN,
        message=f"Invoice number {number} is already used by another invoice.",
        remedy="Give this invoice another number in Bilflo, then import it again; or, if the "
        "other one was typed in QuickBooks by mistake, let the bookkeeper renumber it there.",
        who=Who.BILLER,
        subject=number,
    )


# ------------------------------------------------------------------ where it goes


def line_without_job(*, lines: Sequence[int]) -> Block:
    what = f"Line {lines[0]} names" if len(lines) == 1 else f"Lines {_list(lines)} name"
    return Block(
        reason=Reason.LINE_WITHOUT_JOB,
        message=f"{what} no contractor job.",
        remedy="Give each line its contractor job in Bilflo, or let such lines go to the "
        f"client's customer in {SETTINGS}.",
        who=Who.BACK_OFFICE,
        line=lines[0],
    )


def job_unknown(*, job_key: str) -> Block:
    return Block(
        reason=Reason.JOB_UNKNOWN,
        message=f"Contractor job {job_key} is not known here yet.",
        remedy="Import the contractor jobs again under Import.",
        who=Who.BILLER,
        job_key=job_key,
    )


def job_not_mapped(*, job: SourceJob) -> Block:
    return Block(
        reason=Reason.JOB_NOT_MAPPED,
        message=f"Contractor job {job_name(job)} is not mapped to a QuickBooks job.",
        remedy="Open Map Jobs, choose its row and save its QuickBooks Contractor Job.",
        who=Who.BILLER,
        job_key=job.key,
    )


def job_gone(*, job: SourceJob, target: QbJob) -> Block:
    return Block(
        reason=Reason.JOB_GONE,
        message=f"{target.full_name}, to which {job_name(job)} is mapped, was deleted or merged "
        "in QuickBooks.",
        remedy="Open the Drift inbox, where the job that took over may be proposed; or open Map "
        "Jobs, choose Remove Association and map the job again.",
        who=Who.BILLER,
        job_key=job.key,
    )


def job_inactive(*, job: SourceJob, target: QbJob) -> Block:
    return Block(
        reason=Reason.JOB_INACTIVE,
        message=f"{target.full_name}, to which {job_name(job)} is mapped, is inactive in "
        "QuickBooks.",
        remedy=f"Let the bookkeeper make it active in QuickBooks, {_REFRESH}; or open Map Jobs "
        "and map the job again.",
        who=Who.BOOKKEEPER,
        job_key=job.key,
    )


def job_other_customer(*, job: SourceJob, target: QbJob, customer: QbJob) -> Block:
    return Block(
        reason=Reason.JOB_OTHER_CUSTOMER,
        message=f"{job_name(job)} is mapped to {target.full_name}, but its client is "
        f"{customer.full_name} in QuickBooks.",
        remedy="Open Map Jobs and confirm this customer, or map the job again.",
        who=Who.BILLER,
        job_key=job.key,
    )


def drift_unanswered(*, job: SourceJob, target: QbJob, change: str) -> Block:
    return Block(
        reason=Reason.DRIFT_UNANSWERED,
        message=f"{job_name(job)} is mapped to {target.full_name}, and this changed since: "
        f"{change}",
        remedy="Open the Drift inbox, look at the change and answer it.",
        who=Who.BILLER,
        job_key=job.key,
    )


def client_not_mapped(*, client_key: str, name: str, gone: QbJob | None) -> Block:
    why = (
        f"{gone.full_name}, to which client {name} is mapped, was deleted or merged in QuickBooks."
        if gone
        else f"Client {name} is not mapped to a QuickBooks customer."
    )
    return Block(
        reason=Reason.CLIENT_NOT_MAPPED,
        message=why,
        remedy="Open Client Mapping and map the client.",
        who=Who.BILLER,
        subject=client_key,
    )


def client_inactive(*, client_key: str, name: str, customer: QbJob) -> Block:
    return Block(
        reason=Reason.CLIENT_INACTIVE,
        message=f"{customer.full_name}, to which client {name} is mapped, is inactive in "
        "QuickBooks.",
        remedy=f"Let the bookkeeper make it active in QuickBooks, {_REFRESH}; or map the client "
        "again in Client Mapping.",
        who=Who.BOOKKEEPER,
        subject=client_key,
    )


# ------------------------------------------------------------------ its lines


def amount_unusable(*, line: int, amount: Decimal) -> Block:
    return Block(
        reason=Reason.LINE_DOES_NOT_ADD_UP,
        message=f"Line {line}: {amount} is not an amount in whole cents that QuickBooks accepts.",
        remedy="Correct the amount in Bilflo, then import the invoice again.",
        who=Who.BACK_OFFICE,
        line=line,
    )


def amount_missing(*, line: int, quantity: Decimal | None, rate: Decimal | None) -> Block:
    return Block(
        reason=Reason.LINE_DOES_NOT_ADD_UP,
        message=f"Line {line}: {quantity} × {rate} is billed as 0.00.",
        remedy="Correct the amount, or the quantity and rate, in Bilflo, then import the invoice "
        "again.",
        who=Who.BACK_OFFICE,
        line=line,
    )


def item_not_mapped(*, item_key: str, name: str, line: int, gone: QbEntry | None) -> Block:
    if not item_key:
        why = f"Line {line} names no pay/bill item."
    elif gone:
        why = f"{gone.full_name}, to which pay/bill item {name} is mapped, was deleted or merged "
        why += "in QuickBooks."
    else:
        why = f"Pay/bill item {name} is not mapped to a QuickBooks item."
    return Block(
        reason=Reason.ITEM_NOT_MAPPED,
        message=why,
        remedy="Open Invoice Mapping and map the item."
        if item_key
        else "Give the line a pay/bill item in Bilflo, then import the invoice again.",
        who=Who.BILLER if item_key else Who.BACK_OFFICE,
        line=line,
        subject=item_key,
    )


def item_inactive(*, item_key: str, name: str, line: int, entry: QbEntry) -> Block:
    return Block(
        reason=Reason.ITEM_INACTIVE,
        message=f"{entry.full_name}, to which pay/bill item {name} is mapped, is inactive in "
        "QuickBooks.",
        remedy=f"Let the bookkeeper make it active in QuickBooks, {_REFRESH}; or map the item "
        "again in Invoice Mapping.",
        who=Who.BOOKKEEPER,
        line=line,
        subject=item_key,
    )


def item_without_account(*, item_key: str, name: str, line: int, entry: QbEntry) -> Block:
    return Block(
        reason=Reason.ITEM_WITHOUT_ACCOUNT,
        message=f"{entry.full_name}, to which pay/bill item {name} is mapped, has no income "
        "account in QuickBooks.",
        remedy="Let the bookkeeper give it an account under Lists → Item List in QuickBooks, "
        f"{_REFRESH}; or map the item again in Invoice Mapping.",
        who=Who.BOOKKEEPER,
        line=line,
        subject=item_key,
    )


def class_not_mapped(*, kind: InvoiceKind, value: str, line: int, gone: QbEntry | None) -> Block:
    why = (
        f"{gone.full_name}, to which {value} is mapped, was deleted or merged in QuickBooks."
        if gone
        else f"{value} is not mapped to a QuickBooks class."
    )
    return Block(
        reason=Reason.CLASS_NOT_MAPPED,
        message=why,
        remedy=f"Open {CLASS_SCREENS[kind]} and map the value.",
        who=Who.BILLER,
        line=line,
        subject=value,
    )


def class_inactive(*, kind: InvoiceKind, value: str, line: int, entry: QbEntry) -> Block:
    return Block(
        reason=Reason.CLASS_INACTIVE,
        message=f"Class {entry.full_name}, to which {value} is mapped, is inactive in QuickBooks.",
        remedy=f"Let the bookkeeper make it active in QuickBooks, {_REFRESH}; or map the value "
        f"again in {CLASS_SCREENS[kind]}.",
        who=Who.BOOKKEEPER,
        line=line,
        subject=value,
    )


def _day(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _list(numbers: Sequence[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}"
