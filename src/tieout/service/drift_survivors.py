"""Map drifted jobs to the jobs that took over: decided together, so that a preview shows what is saved."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from tieout.core import mapping as rules
from tieout.service.access import Access
from tieout.service.drift_choices import Answer, why_not
from tieout.service.mapping_bundle import Bundle
from tieout.service.mapping_state import REASON_MAX, Refused, Saved
from tieout.store.queries.drifts import DriftRow


def decide(
    access: Access,
    rows: Sequence[DriftRow],
    *,
    seen: Mapping[int, str],
    ticked: Collection[str],
    reason: str,
) -> tuple[Bundle, list[tuple[DriftRow, Saved | Refused]]]:
    """What becomes of each row, in the caller's transaction; `write` of the bundle saves it.

    `seen`: each row's stamp on the screen; a row without one is taken as it is.
    """
    bundle = Bundle(access, [row.drift.mapping.job_id for row in rows])
    bundle.look_up(row.drift.survivor.list_id for row in rows if row.drift.survivor)
    confirmed = frozenset(kind for kind in rules.WarningKind if kind.value in ticked)
    return bundle, list(_decided(bundle, rows, seen, confirmed, reason))


def _decided(
    bundle: Bundle,
    rows: Sequence[DriftRow],
    seen: Mapping[int, str],
    confirmed: frozenset[rules.WarningKind],
    reason: str,
) -> Iterator[tuple[DriftRow, Saved | Refused]]:
    for row in rows:
        drift = row.drift
        why = why_not(drift, Answer.REMAP, seen=seen.get(drift.pk, ""))
        if why or drift.survivor is None:
            yield row, Refused(text=why or "No surviving job is known.", remedy="")
            continue
        command = rules.SaveCommand(
            expected_version=drift.mapping.version,
            target_list_id=drift.survivor.list_id,
            remove=True,
            confirmed=confirmed,
            why=(reason or drift.text)[:REASON_MAX],
        )
        yield row, bundle.save(drift.mapping.job_id, command, seen=drift.now)
