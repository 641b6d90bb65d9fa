"""The Tie-out page: the answer in its first line, a new comparison, both tables, CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests import factories
from tests.factories import NOW, World

from tieout.core import facts
from tieout.core.facts import Verdict
from tieout.service import moments
from tieout.store.commits import tie_outs as commits
from tieout.store.models import Posting, QbCustomer, SourceInvoice, Task, TieOut
from tieout.web.templatetags.tieout import moment

DAY = date(2026, 10, 4)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def root(world: World) -> str:
    return f"/c/{world.northgate.pk}/tie-out/"


@pytest.fixture
def bea(as_person: object) -> Client:
    return as_person("bea")  # type: ignore[operator]


@pytest.fixture
def books(world: World) -> World:
    """One exported invoice, 20417, on Acme:Ortiz."""
    acme = factories.client(world.northgate, name="Acme")
    factories.qb_customer(world.northgate, "Acme")
    ortiz = factories.qb_customer(world.northgate, "Acme:Ortiz, Elena")
    factories.qb_customer(world.northgate, "Acme:=Reed, Sam")
    posting(factories.invoice(acme, standing="exported"), ortiz)
    return world


def posting(of: SourceInvoice, customer: QbCustomer, **more: object) -> Posting:
    values = {
        "state": "exported",
        "state_at": NOW,
        "exported_at": NOW,
        "kind": "invoice",
        "txn_id": f"T-{of.number}",
    }
    return Posting.objects.create(
        company=of.company,
        invoice=of,
        key=f"key-{of.number}",
        guid="{0}",
        number=of.number,
        numbered_from=of.number,
        customer=customer,
        txn_date=of.invoice_date,
        total=of.total,
        fingerprint="0" * 64,
        content={},
        **{**values, **more},
    )


def ours(**changes: object) -> facts.OurInvoice:
    row = Posting.objects.select_related("customer").get(number="20417")
    given: dict[str, object] = {
        "posting_id": row.pk,
        "number": row.number,
        "txn_id": row.txn_id,
        "customer_list_id": row.customer.list_id,
        "job_key": "J-1",
        "txn_date": DAY,
        "total": Decimal("1200.00"),
    }
    return facts.OurInvoice(**(given | changes))  # type: ignore[arg-type]


def theirs(**changes: object) -> facts.TheirInvoice:
    given: dict[str, object] = {
        "txn_id": "T-20417",
        "number": "20417",
        "customer_list_id": ours().customer_list_id,
        "txn_date": DAY,
        "total": Decimal("1200.00"),
    }
    return facts.TheirInvoice(**(given | changes))  # type: ignore[arg-type]


def concluded(
    world: World,
    *findings: facts.Finding,
    totals: Mapping[str, tuple[str, str]] | None = None,
    at: datetime = LATER,
    **params: str,
) -> TieOut:
    """A tie-out as it was concluded; totals are full name -> both books' totals."""
    task = Task.objects.create(
        company=world.northgate,
        kind="tie_out",
        state="done",
        requested_by=world.bea,
        created_at=at,
        due_at=at,
        finished_at=at,
        params=params,
    )
    rows = {"Acme:Ortiz, Elena": ("1200.00", "1200.00")} if totals is None else totals
    ids = dict(world.northgate.qb_customers.values_list("full_name", "list_id"))
    jobs = tuple(
        facts.JobTotal(
            customer_list_id=ids.get(name, name), ours=Decimal(our), theirs=Decimal(their)
        )
        for name, (our, their) in rows.items()
    )
    result = facts.TieOut(
        totals=jobs,
        findings=findings,
        ours=sum((each.ours for each in jobs), Decimal("0.00")),
        theirs=sum((each.theirs for each in jobs), Decimal("0.00")),
    )
    made = commits.open_tie_out(task=task, now=at)
    names = {list_id: name for name, list_id in ids.items()}
    commits.save_result(tie_out=made, result=result, postings_count=758, names=names, now=at)
    return made


def finding(verdict: Verdict, difference: str = "0.00", **sides: object) -> facts.Finding:
    both = {"ours": ours(), "theirs": theirs()} | sides
    return facts.Finding(verdict=verdict, difference=Decimal(difference), **both)  # type: ignore[arg-type]


def page(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# ------------------------------------------------------------------ the first line


def test_nothing_exported_yet(bea: Client, world: World, root: str) -> None:
    html = page(bea, root)
    assert "<strong>Nothing was exported yet,</strong> so there is nothing to compare." in html
    assert ">Tie out</button>" not in html
    assert ">See what is ready</a>" in html


def test_never_tied_out(bea: Client, books: World, root: str) -> None:
    html = page(bea, root)
    assert "<strong>Both books were never compared.</strong>" in html
    assert '<button class="primary">Tie out</button>' in html


def test_both_books_agree(bea: Client, books: World, root: str) -> None:
    concluded(books)
    said = (
        f'<strong class="badge ok wraps">Both books agree as of {moment(LATER)}: '
        "difference 0.00 over 758 exported invoices</strong>"
    )
    assert said in page(bea, root)


def test_books_differ(bea: Client, books: World, root: str) -> None:
    concluded(
        books,
        finding(Verdict.AMOUNT, "1199.00", theirs=theirs(total=Decimal("1.00"))),
        totals={"Acme:Ortiz, Elena": ("1200.00", "1.00")},
    )
    html = page(bea, root)
    assert '<strong class="badge bad wraps">Books differ by $1,199.00: 1 amount</strong>' in html
    assert '<strong class="wrong">1,199.00</strong>' in html


def test_equal_totals_with_findings_are_no_agreement(bea: Client, books: World, root: str) -> None:
    concluded(books, finding(Verdict.DATE, theirs=theirs(txn_date=date(2026, 12, 31))))
    html = page(bea, root)
    assert "The totals agree, the invoices do not: 1 date" in html
    assert "Both books agree" not in html


def test_a_period_without_exports(bea: Client, books: World, root: str) -> None:
    made = concluded(books, totals={}, from_date="2027-01-01", to_date="2027-01-31")
    TieOut.objects.filter(pk=made.pk).update(postings_count=0)
    html = page(bea, root)
    assert "Nothing was exported in this period" in html
    assert "01/01/2027 – 01/31/2027" in html
    assert 'value="2027-01-01"' in html


def test_what_came_since_is_said(bea: Client, books: World, root: str) -> None:
    concluded(books)
    assert "since" not in page(bea, root)
    acme = books.northgate.clients.get()
    ortiz = books.northgate.qb_customers.get(full_name="Acme:Ortiz, Elena")
    after = LATER + timedelta(minutes=1)
    for number in ("1", "2", "3"):
        posting(factories.invoice(acme, number), ortiz, state_at=after, exported_at=after)
    assert "<strong>3 invoices were exported since:</strong> tie out again." in page(bea, root)
    Posting.objects.filter(number="20417").update(state="changed in quickbooks", state_at=after)
    said = "<strong>3 invoices were exported since, and 1 changed:</strong>"
    assert said in page(bea, root)


# ------------------------------------------------------------------ findings


VERDICTS = [
    (Verdict.MISSING, {"theirs": None}, "Missing in QuickBooks", "again with [tieout:key-20417]"),
    (Verdict.EXTRA, {"ours": None}, "Extra in QuickBooks", "void it"),
    (Verdict.DUPLICATE, {}, "Duplicate in QuickBooks", "void the second 20417"),
    (Verdict.VOIDED, {}, "Voided", "take VOID: out of its memo"),
    (Verdict.AMOUNT, {}, "Amount", "put QuickBooks back to"),
    (Verdict.WRONG_JOB, {}, "Wrong job", "Customer:Job in QuickBooks back to Acme:Ortiz, Elena"),
    (Verdict.DATE, {}, "Date", "the date in QuickBooks back to 10/04/2026"),
    (Verdict.NUMBER, {}, "Number", "the number in QuickBooks back to 20417"),
]


@pytest.mark.parametrize(("verdict", "sides", "word", "to_do"), VERDICTS, ids=str)
def test_each_finding_has_a_word_a_shape_and_somebody_who_acts(
    bea: Client, books: World, root: str, verdict: Verdict, sides: dict, word: str, to_do: str
) -> None:
    concluded(books, finding(verdict, **sides))
    html = page(bea, root)
    assert f">{word}</span>" in html
    assert "Bookkeeper:" in html
    assert to_do in html


def test_a_void_that_is_only_ours_is_to_be_done_there(
    bea: Client, books: World, root: str
) -> None:
    concluded(books, finding(Verdict.VOIDED, "-1200.00", ours=ours(voided=True)))
    assert "void 20417 in QuickBooks too" in page(bea, root)


def test_a_job_that_is_gone_is_not_to_be_set_back(bea: Client, books: World, root: str) -> None:
    reed = QbCustomer.objects.get(full_name="Acme:=Reed, Sam")
    concluded(books, finding(Verdict.WRONG_JOB, theirs=theirs(customer_list_id=reed.list_id)))
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(gone_at=NOW)
    html = page(bea, root)
    assert "set Customer:Job in QuickBooks back" not in html
    assert "Acme:Ortiz, Elena is gone from QuickBooks" in html
    assert "leave the invoice where it is if Acme:=Reed, Sam took over" in html


def test_a_wrong_job_shows_both_and_leads_to_the_invoice(
    bea: Client, books: World, root: str
) -> None:
    reed = QbCustomer.objects.get(full_name="Acme:=Reed, Sam")
    concluded(
        books,
        finding(Verdict.WRONG_JOB, theirs=theirs(customer_list_id=reed.list_id)),
        totals={"Acme:Ortiz, Elena": ("1200.00", "0.00"), "Acme:=Reed, Sam": ("0.00", "1200.00")},
    )
    html = page(bea, root)
    invoice = SourceInvoice.objects.get()
    assert f'<a href="/c/{books.northgate.pk}/invoices/{invoice.pk}/">20417</a>' in html
    assert "<span>Ortiz, Elena</span>" in html
    assert "<span>=Reed, Sam</span>" in html


def test_findings_are_narrowed_to_one_kind(bea: Client, books: World, root: str) -> None:
    concluded(
        books,
        finding(Verdict.DATE, theirs=theirs(number="D-1")),
        finding(Verdict.NUMBER, theirs=theirs(number="N-1")),
    )
    html = page(bea, f"{root}?show=findings&verdict=date")
    assert "in QuickBooks D-1" in html
    assert "in QuickBooks N-1" not in html
    assert page(bea, f"{root}?verdict=nonsense&show=nonsense")


def test_names_from_quickbooks_are_text(bea: Client, books: World, root: str) -> None:
    QbCustomer.objects.filter(full_name="Acme:Ortiz, Elena").update(full_name="<b>Ortiz</b>")
    concluded(books, finding(Verdict.MISSING, theirs=None), totals={"<b>Ortiz</b>": ("1", "0")})
    for show in ("findings", "jobs"):
        html = page(bea, f"{root}?show={show}")
        assert "&lt;b&gt;Ortiz" in html
        assert "<b>Ortiz" not in html


# ------------------------------------------------------------------ per QuickBooks job


@pytest.fixture
def three_jobs(books: World) -> TieOut:
    return concluded(
        books,
        totals={
            "Acme": ("5.00", "5.00"),
            "Acme:Ortiz, Elena": ("1200.00", "1100.00"),
            "Acme:=Reed, Sam": ("0.00", "300.00"),
        },
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["=Reed, Sam", "Ortiz, Elena", "Acme"]),
        ("&sort=customer", ["Acme", "=Reed, Sam", "Ortiz, Elena"]),
        ("&sort=-customer", ["Ortiz, Elena", "=Reed, Sam", "Acme"]),
        ("&differing=1", ["=Reed, Sam", "Ortiz, Elena"]),
        ("&search=acme+ELENA", ["Ortiz, Elena"]),
        ("&search=nobody", []),
        ("&sort=nonsense&page=nonsense", ["=Reed, Sam", "Ortiz, Elena", "Acme"]),
    ],
)
def test_jobs_are_sorted_and_searched(
    bea: Client, three_jobs: TieOut, root: str, query: str, expected: list[str]
) -> None:
    rows = page(bea, f"{root}?show=jobs{query}").partition("<tbody>")[2].partition("</tbody>")[0]
    names = [row.rpartition("<span>")[2] for row in rows.split("</span></span></th>")[:-1]]
    assert names == expected


def test_the_number_of_queries_does_not_grow(bea: Client, books: World, root: str) -> None:
    def measure(show: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(bea, f"{root}?show={show}")
        return len(asked)

    many = [finding(Verdict.DATE, theirs=theirs(txn_id=f"T-{n}")) for n in range(130)]
    few = [finding(Verdict.DATE)]
    concluded(books, *few, totals={"J-1": ("1", "1")})
    before = {show: measure(show) for show in ("findings", "jobs", "former")}
    for n in range(60):
        concluded(books, at=LATER + timedelta(minutes=n))
    concluded(
        books, *many, totals={f"J-{n}": ("1", "1") for n in range(130)}, at=NOW + timedelta(days=1)
    )
    assert {show: measure(show) for show in ("findings", "jobs", "former")} == before
    assert max(before.values()) <= 12
    assert "1–50 of 130 findings" in page(bea, root)
    assert "101–130 of 130 jobs" in page(bea, f"{root}?show=jobs&page=3")


# ------------------------------------------------------------------ former ones, CSV


def test_former_tie_outs_are_kept_and_open(bea: Client, books: World, root: str) -> None:
    first = concluded(
        books,
        finding(Verdict.MISSING, "1200.00", theirs=None),
        totals={"Acme:Ortiz, Elena": ("1200.00", "0.00")},
    )
    concluded(books, at=LATER + timedelta(days=1))
    html = page(bea, f"{root}?show=former")
    assert f'href="{root}{first.pk}/"' in html
    assert ">1 missing</span>" in html
    assert ">Bea</td>" in html
    old = page(bea, f"{root}{first.pk}/")
    assert "Books differ by $1,200.00: 1 missing" in old
    assert ">Tie out</button>" not in old
    assert ">The latest tie-out</a>" in old


def test_csv_of_jobs(bea: Client, three_jobs: TieOut, root: str) -> None:
    response = bea.get(f"{root}{three_jobs.pk}/jobs.csv")
    lines = b"".join(response).decode("utf-8-sig").splitlines()
    assert lines[0] == "Customer:Job,Tieout,QuickBooks,Difference"
    assert lines[1] == "Acme,5.00,5.00,0.00"
    assert "Acme:=Reed, Sam" in lines[2]
    assert lines[2].endswith(",0.00,300.00,-300.00")


def test_csv_of_findings_is_harmless_in_a_spreadsheet(
    bea: Client, books: World, root: str
) -> None:
    QbCustomer.objects.filter(full_name="Acme:=Reed, Sam").update(full_name="=Reed, Sam")
    reed = QbCustomer.objects.get(full_name="=Reed, Sam")
    made = concluded(
        books,
        finding(
            Verdict.AMOUNT,
            "-300.00",
            theirs=theirs(
                number='=HYPERLINK("x")', customer_list_id=reed.list_id, total=Decimal("1500.00")
            ),
        ),
        totals={"Acme:Ortiz, Elena": ("1200.00", "0.00"), "=Reed, Sam": ("0.00", "1500.00")},
    )
    text = b"".join(bea.get(f"{root}{made.pk}/findings.csv")).decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(text)))
    found = dict(zip(header[:7], row[:7], strict=True))
    assert found["Finding"] == "Amount"
    assert found["QuickBooks #"] == '\'=HYPERLINK("x")'
    assert found["QuickBooks Customer:Job"] == "'=Reed, Sam"
    assert row[7:10] == ["1200.00", "1500.00", "-300.00"]
    assert row[11].startswith("Bookkeeper:")


# ------------------------------------------------------------------ starting


def test_start_makes_one_task_and_shows_its_progress(bea: Client, books: World, root: str) -> None:
    for _ in range(2):
        response = bea.post(f"{root}start/", {"from_date": "2026-10-01", "to_date": "2026-10-31"})
        assert response.status_code == 302
        assert response["Location"] == root
    task = Task.objects.get()
    assert (task.kind, task.on_lane, task.requested_by) == ("tie_out", True, books.bea)
    assert task.params == {"from_date": "2026-10-01", "to_date": "2026-10-31"}
    html = page(bea, root)
    assert "<strong>Both books are being compared.</strong>" in html
    assert f'id="task-{task.pk}"' in html
    assert 'hx-trigger="task-over from:body"' in html
    assert 'value="2026-10-31"' in html
    assert '<button class="primary" disabled>Tie out</button>' in html


def test_an_empty_period_means_everything(bea: Client, books: World, root: str) -> None:
    bea.post(f"{root}start/", {"from_date": "", "to_date": ""})
    assert Task.objects.get().params == {}


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-10-31", "2026-10-01", "after it ends (10/01/2026)"),
        ("tomorrow", "", "From: give a day such as 10/19/2026, or nothing."),
        ("", "2026-02-30", "To: give a day such as"),
    ],
)
def test_a_period_that_makes_no_sense_is_one_sentence(
    bea: Client, books: World, root: str, first: str, last: str, said: str
) -> None:
    response = bea.post(f"{root}start/", {"from_date": first, "to_date": last}, follow=True)
    html = response.content.decode()
    assert said in html
    assert not Task.objects.exists()
    assert f'value="{first}"' in html or not first


def test_a_failure_says_what_to_do(bea: Client, books: World, root: str) -> None:
    concluded(books)
    Task.objects.create(
        company=books.northgate,
        kind="tie_out",
        state="failed",
        created_at=LATER,
        due_at=LATER,
        finished_at=moments.now(),
        problem="QuickBooks shows a dialog.",
        remedy="Close it, then tie out again.",
    )
    html = page(bea, root)
    assert '<span class="badge bad">The last tie-out failed.</span>' in html
    assert "QuickBooks shows a dialog." in html
    assert "Close it, then tie out again." in html
    assert "Both books agree as of" in html
    assert '<button class="primary">Tie out</button>' in html


@pytest.mark.parametrize("name", ["sam", "bea", "avery"])
def test_everybody_who_decides_may_start(
    as_person: object, books: World, root: str, name: str
) -> None:
    assert as_person(name).post(f"{root}start/").status_code == 302  # type: ignore[operator]
    assert Task.objects.get().kind == "tie_out"


def test_a_viewer_reads_and_cannot_start(as_person: object, books: World, root: str) -> None:
    made = concluded(books)
    vic = as_person("vic")  # type: ignore[operator]
    html = page(vic, root)
    assert "Both books agree" in html
    assert ">Tie out</button>" not in html
    assert vic.get(f"{root}{made.pk}/jobs.csv").status_code == 200
    assert vic.post(f"{root}start/").status_code == 403
    assert Task.objects.count() == 1


def addresses(root: str, tie_out_id: int) -> list[str]:
    below = ("", f"{tie_out_id}/", f"{tie_out_id}/jobs.csv", f"{tie_out_id}/findings.csv")
    return [root + each for each in below]


def test_a_stranger_learns_nothing(as_person: object, books: World, root: str) -> None:
    made = concluded(books)
    charlie = as_person("charlie")  # type: ignore[operator]
    for address in addresses(root, made.pk):
        assert charlie.get(address).status_code == 404
    assert charlie.post(f"{root}start/").status_code == 404
    own = f"/c/{books.harbor.pk}/tie-out/"
    for address in addresses(own, made.pk)[1:]:
        assert charlie.get(address).status_code == 404
    assert Task.objects.count() == 1


def test_somebody_unknown_signs_in_first(books: World, root: str) -> None:
    made = concluded(books)
    for address in addresses(root, made.pk):
        assert Client().get(address)["Location"] == f"/sign-in/?next={address}"
    assert Client().post(f"{root}start/")["Location"].startswith("/sign-in/")
