"""Whatever happens to a mapping, in whatever order: nothing is lost, and undo restores exactly.

A company with two contractor jobs and four QuickBooks jobs is changed at random on both sides,
mapped, answered, undone and exported. After every step:

- each mapping's history replays to the mapping;
- what stands as a drift is exactly what differs from what the mapping remembers;
- of each kind at most one stands, and the number in the menu is the number of open ones;
- a mapping that was changed and whose change was undone remembers what it did before, whichever
  screen did either;
- nothing that is queued may leave while a change that holds its job is unanswered;
- what has left stays on its job, whatever becomes of the mapping.

TIEOUT_HISTORIES=500 runs as many longer histories.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests import factories
from tests.factories import NOW

from tieout.core import drifting
from tieout.core.mapping import replay
from tieout.service import drift_inbox, plan_export, run_export
from tieout.service.access import Access, find_access
from tieout.service.drift_inbox import Answer
from tieout.service.mapping_state import change_of
from tieout.service.save_mapping import (
    Saved,
    keep_job_mapping,
    save_job_mapping,
    undo_job_mapping,
)
from tieout.service.subjects import PostingSubject
from tieout.store.commits import exports as export_commits
from tieout.store.models import (
    Company,
    Drift,
    Event,
    JobMapping,
    Posting,
    QbCustomer,
    SourceInvoice,
    SourceJob,
)
from tieout.store.queries import drifts as queries
from tieout.store.queries.planning import job_fact, memory_of, qb_job_fact

KEYS = st.sampled_from(["J-1", "J-2"])
NAMES = st.sampled_from(["Ortiz, Elena", "Elena Ortiz", "Novak, Petra"])
EVERYTHING = ("inactive", "other_customer", "shared", "is_customer")
STANDING = ("open", "ignored")
MANY = int(os.environ.get("TIEOUT_HISTORIES", "0"))


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.attempt = transaction.atomic()  # each history begins with an empty database
        self.attempt.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.attempt.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        world = factories.world()
        self.company = world.northgate
        access = find_access(user=world.bea, company_id=self.company.pk)
        assert access is not None
        self.access: Access = access
        self.clients = [
            factories.client(self.company),
            factories.client(self.company, "C-2", "Beta"),
        ]
        acme = factories.qb_customer(self.company, "Acme")
        beta = factories.qb_customer(self.company, "Beta")
        factories.map_client(self.clients[0], acme)
        factories.map_item(
            factories.item(self.company), factories.qb_entry(self.company, "Regular Hours")
        )
        self.invoices = 0
        self.left: dict[int, int] = {}  # posting -> the QuickBooks job on which it is
        self.parents = [acme, beta]
        for n in range(4):
            factories.qb_customer(self.company, f"Acme:Job {n}", list_id=f"80-{n}")
        for n, key in enumerate(("J-1", "J-2")):
            factories.job(self.clients[0], key)
            self.map(key=key, n=n)

    # -------------------------------------------------------------- both sides change

    @rule(n=st.integers(0, 3), name=NAMES)
    def rename(self, n: int, name: str) -> None:
        row = self._target(n)
        above = row.full_name.rpartition(":")[0]
        self._change(n, name=name, full_name=f"{above}:{name}")

    @rule(n=st.integers(0, 3), to=st.integers(0, 1))
    def move(self, n: int, to: int) -> None:
        parent, row = self.parents[to], self._target(n)
        self._change(
            n, parent_list_id=parent.list_id, top_list_id=parent.list_id,
            full_name=f"{parent.full_name}:{row.name}",
        )  # fmt: skip

    @rule(n=st.integers(0, 3), active=st.booleans())
    def use(self, n: int, active: bool) -> None:
        self._change(n, active=active)

    @rule(n=st.integers(0, 3), back=st.booleans())
    def go(self, n: int, back: bool) -> None:
        self._change(n, gone_at=None if back else NOW)

    @rule(key=KEYS, active=st.booleans(), client=st.integers(0, 1))
    def back_office(self, key: str, active: bool, client: int) -> None:
        jobs = SourceJob.objects.filter(company=self.company, key=key)
        jobs.update(active=active, client=self.clients[client])
        self._notice()

    # -------------------------------------------------------------- people

    @rule(key=KEYS, n=st.integers(0, 4))
    def map(self, key: str, n: int) -> None:
        """To a job, or with 4 to none."""
        save_job_mapping(
            access=self.access, job_key=key, expected_version=self._version(key),
            target_list_id=f"80-{n}" if n < 4 else None, remove=self._version(key) > 0,
            confirmed=EVERYTHING, reason="", now=NOW,
        )  # fmt: skip

    @rule(key=KEYS, n=st.integers(0, 3), name=NAMES)
    def map_and_undo(self, key: str, n: int, name: str) -> None:
        """Something changes under the mapping first, and a second change comes after it."""
        mapped = JobMapping.objects.filter(job__key=key, target__isnull=False).first()
        if mapped is not None and mapped.target is not None:
            self.rename(n=int(mapped.target.list_id[-1]), name=name)
        before = self._memory(key)
        saved = save_job_mapping(
            access=self.access, job_key=key, expected_version=self._version(key),
            target_list_id=f"80-{n}", remove=self._version(key) > 0,
            confirmed=EVERYTHING, reason="", now=NOW,
        )  # fmt: skip
        if not isinstance(saved, Saved) or before is None or before[0] == f"80-{n}":
            return
        undone = undo_job_mapping(
            access=self.access, job_key=key, expected_version=saved.version, reason="", now=NOW
        )
        if isinstance(undone, Saved):
            assert self._memory(key) == before

    @rule(answer=st.sampled_from(Answer), sure=st.booleans(), data=st.data())
    def answer(self, answer: Answer, sure: bool, data: st.DataObject) -> None:
        rows = self._open(data)
        looked = self._look(answer, rows, sure=sure)
        outcome = self._give(answer, rows, sure=sure)
        assert outcome.done + len(outcome.aside) == len(rows)
        if answer is not Answer.KEEP:  # keeping one change of a mapping may ask about the next
            assert outcome.done == looked

    @rule(answer=st.sampled_from([Answer.KEEP, Answer.REMAP]), data=st.data())
    def answer_and_undo(self, answer: Answer, data: st.DataObject) -> None:
        rows = self._open(data)
        before = self._everything()
        outcome = self._give(answer, rows)
        said = "kept" if answer is Answer.KEEP else "remapped"
        done = [pk for pk in rows if Drift.objects.get(pk=pk).answer == said]
        assert len(done) >= outcome.done  # a re-map answers what else stood, too
        back = drift_inbox.undo_answers(
            access=self.access, ids=done[::-1], now=NOW, confirmed=EVERYTHING
        )
        assert back.done == outcome.done
        assert self._everything() == before

    @rule(key=KEYS)
    def keep_and_undo(self, key: str) -> None:
        """In Record Mapping; undone there, or one by one in the inbox."""
        before = self._everything()
        kept = self._keep(key)
        if not isinstance(kept, Saved):
            assert self._everything() == before
            return
        undone = undo_job_mapping(
            access=self.access, job_key=key, expected_version=kept.version, reason="", now=NOW
        )
        assert isinstance(undone, Saved), undone
        assert self._everything() == before
        again = self._keep(key)
        assert isinstance(again, Saved)
        answered = Drift.objects.filter(mapping__job__key=key, answered_version=again.version)
        ids = list(answered.values_list("id", flat=True))
        back = drift_inbox.undo_answers(access=self.access, ids=ids, now=NOW)
        assert (back.done, back.aside) == (len(ids), [])
        if ids:  # a keep that answered nothing only confirmed the customer
            assert self._everything(confirmed=False) == before[:2]

    @rule(key=KEYS)
    def keep(self, key: str) -> None:
        self._keep(key)

    @rule(data=st.data())
    def undo_something(self, data: st.DataObject) -> None:
        answered = list(Drift.objects.exclude(answer="").values_list("id", flat=True))
        if not answered:
            return
        pk = data.draw(st.sampled_from(answered))
        back = drift_inbox.undo_answers(
            access=self.access, ids=[pk], now=NOW, confirmed=EVERYTHING
        )
        assert back.done + len(back.aside) == 1
        if back.done:
            assert Drift.objects.get(pk=pk).answer == ""

    # -------------------------------------------------------------- invoices

    @rule(key=KEYS)
    def queue(self, key: str) -> None:
        """An invoice of the job is planned and, if it may, queued."""
        if self.invoices < 6:
            self.invoices += 1
            factories.invoice(
                self.clients[0], f"10{self.invoices:02}", lines=[(key, "REG", "90.00")]
            )
        plan_export.plan_waiting(company_id=self.company.pk)
        ready = SourceInvoice.objects.filter(standing="ready")
        ids = list(ready.values_list("id", flat=True))
        if ids:
            run_export.start(access=self.access, invoice_ids=ids, now=NOW)

    @rule(key=KEYS, change=st.sampled_from(["move", "rename", "use", "go", "assign"]))
    def change_while_queued(self, key: str, change: str) -> None:
        """The invoice is queued already when its job changes."""
        self.queue(key)
        row = JobMapping.objects.select_related("target").get(job__key=key)
        n = int(row.target.list_id[-1]) if row.target else 0
        match change:
            case "move":
                self.move(n=n, to=1)
            case "rename":
                self.rename(n=n, name="Novak, Petra")
            case "use":
                self.use(n=n, active=False)
            case "go":
                self.go(n=n, back=False)
            case "assign":
                self.back_office(key=key, active=True, client=1)
        self.send()

    @rule()
    def send(self) -> None:
        """Each queued invoice comes to the moment of its intent."""
        queued = Posting.objects.filter(queued_at__isnull=False, state="ready")
        for posting in queued.select_related("invoice"):
            mapping = JobMapping.objects.filter(job__key=posting.job_key).first()
            held = {each.drift.kind for each in self._standing(posting.job_key) if each.blocks}
            if not PostingSubject(posting).stands():
                posting.queued_at = None
                posting.save()
                export_commits.settle_standing(invoice_ids=[posting.invoice_id])
                export_commits.plan_anew(posting=posting, now=NOW)
                continue
            assert not held
            assert mapping is not None
            assert mapping.target == posting.customer
            assert posting.customer is not None
            assert posting.customer.active
            assert posting.customer.gone_at is None
            under_acme = posting.customer.top_list_id == self.parents[0].list_id
            assert under_acme or mapping.other_customer_confirmed
            posting.state, posting.queued_at, posting.writes = "exported", None, 1
            posting.save()
            export_commits.settle_standing(invoice_ids=[posting.invoice_id])
            self.left[posting.pk] = posting.customer.pk

    # -------------------------------------------------------------- what always holds

    @invariant()
    def histories_replay_to_the_present(self) -> None:
        for mapping in JobMapping.objects.select_related("job", "target"):
            events = Event.objects.filter(
                subject="job_mapping", subject_key=mapping.job.key
            ).order_by("sequence")
            state = replay(change_of(event) for event in events)
            target = mapping.target
            assert state.version == mapping.version
            assert state.list_id == (target.list_id if target else "")

    @invariant()
    def what_stands_is_what_differs(self) -> None:
        if not hasattr(self, "company"):
            return
        self._notice()
        for mapping in JobMapping.objects.select_related(
            "job__client", "target", "remembered_client"
        ):
            expected = set()
            memory = memory_of(mapping, mapping.target) if mapping.target else None
            if memory is not None and mapping.target is not None:
                found = drifting.drifts(
                    memory, target=qb_job_fact(mapping.target), job=job_fact(mapping.job),
                    client=mapping.job.client.name,
                )  # fmt: skip
                expected = {_plain(each.kind.value) for each in found}
            stands = Drift.objects.filter(mapping=mapping, state__in=STANDING)
            assert {_plain(kind) for kind in stands.values_list("kind", flat=True)} == expected
        company = Company.objects.get(pk=self.company.pk)
        assert company.open_drifts == Drift.objects.filter(state="open").count()

    @invariant()
    def what_has_left_stays_where_it_is(self) -> None:
        if hasattr(self, "left"):
            there = Posting.objects.filter(state="exported")
            assert dict(there.values_list("id", "customer_id")) == self.left

    # -------------------------------------------------------------- helpers

    def _target(self, n: int) -> QbCustomer:
        return QbCustomer.objects.get(company=self.company, list_id=f"80-{n}")

    def _change(self, n: int, **columns: object) -> None:
        QbCustomer.objects.filter(company=self.company, list_id=f"80-{n}").update(**columns)
        self._notice()

    def _notice(self) -> None:
        factories.notice_all(company_id=self.company.pk, now=NOW)

    def _version(self, key: str) -> int:
        row = JobMapping.objects.filter(job__key=key).first()
        return row.version if row else 0

    def _memory(self, key: str) -> tuple[Any, ...] | None:
        row = JobMapping.objects.select_related("target").filter(job__key=key).first()
        if row is None or row.target is None:
            return None
        return (
            row.target.list_id, row.remembered_full_name, row.remembered_parent,
            row.remembered_top, row.remembered_active, row.remembered_job_active,
            row.remembered_client_id,
        )  # fmt: skip

    def _stands(self) -> set[tuple[int, str]]:
        """What was ignored before it was answered is asked again when that is undone."""
        rows = Drift.objects.filter(state__in=STANDING)
        return set(rows.values_list("mapping_id", "kind"))

    def _open(self, data: st.DataObject) -> list[int]:
        ids = list(Drift.objects.filter(state="open").values_list("id", flat=True))
        return data.draw(st.lists(st.sampled_from(ids), unique=True)) if ids else []

    def _standing(self, key: str) -> list[queries.DriftRow]:
        rows = Drift.objects.filter(mapping__job__key=key, state__in=STANDING)
        return queries.rows_of(
            company_id=self.company.pk, ids=list(rows.values_list("id", flat=True))
        )

    def _everything(self, *, confirmed: bool = True) -> tuple[Any, ...]:
        """What the mappings remember, what stands, and what is confirmed of them."""
        remembered = [self._memory("J-1"), self._memory("J-2")]
        flags = JobMapping.objects.values_list("job__key", "other_customer_confirmed")
        return (remembered, self._stands(), *([set(flags)] if confirmed else []))

    def _keep(self, key: str) -> Any:
        return keep_job_mapping(
            access=self.access, job_key=key, expected_version=self._version(key), reason="",
            now=NOW, confirmed=EVERYTHING,
        )  # fmt: skip

    def _look(self, answer: Answer, ids: list[int], *, sure: bool) -> int:
        rows = queries.rows_of(company_id=self.company.pk, ids=ids)
        looked = drift_inbox.look(
            access=self.access, answer=answer, rows=rows, confirmed=EVERYTHING if sure else ()
        )
        assert len(looked.good) + len(looked.aside) == len(rows)
        return len(looked.good)

    def _give(self, answer: Answer, ids: list[int], *, sure: bool = True) -> drift_inbox.Outcome:
        rows = queries.rows_of(company_id=self.company.pk, ids=ids)
        seen = {row.drift.pk: drift_inbox.stamp(row.drift) for row in rows}
        return drift_inbox.answer_drifts(
            access=self.access, answer=answer, seen=seen, reason="", now=NOW,
            confirmed=EVERYTHING if sure else (),
        )  # fmt: skip


def _plain(kind: str) -> str:
    """Deleted and merged are told apart by what else is there: here both are gone."""
    return "gone" if kind in {"merged", "deleted"} else kind


@pytest.mark.django_db
def test_whatever_happens_in_whatever_order() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=MANY or 12,
            stateful_step_count=50 if MANY else 20,
            suppress_health_check=list(HealthCheck),
        ),
    )
