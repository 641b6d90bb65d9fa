"""A change of the way to QuickBooks while it is open what became of something sent on the old one.

The old connector's journal, the stored answer under the application name and the company file
itself are the evidence. Who leaves them behind has a reason, and it stays in the history. Nothing
is proved by the change: absence counts as before only behind the old way's own fence.
"""

from __future__ import annotations

from datetime import datetime

from tieout.core.exporting import State
from tieout.service.access import Access
from tieout.store.commits import exports as commits
from tieout.store.commits import lanes
from tieout.store.queries import lane_queue
from tieout.store.queries.exports import Posting


class WayRefused(Exception):
    """The way cannot be changed like this: the text says why, and what to do. Nothing changed."""


def reason_for(*, access: Access, reason: str) -> str:
    """The reason for the history, "" when nothing is unconfirmed and none is needed.

    Raises WayRefused. The caller holds the lane's lock.
    """
    if not access.can_configure:
        message = f"Changing the way to QuickBooks is for a Super User of {access.company}."
        raise WayRefused(message)
    what = unsettled(company_id=access.company.pk)
    if not what or reason.strip():
        return reason.strip() if what else ""
    message = (
        f"{what}, and QuickBooks is asked about it on the present way. Wait until it is settled; "
        "Tieout asks by itself. Only when that way does not come back, give the reason: it stays "
        "in the history, and it is looked for on the new way."
    )
    raise WayRefused(message)


def unsettled(*, company_id: int) -> str:
    """What was sent and is not settled, as `Invoice 20417 is unconfirmed`; "" when nothing is."""
    row = lane_queue.unsettled(company_id=company_id)
    if row is None:
        return ""
    name = f"Invoice {row.number}" if isinstance(row, Posting) else f"“{row.title}”"
    words = {State.SENDING: "on its way", State.RESENDABLE: "unconfirmed"}
    return f"{name} is {words.get(State(row.state), row.state)}"


def changed(*, company_id: int, now: datetime) -> None:
    """End whoever works on the old way, and let what is open be looked for anew on the new one.

    What QuickBooks said on the old way of its stored answers is no word about the new place.
    """
    lanes.pass_on(company_id=company_id)
    commits.look_afresh(company_id=company_id, now=now)
