"""Write examples/northgate: a staffing agency's back office and its QuickBooks company.

    python tools/make_northgate.py [folder]

The same code writes the same CSV and JSON bytes every time, on every machine; the workbook holds
the same cells. expected.json is computed afterwards from the written files alone, by
expect_northgate.py.
"""

from __future__ import annotations

import sys
from pathlib import Path

import expect_northgate
from northgate_maker import company, files
from northgate_maker.agency import make_agency
from northgate_maker.books import make_books
from northgate_maker.specials import add_specials

FOLDER = Path(__file__).resolve().parents[1] / "examples" / "northgate"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    agency = make_agency()
    add_specials(agency)
    books = make_books(agency)
    sheets = files.tables(agency)
    for name, table in sheets.items():
        files.write_csv(folder / f"{name.lower().replace(' ', '_')}.csv", table)
    files.write_workbook(folder / "northgate.xlsx", sheets)
    files.write_mistakes(folder / "invoices_with_mistakes.csv")
    files.write_json(folder / "quickbooks.json", company.company(agency, books))
    files.write_json(folder / "bookkeeper.json", company.bookkeeper(agency, books))
    files.write_texts(folder / "mappings.csv", company.job_mappings(books))
    files.write_texts(folder / "truth.csv", company.truth(books))
    files.write_texts(folder / "client_mappings.csv", company.client_mappings(agency))
    files.write_texts(folder / "item_mappings.csv", company.item_mappings())
    files.write_texts(folder / "class_mappings.csv", company.class_mappings())
    expect_northgate.main(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
