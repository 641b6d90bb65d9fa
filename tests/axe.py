"""axe-core in a page: no violation of WCAG 2.2 A and AA, nor of axe's best practices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).resolve().parent / "vendor" / "axe" / "axe.min.js"
RUN = """async (rules) => (await axe.run(document, {
    resultTypes: ["violations"], ...(rules.length ? {runOnly: rules} : {}),
})).violations"""


@cache
def _axe() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """One line per violated rule and element: the rule, what it asks for, and the element.

    `rules` names the only ones to look at, as color-contrast; without it all are.
    """
    # evaluated through the debugger, which the content security policy does not bind; once for
    # each document, in which it is quicker the second time
    if page.evaluate("!window.axe"):
        page.evaluate(_axe())
    return [
        f"{found['id']} ({found['impact']}): {found['help']} at {' '.join(map(str, node['target']))}"
        for found in page.evaluate(RUN, list(rules))
        for node in found["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with every violation that axe finds in the page as it is now."""
    found = violations(page)
    assert not found, f"{page.url}:\n" + "\n".join(found)
