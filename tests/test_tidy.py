"""The rules of the house as tests: each ban with its replacement, sizes, no dead files, no dead links."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import tieout
from tieout.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "tieout"
MODULE_LINES_MAX = 400
TEST_MODULE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
FILE_BYTES_MAX = 1_500_000
CODE_FOLDERS = ("src", "tests", "tools", "bench")
SCREENSHOTS = ROOT / "docs" / "screenshots"  # photographed by `make screenshots`


@dataclass(frozen=True)
class Ban:
    """What is not written here, what is written instead, and where it may stand after all."""

    pattern: str
    instead: str
    within: str = ""  # only below this folder
    allowed: tuple[str, ...] = ()


BANS = (
    Ban(r"/(work|root|home)/[a-z]", "a path relative to the project or from the environment"),
    Ban(r"\b(TODO|FIXME|XXX|HACK)\b", "do it now, or say what holds today"),
    Ban(r"raise NotImplementedError", "leave it out until it exists"),
    Ban(r"except Exception:\n\s+pass\b", "name the error, or log it"),
    Ban(
        r"\b(datetime\.now|datetime\.utcnow|date\.today|timezone\.now|time\.time)\(",
        "take `now` as an argument; service.moments.now() makes it",
        within="src",
        allowed=(
            "src/tieout/service/moments.py",
            "src/tieout/cli/",
            "src/tieout/connector/",
            "src/tieout/sandbox/books.py",
        ),
    ),
    Ban(
        r"\bfloat\(|\bFloatField\b",
        "Decimal, for money and quantities",
        within="src",
        # a spreadsheet gives its numbers as floats, and seconds are no money
        allowed=("src/tieout/sources/sheets/cells.py", "src/tieout/quickbooks/wire/codec.py"),
    ),
    Ban(r"\b(sync_to_|reconcile_|tenant)\w*", "the words of the glossary", within="src"),
    Ban(r"\bpickle\b|\beval\(|\byaml\.load\(", "json, or ast.literal_eval", within="src"),
)


def code() -> Iterator[Path]:
    """Every Python file that people write here."""
    for folder in CODE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts and "__pycache__" not in path.parts:
                yield path


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.pattern)
def test_nothing_banned_is_written(ban: Ban) -> None:
    found = []
    for path in code():
        name = named(path)
        if path == Path(__file__) or not name.startswith(ban.within):
            continue
        if name.startswith(ban.allowed or ("\0",)):
            continue
        text = path.read_text("utf-8")
        for match in re.finditer(ban.pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{name}:{line}: {match.group()!r}: use {ban.instead}")
    assert not found, "\n".join(found)


def test_every_module_is_short_enough_to_be_read_at_once() -> None:
    long = []
    for path in code():
        lines = path.read_text("utf-8").count("\n")
        if lines > (TEST_MODULE_LINES_MAX if _is_test(path) else MODULE_LINES_MAX):
            long.append(f"{named(path)} has {lines} lines")
    assert not long, long


def test_every_function_is_short_enough_to_be_understood() -> None:
    long = [
        f"{named(path)}:{node.lineno}: {node.name} has {lines} lines"
        for path in code()
        if not _is_test(path)
        for node in ast.walk(_parsed(path))
        if isinstance(node, ast.FunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long, long


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        named(path)
        for path in code()
        if path.read_text("utf-8").strip()
        and not _is_test(path)
        and not ast.get_docstring(_parsed(path))
    ]
    assert not silent, silent


def _is_test(path: Path) -> bool:
    return path.is_relative_to(ROOT / "tests")


@pytest.mark.parametrize("guide", sorted(SOURCE.rglob("docs.md")), ids=named)
def test_every_module_stands_in_the_guide_of_its_folder(guide: Path) -> None:
    told = guide.read_text("utf-8")
    modules = {path.name for path in guide.parent.rglob("*.py")} - {"__init__.py"}
    assert {name for name in modules if f"`{name}`" not in told and name[:-3] not in told} == set()


@pytest.mark.parametrize("room", ["core", "quickbooks"])
def test_every_module_has_a_test_file_of_its_own(room: str) -> None:
    without = []
    for path in sorted((SOURCE / room).rglob("*.py")):
        test = ROOT / "tests" / "unit" / path.relative_to(SOURCE).parent / f"test_{path.name}"
        if _decides(path) and not test.exists():
            without.append(f"{named(path)} wants {named(test)}")
    assert not without, "\n".join(without)


def _decides(path: Path) -> bool:
    """Whether a module has functions or methods, not names and records alone."""
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(_parsed(path)))


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_every_template_is_used() -> None:
    pages = sorted((SOURCE / "web").rglob("*.html"))
    written = "\n".join(
        path.read_text("utf-8") for path in [*(SOURCE / "web").rglob("*.py"), *pages]
    )
    unused = []
    for path in pages:
        name = path.as_posix().rpartition("/templates/")[2]
        by_django = re.fullmatch(r"\d{3}(_csrf)?\.html", name)
        if not by_django and f'"{name}"' not in written and f'"{path.stem}"' not in written:
            unused.append(named(path))
    assert not unused, unused


def documents() -> list[Path]:
    """Every text that people read beside the code."""
    roots = [ROOT / "docs", ROOT / "bench", ROOT / "examples", SOURCE, ROOT / "tests"]
    found = [path for root in roots for path in root.rglob("*.md")]
    return [*sorted(found), *sorted(ROOT.glob("*.md"))]


def test_every_link_in_the_documents_leads_somewhere() -> None:
    dead = []
    for path in documents():
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8")):
            if re.match(r"[a-z]+:|#", target):
                continue
            there = (path.parent / target.partition("#")[0]).resolve()
            not_made_yet = there.parent == SCREENSHOTS and not SCREENSHOTS.exists()
            if not there.exists() and not not_made_yet:
                dead.append(f"{named(path)}: {target}")
    assert not dead, "\n".join(dead)


def test_documents_name_no_machine_and_no_unfinished_work() -> None:
    found = [
        f"{named(path)}: {match.group()}"
        for path in documents()
        for match in re.finditer(r"/(work|root)/\S+|\b(TODO|FIXME|TBD)\b", path.read_text("utf-8"))
    ]
    assert not found, found


def test_the_changelog_begins_with_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first = re.search(r"^## (\S+)", changelog, flags=re.MULTILINE)
    assert first is not None
    assert first.group(1) == tieout.__version__


def test_every_command_stands_in_the_reference() -> None:
    reference = (ROOT / "docs" / "reference" / "command-line.md").read_text("utf-8")
    assert [name for name in COMMANDS if f"`tieout {name}" not in reference] == []


def test_every_setting_stands_in_the_documents() -> None:
    read = "\n".join(path.read_text("utf-8") for path in (SOURCE / "config").glob("*.py"))
    names = set(re.findall(r'"((?:TIEOUT|DATABASE)_[A-Z_]+)"', read))
    told = (ROOT / "docs" / "how-to" / "install-on-a-server.md").read_text("utf-8")
    assert names
    assert [name for name in sorted(names) if name not in told] == []


def test_no_file_is_heavy() -> None:
    heavy = [
        named(path)
        for folder in (*CODE_FOLDERS, "docs", "examples")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.stat().st_size > FILE_BYTES_MAX
    ]
    assert not heavy, heavy
