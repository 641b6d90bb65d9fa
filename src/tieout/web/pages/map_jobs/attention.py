"""Why a mapped job needs attention, in a sentence, and what the clerk does about it."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core import drifting
from tieout.core.drifting import DriftKind
from tieout.core.mapping import WarningKind
from tieout.service import mapping_state
from tieout.store.queries import jobs
from tieout.store.queries.drifts import Drift

_DRIFT = "Answer in Drift where its invoices go, or open it and choose another job."
_CHOOSE = "Open it: keep the mapping, or choose another job."
_CONFIRM = "Open it: confirm that this is meant, or choose another job."
_ACTIVATE = "Make it active in QuickBooks and refresh the list, or open it and choose another job."


def why(job: jobs.SourceJob, standing: Sequence[Drift]) -> str:
    """What holds up the invoices of this job, and the remedy; "" when nothing does.

    `standing`: the changes under its mapping that nobody answered. No query.
    """
    mapping, target = mapping_state.present(job)
    if target is None:
        return ""
    for drift in standing:
        kind = DriftKind(drift.kind)
        if drifting.blocks(kind, drift.was, drift.now, contractor=job.contractor):
            return f"{drift.text} {_remedy(kind)}"
    odd = mapping_state.warnings_among(job=job, target=target, served=())
    said = {warning.kind: warning.text for warning in odd}
    if WarningKind.GONE in said:
        return f"{said[WarningKind.GONE]} {_DRIFT}"
    if WarningKind.INACTIVE in said:
        return f"{said[WarningKind.INACTIVE]} {_ACTIVATE}"
    if WarningKind.OTHER_CUSTOMER in said and not mapping.other_customer_confirmed:
        return f"{said[WarningKind.OTHER_CUSTOMER]} {_CONFIRM}"
    return ""


def _remedy(kind: DriftKind) -> str:
    if kind in drifting.GONE:
        return _DRIFT
    return _ACTIVATE if kind is DriftKind.INACTIVATED else _CHOOSE
