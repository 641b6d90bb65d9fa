"""What became of the QuickBooks jobs that are gone: whether invoices stood on them, and who survived.

The survivor is known when an invoice was found on it, and otherwise proposed by its name, by
`core.drifting`. Which names are worth a look is decided here, in one walk over the company's list:
case, accents and the order of words cannot be looked up in an index of names as they are written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tieout.core import drifting
from tieout.core.drifting import Survivor
from tieout.core.exporting import IN_QUICKBOOKS
from tieout.core.names import plain, tokens
from tieout.store.models import JobMapping, Posting, QbCustomer
from tieout.store.queries.planning import qb_job_fact

LOOKED_AT = 50  # candidates of one job that is gone: among more, nobody could choose one
IDS_AT_ONCE = 500


class Fates:
    """Of the QuickBooks jobs of these mappings that are gone."""

    def __init__(self, company_id: int, rows: Iterable[JobMapping]) -> None:
        self._company_id = company_id
        gone = {row.target.pk: row.target for row in rows if row.target and row.target.gone_at}
        self.used: set[int] = set()
        self._survivors: dict[int, Survivor] = {}
        self._ids: dict[str, int] = {}
        if gone:
            states = [state.value for state in IN_QUICKBOOKS]
            used = Posting.objects.filter(customer_id__in=gone, state__in=states).order_by()
            self.used = set(used.values_list("customer_id", flat=True).distinct())
            self._prove(gone)
            self._propose([row for pk, row in gone.items() if pk not in self._survivors])

    def survivor(self, target: QbCustomer) -> Survivor | None:
        """Who took over from this job, as far as anybody can tell."""
        return self._survivors.get(target.pk)

    def id_of(self, list_id: str) -> int | None:
        """The row of a survivor."""
        return self._ids.get(list_id)

    def _prove(self, gone: dict[int, QbCustomer]) -> None:
        """Invoices of these were found on another job."""
        proven = {row.merged_into for row in gone.values() if row.merged_into}
        there = QbCustomer.objects.filter(company_id=self._company_id, gone_at__isnull=True)
        by_id = {row.list_id: row for row in there.filter(list_id__in=proven)} if proven else {}
        for row in gone.values():
            heir = by_id.get(row.merged_into)
            if heir is not None:
                self._found(row, Survivor(job=qb_job_fact(heir), proof=row.merged_proof), heir.pk)

    def _propose(self, gone: list[QbCustomer]) -> None:
        near = _Near(gone)
        candidates = near.among(self._company_id) if gone else {}
        ids = sorted({pk for found in candidates.values() for pk in found})
        loaded: dict[int, QbCustomer] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            loaded |= QbCustomer.objects.in_bulk(ids[start : start + IDS_AT_ONCE])
        for row in gone:
            rows = [loaded[pk] for pk in candidates.get(row.pk, ())]
            found = drifting.propose_survivor(qb_job_fact(row), [qb_job_fact(one) for one in rows])
            if found is not None:
                pk = next(one.pk for one in rows if one.list_id == found.list_id)
                self._found(row, Survivor(job=found), pk)

    def _found(self, row: QbCustomer, survivor: Survivor, pk: int) -> None:
        self._survivors[row.pk] = survivor
        self._ids[survivor.job.list_id] = pk


class _Near:
    """Which names may be meant by `core.drifting.propose_survivor`, on any of its rungs."""

    def __init__(self, gone: Iterable[QbCustomer]) -> None:
        self._spelled: dict[str, list[int]] = defaultdict(list)
        self._beside: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._parents: set[str] = set()
        for row in gone:
            self._spelled[_letters(row.name)].append(row.pk)
            self._parents.add(row.parent_list_id)
            for word in set(tokens(row.name)):
                self._beside[row.parent_list_id, word].append(row.pk)

    def among(self, company_id: int) -> dict[int, list[int]]:
        """Id of a gone job -> ids of its candidates; one query over the company's list."""
        there = QbCustomer.objects.filter(company_id=company_id, gone_at__isnull=True).order_by()
        found: dict[int, dict[int, None]] = defaultdict(dict)
        for pk, name, parent in there.values_list("id", "name", "parent_list_id").iterator():
            wanted = set(self._spelled.get(_letters(name), ()))
            if parent in self._parents:
                wanted |= self._two_words(name, parent)
            for gone in wanted:
                found[gone][pk] = None
        return {
            gone: sorted(candidates)
            for gone, candidates in found.items()
            if len(candidates) <= LOOKED_AT
        }

    def _two_words(self, name: str, parent: str) -> set[int]:
        shared: dict[int, int] = defaultdict(int)
        for word in set(tokens(name)):
            for gone in self._beside.get((parent, word), ()):
                shared[gone] += 1
        return {gone for gone, count in shared.items() if count >= 2}


def _letters(name: str) -> str:
    """The same for all spellings of a name: whatever the case, accents and order of the words."""
    return "".join(sorted(letter for letter in plain(name) if letter.isalnum()))
