"""The sandbox's own tables against Intuit's schema: the same messages are accepted and refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.protocol.sandbox_messages import Maker, borders, mutated
from tests.specs import SPECS, needs_specs

from tieout.sandbox import grammar
from tieout.sandbox.message import verdict

pytestmark = needs_specs

# lxml's error types for a value that does not fit its simple type; all others are structure.
VALUE_ERRORS = {
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_3",
    "SCHEMAV_CVC_MAXLENGTH_VALID",
    "SCHEMAV_CVC_PATTERN_VALID",
    "SCHEMAV_CVC_MININCLUSIVE_VALID",
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID",
}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))


def schema_verdict(schema: etree.XMLSchema, text: str) -> str:
    """Say what the schema thinks: accept, structure, or value."""
    if schema.validate(etree.fromstring(text.encode())):
        return "accept"
    kinds = {entry.type_name for entry in schema.error_log}
    enumerations = "SCHEMAV_CVC_ENUMERATION_VALID" in kinds
    return "structure" if kinds - VALUE_ERRORS or enumerations else "value"


@pytest.mark.parametrize("kind", sorted(grammar.SUPPORTED))
def test_a_request_made_from_the_tables_is_valid_in_the_schema(
    kind: str, schema: etree.XMLSchema
) -> None:
    for seed in range(40):
        text = etree.tostring(Maker(seed).message(kind)).decode()
        assert verdict(text) == "accept", text
        assert schema_verdict(schema, text) == "accept", (schema.error_log, text)


@pytest.mark.parametrize("kind", sorted(grammar.SUPPORTED))
@settings(max_examples=40)
@given(seed=st.integers(0, 10**6))
def test_a_mutated_request_gets_the_schemas_verdict(
    kind: str, schema: etree.XMLSchema, seed: int
) -> None:
    rng = random.Random(seed)
    root = Maker(seed).message(kind)
    for _ in range(rng.randint(1, 2)):
        root = mutated(root, rng)
    text = etree.tostring(root).decode()
    assert verdict(text) == schema_verdict(schema, text), text


@pytest.mark.parametrize("kind", sorted(grammar.SUPPORTED))
@settings(max_examples=25)
@given(seed=st.integers(0, 10**6))
def test_wild_values_get_the_schemas_verdict(
    kind: str, schema: etree.XMLSchema, seed: int
) -> None:
    text = etree.tostring(Maker(seed, wild=True).message(kind)).decode()
    assert verdict(text) == schema_verdict(schema, text), text


@pytest.mark.parametrize("kind", sorted(grammar.SUPPORTED))
def test_every_field_has_the_schemas_borders(kind: str, schema: etree.XMLSchema) -> None:
    for seed in range(3):  # for the other branches of choices
        maker = Maker(seed, full=True)
        root = maker.message(kind)
        inside = [
            (leaf, kind_of)
            for leaf, kind_of in maker.leaves
            if leaf.getroottree().getroot() is root
        ]
        for leaf, kind_of in inside:
            kept = leaf.text
            for value in borders(kind_of):
                leaf.text = value
                text = etree.tostring(root).decode()
                assert verdict(text) == schema_verdict(schema, text), (leaf.tag, value)
            leaf.text = kept


@pytest.mark.parametrize("kind", sorted(grammar.SUPPORTED))
def test_every_enumeration_has_the_schemas_values(kind: str, schema: etree.XMLSchema) -> None:
    maker = Maker(0, full=True)
    root = maker.message(kind)
    known = {word for words in grammar._ENUMS.values() for word in words}
    for leaf, kind_of in maker.leaves:
        if not kind_of.startswith("=") or leaf.getroottree().getroot() is not root:
            continue
        kept = leaf.text
        for word in sorted(known):
            leaf.text = word
            text = etree.tostring(root).decode()
            assert verdict(text) == schema_verdict(schema, text), (leaf.tag, word)
        leaf.text = kept


@pytest.mark.parametrize(
    "path", sorted((SPECS / "examples").glob("*_rq.xml")), ids=lambda path: path.stem
)
def test_the_example_requests_are_accepted(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    if "Envelope" not in text:
        assert verdict(text) == "accept"


@pytest.mark.parametrize(
    "path", sorted((SPECS / "examples").glob("bad_*.xml")), ids=lambda path: path.stem
)
def test_the_bad_examples_are_refused(path: object) -> None:
    assert verdict(path.read_text()) != "accept"  # type: ignore[attr-defined]


def test_every_request_of_the_schema_is_known() -> None:
    from tieout.sandbox.structure_lists import KNOWN_REQUESTS

    tree = etree.parse(str(SPECS / "qbxmlops130.xsd"))
    names = tree.xpath(
        "//x:element[@name='QBXMLMsgsRq']//x:element/@name",
        namespaces={"x": "http://www.w3.org/2001/XMLSchema"},
    )
    assert {f"{name}Rq" for name in KNOWN_REQUESTS} == set(names) - {"QBXMLMsgsRq"}
