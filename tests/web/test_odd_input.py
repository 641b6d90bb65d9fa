"""Whatever stands in an address, a form or a header, no page breaks: not found, passed over, or told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.factories import World
from tests.web.test_another_companys_ids import ARGUMENTS, HTMX, NAMES
from tests.web.test_another_companys_ids import harbors as harbors  # a fixture

ASKED = (
    "after", "all", "batch", "client", "from", "group", "job", "kind", "log", "number", "open",
    "page", "q", "reason", "rows", "search", "show", "sort", "state", "tab", "target", "to",
    "verdict", "from_date", "to_date", "digest", "next",
)  # fmt: skip
POSTED = (
    "answer", "app_name", "batch", "change", "client", "company_file", "company_name",
    "confirmed", "digest", "every_minutes", "fingerprint", "from", "from_date", "full_name",
    "invoice", "invoices", "kind", "name", "note", "number", "page", "password", "pick",
    "posting", "q", "reason", "road", "role", "row", "rows", "said", "seen", "sheet", "stamp", "state",
    "tab", "target", "to_date", "under", "url", "user_name", "username", "version", "next", "present",
    "new", "again", "split_suffix", "number_prefix_strip", "invoice_template", "syncing",
)  # fmt: skip
NOT_WHOLE = {"invoice", "invoice_preview"}  # Harbor's invoice has lines of no posting
FIXED = {"what": "chosen", "matching": ""}
ODD = {
    "superscript": "²",
    "other digits": "٣",
    "the largest id": "9" * 18,
    "the last of 64 bits": str(2**63),
    "longer than Python reads": "9" * 5_000,
    "empty byte": "a\0b",
}
IDS = (2**31, 2**63, 10**30)


def addresses(
    resolver: URLResolver | None = None, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, arguments) of every address."""
    for each in (resolver or get_resolver()).url_patterns:
        arguments = (*above, *each.pattern.converters)
        if isinstance(each, URLResolver):
            yield from addresses(each, arguments)
        elif isinstance(each, URLPattern) and each.name:
            yield each.name, arguments


ADDRESSES = sorted(set(addresses()))


def arguments_of(
    name: str, arguments: tuple[str, ...], company_id: int, harbors: dict[str, Any]
) -> dict[str, Any]:
    known = {"company_id": company_id, "kind": "clients"}
    return {
        each: known[each] if each in known else harbors[NAMES.get(name) or ARGUMENTS[each]]
        for each in arguments
    }


def answers(client: Client, address: str, odd: str) -> Iterator[tuple[str, int]]:
    """What every way to ask for an address is answered."""
    asked = dict.fromkeys(ASKED, odd)
    values = [f"{odd}.{odd}.{odd}", f"{odd}:job_status:x", odd]
    posted = dict.fromkeys(POSTED, values) | FIXED
    screen = {"HTTP_HX_CURRENT_URL": f"http://[{odd}/?page={odd}"}
    for how, given in (("get", asked), ("post", posted)):
        with transaction.atomic():
            status = status_of(getattr(client, how)(address, given, **HTMX, **screen))
            transaction.set_rollback(True)
        yield how, status


def status_of(answer: Any) -> int:
    """The status of an answer that is read to its end."""
    if answer.streaming:
        b"".join(answer.streaming_content)
    return int(answer.status_code)


def test_every_address_is_asked() -> None:
    assert len(ADDRESSES) > 90


@pytest.mark.parametrize("odd", ODD.values(), ids=list(ODD))
def test_odd_values_break_no_page(
    odd: str, world: World, harbors: dict[str, Any], as_person: Callable[[str], Client]
) -> None:
    charlie = as_person("charlie")
    charlie.raise_request_exception = False
    broke = []
    for name, arguments in ADDRESSES:
        if name == "sign_out" or name in NOT_WHOLE:
            continue
        given = arguments_of(name, arguments, world.harbor.pk, harbors)
        for how, status in answers(charlie, reverse(name, kwargs=given), odd):
            if status >= 500:
                broke.append((name, how))
    assert not broke


@pytest.mark.parametrize("number", IDS)
def test_an_id_that_nothing_can_have_is_not_found(
    number: int, world: World, harbors: dict[str, Any], as_person: Callable[[str], Client]
) -> None:
    charlie = as_person("charlie")
    for name, arguments in ADDRESSES:
        given = arguments_of(name, arguments, world.harbor.pk, harbors)
        for argument in arguments:
            if not isinstance(given[argument], int):
                continue
            there = reverse(name, kwargs=given | {argument: 987654321})
            address = there.replace("987654321", str(number))
            for ask in (charlie.get, charlie.post):
                assert status_of(ask(address)) in {302, 404, 405}, (name, argument)
