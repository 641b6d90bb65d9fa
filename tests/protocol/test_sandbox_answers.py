"""Whatever is asked, the sandbox answers: schema-valid, or with one of its own refusals."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.protocol.sandbox_messages import Maker, mutated
from tests.specs import SPECS, needs_specs

from tieout.sandbox import CompanyFile, HResult, Session, grammar

pytestmark = needs_specs
HEAD = '<?xml version="1.0"?><?qbxml version="13.0"?>'


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SPECS / "qbxmlops130.xsd")))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder: Path = tmp_path_factory.mktemp("sandbox")
    company = CompanyFile.create(folder / "answers.qbs", name="Answers")
    # What the made requests refer to, so that some of them succeed.
    company.load(
        {
            "customers": ["80000001-", "xxx", "80000001-1"],
            "items": ["80000001-", "80000001-1"],
            "classes": ["80000001-1"],
        }
    )
    company.set_preference("user_mode", "SingleUser")
    opened = company.open_session(app_name="Answers")
    yield opened
    opened.close()
    company.close()


def answered(session: Session, root: etree._Element, schema: etree.XMLSchema) -> str:
    """Process a message; return the status code, or the HRESULT in hexadecimal."""
    text = etree.tostring(root).decode()
    try:
        reply = session.process(HEAD + text)
    except HResult as error:
        return hex(error.code)
    found = etree.fromstring(reply.encode("ascii"))
    if root.find(".//IncludeRetElement") is None:
        assert schema.validate(found), (schema.error_log, text, reply)
    status = found[0][0].get("statusCode") if len(found[0]) else "none"
    assert status is not None
    return status


@pytest.mark.parametrize("kind", sorted(grammar.SUPPORTED))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), wild=st.booleans())
def test_every_request_is_answered(
    kind: str, session: Session, schema: etree.XMLSchema, seed: int, *, wild: bool
) -> None:
    rng = random.Random(seed)
    root = Maker(seed, wild=wild).message(kind)
    assert answered(session, root, schema) != "0x80040400"
    assert answered(session, mutated(root, rng), schema)


@settings(max_examples=60)
@given(text=st.text(max_size=200))
def test_text_of_any_kind_is_refused_not_swallowed(session: Session, text: str) -> None:
    with pytest.raises(HResult):
        session.process(text)


@pytest.mark.parametrize(
    "path",
    sorted((SPECS / "examples").glob("[0-9]*_rq.xml")) if SPECS.is_dir() else [],
    ids=lambda path: path.stem,
)
def test_the_example_requests_are_answered(
    session: Session, schema: etree.XMLSchema, path: Path
) -> None:
    assert answered(session, etree.parse(str(path)).getroot(), schema) != "0x80040400"
