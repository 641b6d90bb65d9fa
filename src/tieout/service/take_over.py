"""Let this installation write again after the connector's fence refused it.

The fence stands for one of two things: another installation of Tieout exports into this company
file, or our own database was restored from a backup and has forgotten its latest epochs. Either
way a Super User decides; everything that was queued is probed before it is sent, as always.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tieout.service.access import Access
from tieout.service.connect import line_to
from tieout.store.commits import events, lanes
from tieout.store.queries import web_connector
from tieout.store.queries.web_connector import Connection


class CannotTakeOver(Exception):
    """Nothing was changed; the text says why and what to do."""


def take_over(*, access: Access, now: datetime) -> None:
    """Raise our epoch above the fence and tell the connector that this installation writes.

    Nobody waits on the database while the connector is called. Broken off in between, the lane is
    held as before, and taking over once more does the rest.
    """
    if not access.can_configure:
        message = f"Taking over is for a Super User of {access.company}."
        raise CannotTakeOver(message)
    company_id = access.company.pk
    if web_connector.road(company_id=company_id) != Connection.Road.REMOTE:
        message = (
            "This company works over the QuickBooks Web Connector, which has no fence: look under "
            "QuickBooks Web Connector why nothing is sent."
        )
        raise CannotTakeOver(message)
    line = line_to(company_id=company_id)
    with transaction.atomic():
        epoch = lanes.pass_fence(company_id=company_id)
    broken = line.channel.take_over(
        company_file=line.expected_company, installation_id=line.installation_id, epoch=epoch
    )
    if broken is not None:
        message = f"{broken.message} {broken.remedy}"
        raise CannotTakeOver(message)
    with transaction.atomic():
        freed = lanes.took_over(company_id=company_id, epoch=epoch, now=now)
        entry = events.Entry(verb="took over", subject="connection", after={"epoch": epoch})
        events.append(company_id=company_id, at=now, actor=access.user, entries=[entry])
    if not freed:
        message = "Another installation wrote meanwhile. Find out which, then take over once more."
        raise CannotTakeOver(message)
