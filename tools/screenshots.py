"""Pictures of pages of a running Tieout: light, dark and phone, and axe's findings beside them.

    python tools/screenshots.py --base http://127.0.0.1:8000 --user bea --password-env PASSWORD \\
        --to pictures /c/1/ /c/1/map-jobs/

Exit status 1 when axe finds a violation, so that a make target can fail on it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.axe import violations  # needs the root on the path
from tests.browser import LOOKS, chromium, look_at, sign_in


def main() -> int:
    """Take them all; 1 when axe found something."""
    options = _options()
    options.to.mkdir(parents=True, exist_ok=True)
    found: list[str] = []
    with chromium() as browser:
        for look in LOOKS:
            context = look_at(browser, look)
            page = context.new_page()
            if options.user:
                password = os.environ[options.password_env]
                sign_in(page, options.base, username=options.user, password=password)
            for path in options.paths:
                page.goto(f"{options.base}{path}")
                page.wait_for_load_state("load")
                target = options.to / f"{_name(path)}-{look.name}.png"
                page.screenshot(path=target, full_page=options.full)
                found += [f"{path} ({look.name}): {line}" for line in violations(page)]
                print(target)
            context.close()
    print("\n".join(found) or "axe: no violation")
    return 1 if found else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--user", default="")
    parser.add_argument("--password-env", default="TIEOUT_PASSWORD", metavar="NAME")
    parser.add_argument("--to", type=Path, default=Path("screenshots"), metavar="DIR")
    parser.add_argument("--full", action="store_true", help="the whole page, not the window")
    parser.add_argument("paths", nargs="+", metavar="PATH")
    return parser.parse_args()


def _name(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "front-door"


if __name__ == "__main__":
    sys.exit(main())
