"""The first screen: what waits, and the one next action."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone
from tests.factories import (
    NOW,
    World,
    client,
    invoice,
    item,
    job,
    map_client,
    map_item,
    posting,
    qb_customer,
    qb_entry,
)

from tieout.store.models import (
    Batch,
    Book,
    Connection,
    Lane,
    Posting,
    QbCustomer,
    QbEntry,
    Task,
    TieOut,
)


def set_up(world: World) -> None:
    Connection.objects.filter(company=world.northgate).update(
        url="http://127.0.0.1:8166", username="t", status="active", last_contact_at=NOW
    )
    Book.objects.filter(company=world.northgate).update(
        company_name="Northgate LLC", lists_refreshed_at=NOW
    )
    job(client(world.northgate), map_state="mapped")


def page(as_person, world: World, name: str = "bea") -> str:
    response = as_person(name).get(f"/c/{world.northgate.pk}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_who_sees_it(as_person, world: World) -> None:
    for name in ("sam", "bea", "avery", "vic"):
        page(as_person, world, name)
    assert as_person("charlie").get(f"/c/{world.northgate.pk}/").status_code == 404
    assert Client().get(f"/c/{world.northgate.pk}/").status_code == 302


def test_a_new_company_is_led_to_its_configuration(as_person, world: World) -> None:
    html = page(as_person, world)
    assert "0 invoices ready · 0 need a job · 0 unconfirmed" in html
    assert "Next: Configure." in html
    assert f'href="/c/{world.northgate.pk}/settings/integrations/quickbooks-desktop/"' in html


def test_the_first_line_counts_what_waits(as_person, world: World) -> None:
    set_up(world)
    acme = client(world.northgate, "C-2", "Beta")
    for number in range(17):
        invoice(acme, f"R{number}", standing="ready")
    invoice(acme, "B", standing="blocked", first_reason="job_not_mapped")
    html = page(as_person, world)
    assert "17 invoices ready · 1 needs a job · 0 unconfirmed" in html
    assert "$21,600.00 not in QuickBooks yet" in html
    assert "Next: export what is ready." in html
    assert '/invoices/?group=ready&amp;select=all">Export 17 invoices</a>' in html


@pytest.mark.parametrize(
    ("standing", "reason", "said"),
    [
        ("blocked", "job_not_mapped", "Next: map the jobs that block invoices."),
        ("blocked", "period_closed", "Next: see what blocks the rest"),
        ("exported", "", "Nothing is waiting."),
    ],
)
def test_the_next_action(as_person, world: World, standing: str, reason: str, said: str) -> None:
    set_up(world)
    other = client(world.northgate, "C-2", "Beta")
    job(other, "J-2", map_state="not_mapped")
    invoice(other, standing=standing, first_reason=reason)
    assert said in page(as_person, world)


def test_the_mapping_that_frees_most_comes_first(as_person, world: World) -> None:
    set_up(world)
    other = client(world.northgate, "C-2", "Beta")
    job(other, "J-2", map_state="not_mapped")
    invoice(other, "1", standing="blocked", first_reason="job_not_mapped")
    assert "Next: map the jobs that block invoices." in page(as_person, world)
    invoice(other, "2", standing="blocked", first_reason="item_not_mapped")
    assert "Next: map the jobs that block invoices." in page(as_person, world)
    invoice(other, "3", standing="blocked", first_reason="item_not_mapped")
    html = page(as_person, world)
    assert "Next: map the pay/bill items that block 2 invoices." in html
    assert (
        f'/c/{world.northgate.pk}/invoice-mapping/?state=not_mapped">Invoice Mapping</a>' in html
    )
    assert "map the pay/bill items" in page(as_person, world, "vic")
    assert 'primary" href' not in page(as_person, world, "vic")


def test_every_reason_is_said_with_its_invoices_and_the_oldest(as_person, world: World) -> None:
    set_up(world)
    other = client(world.northgate, "C-2", "Beta")
    invoice(other, "0", standing="blocked", first_reason="")
    assert "What blocks invoices" not in page(as_person, world)
    for number, day in (("1", date(2026, 9, 12)), ("2", date(2026, 8, 30))):
        invoice(other, number, standing="blocked", first_reason="period_closed", on=day)
    html = page(as_person, world)
    assert (
        f'<a href="/c/{world.northgate.pk}/invoices/?group=blocked&amp;reason=period_closed">'
        'Period closed</a></th><td class="num" data-label="Invoices">2</td>'
        '<td class="money" data-label="Total">$2,400.00</td>'
        '<td class="nowrap" data-label="Oldest">08/30/2026</td>'
    ) in html


def test_the_queue_is_said_with_its_age_and_the_next_try(as_person, world: World) -> None:
    set_up(world)
    assert "<dt>Queue</dt><dd>empty</dd>" in page(as_person, world)
    bill = invoice(client(world.northgate, "C-2", "Beta"), standing="under_way")
    sent = posting(bill, qb_customer(world.northgate, "Beta"), state="ready")
    sent.queued_at = NOW
    sent.save()
    html = page(as_person, world)
    assert "1 to export, the oldest asked for <time" in html
    assert "10/19/2026 10:00 AM" in html
    assert "next try" not in html
    assert "What was asked for is being exported; nothing to do." in html
    Lane.objects.filter(company=world.northgate).update(failures=2, wake_at=NOW)
    assert "; next try 10/19/2026 10:00 AM" in page(as_person, world)


def test_the_next_nightly_refresh_is_said(as_person, world: World) -> None:
    assert "<dt>Next nightly refresh</dt><dd>once the connection is active</dd>" in page(
        as_person, world
    )
    set_up(world)
    assert "after the first Refresh QuickBooks list" in page(as_person, world)
    Book.objects.filter(company=world.northgate).update(lists_full_at=timezone.now())
    assert "<dt>Next nightly refresh</dt><dd>after" not in page(as_person, world)
    html = page(as_person, world).partition("<dt>Next nightly refresh</dt><dd>")[2]
    assert re.match(r"\d\d/\d\d/\d{4} 0[1-4]:\d\d AM</dd>", html)


def test_jobs_that_ended_are_mapped_from_their_blocked_invoices(as_person, world: World) -> None:
    set_up(world)
    other = client(world.northgate, "C-2", "Beta")
    job(other, "J-2", active=False, map_state="not_mapped")
    invoice(other, standing="blocked", first_reason="job_not_mapped")
    html = page(as_person, world)
    assert "Next: map the ended jobs that block invoices." in html
    assert "?group=blocked&amp;reason=job_not_mapped" in html


def test_what_holds_the_queue_comes_first(as_person, world: World) -> None:
    set_up(world)
    invoice(client(world.northgate, "C-2", "Beta"), standing="ready")
    Lane.objects.filter(company=world.northgate).update(held_reason="a backup was restored.")
    assert "Exporting stands still: a backup was restored." in page(as_person, world)


def test_both_books_agree(as_person, world: World) -> None:
    set_up(world)
    task = Task.objects.create(
        company=world.northgate, kind="tie_out", created_at=NOW, due_at=NOW, state="done"
    )
    TieOut.objects.create(
        company=world.northgate, task=task, at=NOW, complete=True, ours=5, theirs=5
    )
    html = page(as_person, world, "vic")
    assert "both books agree as of 10/19/2026" in html
    assert '<strong class="good">0.00</strong>' in html
    evening = datetime(2026, 10, 20, 1, 30, tzinfo=UTC)  # half past nine of the 19th in New York
    TieOut.objects.update(at=evening)
    assert "both books agree as of 10/19/2026" in page(as_person, world, "vic")


def test_equal_totals_with_a_wrong_job_are_no_agreement(as_person, world: World) -> None:
    set_up(world)
    task = Task.objects.create(
        company=world.northgate, kind="tie_out", created_at=NOW, due_at=NOW, state="done"
    )
    TieOut.objects.create(
        company=world.northgate, task=task, at=NOW, complete=True, verdicts={"wrong job": 1}
    )
    html = page(as_person, world, "vic")
    assert "both books agree" not in html
    assert ">Differs</span>" in html


def test_the_connection_light_names_the_problem(as_person, world: World) -> None:
    Connection.objects.filter(company=world.northgate).update(
        status="broken", problem="Nothing listens at this address.", remedy="Start the connector."
    )
    html = page(as_person, world)
    assert "Nothing listens at this address." in html
    assert "Start the connector." in html


def test_sister_mappings_that_went_stale_are_said_with_the_way_there(
    as_person, world: World
) -> None:
    of = world.northgate
    assert "inactive or gone" not in page(as_person, world)
    acme, gone = client(of), qb_customer(of, "Acme")
    map_client(acme, gone)
    for key in ("OT", "REG"):
        map_item(item(of, key), qb_entry(of, f"Labor:{key}"))
    QbCustomer.objects.update(gone_at=NOW)
    QbEntry.objects.update(active=False)
    html = page(as_person, world, "vic")
    home = f"/c/{of.pk}/"
    assert f'{home}client-mapping/?tab=active&amp;state=attention">1 client</a>' in html
    assert f'{home}invoice-mapping/?tab=contractor&amp;state=attention">2 pay/bill items<' in html


@pytest.mark.parametrize(
    ("state", "task", "said"),
    [
        ("sending", "running", ["Under way", "0 of 1 exported"]),
        ("exported", "done", ["Exported"]),
        ("needs a person", "done", ["Needs a person"]),
        ("refused", "done", ["Refused"]),
        ("unconfirmed", "done", ["Unconfirmed"]),
        ("ready", "failed", ["Not exported"]),
    ],
)
def test_how_a_batch_stands(
    as_person, world: World, state: str, task: str, said: list[str]
) -> None:
    of = world.northgate
    work = Task.objects.create(company=of, kind="export", state=task, created_at=NOW, due_at=NOW)
    batch = Batch.objects.create(
        company=of, task=work, created_at=NOW, postings_count=1, total="1200.00"
    )
    posting(invoice(client(of)), qb_customer(of, "Acme"), state=state)
    Posting.objects.update(batch=batch)
    row = page(as_person, world).partition("Recent batches")[2].partition("</tbody>")[0]
    assert all(word in row for word in said)
    assert ("Under way" in row) == (task == "running")


def test_the_number_of_queries(as_person, world: World, django_assert_num_queries) -> None:
    set_up(world)
    browser = as_person("bea")
    with django_assert_num_queries(18):
        browser.get(f"/c/{world.northgate.pk}/")


def test_what_quickbooks_holds_otherwise_comes_before_what_is_ready(
    as_person, world: World
) -> None:
    set_up(world)
    acme = client(world.northgate, "C-2", "Beta")
    invoice(acme, "R1", standing="ready")
    customer = qb_customer(world.northgate, "Beta")
    gone = posting(invoice(acme, "20417", standing="exported"), customer, state="deleted")
    assert "Next: export what is ready." in page(as_person, world)
    gone.noticed_at = NOW
    gone.save()
    html = page(as_person, world)
    assert "Next: look at exported invoices that QuickBooks holds otherwise, or twice." in html
    assert f'href="/c/{world.northgate.pk}/invoices/?group=all&amp;noticed=1"' in html
    assert "Look at 1 invoice" in html


def test_what_needs_a_person_is_found_whether_it_was_sent_or_not(as_person, world: World) -> None:
    """A taken number blocks an invoice before it is sent; an unsure one is under way."""
    set_up(world)
    acme, customer = client(world.northgate, "C-2", "Beta"), qb_customer(world.northgate, "Beta")
    for number, standing in (("20690", "blocked"), ("20691", "under_way")):
        of = invoice(acme, number, standing=standing)
        posting(of, customer, state="needs a person")
    invoice(acme, "20692", standing="ready")
    html = page(as_person, world)
    assert "Next: decide about the invoices that need a person.<" in html
    ways = re.findall(r'href="([^"]+/invoices/[^"]*person[^"]*)"', html)
    assert len(ways) == 2  # the button, and the tile
    for way in ways:
        found = as_person("bea").get(way.replace("&amp;", "&")).content.decode()
        assert "20690" in found
        assert "20691" in found
        assert "20692" not in found
    assert f'href="?{ways[0].partition("?")[2]}">2 need a person' in found
