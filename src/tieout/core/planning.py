"""What becomes of one source invoice: postings for QuickBooks, blocks, or nothing.

- *Export per Job*: one posting for each contractor job, on the mapped Customer:Job. Lines without
  a job go to the client's mapped customer, or block, as the company chose.
- *Export per Client*: one posting on the client's mapped customer, each line naming its job.
- A part with a negative total becomes a credit memo. A part that comes to 0.00 blocks or is
  skipped, as the company chose.
- An invoice goes whole or not at all: a block on one job holds back every part of it, so that a
  client never receives half of an invoice. All blocks are answered at once, each once.
- What a line sends is decided in lines.py, its number in numbering.py, every wording in
  blocking.py.

The answer depends on the arguments alone: the same facts give the same plan, on any machine.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tieout.core import blocking, fingerprints
from tieout.core.facts import (
    Block,
    BookFacts,
    ExportRules,
    InvoiceKind,
    JoblessLines,
    JobLink,
    Links,
    Plan,
    Posting,
    PostingKind,
    QbEntry,
    QbJob,
    SourceClient,
    SourceInvoice,
    SourceItem,
    SourceJob,
    Syncing,
    ZeroTotals,
)
from tieout.core.keys import MARKER_LENGTH
from tieout.core.lines import Lookup, amount_blocks, posting_line, reference_blocks
from tieout.core.money import add_up, show
from tieout.core.numbering import Fitted, assign
from tieout.core.splitting import Part, split
from tieout.core.texts import MEMO_MAX, PO_NUMBER_MAX, storable

# The marker and a blank in front of it are appended to the memo when it is sent.
_MEMO_ROOM = MEMO_MAX - MARKER_LENGTH - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Everything that lies on the desk while one invoice is planned."""

    invoice: SourceInvoice
    client: SourceClient | None
    rules: ExportRules
    lookup: Lookup

    @property
    def customer(self) -> QbJob | None:
        return self.lookup.links.clients.get(self.invoice.client_key)

    @property
    def terms(self) -> QbEntry | None:
        return self.lookup.links.terms.get(self.invoice.terms.strip().lower())


def plan(
    invoice: SourceInvoice,
    *,
    client: SourceClient | None,
    jobs: Mapping[str, SourceJob],
    items: Mapping[tuple[InvoiceKind, str], SourceItem],
    links: Links,
    rules: ExportRules,
    books: BookFacts,
    kept: Mapping[str, str],
    taken: Container[str],
) -> Plan:
    """Postings with everything QuickBooks will be told, or every reason why not.

    `client`, `jobs` and `items` are the back office's records (an absent one is named by its
    key). `kept` maps job keys ("" for none) to the numbers this invoice's parts already have,
    `taken` holds the numbers that other invoices use here or in QuickBooks: see numbering.assign.
    """
    lookup = Lookup(kind=invoice.kind, jobs=jobs, items=items, links=links, books=books)
    desk = _Desk(invoice=invoice, client=client, rules=rules, lookup=lookup)
    sums = tuple(_sum_blocks(invoice))
    parts = split(invoice.lines, syncing=rules.syncing)
    skipped: tuple[Part, ...] = ()
    if not sums and rules.zero_totals is ZeroTotals.SKIP:
        skipped = tuple(part for part in parts if not part.total)
        parts = tuple(part for part in parts if part.total)
        if skipped and not parts:
            return Plan(source_key=invoice.key, skipped="It comes to 0.00.")
    blocks = [*_header_blocks(desk), *sums]
    if not sums:
        blocks += _zero_blocks(desk, parts)
    for part in parts:
        blocks += _part_blocks(desk, part)
    numbers = assign(
        invoice.number,
        job_keys=[part.job_key for part in parts],
        kept=kept,
        taken=taken,
        rules=rules,
    )
    blocks += (answer for answer in numbers.values() if isinstance(answer, Block))
    if blocks:
        return Plan(source_key=invoice.key, blocks=_each_once(blocks))
    fitted = {key: answer for key, answer in numbers.items() if isinstance(answer, Fitted)}
    postings = [_posting(desk, part, fitted[part.job_key]) for part in parts]
    postings[0] = _with_skipped(desk, postings[0], skipped)
    return Plan(source_key=invoice.key, postings=tuple(postings))


def _header_blocks(desk: _Desk) -> Iterator[Block]:
    invoice, closing_date = desk.invoice, desk.lookup.books.closing_date
    if not invoice.lines:
        yield blocking.no_lines(number=invoice.number)
    if not invoice.number.strip():
        yield blocking.number_missing()
    if desk.rules.require_approval and not invoice.approved:
        yield blocking.approval_missing(number=invoice.number)
    if closing_date and invoice.invoice_date <= closing_date:
        yield blocking.period_closed(
            number=invoice.number, invoice_date=invoice.invoice_date, closing_date=closing_date
        )
    if invoice.terms.strip():
        entry = desk.terms
        if entry is None or entry.gone:
            yield blocking.terms_unknown(terms=invoice.terms, entry=None)
        elif not entry.active:
            yield blocking.terms_unknown(terms=invoice.terms, entry=entry)


def _sum_blocks(invoice: SourceInvoice) -> Iterator[Block]:
    unusable = [block for line in invoice.lines for block in amount_blocks(line)]
    yield from unusable
    if not unusable and invoice.lines and invoice.total is not None:
        lines = add_up(line.amount for line in invoice.lines)
        if lines != invoice.total:
            yield blocking.total_differs(number=invoice.number, printed=invoice.total, lines=lines)


def _zero_blocks(desk: _Desk, parts: Iterable[Part]) -> Iterator[Block]:
    for part in parts:
        if not part.total:
            job = desk.lookup.jobs.get(part.job_key)
            yield blocking.zero_total(number=desk.invoice.number, job=job)


def _part_blocks(desk: _Desk, part: Part) -> Iterator[Block]:
    if part.job_key:
        yield from _job_blocks(desk, part.job_key)
    elif desk.rules.syncing is Syncing.PER_JOB and desk.rules.jobless_lines is JoblessLines.BLOCK:
        yield blocking.line_without_job(lines=[line.number for line in part.lines])
    else:
        yield from _client_blocks(desk)
    for line in part.lines:
        yield from reference_blocks(line, desk.lookup)


def _job_blocks(desk: _Desk, job_key: str) -> Iterator[Block]:
    job = desk.lookup.jobs.get(job_key)
    link = desk.lookup.links.jobs.get(job_key)
    if job is None:
        yield blocking.job_unknown(job_key=job_key)
    elif link is None:
        yield blocking.job_not_mapped(job=job)
    else:
        yield from link_blocks(job, link, customer=desk.customer)


def link_blocks(job: SourceJob, link: JobLink, *, customer: QbJob | None) -> Iterator[Block]:
    """Why nothing may be posted along this link now; asked again before an invoice is sent.

    `customer` is what the invoice's client is mapped to. A client that is not mapped is no
    obstacle here: the job's own link says where to post.
    """
    if link.target.gone:
        yield blocking.job_gone(job=job, target=link.target)
        return
    if not link.target.active:
        yield blocking.job_inactive(job=job, target=link.target)
    if link.drift_unanswered:
        change = link.drift_unanswered
        yield blocking.drift_unanswered(job=job, target=link.target, change=change)
    if customer and not link.other_customer_confirmed and _apart(link.target, customer):
        yield blocking.job_other_customer(job=job, target=link.target, customer=customer)


def _apart(one: QbJob, other: QbJob) -> bool:
    """Whether both are known to stand under different customers."""
    ours, theirs = one.root, other.root
    return bool(ours and theirs) and ours != theirs


def _client_blocks(desk: _Desk) -> Iterator[Block]:
    key, customer = desk.invoice.client_key, desk.customer
    name = desk.client.name if desk.client else key
    if customer is None or customer.gone:
        yield blocking.client_not_mapped(client_key=key, name=name, gone=customer)
    elif not customer.active:
        yield blocking.client_inactive(client_key=key, name=name, customer=customer)


def _each_once(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks in order; what several lines share is said once, for the first of them."""
    seen: dict[tuple[str, str, str, str], Block] = {}
    for block in blocks:
        seen.setdefault((block.reason, block.job_key, block.subject, block.message), block)
    return tuple(seen.values())


def _posting(desk: _Desk, part: Part, number: Fitted) -> Posting:
    invoice, links = desk.invoice, desk.lookup.links
    credit = part.total < 0
    per_client = desk.rules.syncing is Syncing.PER_CLIENT
    lines = [
        posting_line(line, desk.lookup, credit=credit, name_job=per_client) for line in part.lines
    ]
    memo, memo_notes = storable(
        _memo(invoice, number), where="Memo", limit=_MEMO_ROOM, one_line=False
    )
    po_number, po_notes = storable(
        _po_number(desk, part), where="P.O. No.", limit=PO_NUMBER_MAX, one_line=True
    )
    link = links.jobs.get(part.job_key)
    posting = Posting(
        source_key=invoice.key,
        job_key=part.job_key,
        kind=PostingKind.CREDIT_MEMO if credit else PostingKind.INVOICE,
        number=number.number,
        customer=link.target if link else links.clients[invoice.client_key],
        mapping_version=link.version if link else 0,
        txn_date=invoice.invoice_date,
        total=abs(part.total),
        lines=tuple(line for line, _ in lines),
        due_date=invoice.due_date,
        terms=desk.terms,
        po_number=po_number,
        memo=memo,
        template_name=desk.rules.template_name,
        tax_code=desk.lookup.books.non_taxable_code if desk.lookup.books.uses_sales_tax else "",
        notes=(*number.notes, *po_notes, *memo_notes, *(n for _, own in lines for n in own)),
    )
    return replace(posting, fingerprint=fingerprints.of_posting(posting))


def _memo(invoice: SourceInvoice, number: Fitted) -> str:
    """The source's memo, and its number where QuickBooks will show another one."""
    original = invoice.number.strip()
    origin = "" if number.number == original else f"Bilflo invoice {original}"
    return "; ".join(filter(None, (invoice.memo.strip(), origin)))


def _po_number(desk: _Desk, part: Part) -> str:
    job = desk.lookup.jobs.get(part.job_key)
    return desk.invoice.po_number.strip() or (job.po_number if job else "")


def _with_skipped(desk: _Desk, posting: Posting, skipped: Iterable[Part]) -> Posting:
    """Parts that come to 0.00 leave no posting of their own; the first one says so."""
    notes = []
    for part in skipped:
        job = desk.lookup.jobs.get(part.job_key)
        what = blocking.job_name(job) if job else part.job_key or "Lines without a contractor job"
        notes.append(f"{what}: {show(part.total)}, so nothing is exported for it.")
    return replace(posting, notes=(*posting.notes, *notes)) if notes else posting
