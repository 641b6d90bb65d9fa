"""Mapping, bulk changes, undo and exports in any order: the history always tells the present."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests import factories
from tests.factories import NOW, World

from tieout.core import mapping as rules
from tieout.service import bulk_mapping
from tieout.service.access import Access, find_access
from tieout.service.bulk_mapping import Outcome, Pick
from tieout.service.mapping_state import SUBJECT, change_of, state_after
from tieout.service.save_mapping import Refused, Saved, save_job_mapping, undo_job_mapping
from tieout.store.commits.events import chained_hash
from tieout.store.models import (
    Event,
    JobMapping,
    MappingBatch,
    Posting,
    SourceInvoice,
    SourceJob,
)
from tieout.store.queries.mappings import latest_events
from tieout.store.queries.suggestions import BulkFilter

KEYS = ("J-1", "J-2", "J-3", "J-4")
JOBS = st.sampled_from(KEYS)
TARGETS = st.sampled_from(("Acme:One", "Acme:Two", "Acme:Three", "Beta:Four"))
EVERYTHING = [kind.value for kind in rules.WarningKind]


class Desk(RuleBasedStateMachine):
    """Two clerks at four contractor jobs and four QuickBooks jobs, one of another customer."""

    batches: ClassVar[Bundle[MappingBatch]] = Bundle("batches")

    world: ClassVar[World]  # set by the test: machines are made without arguments

    @initialize()
    def open(self) -> None:
        for made in (Posting, MappingBatch, JobMapping, SourceInvoice, SourceJob):
            made.objects.filter(company=self.world.northgate).delete()
        # the log is append-only: each machine reads what it wrote itself
        self.since = (
            Event.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
        )
        company = self.world.northgate
        client, _ = company.clients.get_or_create(key="C-1", defaults={"name": "Acme"})
        names = ("Acme", "Beta", "Acme:One", "Acme:Two", "Acme:Three", "Beta:Four")
        known = {row.full_name: row for row in company.qb_customers.all()}
        self.targets = {
            name: known.get(name) or factories.qb_customer(company, name) for name in names
        }
        if not hasattr(client, "mapping"):
            factories.map_client(client, self.targets["Acme"])
        for key, target in zip(
            KEYS, ("Acme:One", "Acme:Two", "Acme:Two", "Acme:Three"), strict=True
        ):
            job = factories.job(client, key, f"Contractor {key}")
            factories.suggest(job, self.targets[target])
        self.frozen: dict[str, tuple[str, int]] = {}
        self.number = 0

    def access(self, who: str) -> Access:
        access = find_access(user=getattr(self.world, who), company_id=self.world.northgate.pk)
        assert access is not None
        return access

    def jobs(self) -> dict[str, SourceJob]:
        """All four as they are now, by key."""
        rows = SourceJob.objects.filter(company=self.world.northgate, key__in=KEYS)
        return {job.key: job for job in rows.select_related("client", "mapping__target")}

    def states(self, jobs: dict[str, SourceJob] | None = None) -> dict[str, rules.MappingState]:
        said = latest_events(company_id=self.world.northgate.pk, subject=SUBJECT, keys=KEYS)
        return {
            key: state_after(job=job, last=change_of(said[key]) if key in said else None)
            for key, job in (jobs or self.jobs()).items()
        }

    def state(self, key: str) -> rules.MappingState:
        return self.states()[key]

    def mapped(self, key: str) -> str:
        """This job, or the next one that is mapped: most orders should do something."""
        at = KEYS.index(key)
        turned = (*KEYS[at:], *KEYS[:at])
        states = self.states()
        return next((each for each in turned if states[each].mapped), key)

    # -------------------------------------------------------------- what clerks do

    @rule(key=JOBS, path=TARGETS, remove=st.booleans(), sure=st.booleans(), late=st.booleans())
    def save(self, key: str, path: str, remove: bool, sure: bool, late: bool) -> None:
        before = self.state(key)
        answer = save_job_mapping(
            access=self.access("bea"),
            job_key=key,
            expected_version=before.version - late,
            target_list_id=self.targets[path].list_id,
            remove=remove,
            confirmed=EVERYTHING if sure else (),
            reason="moved",
            now=NOW,
        )
        self.check(key, before, answer)
        if late and before.version:
            assert isinstance(answer, Refused)

    @rule(key=JOBS, reason=st.sampled_from(["", "wrong person"]))
    def remove(self, key: str, reason: str) -> None:
        key = self.mapped(key)
        before = self.state(key)
        answer = save_job_mapping(
            access=self.access("sam"),
            job_key=key,
            expected_version=before.version,
            target_list_id=None,
            remove=True,
            confirmed=(),
            reason=reason,
            now=NOW,
        )
        self.check(key, before, answer)
        if before.mapped and not reason:
            stays = self.exported_at(key, before.list_id)
            assert isinstance(answer, Refused if stays else Saved), answer

    @rule(key=JOBS, back=st.integers(min_value=0, max_value=3))
    def undo(self, key: str, back: int) -> None:
        before = self.state(key)
        if before.version <= back:
            return
        version = before.version - back
        answer = undo_job_mapping(
            access=self.access("bea"),
            job_key=key,
            expected_version=before.version,
            change=version,
            reason="taken back",
            also_confirmed=EVERYTHING,
            now=NOW,
        )
        self.check(key, before, answer)
        wanted = self.histories()[key][version - 1].from_list_id
        if isinstance(answer, Saved):
            assert self.state(key).list_id == wanted
        else:
            assert before.list_id == wanted, answer

    @rule(target=batches, only=st.sampled_from(["safe", "all"]))
    def accept_in_bulk(self, only: Any) -> MappingBatch | None:
        shown = bulk_mapping.preview(access=self.access("bea"), wanted=BulkFilter(only=only))
        picks = [line.pick for line in shown.lines]
        done = bulk_mapping.accept(access=self.access("bea"), picks=picks, what="all", now=NOW)
        assert done.saved == len(picks)  # nothing happened in between: exactly the preview
        return done.batch

    @rule(target=batches, keys=st.lists(JOBS, unique=True), late=st.booleans())
    def accept_these(self, keys: list[str], late: bool) -> MappingBatch | None:
        jobs = self.jobs()
        before = self.states(jobs)
        picks = [
            Pick(
                job_id=jobs[key].pk,
                version=before[key].version + late,
                target_id=self.targets["Acme:One"].pk,
                seen="Acme:One",
            )
            for key in keys
        ]
        done = bulk_mapping.accept(access=self.access("sam"), picks=picks, what="these", now=NOW)
        assert done.saved + len(done.aside) == len(keys)
        assert done.saved == 0 if late else done.saved <= 1  # they want the same one
        return done.batch

    @rule(batch=consumes(batches), reason=st.sampled_from(["", "all wrong"]))
    def undo_bulk(self, batch: MappingBatch | None, reason: str) -> None:
        if batch is None:
            return
        before = self.states()
        made = {
            event.subject_key: change_of(event)
            for event in Event.objects.filter(sequence__gte=batch.first, sequence__lte=batch.last)
        }
        done = bulk_mapping.undo(
            access=self.access("sam"), batch_id=batch.pk, reason=reason, now=NOW
        )
        assert isinstance(done, Outcome)
        aside = {one.job.key for one in done.aside}
        assert done.saved + len(aside) == len(made)
        after = self.states()
        for key in KEYS:
            if key in made and key not in aside:
                assert after[key].list_id == made[key].from_list_id
            else:
                assert after[key] == before[key]
            untouched = key in made and before[key].version == made[key].version
            stays = untouched and self.exported_at(key, before[key].list_id) and not reason
            assert (key in aside) == (key in made and (not untouched or bool(stays)))

    @precondition(lambda self: self.number < 6)
    @rule(key=JOBS)
    def export(self, key: str) -> None:
        """An invoice of the job goes out: from then on it is where it is."""
        key = self.mapped(key)
        job = self.jobs()[key]
        target = getattr(job, "mapping", None)
        if target is None or target.target is None:
            return
        self.number += 1
        invoice = factories.invoice(job.client, f"10{self.number:02}")
        row = factories.posting(invoice, target.target, job_key=key)
        self.frozen[row.key] = (row.state, row.customer_id or 0)

    # -------------------------------------------------------------- what always holds

    def histories(self) -> dict[str, list[rules.Change]]:
        """What this machine changed, the first change first, by key."""
        rows = Event.objects.filter(
            company=self.world.northgate,
            subject=SUBJECT,
            subject_key__in=KEYS,
            sequence__gt=self.since,
        )
        found: dict[str, list[rules.Change]] = {key: [] for key in KEYS}
        for event in rows.order_by("sequence"):
            found[event.subject_key].append(change_of(event))
        return found

    def exported_at(self, key: str, list_id: str) -> bool:
        return Posting.objects.filter(job_key=key, customer__list_id=list_id).exists()

    def check(self, key: str, before: rules.MappingState, answer: Saved | Refused) -> None:
        """A refusal changes nothing; a save makes exactly the next version."""
        after = self.state(key)
        if isinstance(answer, Refused):
            assert after == before
        else:
            assert (after.version, after.list_id) == (before.version + 1, answer.list_id)

    @invariant()
    def each_history_replays_to_the_present_and_each_row_says_where_it_stands(self) -> None:
        if not hasattr(self, "targets"):
            return
        jobs, histories = self.jobs(), self.histories()
        states = self.states(jobs)
        assert set(jobs) == set(KEYS)
        for key, job in jobs.items():
            assert rules.replay(histories[key]) == states[key]
            assert job.suggested is not states[key].mapped
            assert (job.map_state != "not_mapped") is states[key].mapped

    @invariant()
    def no_job_has_two_mappings(self) -> None:
        rows = list(JobMapping.objects.filter(company=self.world.northgate))
        assert len({row.job_id for row in rows}) == len(rows)

    @invariant()
    def what_was_exported_is_where_it_was(self) -> None:
        if hasattr(self, "frozen"):
            rows = Posting.objects.filter(company=self.world.northgate)
            assert {row.key: (row.state, row.customer_id) for row in rows} == self.frozen

    def teardown(self) -> None:
        """At the end of each order: the log is one unbroken chain."""
        rows = Event.objects.filter(company=self.world.northgate).order_by("sequence")
        previous = ""
        for event in rows:
            assert (event.previous_hash, event.hash) == (previous, chained_hash(event))
            previous = event.hash


@pytest.mark.django_db(transaction=False)
def test_any_order_of_saves_bulk_changes_and_undos_keeps_the_promises(world: World) -> None:
    Desk.world = world
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            suppress_health_check=list(HealthCheck),
        ),
    )
