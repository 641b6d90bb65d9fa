from __future__ import annotations

import pytest

from tieout.sources.sheets.columns import (
    FIELDS,
    labels,
    match_columns,
    normalise,
    required_fields,
)
from tieout.sources.sheets.shapes import Kind


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Invoice #", "number"),
        ("Inv No", "number"),
        ("INVOICE NUMBER", "number"),
        ("invoice_no.", "number"),
        ("W/E", "service_date"),
        ("Week Ending", "service_date"),
        ("Contract Job", "job_key"),
        ("Contractor Job", "job_key"),
        ("Pay/Bill Item", "item_key"),
        ("Hours", "quantity"),
        ("BillRate", "rate"),
        ("Ext. Amount", "amount"),
        ("Invoise Date", "invoice_date"),  # close enough
    ],
)
def test_columns_are_known_by_the_names_people_use(header: str, field: str) -> None:
    assert {m.field: m.header for m in match_columns(Kind.INVOICES, [header])} == {field: header}


def test_the_better_named_column_wins_and_the_other_stays_free() -> None:
    matches = match_columns(Kind.INVOICES, ["Pay/Bill Item", "Item ID", "Client", "Client ID"])
    found = {m.field: m.header for m in matches}
    assert found["item_key"] == "Item ID"
    assert found["client_key"] == "Client ID"
    assert "Client" not in found.values()


def test_a_similar_name_is_less_sure_than_an_exact_one() -> None:
    (exact,) = match_columns(Kind.CLIENTS, ["Client Name"])
    (similar,) = match_columns(Kind.CLIENTS, ["Cliemt Name"])
    assert exact.confidence == 1.0
    assert 0.8 < similar.confidence < 1.0


def test_a_column_fills_one_field_only() -> None:
    for kind in Kind:
        headers = [f.label for f in FIELDS[kind]]
        matches = match_columns(kind, headers)
        assert [m.header for m in matches] == headers
        assert {m.confidence for m in matches} == {1.0}


def test_strange_names_match_nothing() -> None:
    assert match_columns(Kind.INVOICES, ["", "Zodiac", "???", "Favourite colour"]) == ()


def test_no_name_stands_for_two_fields_of_one_kind_at_the_same_rank() -> None:
    for kind in Kind:
        first = [f.columns[0] for f in FIELDS[kind]]
        assert len(set(first)) == len(first)


def test_labels_and_required_fields() -> None:
    assert labels(Kind.JOBS)["contractor"] == "Contractor"
    assert required_fields(Kind.INVOICES) == ("number", "client_key", "invoice_date", "item_key")
    assert normalise("P.O. No.") == "p o number"
