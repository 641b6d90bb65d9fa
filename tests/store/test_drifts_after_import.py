"""An import notices what changed on our side of a mapping: ended, reopened, re-assigned."""

from __future__ import annotations

from pathlib import Path

from tests import factories
from tests.factories import NOW, World

from tieout.service import import_source
from tieout.service.access import Access
from tieout.store.models import Drift, SourceJob

JOBS = "Contractor Job ID,Contractor,Client ID,Job Title,Status\nJ-1,Elena Ortiz,{},ICU,{}\n"


def test_reassigned_ended_and_reopened_are_noticed(world: World, tmp_path: Path) -> None:
    access = Access(user=world.bea, company=world.northgate, role="biller")
    first = factories.client(world.northgate)
    factories.client(world.northgate, "C-2", "Birch Legal")
    job = factories.job(first, title="ICU")
    factories.map_job(job, factories.qb_customer(world.northgate, "Acme"))

    def bring(client: str, status: str) -> list[tuple[str, str]]:
        path = tmp_path / "jobs.csv"
        path.write_text(JOBS.format(client, status), "utf-8")
        import_source.import_now(access, [path], now=NOW)
        rows = Drift.objects.filter(state="open").order_by("kind")
        return list(rows.values_list("kind", "seen_by__kind"))

    assert bring("C-1", "Active") == []
    assert bring("C-2", "Inactive") == [("ended", "import"), ("reassigned", "import")]
    drift = Drift.objects.get(kind="reassigned")
    assert (drift.was, drift.now) == ("Acme Health", "Birch Legal")
    assert SourceJob.objects.get().map_state == "attention"
    assert bring("C-1", "Active") == []
    assert SourceJob.objects.get().map_state == "mapped"
