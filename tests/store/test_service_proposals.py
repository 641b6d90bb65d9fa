"""An edited mapping file: its preview, what is saved of it, and one undo for the whole upload."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from tests import factories
from tests.factories import NOW, World

from tieout.service import (
    mapping_files,
    moments,
    proposal_bundles,
    propose_mappings,
    save_mapping,
    save_proposal,
    save_sisters,
    uploads,
)
from tieout.service.access import Access
from tieout.service.mapping_columns import FileUnreadableError, Kind, Row
from tieout.service.proposed_rows import Reader
from tieout.service.save_mapping import Saved
from tieout.service.worker import Worker
from tieout.store.commits import tasks
from tieout.store.models import (
    ClassMapping,
    ClientMapping,
    Event,
    JobMapping,
    Posting,
    Proposal,
    ProposedChange,
    SourceJob,
    Task,
)
from tieout.store.queries import proposals

ORTIZ, WOOD, OTHER = "Acme:Ortiz, Elena", "Acme:Wood, Ben", "Beta:Wood, Ben"


class Given(io.BytesIO):
    """An upload as the web framework hands it over."""

    def chunks(self) -> list[bytes]:
        return [self.getvalue()]


def bea(world: World) -> Access:
    return Access(user=world.bea, company=world.northgate, role="biller")


def sam(world: World) -> Access:
    return Access(user=world.sam, company=world.northgate, role="super_user")


def upload(world: World, text: str, kind: Kind = "job") -> Proposal:
    given = Given(text.encode("utf-8"))
    return propose_mappings.receive(bea(world), kind, given, "edited.csv", NOW)


def rows(proposal: Proposal) -> list[tuple[int, str, str, str]]:
    found = ProposedChange.objects.filter(proposal=proposal)
    return [(row.line, row.state, row.from_name, row.to_name) for row in found]


def one(proposal: Proposal) -> ProposedChange:
    return ProposedChange.objects.get(proposal=proposal)


def mapped() -> dict[str, str]:
    links = JobMapping.objects.filter(target__isnull=False).select_related("target")
    return {link.job.key: link.target.full_name for link in links}


def download(world: World, path: Path) -> str:
    mapping_files.write_mappings("job", world.northgate.pk, path)
    return path.read_text("utf-8")


def by_hand(world: World, key: str, name: str, *, version: int = 0) -> None:
    answer = save_mapping.save_job_mapping(
        access=sam(world),
        job_key=key,
        expected_version=version,
        target_list_id=factories.QbCustomer.objects.get(full_name=name).list_id,
        remove=version > 0,
        confirmed=[],
        reason="by hand",
        now=NOW,
    )
    assert isinstance(answer, Saved), answer


@pytest.fixture
def acme(world: World) -> World:
    client = factories.client(world.northgate)
    factories.job(client, "J-1")
    factories.job(client, "J-2", "=Ben Wood")
    factories.map_client(client, factories.qb_customer(world.northgate, "Acme"))
    factories.qb_customer(world.northgate, ORTIZ)
    factories.qb_customer(world.northgate, WOOD)
    factories.qb_customer(world.northgate, "Beta")
    factories.qb_customer(world.northgate, OTHER)
    return world


# ------------------------------------------------------------------ the preview


def test_the_preview_changes_nothing_and_says_from_and_to(acme: World) -> None:
    by_hand(acme, "J-2", WOOD)
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ.lower()}"\nJ-2,Not Mapped\n,\n')
    assert rows(proposal) == [(2, "ready", "", ORTIZ), (3, "confirm", WOOD, "")]
    assert mapped() == {"J-2": WOOD}
    assert Event.objects.count() == 1


def test_each_bad_row_names_its_field_its_value_and_the_remedy(acme: World) -> None:
    text = (
        "job_key,quickbooks_job,version\n"
        "J-1,Acme:Nobody,\n"  # 2
        'J-9,"Acme:Wood, Ben",\n'  # 3
        ',"Acme:Wood, Ben",\n'  # 4
        'J-2,"Acme:Wood, Ben",one\n'  # 5
        'J-2,"Acme:Wood, Ben",0\n'  # 6
    )
    proposal = upload(acme, text)
    said = [(row.line, row.state, row.field, row.value) for row in proposal.rows.all()]
    assert said == [
        (2, "error", "quickbooks_job", "Acme:Nobody"),
        (3, "error", "job_key", "J-9"),
        (4, "error", "job_key", ""),
        (5, "error", "version", "one"),
        (6, "error", "job_key", "J-2"),
    ]
    assert all(row.message and row.remedy for row in proposal.rows.all())
    assert "line 5 already" in proposal.rows.get(line=6).message
    assert proposal.rows.get(line=2).label.startswith("Elena Ortiz")


def test_what_has_to_be_confirmed_is_asked(acme: World) -> None:
    by_hand(acme, "J-2", WOOD)
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{WOOD}"\n')
    assert one(proposal).state == "confirm"
    assert [kind for kind, _ in one(proposal).warnings] == ["shared"]
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{OTHER}"\n')
    assert [kind for kind, _ in one(proposal).warnings] == ["other_customer"]


def test_two_rows_of_a_file_that_choose_one_job_are_asked_about(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{ORTIZ}"\n')
    assert [row[1] for row in rows(proposal)] == ["ready", "confirm"]
    assert "also chosen on line 2" in proposal.rows.get(line=3).warnings[0][1]


def test_a_row_whose_name_is_another_contractors_is_asked_about(acme: World) -> None:
    text = f'job_key,contractor,quickbooks_job\nJ-1,Ben Wood,"{ORTIZ}"\n'
    assert one(upload(acme, text)).warnings[0][0] == "other_name"


def test_what_somebody_changed_since_the_download_is_set_aside(
    acme: World, tmp_path: Path
) -> None:
    text = download(acme, tmp_path / "jobs.csv").replace(",,,0,", f',,"{ORTIZ}",0,', 1)
    by_hand(acme, "J-2", WOOD)
    assert "'=Ben Wood" in text
    other = text.replace(f'"{ORTIZ}"', f'"{OTHER}"')
    row = one(upload(acme, other))
    assert (row.state, row.key) == ("aside", "J-2")
    assert row.message == f"Sam mapped it to {WOOD} since the file was downloaded."
    save_proposal.save(access=bea(acme), proposal_id=row.proposal_id, now=NOW)
    assert mapped() == {"J-2": WOOD}


@pytest.mark.parametrize("name", ["jobs.csv", "jobs.xlsx"])
def test_what_was_downloaded_changes_nothing_when_it_is_read_back(
    acme: World, tmp_path: Path, name: str
) -> None:
    by_hand(acme, "J-1", ORTIZ)
    path = tmp_path / name
    mapping_files.write_mappings("job", acme.northgate.pk, path)
    proposal = propose_mappings.receive_now(bea(acme), "job", path, NOW)
    assert rows(proposal) == []
    assert (proposal.rows_read, proposal.unchanged) == (2, 2)


@pytest.mark.parametrize("cell", ["name", "list_id"])
def test_the_cell_that_was_edited_is_meant(acme: World, tmp_path: Path, cell: str) -> None:
    by_hand(acme, "J-1", ORTIZ)
    text = download(acme, tmp_path / "jobs.csv")
    was = factories.QbCustomer.objects.get(full_name=ORTIZ)
    now = factories.QbCustomer.objects.get(full_name=WOOD)
    edited = (
        text.replace(was.full_name, now.full_name)
        if cell == "name"
        else text.replace(was.list_id, now.list_id)
    )
    assert rows(upload(acme, edited)) == [(3, "confirm", ORTIZ, WOOD)]


def test_two_cells_that_contradict_each_other_are_refused(acme: World) -> None:
    ortiz = factories.QbCustomer.objects.get(full_name=ORTIZ).list_id
    text = f'job_key,quickbooks_list_id,quickbooks_job\nJ-1,{ortiz},"{WOOD}"\n'
    row = one(upload(acme, text))
    assert (row.state, row.field) == ("error", "quickbooks_job")


def test_a_job_with_exports_is_led_away_only_with_a_reason(acme: World) -> None:
    by_hand(acme, "J-1", ORTIZ)
    client = SourceJob.objects.get(key="J-1").client
    invoice = factories.invoice(client)
    Posting.objects.create(
        company=acme.northgate,
        invoice=invoice,
        job_key="J-1",
        customer=factories.QbCustomer.objects.get(full_name=ORTIZ),
        state="exported",
        state_at=NOW,
        total="1200.00",
        txn_date=invoice.invoice_date,
        revision=1,
        key="k",
        content={},
        guid="{0}",
    )
    without = one(upload(acme, f'job_key,quickbooks_job\nJ-1,"{WOOD}"\n'))
    assert (without.state, without.field) == ("error", "reason")
    text = f'job_key,quickbooks_job,reason\nJ-1,"{WOOD}",Moved to nights\n'
    proposal = upload(acme, text)
    assert one(proposal).state == "confirm"
    assert one(proposal).notes == [f"1 invoice stays on {ORTIZ}"]
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    assert mapped() == {"J-1": WOOD}
    assert Event.objects.order_by("sequence").last().reason == "Moved to nights"


def test_a_name_that_quickbooks_has_twice_asks_for_the_list_id(acme: World) -> None:
    factories.item(acme.northgate)
    factories.qb_entry(acme.northgate, "Labor")
    factories.qb_entry(acme.northgate, "LABOR")
    row = one(upload(acme, "kind,item_key,full_name\ncontractor,REG,Labor\n", "item"))
    assert "quickbooks_list_id" in row.remedy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.4", "PDF"),
        (b"PK\x03\x04zip", "Excel|zip"),
        (b"name,other\n1,2\n", "no column job_key"),
        (b"job_key\nJ-1\n", "no column quickbooks_job"),
        (b"", "empty"),
    ],
)
def test_what_is_no_mapping_file_is_refused_and_not_kept(
    acme: World, content: bytes, says: str
) -> None:
    before = list(uploads.root().rglob("*"))
    with pytest.raises(FileUnreadableError) as caught:
        propose_mappings.receive(bea(acme), "job", Given(content), "x.csv", NOW)
    assert any(part in str(caught.value) for part in says.split("|"))
    assert caught.value.remedy
    assert [path for path in uploads.root().rglob("*") if path.is_file()] == [
        path for path in before if path.is_file()
    ]
    assert not Proposal.objects.exists()


def test_the_queries_do_not_grow_with_the_rows(
    acme: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = SourceJob.objects.get(key="J-1").client
    for number in range(100):
        factories.job(client, f"K-{number}", f"Person {number}")
    lines = "".join(f"K-{number},{OTHER.split(':')[0]}\n" for number in range(100))
    with django_assert_max_num_queries(25):
        proposal = upload(acme, "job_key,quickbooks_job\n" + lines)
    assert proposal.rows.count() == 100


# ------------------------------------------------------------------ saved and undone


def test_all_that_is_ready_is_saved_and_undone_at_once(acme: World) -> None:
    by_hand(acme, "J-2", WOOD)
    text = f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{OTHER}"\n'
    proposal = upload(acme, text)
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert mapped() == {"J-1": ORTIZ, "J-2": WOOD}, "what is to be confirmed waits"
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    assert mapped() == {"J-1": ORTIZ, "J-2": OTHER}
    events = Event.objects.count()
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert mapped() == {"J-2": WOOD}
    assert Event.objects.count() == events + 2, "undo is a new event"
    assert {row[1] for row in rows(proposal)} == {"undone"}


def first_mappings(world: World, count: int, start: int) -> Proposal:
    client = SourceJob.objects.get(key="J-1").client
    lines = []
    for number in range(start, start + count):
        factories.job(client, f"K-{number}", f"Person {number}")
        factories.qb_customer(world.northgate, f"Acme:Person {number}")
        lines.append(f"K-{number},Acme:Person {number}\n")
    return upload(world, "job_key,quickbooks_job\n" + "".join(lines))


def statements_of_a_round(world: World, proposal: Proposal) -> tuple[int, int]:
    """To save all of it, and to undo it."""
    with CaptureQueriesContext(connection) as saved:
        save_proposal.save(access=bea(world), proposal_id=proposal.pk, now=NOW, confirm=True)
    with CaptureQueriesContext(connection) as undone:
        save_proposal.undo(access=bea(world), proposal_id=proposal.pk, now=NOW)
    assert {row.state for row in proposal.rows.all()} == {"undone"}
    return len(saved), len(undone)


def test_a_bundle_costs_the_same_statements_however_many_rows_it_has(acme: World) -> None:
    few = statements_of_a_round(acme, first_mappings(acme, 2, 0))
    many = statements_of_a_round(acme, first_mappings(acme, 40, 100))
    assert many[0] <= few[0], "the first of them also began the company's log"
    assert many[1] == few[1]
    assert max(many) < 30


def test_only_the_chosen_rows_are_saved_and_the_rest_waits(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{OTHER}"\n')
    chosen = proposal.rows.get(line=3)
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, ids=[chosen.pk])
    assert mapped() == {"J-2": OTHER}, "to choose it is to confirm it"
    assert [row[1] for row in rows(proposal)] == ["ready", "saved"]


def test_undo_keeps_and_names_what_was_changed_since(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\n')
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    save_mapping.undo_job_mapping(
        access=sam(acme), job_key="J-1", expected_version=1, reason="", now=NOW
    )
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert [row[1] for row in rows(proposal)] == ["kept", "undone"]
    kept = proposal.rows.get(line=2)
    assert kept.message.startswith("Sam removed its association")
    assert mapped() == {}


def test_two_jobs_that_changed_places_are_led_back(acme: World) -> None:
    by_hand(acme, "J-1", ORTIZ)
    by_hand(acme, "J-2", WOOD)
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{WOOD}"\nJ-2,"{ORTIZ}"\n')
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    assert mapped() == {"J-1": WOOD, "J-2": ORTIZ}
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert mapped() == {"J-1": ORTIZ, "J-2": WOOD}


@pytest.mark.parametrize("seed", range(12))
def test_undo_restores_exactly_what_was(acme: World, seed: int) -> None:
    rng = random.Random(seed)
    client = SourceJob.objects.get(key="J-1").client
    targets = [ORTIZ, WOOD, OTHER, "Acme", "Beta"]
    keys = [f"K-{number}" for number in range(7)]
    for key in keys:
        factories.job(client, key, f"Person {key}")
    for _ in range(2):  # some mappings to begin with, odd ones too
        text = "".join(f'{key},"{rng.choice(targets)}"\n' for key in rng.sample(keys, 4))
        first = upload(acme, "job_key,full_name\n" + text)
        save_proposal.save(access=bea(acme), proposal_id=first.pk, now=NOW, confirm=True)
    before = mapped()
    names = [*targets, "Not Mapped", ""]
    text = "".join(f'{key},"{rng.choice(names)}"\n' for key in keys)
    proposal = upload(acme, "job_key,full_name\n" + text)
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW, confirm=True)
    after = mapped()
    states = set(proposal.rows.values_list("state", flat=True))
    assert states <= {"saved"}
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert mapped() == before
    assert after != before or not states
    assert set(proposal.rows.values_list("state", flat=True)) <= {"undone"}


def test_no_character_of_a_file_breaks_the_database(acme: World) -> None:
    text = f'job_key,full_name,reason\nJ-1,"{ORTIZ}","a\0b\ud7ff\U0001f600"\nJ\0-9,x,\n'
    proposal = upload(acme, text + "," * 300 + "\n" + "x" * 400)
    assert proposal.rows.get(line=2).reason == "ab\ud7ff\U0001f600"
    assert proposal.rows.get(line=3).value == "J-9"


def test_what_changed_between_preview_and_save_is_set_aside(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\n')
    by_hand(acme, "J-1", WOOD)
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert rows(proposal)[0][1] == "aside"
    assert mapped() == {"J-1": WOOD}


def test_the_sisters_go_the_same_way(acme: World) -> None:
    company = acme.northgate
    factories.item(company)
    factories.qb_entry(company, "Labor:Regular")
    ClassMapping.objects.create(company=company, kind="contractor", value="Healthcare")
    factories.qb_entry(company, "Medical", kind="class")
    factories.client(company, "C-2", "Beta")
    files: dict[Kind, str] = {
        "client": "client_key,full_name\nC-2,Beta\nC-1,Acme\n",
        "item": "kind,item_key,full_name\ncontractor,REG,Labor:Regular\nnobody,REG,Labor\n",
        "class": "kind,class_value,full_name\ncontractor,Healthcare,Medical\n",
    }
    for kind, text in files.items():
        proposal = upload(acme, text, kind)
        save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
        assert proposals.counts(proposal_id=proposal.pk)["saved"] == 1, kind
        save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
        assert proposals.counts(proposal_id=proposal.pk)["undone"] == 1, kind
    assert ClientMapping.objects.filter(target__isnull=False).count() == 1
    assert not ClassMapping.objects.filter(target__isnull=False).exists()


def test_a_sister_that_was_changed_since_is_kept(acme: World) -> None:
    client = factories.client(acme.northgate, "C-2", "Beta")
    proposal = upload(acme, "client_key,full_name\nC-2,Beta\n", "client")
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    save_sisters.undo_sister(
        access=sam(acme), kind="client", pk=client.pk, expected_version=1, reason="", now=NOW
    )
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert one(proposal).state == "kept"


def test_a_stranger_finds_no_proposal(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\n')
    charlie = Access(user=acme.charlie, company=acme.harbor, role="super_user")
    assert save_proposal.save(access=charlie, proposal_id=proposal.pk, now=NOW) == (
        save_proposal.UNKNOWN
    )
    assert save_proposal.undo(access=charlie, proposal_id=proposal.pk, now=NOW) == (
        save_proposal.UNKNOWN
    )
    assert mapped() == {}


# ------------------------------------------------------------------ by the worker


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a file of three rows were a large one."""
    monkeypatch.setattr(propose_mappings, "INLINE_BYTES", 10)
    monkeypatch.setattr(propose_mappings, "BATCH", 2)
    monkeypatch.setattr(save_proposal, "INLINE_ROWS", 1)
    monkeypatch.setattr(save_proposal, "BATCH", 1)


def kept_files() -> set[Path]:
    return {path for path in uploads.root().rglob("*") if path.is_file()}


@pytest.mark.usefixtures("few_at_once")
def test_a_large_file_is_read_saved_and_undone_by_the_worker(acme: World) -> None:
    text = f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\nJ-9,x\n'
    before = kept_files()  # other tests of this process keep theirs
    proposal = upload(acme, text)
    assert proposal.state == "reading"
    assert rows(proposal) == []
    Worker().run_until_idle()
    assert [row[1] for row in rows(proposal)] == ["ready", "ready", "error"]
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    assert mapped() == {}
    assert save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW) == (
        save_proposal.BUSY
    )
    Worker().run_until_idle()
    assert mapped() == {"J-1": ORTIZ, "J-2": WOOD}
    save_proposal.undo(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    Worker().run_until_idle()
    assert mapped() == {}
    proposal.refresh_from_db()
    assert (proposal.state, proposal.task) == ("open", None)
    assert kept_files() == before


@pytest.mark.usefixtures("few_at_once")
def test_a_save_that_was_broken_off_goes_on_where_it_was(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\n')
    Worker().run_until_idle()
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    task = Task.objects.get(params__do="save")
    Task.objects.filter(pk=task.pk).update(state="running", tries=1)
    task.refresh_from_db()
    first = proposal.rows.get(line=2)
    proposal_bundles.save_rows(bea(acme), proposal, [first], NOW)
    Task.objects.filter(pk=task.pk).update(tries=2)
    # one of its two rows is done, by the worker before; this one has lost the task
    assert save_proposal.work_off(bea(acme), proposal, task, print, lambda: NOW) == 1
    assert mapped() == {"J-1": ORTIZ}, "a run that was taken over stops"
    Task.objects.filter(pk=task.pk).update(state="waiting")
    Worker().run_until_idle()
    assert mapped() == {"J-1": ORTIZ, "J-2": WOOD}
    assert Event.objects.filter(subject="job_mapping").count() == 2


@pytest.mark.usefixtures("few_at_once")
@pytest.mark.parametrize("other_is_through", [True, False], ids=["read", "just begun"])
def test_a_reading_that_was_paused_too_long_leaves_the_file_to_the_other_worker(
    acme: World, monkeypatch: pytest.MonkeyPatch, *, other_is_through: bool
) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\n')
    read, slept = Reader.read, []

    def sleepy(reader: Reader, batch: list[Row]) -> list[ProposedChange]:
        if not slept:
            slept.append(True)
            Task.objects.update(lease_until=moments.now() - timedelta(seconds=1))
            if other_is_through:
                assert Worker().do_task()
            else:
                assert tasks.claim_beside_lane(now=moments.now())
        return read(reader, batch)

    monkeypatch.setattr(Reader, "read", sleepy)
    assert Worker().do_task()
    assert slept
    state = Task.objects.get(params__do="read").state
    proposal.refresh_from_db()
    assert (state, proposal.state) == (
        ("done", "open") if other_is_through else ("running", "reading")
    )
    if not other_is_through:  # its worker dies, and the next one begins again
        Task.objects.update(lease_until=moments.now() - timedelta(seconds=1))
        Worker().run_until_idle()
    assert [row[1] for row in rows(proposal)] == ["ready", "ready"]


@pytest.mark.usefixtures("few_at_once")
def test_a_person_who_lost_the_right_saves_nothing(acme: World) -> None:
    proposal = upload(acme, f'job_key,quickbooks_job\nJ-1,"{ORTIZ}"\nJ-2,"{WOOD}"\n')
    Worker().run_until_idle()
    save_proposal.save(access=bea(acme), proposal_id=proposal.pk, now=NOW)
    factories.Membership.objects.filter(user=acme.bea).update(role="viewer")
    Worker().run_until_idle()
    assert mapped() == {}
    assert Task.objects.get(params__do="save").state == "failed"
    proposal.refresh_from_db()
    assert proposal.state == "open"
