"""What the documents name exists: commands, options, settings, files, headings, labels of screens."""

from __future__ import annotations

import argparse
import html
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tieout.cli.main import COMMANDS, build_parser
from tieout.core.facts import Reason
from tieout.web.pages.drift.words import KINDS
from tieout.web.pages.tie_out.words import WORDS
from tieout.web.wording import REASONS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tieout"
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "bench" / "README.md",
    ROOT / "examples" / "northgate" / "README.md",
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# labels of other programs' screens: QuickBooks, the Web Connector, Windows
ELSEWHERE = {
    "Yes, whenever this QuickBooks company file is open",
    "Yes, always; allow access even if QuickBooks is not running",
    "Add an application",
    "Update Selected",
    "Auto-Run",
    "Password",
    "Properties",
    "Admin",
    "single-user mode",
    "Northgate Staffing",  # the sample agency's name
}


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def prose(document: Path) -> str:
    """The text without its blocks of code."""
    return FENCE.sub("", document.read_text("utf-8"))


def commands(document: Path) -> Iterator[str]:
    """Each `tieout …` that stands on a line of its own in a block of code."""
    for _, block in FENCE.findall(document.read_text("utf-8")):
        for line in block.replace("\\\n", " ").replace("^\n", " ").splitlines():
            found = re.match(
                r"(?:\$ |sudo -u \S+ )?(?:env )?(?:[A-Z_]+=\S+ )*(\S*[/\\])?(tieout(?:-connector)?) (.+)",
                line.strip(),
            )
            if found:
                own = "connector " if found.group(2) == "tieout-connector" else ""
                yield own + re.split(r" (?:[>#|]|\|\|)", found.group(3))[0]


def inline(document: Path) -> Iterator[str]:
    """Each `tieout …` within a sentence or a table, with its options in brackets."""
    for code in re.findall(r"`(tieout(?:-connector)? [^`]+)`", prose(document)):
        yield re.sub(r"^tieout-connector", "tieout connector", code).removeprefix("tieout ")


def parsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The words behind a command, each with its own parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


@cache
def parser_of(words: tuple[str, ...]) -> argparse.ArgumentParser:
    """The parser of `tieout WORDS…`, as deep as there is one for the words."""
    parser = build_parser(words[:1])
    for word in words:
        deeper = parsers(parser).get(word)
        if deeper is None:
            break
        parser = deeper
    return parser


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_command_in_a_block_is_understood(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    for command in commands(document):
        words = shlex.split(command.replace("…", "x"), posix="\\" not in command)
        try:
            build_parser(words[:1]).parse_args(words)
        except SystemExit as end:
            if end.code:
                wrong.append(f"{command}: {capsys.readouterr().err.splitlines()[-1]}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_every_option_of_a_command_exists(document: Path) -> None:
    wrong = []
    for code in inline(document):
        words = tuple(re.findall(r"(?:^|(?<= ))[a-z][a-z-]*", code))
        first = words[0] if words else ""
        if code == "--help":
            continue
        if first not in COMMANDS:
            wrong.append(f"`tieout {code}`: there is no {first}")
            continue
        known = options(parser_of(words))
        known |= {"--json", "--help"} if first == "sandbox" else set()
        wrong += [
            f"`tieout {code}`: {o}" for o in re.findall(r"--[a-z-]+", code) if o not in known
        ]
    assert not wrong, "\n".join(wrong)


def test_every_option_stands_in_the_reference() -> None:
    """But those of the bookkeeper's commands, of which `--help` tells."""
    pages = [ROOT / "docs" / "reference" / f"{page}.md" for page in ("command-line", "connector")]
    told = set(re.findall(r"--[a-z-]+", "\n".join(page.read_text("utf-8") for page in pages)))
    missing = {
        f"tieout {' '.join(words)} {option}"
        for first in COMMANDS
        if first != "sandbox"
        for words in leaves((first,))
        for option in options(parser_of(words)) - {"-h"} - told
    }
    assert not missing, "\n".join(sorted(missing))


def leaves(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words of each command that has none below it."""
    deeper = parsers(parser_of(words))
    if not deeper:
        yield words
    for word in deeper:
        yield from leaves((*words, word))


def test_every_setting_that_is_named_exists() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for path in [
            ROOT / "Makefile",
            *(ROOT / "tools").glob("*"),
            *(ROOT / "bench").glob("*.py"),
            *(ROOT / "tests").rglob("*.py"),
            *SOURCE.rglob("*.py"),
        ]
        if path.is_file()
    )
    wrong = [
        f"{name(document)}: {setting}"
        for document in DOCUMENTS
        for setting in set(
            re.findall(r"\b(?:TIEOUT|BENCH)_[A-Z_]+\b", document.read_text("utf-8"))
        )
        if not re.search(rf"\b{setting}\b", code)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_file_that_is_named_exists() -> None:
    roots = [ROOT, SOURCE]
    wrong = [
        f"{name(document)}: {path}"
        for document in DOCUMENTS
        for path in re.findall(
            r"`([\w./-]+/[\w.-]+\.(?:py|md|css|js|html|toml|sh))`", prose(document)
        )
        if not any((root / path).exists() for root in [*roots, document.parent])
    ]
    assert not wrong, "\n".join(wrong)


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    wrong = [
        f"{name(document)}: make {target}"
        for document in DOCUMENTS
        for target in re.findall(
            r"(?:`|^)make ([a-z]+)", document.read_text("utf-8"), re.MULTILINE
        )
        if target not in targets
    ]
    assert not wrong, "\n".join(wrong)


def test_every_link_to_a_heading_leads_to_one() -> None:
    dead = []
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", document.read_text("utf-8")):
            path, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            there = (document.parent / path).resolve() if path else document
            headings = re.findall(r"^#+ (.+)$", prose(there), re.MULTILINE)
            if anchor not in {_slug(heading) for heading in headings}:
                dead.append(f"{name(document)}: {target}")
    assert not dead, "\n".join(dead)


def test_every_document_is_reached_from_the_readme() -> None:
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        document = todo.pop()
        if document in reached:
            continue
        reached.add(document)
        links = re.findall(r"\]\(([^)#\s]+\.md)", document.read_text("utf-8"))
        todo += [there for link in links if (there := (document.parent / link).resolve()).exists()]
    assert [name(document) for document in DOCUMENTS if document not in reached] == []


def _slug(heading: str) -> str:
    """The anchor that a heading gets where the documents are read as pages."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def screens() -> str:
    """Everything that the pages say, templates and Python alike, as one line."""
    pages = [*(SOURCE / "web").rglob("*.html"), *(SOURCE / "web").rglob("*.py")]
    pages += [*(SOURCE / "service").glob("*.py"), *(SOURCE / "core").glob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in pages)
    bare = re.sub(r"<[^>]+>", " ", text)
    return html.unescape(re.sub(r"\s+", " ", f"{text} {bare}"))


GUIDES = [*(ROOT / "docs" / "tutorial").glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md")]


@pytest.mark.parametrize("guide", sorted(GUIDES), ids=name)
def test_every_label_in_bold_is_on_a_screen(guide: Path) -> None:
    """Bold is kept for what is clicked or read on a screen."""
    wrong = []
    for label in re.findall(r"\*\*([^*\n]+)\*\*", prose(guide)):
        parts = [part.strip() for part in re.split(r" → |…", label) if part.strip()]
        wrong += [part for part in parts if part not in ELSEWHERE and part not in screens()]
    assert not wrong, wrong


def test_every_way_through_the_menus_is_the_real_one() -> None:
    """`Settings → A → B`, where it is said, is the breadcrumb of a page."""
    pages = "\n".join(path.read_text("utf-8") for path in (SOURCE / "web").rglob("*.html"))
    ways = {
        tuple(re.findall(r'"([^"]+)"|(\S+)', way))
        for way in re.findall(r"{% crumbs (.+?) %}", pages)
    }
    real = {" → ".join(literal or "*" for literal, _ in way) for way in ways}
    beginnings = {way[: found.start()] for way in real for found in re.finditer(r" → |$", way)}
    wrong = [
        f"{name(document)}: {way}"
        for document in DOCUMENTS
        for way in re.findall(r"\*(Settings → [^*]+)\*", prose(document))
        if way not in beginnings
    ]
    assert not wrong, "\n".join(wrong)


def cells(page: str, heading: str) -> set[str]:
    """The first cells of the table under a heading of a how-to."""
    text = (ROOT / "docs" / "how-to" / page).read_text("utf-8")
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return {part.strip() for row in rows for part in row.strip("|").split("|")[0].split(", ")}


def test_every_reason_of_a_block_is_told_with_what_to_do() -> None:
    assert set(REASONS) == {reason.value for reason in Reason}
    assert cells("export-invoices.md", "Why an invoice is blocked") == set(REASONS.values())


def test_every_finding_of_a_tie_out_is_told_with_what_to_do() -> None:
    found = {word for word, _ in WORDS.values()}
    assert cells("tie-out.md", "What to do about a finding") == found


def test_every_kind_of_drift_is_told_with_what_to_answer() -> None:
    assert cells("answer-drift.md", "What to answer") == {kind.name for kind in KINDS.values()}
