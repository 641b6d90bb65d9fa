"""Start Tieout with its sample agency half mapped and half exported, and photograph its pages.

Every page in every look goes to screenshots/, those that the documents show to docs/screenshots.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.journeys.processes import Run, tieout  # needs the root on the path

ROOT = Path(__file__).resolve().parent.parent
TO = ROOT / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
IN_DOCUMENTS = ("map-jobs-light.png", "invoices-dark.png")
EXAMPLES = ROOT / "examples" / "northgate"
JOBS_MAPPED = 150
EXPORTED = [str(number) for number in range(20690, 20730)]  # those of them that are ready
PAGES = {
    "home": "/c/1/",
    "connection": "/c/1/settings/integrations/quickbooks-desktop/",
    "map-jobs": "/c/1/map-jobs/",
    "drift": "/c/1/drift/",
    "client-mapping": "/c/1/client-mapping/",
    "invoice-mapping": "/c/1/invoice-mapping/",
    "class-mapping": "/c/1/class-mapping/",
    "invoices": "/c/1/invoices/",
    "import": "/c/1/import/",
    "tie-out": "/c/1/tie-out/",
}


def main() -> int:
    """0 = photographed, 1 = axe found something on a page."""
    with tempfile.TemporaryDirectory(prefix="tieout-pictures-") as folder:
        run = Run(Path(folder) / "data").start()
        try:
            furnish(run.home, Path(folder))
            return photograph(run, Path(folder) / "pictures")
        finally:
            run.stop()


def furnish(home: Path, folder: Path) -> None:
    """As a company looks in the middle of its first week."""
    some = folder / "some_jobs.csv"
    lines = (EXAMPLES / "mappings.csv").read_text("utf-8").splitlines(keepends=True)
    some.write_text("".join(lines[: JOBS_MAPPED + 1]), "utf-8")
    for command in (
        ["verify"],
        ["refresh"],
        ["mappings", "clients", "import", str(EXAMPLES / "client_mappings.csv")],
        ["mappings", "items", "import", str(EXAMPLES / "item_mappings.csv")],
        ["mappings", "classes", "import", str(EXAMPLES / "class_mappings.csv")],
        ["mappings", "jobs", "import", str(some), "--confirm"],
        ["plan"],
        ["export", "--number", *EXPORTED],
        ["tie-out"],
    ):
        done = tieout(home, *command)
        print(f"tieout {' '.join(command[:3])}: {done.returncode} {done.stderr.strip()[:200]}")


def photograph(run: Run, pictures: Path) -> int:
    """Take every page in every look, and keep the pictures under the pages' names."""
    command = [sys.executable, str(ROOT / "tools" / "screenshots.py")]
    command += ["--base", run.greeting["address"].rstrip("/"), "--user", "sam"]
    command += ["--to", str(pictures), *PAGES.values()]
    env = {**os.environ, "TIEOUT_PASSWORD": run.greeting["password"]}
    done = subprocess.run(command, env=env, check=False)
    TO.mkdir(parents=True, exist_ok=True)
    names = {path.strip("/").replace("/", "-"): name for name, path in PAGES.items()}
    for picture in sorted(pictures.glob("*.png")):
        page, _, look = picture.stem.rpartition("-")
        shutil.move(picture, TO / f"{names.get(page, page)}-{look}.png")
    SHOWN.mkdir(parents=True, exist_ok=True)
    for name in IN_DOCUMENTS:
        shutil.copyfile(TO / name, SHOWN / name)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
