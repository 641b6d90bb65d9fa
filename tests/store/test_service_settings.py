"""Which values a setting may take: the service says it, whichever way they come."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.factories import NOW, World

from tieout.core.facts import ExportRules
from tieout.service import save_connection
from tieout.service.access import Access
from tieout.service.save_connection import ConnectionSettings, SettingRefused
from tieout.store.models import Company, Connection, Event

SETTINGS = ConnectionSettings(url="http://127.0.0.1:8166", username="tieout", password="hush")


def save(world: World, settings: ConnectionSettings, rules: ExportRules) -> None:
    access = Access(user=world.sam, company=world.northgate, role="super_user")
    save_connection.save(access=access, settings=settings, rules=rules, now=NOW)


def refused(world: World, settings: ConnectionSettings, rules: ExportRules) -> SettingRefused:
    """What is said of it, after everything else was saved well."""
    save(world, SETTINGS, ExportRules())
    before = [list(each.objects.values()) for each in (Connection, Company, Event)]
    with pytest.raises(SettingRefused) as raised:
        save(world, settings, rules)
    assert [list(each.objects.values()) for each in (Connection, Company, Event)] == before
    return raised.value


@pytest.mark.parametrize(
    ("name", "value", "field", "says"),
    [
        ("split_suffix", "-part", "split_suffix", "write {n} once"),
        ("split_suffix", "{n}{n}", "split_suffix", "write {n} once"),
        ("split_suffix", "-par-s{n}", "split_suffix", "8 are the most"),
        ("number_prefix_strip", "x" * 21, "number_prefix_strip", "20 are the most"),
        ("template_name", "x" * 32, "invoice_template", "31 are the most"),
        ("template_name", "a\nb", "invoice_template", "cannot be printed"),
    ],
)
def test_a_rule_that_cannot_be_meant(
    name: str, value: str, field: str, says: str, world: World
) -> None:
    error = refused(world, SETTINGS, replace(ExportRules(), **{name: value}))
    assert error.field == field
    assert says in str(error)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("username", " ", "Username is empty"),
        ("url", "", "URL is empty"),
        ("url", "http://" + "x" * 300, "300 are the most"),
        ("username", "x" * 101, "100 are the most"),
        ("password", "x" * 201, "200 are the most"),
        ("company_file", "C:\\books\n.qbw", "cannot be printed"),
    ],
)
def test_a_connection_that_cannot_be_meant(name: str, value: str, says: str, world: World) -> None:
    error = refused(world, replace(SETTINGS, **{name: value}), ExportRules())
    assert error.field == name
    assert says in str(error)
