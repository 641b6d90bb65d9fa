"""Batches, former imports and people as CSV: what is on screen, and nothing that runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.factories import NOW, World

from tieout.store.models import Batch, Company, Import, Task, User
from tieout.web.templatetags.tieout import moment

WHEN = moment(NOW)


def rows(browser: Any, address: str) -> list[str]:
    response = browser.get(address)
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


def batch(of: Company, by: User | None, message: str) -> Batch:
    task = Task.objects.create(
        company=of, kind="export", state="done", created_at=NOW, due_at=NOW, message=message
    )
    return Batch.objects.create(
        company=of, task=task, requested_by=by, created_at=NOW, postings_count=3, total="1290.50"
    )


@pytest.mark.parametrize("sign", ["=", "@", "＝", "＠"])
def test_batches(as_person: Any, world: World, sign: str) -> None:
    made = batch(world.northgate, world.bea, f"{sign}3 exported")
    batch(world.harbor, world.charlie, "a stranger's")
    home = f"/c/{world.northgate.pk}/invoices/exports/"
    vic = as_person("vic")
    assert f'href="{home}batches.csv"' in vic.get(home).content.decode()
    assert rows(vic, f"{home}batches.csv") == [
        "Batch,When,Who,State,Invoices,Total,Result",
        f"{made.pk},{WHEN},Bea,Done,3,1290.50,'{sign}3 exported",
    ]


def test_former_imports(as_person: Any, world: World) -> None:
    for of, name in ((world.northgate, "=cmd.csv"), (world.harbor, "strange.csv")):
        Import.objects.create(
            company=of, user=world.bea, created_at=NOW, filename=name, size=1, sha256="ab",
            path="x", sheets=[], state="done", rows=9, added=4, changed=3, unchanged=2, bad=1,
        )  # fmt: skip
    home = f"/c/{world.northgate.pk}/import/"
    vic = as_person("vic")
    assert f'href="{home}imports.csv"' in vic.get(home).content.decode()
    head, *found = rows(vic, f"{home}imports.csv")
    assert head.startswith("File,State,When,Who,Rows,Added,Changed,Unchanged,Left out,")
    assert found == [f"'=cmd.csv,Done,{WHEN},Bea,9,4,3,2,1,,ab"]


def test_people(as_person: Any, world: World) -> None:
    User.objects.filter(username="vic").update(first_name="@Vic")
    home = f"/c/{world.northgate.pk}/settings/people/"
    sam = as_person("sam")
    assert f'href="{home}people.csv"' in sam.get(home).content.decode()
    head, *found = rows(sam, f"{home}people.csv")
    assert head == "Username,Name,Last sign-in,Role"
    assert "vic,'@Vic,never,Viewer" in found
    assert not any(line.startswith("charlie") for line in found)
    assert as_person("bea").get(f"{home}people.csv").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["invoices/exports/batches.csv", "import/imports.csv", "settings/people/people.csv"],
)
def test_no_list_is_for_a_stranger_or_for_nobody(
    as_person: Any, world: World, client: Client, path: str
) -> None:
    address = f"/c/{world.northgate.pk}/{path}"
    assert as_person("charlie").get(address).status_code == 404
    assert client.get(address).status_code == 302  # to the sign-in
