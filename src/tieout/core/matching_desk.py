"""Both lists, read and compared once, and kept up to date job by job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from tieout.core.matching_answers import RANKS, WEAK_SCORE, answer, pair_of
from tieout.core.matching_assign import Assignment
from tieout.core.matching_clients import SURE, claimed
from tieout.core.matching_counts import Tally, share_of
from tieout.core.matching_evidence import Numbers
from tieout.core.matching_facts import JobToMatch, QbCandidate, Suggestion
from tieout.core.matching_habits import learn
from tieout.core.matching_index import Index
from tieout.core.matching_learning import LEARNED, Votes, branches_of, customer_of, where_found
from tieout.core.matching_ours import Ours, client_of, refuse_twins
from tieout.core.matching_pairs import OurJob, Pair, Pairs
from tieout.core.matching_persons import Persons
from tieout.core.matching_risk import settle
from tieout.core.matching_spread import Clients, Ranked, Searched, Spread, at_once

__all__ = ["Desk", "Earlier"]

_LOOK_EVERYWHERE = 0.80
_FEW = 200  # customers: one more of so few makes all their words tell more or less
_FEW_NEAR = 40  # jobs that share a word with a QuickBooks job

Earlier = Mapping[str, Mapping[str, int]]  # job id -> ListID -> invoices that went there


class Desk:
    """Contractor jobs beside QuickBooks jobs. It can be pickled.

    `client_links` leads from a client's key (or name, where jobs have no key) to the ListID of its
    customer, `earlier` from a job's id to ListID -> how many of its invoices went there. `known`
    are suggestions that a desk gave before for the same facts: their jobs are not searched again.
    `spread` may have the clients' jobs searched in several processes, see `Spread`.
    ValueError: a job id or ListID stands twice.
    """

    def __init__(
        self,
        jobs: Iterable[JobToMatch],
        candidates: Iterable[QbCandidate],
        *,
        client_links: Mapping[str, str] | None = None,
        earlier: Earlier | None = None,
        known: Iterable[Suggestion] = (),
        spread: Spread = at_once,
    ) -> None:
        jobs, candidates = list(jobs), list(candidates)
        refuse_twins([job.job_id for job in jobs], "job_id")
        refuse_twins([each.list_id for each in candidates], "list_id")
        self._links = dict(client_links or {})
        self._earlier = dict(earlier or {})
        self._index = Index(candidates)
        self._ours = Ours(())
        for job in jobs:
            self._ours.put(job, self._earlier.get(job.job_id, {}))
        self._names: dict[str, str] = {}
        self._plausible: dict[str, dict[str, float]] = {}
        self._fits: dict[str, dict[str, float]] = {}
        self._branches: dict[str, frozenset[str]] = {}
        self._learned: dict[str, frozenset[str]] = {}
        self._votes: dict[str, Votes] = {}
        self._habits = learn(
            [(job.person, job.title) for job in self._ours.jobs.values()],
            (their.leaf for their in self._index.theirs.values()),
            self._ours.titles,
        )
        self._pairs = self._new_pairs()
        self._index.customers.turned = set()
        self._name_clients()
        self._firsts: dict[str, Ranked] = {}  # compared before anything was learned
        self._found: dict[str, Ranked] = self._restored(known)
        found = self._found
        found |= self._search_all((job for job in self._ours.jobs if job not in found), spread)
        self._assignment = Assignment({job: _scores(ranked) for job, ranked in found.items()})
        self._tally = Tally()
        for key in found:
            self._tally.put(key, share_of(key, found, self._assignment))
        self._risk = settle(self._tally.counts())

    def suggestions(self) -> list[Suggestion]:
        """All suggestions, in the order of the jobs' ids, best first."""
        return [each for job in sorted(self._found) for each in self.answer(job)]

    def answer(self, job_id: str) -> tuple[Suggestion, ...]:
        """The suggestions for one job, best first. KeyError: there is no such job."""
        return answer(job_id, self._found, self._assignment, self._index.facts, self._risk)

    def change(
        self,
        *,
        jobs: Collection[JobToMatch] = (),
        candidates: Collection[QbCandidate] = (),
        without_jobs: Collection[str] = (),
        without_candidates: Collection[str] = (),
        client_links: Mapping[str, str] | None = None,
        earlier: Earlier | None = None,
    ) -> dict[str, tuple[Suggestion, ...]]:
        """Take in what changed; answers anew for every job that it may matter to.

        A job or candidate with a known key replaces the old one. `client_links` with "" takes a
        link away; `earlier` replaces what was said of these jobs. Keys that are not there are
        passed over in `without_*`. ValueError: a key stands twice, or is both given and taken.
        """
        refuse_twins([*(job.job_id for job in jobs), *without_jobs], "job_id")
        refuse_twins([*(each.list_id for each in candidates), *without_candidates], "list_id")
        self._earlier |= earlier or {}
        gone = {job for job in without_jobs if job in self._ours.jobs}
        stale = {job.job_id for job in jobs}
        stale |= self._move_candidates(candidates, without_candidates)
        again = [self._ours.jobs[job].fact for job in earlier or () if job in self._ours.jobs]
        before = self._clients_of(stale | gone)
        for fact in [*(each for each in again if each.job_id not in stale | gone), *jobs]:
            self._ours.put(fact, self._earlier.get(fact.job_id, {}))
            stale.add(fact.job_id)
        for job in gone:
            self._ours.drop(job)
            self._earlier.pop(job, None)
        self._forget_votes(stale | gone)
        for client, list_id in (client_links or {}).items():
            self._links[client] = list_id
        self._pairs = self._new_pairs()
        turned = set(client_links or ())
        if turned or self._renamed(before | self._clients_of(stale)):
            turned |= self._name_clients()
        turned |= self._poll(before, stale)
        stale |= {job for client in turned for job in self._ours.of_client.get(client, ())}
        return self._settle(stale - gone, gone)

    # ------------------------------------------------------------------ what changed

    def _clients_of(self, jobs: Iterable[str]) -> set[str]:
        known = self._ours.jobs
        return {client_of(known[job].fact) for job in jobs if job in known}

    def _move_candidates(
        self, candidates: Collection[QbCandidate], without: Collection[str]
    ) -> set[str]:
        """Change the index; answers the jobs that wanted what was there or may want what is."""
        if not candidates and not without:
            return set()
        touched: set[str] = set()
        for list_id in without:
            touched |= self._index.drop(list_id)
        for each in candidates:
            touched |= self._index.put(each)
        self._forget_customers()
        wanted = self._assignment.wanted
        jobs = {job for list_id in touched for job in wanted.get(list_id, ())}
        jobs |= {job for job, there in self._earlier.items() if not touched.isdisjoint(there)}
        self._pairs = self._new_pairs()
        turned = (
            self._name_clients()
            if len(self._plausible) < len(set(self._names.values()))
            else set()
        )
        jobs |= {job for client in turned for job in self._ours.of_client.get(client, ())}
        for list_id in touched & self._index.theirs.keys():
            jobs |= self._reached(list_id)
        jobs &= self._ours.jobs.keys()
        self._forget_votes(jobs)
        return jobs

    def _forget_customers(self) -> None:
        """Forget which customers are plausible for whom customers came or went."""
        customers = self._index.customers
        turned, customers.turned = customers.turned, set()
        if turned and len(customers) < _FEW:
            self._plausible.clear()
        elif turned:
            for name, fits in list(self._plausible.items()):
                gone = not turned.isdisjoint(fits)
                if gone or any(customers.may_fit(name, path) for path in turned):
                    del self._plausible[name]

    def _reached(self, list_id: str) -> set[str]:
        """The jobs that may want this QuickBooks job: of its clients, or in want of a good one."""
        their = self._index.theirs[list_id]
        found = set()
        for key in self._ours.reach(their):
            job = self._ours.jobs[key]
            fits = self._customers(client_of(job.fact))
            best = max((pair.score for pair in self._found[key].values()), default=0.0)
            may = best < _LOOK_EVERYWHERE or not fits.keys().isdisjoint(their.nodes)
            if may and self._pair(job, list_id, fits) is not None:
                found.add(key)
        return found

    def _forget_votes(self, jobs: Iterable[str]) -> None:
        for job in jobs:
            self._votes.pop(job, None)

    def _poll(self, clients: set[str], stale: set[str]) -> set[str]:
        """The clients among those of changed jobs whose learned customer is another one now."""
        clients = clients | self._clients_of(stale)
        turned = {client for client in sorted(clients) if self._learn(client, stale)}
        self._firsts.clear()
        return turned

    def _settle(self, stale: set[str], gone: set[str]) -> dict[str, tuple[Suggestion, ...]]:
        scores: dict[str, Mapping[str, float] | None] = dict.fromkeys(gone)
        for job in gone:
            del self._found[job]
        found = {job: self._search(self._ours.jobs[job]) for job in stale}
        wanted = self._assignment.wanted
        rivals = {job for mine in found.values() for key in mine for job in wanted.get(key, ())}
        # a name that is seen more or less often now may tell more or less of a rival as well, and
        # of whoever was too far from it till now; where many bear the name one more tells nothing
        for key in {key for mine in found.values() for key in mine}:
            near = self._ours.reach(self._index.theirs[key])
            rivals |= near if len(near) <= _FEW_NEAR else set()
        found |= {job: self._search(self._ours.jobs[job]) for job in rivals - stale - gone}
        for job in sorted(found):
            self._found[job] = found[job]
            scores[job] = _scores(found[job])
        affected = self._assignment.change(scores) - gone
        for job in gone:
            self._tally.put(job, None)
        for job in affected:
            self._tally.put(job, share_of(job, self._found, self._assignment))
        return {job: self.answer(job) for job in sorted(affected | self._judge())}

    def _judge(self) -> set[str]:
        """Settle anew which likeness is safe; answers the jobs of those that are otherwise now."""
        counts, before = self._tally.counts(), self._risk
        self._risk = settle(counts)
        turned = {
            kind for kind in counts.acceptable if before.is_safe(kind) != self._risk.is_safe(kind)
        }
        return self._tally.jobs_of(turned) if turned else set()

    # ------------------------------------------------------------------ clients and customers

    def _name_of(self, client: str) -> str | None:
        jobs = self._ours.of_client.get(client)
        return self._ours.jobs[min(jobs)].fact.client if jobs else None

    def _renamed(self, clients: Iterable[str]) -> bool:
        """Whether one of these clients is new, gone, or has another name."""
        return any(self._names.get(client) != self._name_of(client) for client in clients)

    def _name_clients(self) -> set[str]:
        """Look for the customers of all clients; answers the clients whose customers changed."""
        names = {client: self._name_of(client) or "" for client in self._ours.of_client}
        self._names = names
        for name in names.values():
            if name not in self._plausible:
                self._plausible[name] = self._index.customers.plausible(name)
        before = {client: self._linked_fits(client, name) for client, name in names.items()}
        fits = claimed(before)
        branches = self._index.customers.branches(names, before)
        turned = {
            client
            for client in fits
            if self._fits.get(client) != fits[client]
            or self._branches.get(client) != branches[client]
        }
        for client in turned | (self._fits.keys() - fits.keys()):
            self._learned.pop(client, None)
        self._fits, self._branches = fits, branches
        return turned

    def _linked_fits(self, client: str, name: str) -> dict[str, float]:
        fits = self._plausible[name]
        node = self._linked(client)
        if node:
            fits = {other: min(fit, SURE - 0.15) for other, fit in fits.items()} | {node: 1.0}
        return fits

    def _linked(self, client: str) -> str:
        """The path of the customer to which the client is mapped, "" for none."""
        fact = self._index.facts.get(self._links.get(client, ""))
        return ":".join(level.strip() for level in fact.full_name.split(":")) if fact else ""

    def _customers(self, client: str) -> dict[str, float]:
        """Path -> how well it fits the client, what was learned included."""
        return self._fits[client] | dict.fromkeys(self._learned.get(client, ()), LEARNED)

    def _learn(self, client: str, again: Collection[str] = ()) -> bool:
        """Find a client's customers by its contractors; answers whether they are others now.

        Each job votes as it was last compared, those in `again` as they compare now.
        """
        before = self._learned.pop(client, frozenset())
        jobs = self._ours.of_client.get(client)
        if jobs is None or not client:
            return bool(before)
        sure, branches = self._sure(client), self._branches[client]
        if sure and not branches:
            return bool(before)
        for job in jobs:
            if job not in self._votes:
                ranked = self._found.get(job)
                if ranked is None or job in again:
                    ranked = self._firsts[job] = self._search(self._ours.jobs[job])
                self._votes[job] = where_found(ranked, self._index.theirs)
        votes = [self._votes[job] for job in jobs]
        is_branch = self._index.customers.is_branch
        self._learned[client] = learned = (
            branches_of(votes, sure=sure, branches=branches)
            if sure
            else customer_of(votes, is_branch)
        )
        return learned != before

    def _sure(self, client: str) -> list[str]:
        return [node for node, fit in self._customers(client).items() if fit >= SURE]

    # ------------------------------------------------------------------ searching

    def _new_pairs(self) -> Pairs:
        ours, index = self._ours, self._index
        return Pairs(
            persons=Persons(ours.counts, index.counts, ours.given, ours.family),
            title_words=ours.titles,
            numbers=Numbers(ours.numbers, index.numbers),
            habits=self._habits,
        )

    def _restored(self, known: Iterable[Suggestion]) -> dict[str, Ranked]:
        found: dict[str, Ranked] = {}
        theirs = self._index.theirs
        for job_id, rows in groupby(known, key=lambda each: each.job_id):
            stored = [each for each in rows if each.list_id]
            if job_id in self._ours.jobs and all(each.list_id in theirs for each in stored):
                found[job_id] = {each.list_id: pair_of(each) for each in stored}
        return found

    def _search_all(self, jobs: Iterable[str], spread: Spread) -> dict[str, Ranked]:
        clients: dict[str, list[str]] = defaultdict(list)
        for job in jobs:
            clients[client_of(self._ours.jobs[job].fact)].append(job)
        found: dict[str, Ranked] = {}
        for part in spread(self._search_clients, list(clients.items())):
            found |= part.found
            self._learned |= part.learned
            self._votes |= part.votes
        return found

    def _search_clients(self, clients: Clients) -> Searched:
        """The jobs of these clients; what one client's jobs find does not depend on another's."""
        searched = Searched()
        for client, jobs in clients:
            self._learn(client)
            for job in jobs:
                first = None if self._learned.get(client) else self._firsts.get(job)
                searched.found[job] = (
                    self._search(self._ours.jobs[job]) if first is None else first
                )
            searched.learned[client] = self._learned.get(client, frozenset())
            asked = self._ours.of_client[client]
            searched.votes.update((job, self._votes[job]) for job in asked if job in self._votes)
            self._firsts.clear()
        return searched

    def _search(self, job: OurJob) -> Ranked:
        fits = self._customers(client_of(job.fact))
        sure = self._sure(client_of(job.fact))
        places = self._index.under(job, sure or list(fits))
        # a branch may hide behind a customer that fits better
        if sure and (rest := [node for node in fits if node not in sure]):
            places += [each for each in self._index.under(job, rest) if each not in places]
        places += [key for key in job.invoices if key in self._index.theirs and key not in places]
        ranked = self._compare(job, places, fits)
        if max((pair.score for pair in ranked.values()), default=0.0) < _LOOK_EVERYWHERE:
            new = [place for place in self._index.everywhere(job) if place not in ranked]
            ranked |= self._compare(job, new, fits)
        best = sorted(ranked, key=lambda key: (-ranked[key].score, key))[:RANKS]
        return {key: ranked[key] for key in best}

    def _compare(self, job: OurJob, places: Sequence[str], fits: Mapping[str, float]) -> Ranked:
        ranked = {}
        for place in places:
            pair = self._pair(job, place, fits)
            if pair is not None:
                ranked[place] = pair
        return ranked

    def _pair(self, job: OurJob, list_id: str, fits: Mapping[str, float]) -> Pair | None:
        """The two compared, None where nobody is helped by seeing it."""
        their = self._index.theirs[list_id]
        client = client_of(job.fact)
        fit = max((fits.get(node, 0.0) for node in their.nodes), default=0.0)
        linked = client in self._links and self._linked(client) in their.nodes
        pair = self._pairs.compare(job, their, client=fit, linked=linked)
        return pair if pair.score >= WEAK_SCORE else None


def _scores(ranked: Ranked) -> dict[str, float]:
    return {key: pair.score for key, pair in ranked.items()}
