"""Makes requests from the sandbox's own tables, and breaks them."""

from __future__ import annotations

import copy
import random

from lxml import etree

from tieout.sandbox import grammar

SAMPLES = {
    "BOOL": ["true", "false", "1", "0", "", "True", "yes"],
    "DATE": ["2026-02-28", "2024-02-29", "", "2026-02-30", "2026-2-3", "02/03/2026"],
    "DATETIME": ["2026-02-28T10:00:00", "2026-02-28", "2026-02-28T10:00:00-05:00", "now"],
    "AMT": ["1", "-1.50", "+1.00", "", "1.5", "1.005", "1,000.00", "12345678901234"],
    "PRICE": ["1", "82.12345", "-3.1", "", "1.123456", "abc"],
    "QUAN": ["36.5", "0", "", "1.123456", "1e3"],
    "PERCENT": ["10", "-2.5", "10%"],
    "GUID": [
        "0",
        "{6B1C0F5E-7C0B-4F4B-9F6C-0D9E8C7B6A55}",
        "6B1C0F5E-7C0B-4F4B-9F6C-0D9E8C7B6A55",
    ],
    "INT": ["1", "-7", "x"],
    "POSINT": ["1", "100", "0", "-3", "many"],
    "MONTH": ["1", "12", "13"],
    "FLOAT": ["1", "1.25", "", "one"],
}


class Maker:
    """Makes requests from the sandbox's tables with a seeded source of choices."""

    def __init__(self, seed: int, *, wild: bool = False, full: bool = False) -> None:
        self.random = random.Random(seed)
        self.wild = wild
        self.full = full
        # Every leaf that was made, with its type in the sandbox's tables.
        self.leaves: list[tuple[etree._Element, str]] = []

    def message(self, kind: str) -> etree._Element:
        root = etree.Element("QBXML")
        body = etree.SubElement(root, "QBXMLMsgsRq", onError="stopOnError")
        request = self.element(f"{kind}Rq", f"{kind}Rq")
        request.set("requestID", "r1")
        body.append(request)
        return root

    def element(self, tag: str, model: str) -> etree._Element:
        node = etree.Element(tag)
        source, mark = grammar._SOURCES[model]
        for name, kind in self.words(self.tokens(source)):
            node.append(self.child(name, kind))
        if "iterator" in mark and self.random.random() < 0.3:
            node.set("iterator", "Start")
        return node

    def child(self, name: str, kind: str) -> etree._Element:
        if kind.startswith("@"):
            return self.element(name, kind[1:] or name)
        node = etree.Element(name)
        if kind.startswith("REF"):
            for part in self.random.choice([["ListID"], ["FullName"], ["ListID", "FullName"], []]):
                leaf = etree.SubElement(node, part)
                leaf.text = "80000001-1"[: int(kind[3:] or 9)]
                self.leaves.append((leaf, "ID" if part == "ListID" else f"STR{kind[3:]}"))
            return node
        node.text = self.value(name, kind)
        self.leaves.append((node, kind))
        return node

    def value(self, name: str, kind: str) -> str:
        if kind.startswith("="):
            return self.random.choice(sorted(grammar._ENUMS[kind[1:] or name]))
        if kind.startswith("STR"):
            limit = int(kind[3:] or 20)
            return "x" * (limit + self.random.choice([0, 0, 1]) if self.wild else min(limit, 3))
        if kind in ("ID", "MACROID"):
            return "8" * (self.random.choice([5, 36, 37]) if self.wild else 5)
        return self.random.choice(SAMPLES[kind]) if self.wild else SAMPLES[kind][0]

    def tokens(self, source: str) -> list[str]:
        tokens: list[str] = []
        for match in grammar._TOKEN.finditer(source):
            if match["macro"]:
                tokens += self.tokens(grammar._MACROS[match["macro"]])
            else:
                tokens.append(match[0])
        return tokens

    def words(self, tokens: list[str]) -> list[tuple[str, str]]:
        self.rest = tokens
        return self.choice()

    def choice(self) -> list[tuple[str, str]]:
        branches = [self.sequence()]
        while self.rest and self.rest[0] == "|":
            self.rest = self.rest[1:]
            branches.append(self.sequence())
        return self.random.choice(branches)

    def sequence(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        while self.rest and self.rest[0] not in ("|", ")"):
            before = self.rest
            particle = self.particle()
            mark = self.rest[0] if self.rest and self.rest[0][0] in "?*+{" else ""
            self.rest = self.rest[1:] if mark else self.rest
            times = {"": 1, "+": self.random.randint(1, 2)}.get(mark, self.random.randint(0, 1))
            times = 1 if self.full else times
            found += particle * times
            assert self.rest is not before
        return found

    def particle(self) -> list[tuple[str, str]]:
        token, self.rest = self.rest[0], self.rest[1:]
        if token != "(":
            name, _, kind = token.partition(":")
            return [(name, kind)]
        inner = self.choice()
        self.rest = self.rest[1:]
        return inner


def mutated(root: etree._Element, rng: random.Random) -> etree._Element:
    """Break (or not) the message at a random place: drop, repeat, swap, rename, add, retext."""
    root = copy.deepcopy(root)
    nodes = [node for node in root.iter() if node.getparent() is not None][1:]
    if not nodes:
        return root
    node = rng.choice(nodes)
    parent = node.getparent()
    action = rng.choice(["drop", "repeat", "swap", "rename", "add", "attribute", "text"])
    if action == "drop":
        parent.remove(node)
    elif action == "repeat":
        parent.insert(parent.index(node), copy.deepcopy(node))
    elif action == "swap" and len(parent) > 1:
        other = rng.choice(list(parent))
        place, kept = parent.index(node), parent.index(other)
        if place != kept:
            parent[place], parent[kept] = copy.deepcopy(other), copy.deepcopy(node)
    elif action == "rename":
        node.tag = rng.choice(["Quantity", "Bogus", "ListID", "FullName", "TxnID", "Memo"])
    elif action == "add":
        etree.SubElement(node, rng.choice(["ListID", "Name", "IncludeRetElement", "Bogus"]))
    elif action == "attribute":
        node.set(rng.choice(["iterator", "metaData", "bogus", "defMacro"]), "Start")
    else:
        node.text = "some words"
    return root


def borders(kind: str) -> list[str]:
    """Return values just inside and just outside of a type, as the sandbox's tables have it."""
    if kind.startswith("="):
        return ["Bogus", ""]
    if kind.startswith("STR"):
        limit = int(kind[3:] or 5000)
        return ["x" * limit, "x" * (limit + 1), ""]
    if kind in ("ID", "MACROID"):
        return ["8" * 36, "8" * 37]
    return SAMPLES[kind]
