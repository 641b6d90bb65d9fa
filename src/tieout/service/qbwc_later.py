"""Act on big answers of the Web Connector after their reply went out: a worker's step.

The edge keeps such an answer in parts and tells the Web Connector to come again in five seconds;
meanwhile a worker acts on it under the epoch of the ticket that brought it. When that ticket has
lost the lane, the worker acts in the place of the ticket that holds it now, which waits meanwhile:
no call of the Web Connector takes longer because of an answer that came late. Where another worker
holds the lane, the answer is only put with its call, and that worker acts on it. A page of a list
is read piece by piece from its parts, which go when it was acted on.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace

from django.db import transaction

from tieout.channels.base import Answer, Outcome
from tieout.service import conversation, lane_tasks, moments
from tieout.service.turns import TROUBLE_DELAYS_S, Lease, Road, RoadKind, Turn
from tieout.store.commits import lanes
from tieout.store.commits import web_connector as commits
from tieout.store.queries import web_connector as queries
from tieout.store.queries.web_connector import KeptAnswer

log = logging.getLogger("tieout.webconnector")

LEASE_S = 300
TURNS_MAX = 5  # tickets that follow each other while one answer is acted on


def apply_next() -> bool:
    """Act on the oldest answer that waits; False when none does."""
    kept = commits.claim_answer(now=moments.now(), lease_s=LEASE_S)
    if kept is None:
        return False
    if not _is_whole(kept):
        if not queries.is_applied(answer_id=kept.pk):  # else its parts went while they were read
            log.error(
                "company %s: a kept answer of the Web Connector is damaged; it is asked for "
                "again. Look after the database's disk.",
                kept.company_id,
            )
            _asked_anew(kept)
        return True
    _keep(kept)
    if _act(kept):
        commits.answer_applied(answer_id=kept.pk, now=moments.now())
    return True


def _is_whole(kept: KeptAnswer) -> bool:
    digest = hashlib.sha256()
    for piece in queries.parts(answer_id=kept.pk):
        digest.update(piece)
    return digest.hexdigest() == kept.sha256


def _keep(kept: KeptAnswer) -> None:
    """Put the answer with its call. A page of a list stays in its parts and is read from them."""
    state = queries.state_of(kept.session)
    answer = Answer(
        outcome=Outcome.RESPONSE, session_id=state.ticket, company_file=state.company_file
    )
    if queries.is_page(company_id=kept.company_id, call_id=kept.call_id):
        conversation.keep_in_parts(kept.call_id, answer, kept_answer=kept.pk)
    else:
        whole = b"".join(queries.parts(answer_id=kept.pk))
        conversation.keep_by_call(kept.call_id, replace(answer, qbxml=whole))


def _turn(kept: KeptAnswer) -> Turn:
    state = queries.state_of(kept.session)
    present = queries.epoch_to_act_under(company_id=kept.company_id, now=moments.now())
    epoch = state.epoch if present is None else present
    return Turn(
        lease=Lease(company_id=kept.company_id, epoch=epoch),
        road=Road(
            kind=RoadKind.WEB_CONNECTOR, app_name=kept.session.app_name, session_id=state.ticket
        ),
        may_write=False,
    )


def _act(kept: KeptAnswer) -> bool:
    """Act on it; False when a worker holds the lane: that one does, from the same parts."""
    for _ in range(TURNS_MAX):
        try:
            trouble = conversation.apply_kept(_turn(kept), kept.call_id)
        except lanes.LaneLost:
            continue  # another ticket took it this very moment
        if trouble is not None:
            lane_tasks.note_trouble(
                company_id=kept.company_id, trouble=trouble, delays_s=TROUBLE_DELAYS_S
            )
        return True
    log.info("company %s: the lane has moved on, its holder acts on it", kept.company_id)
    return False


def _asked_anew(kept: KeptAnswer) -> None:
    try:
        with transaction.atomic():
            conversation.lose(_turn(kept), kept.call_id, "The kept answer is damaged.")
    except lanes.LaneLost:
        pass  # its holder finds that it has no answer
    commits.answer_applied(answer_id=kept.pk, now=moments.now())
