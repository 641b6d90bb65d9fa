"""A web process is ready before its first request."""

from __future__ import annotations

import gc

import pytest
from django.template import base, engines
from django.test import Client
from tests.factories import World

from tieout.config import warm


def test_no_request_waits_for_a_template_and_no_collection_walks_through_what_stays(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for loader in engines["django"].engine.template_loaders:
        loader.reset()
    gc.unfreeze()
    try:
        warm.warm_up()
        assert gc.get_freeze_count() > 50_000
    finally:
        gc.unfreeze()
    compiled: list[str] = []
    compile_ = base.Template.compile_nodelist

    def noting(template: base.Template) -> base.NodeList:
        compiled.append(str(template.name))
        return compile_(template)

    monkeypatch.setattr(base.Template, "compile_nodelist", noting)
    client.force_login(world.bea)
    for page in ("", "map-jobs/", "invoices/", "tie-out/"):
        response = client.get(f"/c/{world.northgate.pk}/{page}")
        assert response.status_code == 200, page
    assert compiled == []
