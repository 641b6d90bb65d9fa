"""`tieout tie-out`: who may ask for one."""

from __future__ import annotations

import argparse

import pytest
from tests.factories import World

from tieout.cli import main, tie_out
from tieout.cli.output import CommandError
from tieout.service.access import Access


def options(world: World, who: str) -> argparse.Namespace:
    """Of a period that is refused, so that QuickBooks is not needed."""
    words = ["tie-out", "--company", world.northgate.name, "--as", who]
    period = ["--from", "2026-10-31", "--to", "2026-10-01"]
    return main.build_parser(["tie-out"]).parse_args([*words, *period])


@pytest.mark.parametrize("who", ["sam", "bea", "avery"])
def test_whoever_may_on_the_page_may_from_the_command_line(who: str, world: World) -> None:
    with pytest.raises(CommandError, match="exchange the two days"):
        tie_out.run(options(world, who))


def test_a_viewer_may_not(world: World) -> None:
    with pytest.raises(CommandError, match="vic may not do this"):
        tie_out.run(options(world, "vic"))
    assert not Access(user=world.vic, company=world.northgate, role="viewer").can_tie_out
