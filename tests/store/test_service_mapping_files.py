"""Mapping files: what is written can be read back, and a bad row never stops a good one."""

from __future__ import annotations

import io

import pytest
from tests import factories
from tests.factories import NOW, World

from tieout.service import mapping_files
from tieout.service.access import Access
from tieout.store.models import ClassMapping, JobMapping
from tieout.store.queries.jobs import JobFilter


def bea(world: World) -> Access:
    return Access(user=world.bea, company=world.northgate, role="biller")


def read(world: World, kind: mapping_files.Kind, text: str, **more: bool) -> mapping_files.Report:
    file = io.BytesIO(text.encode("utf-8"))
    return mapping_files.read_mappings(kind, bea(world), file, NOW, **more)


@pytest.fixture
def acme(world: World) -> World:
    client = factories.client(world.northgate)
    factories.job(client, "J-1")
    factories.job(client, "J-2", "=Ben Wood")
    factories.map_client(client, factories.qb_customer(world.northgate, "Acme"))
    factories.qb_customer(world.northgate, "Acme:Ortiz, Elena")
    factories.qb_customer(world.northgate, "Acme:Wood, Ben")
    return world


def test_jobs_are_mapped_by_path_and_each_bad_row_is_named(acme: World) -> None:
    report = read(
        acme,
        "job",
        'job_key,full_name\nJ-1,"acme:ortiz, elena"\nJ-2,Acme:Nobody\nJ-9,"Acme:Wood, Ben"\n,\n',
    )
    assert (report.saved, report.unchanged) == (1, 0)
    assert [(row.line, row.field) for row in report.refused] == [
        (3, "quickbooks_job"),
        (4, "job_key"),
    ]
    assert report.refused[0].value == "Acme:Nobody"
    assert "Refresh QuickBooks list" in report.refused[0].remedy
    assert JobMapping.objects.get().target.full_name == "Acme:Ortiz, Elena"


def test_what_was_written_changes_nothing_when_it_is_read_back(acme: World) -> None:
    read(acme, "job", 'job_key,quickbooks_job\nJ-1,"Acme:Ortiz, Elena"\n')
    out = io.StringIO()
    assert mapping_files.write_mappings("job", acme.northgate.pk, out) == 2
    text = out.getvalue()
    assert "'=Ben Wood" in text  # no formula for a spreadsheet
    report = read(acme, "job", text)
    assert (report.saved, report.unchanged, report.refused) == (0, 2, ())


def test_a_download_obeys_the_filter_on_screen(acme: World) -> None:
    out = io.StringIO()
    wanted = JobFilter(search="ortiz")
    assert mapping_files.write_mappings("job", acme.northgate.pk, out, wanted=wanted) == 1


def test_a_locked_job_is_changed_only_when_that_was_asked_for(acme: World) -> None:
    read(acme, "job", 'job_key,quickbooks_job\nJ-1,"Acme:Ortiz, Elena"\n')
    other = 'job_key,quickbooks_job\nJ-1,"Acme:Wood, Ben"\n'
    assert "locked in" in read(acme, "job", other).refused[0].message
    assert read(acme, "job", other, remap=True).saved == 1
    gone = "job_key,quickbooks_job\nJ-1,Not Mapped\n"
    assert read(acme, "job", gone, remap=True).saved == 1
    assert JobMapping.objects.get().target is None


def test_what_needs_a_confirmation_is_refused_unless_it_was_given(acme: World) -> None:
    customer = "job_key,quickbooks_job\nJ-1,Acme\n"
    assert "is a customer" in read(acme, "job", customer).refused[0].message
    assert read(acme, "job", customer, confirm=True).saved == 1


def test_the_sisters_are_mapped_by_file(acme: World) -> None:
    company = acme.northgate
    factories.item(company)
    factories.qb_entry(company, "Labor:Regular")
    ClassMapping.objects.create(company=company, kind="contractor", value="Healthcare")
    factories.qb_entry(company, "Medical", kind="class")
    beta = factories.client(company, "C-2", "Beta")
    factories.qb_customer(company, "Beta")
    assert read(acme, "client", "client_key,full_name\nC-2,Beta\nC-1,Acme\n").saved == 1
    assert read(acme, "item", "kind,item_key,full_name\ncontractor,REG,Labor:Regular\n").saved
    assert read(acme, "class", "kind,class_value,full_name\ncontractor,Healthcare,Medical\n").saved
    beta.refresh_from_db()
    assert beta.mapping.target.full_name == "Beta"
    for kind in ("client", "item", "class"):
        out = io.StringIO()
        mapping_files.write_mappings(kind, company.pk, out)
        again = read(acme, kind, out.getvalue())
        assert again.saved == 0
        assert again.refused == ()


def test_an_unknown_sister_is_named(acme: World) -> None:
    factories.qb_entry(acme.northgate, "Labor")
    report = read(acme, "item", "kind,item_key,full_name\ncontractor,NOPE,Labor\n")
    assert (report.refused[0].field, report.refused[0].value) == ("item_key", "NOPE")


def test_an_ambiguous_name_asks_for_the_list_id(acme: World) -> None:
    factories.item(acme.northgate)
    factories.qb_entry(acme.northgate, "Labor")
    factories.qb_entry(acme.northgate, "LABOR")
    report = read(acme, "item", "kind,item_key,full_name\ncontractor,REG,Labor\n")
    assert "quickbooks_list_id" in report.refused[0].remedy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04zip", "not a CSV"),
        (b"name,other\n1,2\n", "no column job_key"),
        (b"", "no column job_key"),
        (b"job_key\nJ-1\n", "no column quickbooks_job"),
    ],
)
def test_what_is_no_mapping_file_is_refused_as_a_whole(
    acme: World, content: bytes, says: str
) -> None:
    with pytest.raises(mapping_files.FileUnreadableError, match=says) as caught:
        mapping_files.read_mappings("job", bea(acme), io.BytesIO(content), NOW)
    assert caught.value.remedy
