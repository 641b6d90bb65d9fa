"""The company stamp: a private value on the company file that says which Tieout company it is.

It stands under an OwnerID of our own, so that nobody sees it in QuickBooks and no other program
writes it by chance. A copied or restored file carries the same stamp.
"""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.exporting import Event
from tieout.quickbooks import qbxml
from tieout.quickbooks.readings import (
    Found,
    Reading,
    answered,
    inconclusive,
    judge_stored,
    judge_write,
)

OWNER = "{7E0C4F1A-52B3-4D0B-9A64-1C5E8F2D7B90}"  # Tieout's own; never change it
FIELD = "TieoutCompany"
LOOK = "company"  # names the question which stamp is there
NAME_IN_USE = 3100
VALUE_IN_USE = 3180


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The stamp to be written, or (`definition`) the field that it is to stand in."""

    value: str
    definition: bool = False
    request_id: str = ""


def stamp_of(company: qbxml.CompanyRet) -> str:
    """The stamp that a company file bears, "" when it bears none."""
    for each in company.data_ext:
        if each.owner_id.upper() == OWNER and each.name.casefold() == FIELD.casefold():
            return each.value
    return ""


def render_look() -> bytes:
    """Ask which stamp the company file bears."""
    return qbxml.render(
        [qbxml.CompanyQuery(request_id=LOOK, owner_ids=(OWNER,))], on_error="continueOnError"
    )


def read_look(answer: bytes, stamp: Stamp) -> Reading:
    """Judge it before the write: ours, another one, none."""
    there, broken = _stamp_in(answer)
    if broken is not None:
        return broken
    return _judged(there, stamp) or Reading(event=Event.PROBE_CLEAN)


def render_write(stamp: Stamp, *, set_id: str, old_set_id: str) -> bytes:
    """The definition of the field, or its value, alone in its set."""
    request: qbxml.Request = (
        qbxml.DataExtDefAdd(
            request_id=stamp.request_id, owner_id=OWNER, name=FIELD, assign_to=("Company",)
        )
        if stamp.definition
        else qbxml.DataExtAdd.on_company(
            request_id=stamp.request_id, owner_id=OWNER, name=FIELD, value=stamp.value
        )
    )
    return qbxml.render(
        [request], new_message_set_id=set_id, old_message_set_id=old_set_id or None
    )


def read_write(answer: bytes, stamp: Stamp) -> Reading:
    """Judge the answer.

    A field that is defined already is what was wished for; a value that is there already may be
    another company's, and is looked at.
    """
    done = Found(txn_id="", number=stamp.value)

    def accepted(response: qbxml.Response) -> Reading:
        return Reading(event=Event.ACCEPTED, found=done, code=response.status.code)

    kind = "DataExtDefAdd" if stamp.definition else "DataExtAdd"
    reading = judge_write(answer, kind=kind, request_id=stamp.request_id, accepted=accepted)
    if stamp.definition and reading.code == NAME_IN_USE:
        return Reading(event=Event.ACCEPTED, found=done, code=reading.code)
    if not stamp.definition and reading.code == VALUE_IN_USE and not reading.try_again:
        return Reading(event=Event.SILENCE, code=reading.code, message=reading.message)
    return reading


def read_stored(answer: bytes, stamp: Stamp) -> Reading:
    """The stored answer when there is one."""
    return judge_stored(answer, lambda stored: read_write(stored, stamp))


def read_search(answer: bytes, stamp: Stamp) -> Reading:
    """Judge the look after the write."""
    there, broken = _stamp_in(answer)
    if broken is not None:
        return Reading(event=Event.SILENCE, message=broken.message, remedy=broken.remedy)
    return _judged(there, stamp) or Reading(event=Event.ABSENT_OPEN)


def _judged(there: str, stamp: Stamp) -> Reading | None:
    if not there:
        return None
    found = Found(txn_id="", number=there)
    if there == stamp.value:
        return Reading(event=Event.FOUND_OURS, found=found)
    return Reading(
        event=Event.FOUND_FOREIGN,
        found=found,
        message="The company file bears the stamp of another Tieout company.",
        remedy="Super User: look which company this file belongs to; nothing was written.",
    )


def _stamp_in(answer: bytes) -> tuple[str, Reading | None]:
    responses, broken = answered(answer, (qbxml.CompanyQuery.KIND, LOOK))
    if broken is not None:
        return "", broken
    for ret in responses[0].rets:
        if isinstance(ret, qbxml.CompanyRet):
            return stamp_of(ret), None
    return "", inconclusive(None)
