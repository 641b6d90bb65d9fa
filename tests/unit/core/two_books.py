"""Two books as a table that a bookkeeper can read and write.

    Bilflo                      | QuickBooks                       | verdict
    1042-1 03/06 Reyes 1,200.00 | 1042-1 03/06 Reyes 1,200.00      | tied
    1043   03/06 Cole    300.00 |                                  | missing
                                | 1044 03/06 Cole  20.00 mark=K9   | extra

A side is number, day (2026), QuickBooks job and total, then any of: `void`, `txn=…`, `mark=…`.
Both sides of a row have the same TxnID unless one says otherwise; `txn=` alone means none known.
Several verdicts of one row are parted by commas.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.facts import OurInvoice, TheirInvoice, TieOut


@dataclass(frozen=True)
class Books:
    ours: list[OurInvoice]
    theirs: list[TheirInvoice]
    verdicts: list[str]  # as the table expects them: "1 tied", by the number of the row

    def found(self, answer: TieOut) -> list[str]:
        """The verdicts of an answer in the same form."""
        rows = {their.txn_id: place for their, place in zip(self.theirs, self._rows, strict=True)}
        return sorted(
            f"{rows[f.theirs.txn_id] if f.theirs else f.ours.posting_id} {f.verdict.value}"
            for f in answer.findings
        )

    _rows: list[int]


def books(table: str) -> Books:
    _, *rows = [row for row in table.splitlines() if "|" in row]
    ours, theirs, verdicts, places = [], [], [], []
    for place, row in enumerate(rows, start=1):
        left, right, expected = (cell.split() for cell in row.split("|"))
        if left:
            facts = _side(left, txn=f"T{place}")
            ours.append(OurInvoice(posting_id=place, job_key="", **facts))
        if right:
            theirs.append(TheirInvoice(**_side(right, txn=f"T{place}")))
            places.append(place)
        verdicts += [f"{place} {v.strip()}" for v in " ".join(expected).split(",") if v.strip()]
    return Books(ours=ours, theirs=theirs, verdicts=sorted(verdicts), _rows=places)


def _side(cell: list[str], *, txn: str) -> dict[str, object]:
    number, day, job, total, *marks = cell
    month, day_of_month = day.split("/")
    named = dict(mark.split("=") for mark in marks if "=" in mark)
    return {
        "number": number,
        "txn_date": date(2026, int(month), int(day_of_month)),
        "customer_list_id": job,
        "total": Decimal(total.replace(",", "")),
        "voided": "void" in marks,
        "txn_id": named.get("txn", txn),
        "marker_key": named.get("mark", ""),
    }
