from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tieout.connector import host_query
from tieout.connector.link import Link, LinkError, Mode
from tieout.connector.sandbox_link import SandboxLink
from tieout.sandbox import CompanyFile


@pytest.fixture
def link(tmp_path: Path) -> Iterator[Link]:
    CompanyFile.create(tmp_path / "books", name="Northgate").close()
    opened = SandboxLink(tmp_path / "books")
    yield opened
    opened.close()


def test_a_session_answers_under_quickbooks_own_path(link: Link) -> None:
    session = link.open_session("Tieout", "", "either")
    assert session.company_file == "C:\\Books\\Northgate.QBW"
    assert "13.0" in session.versions
    assert host_query.was_answered(session.process(host_query.request(), limit_s=60))
    other = link.open_session("Tieout", session.company_file, "multi")
    assert other.session_id != session.session_id
    session.close()
    other.close()


@pytest.mark.parametrize(
    ("app_name", "file", "mode", "stage", "code"),
    [
        (" ", "", "either", "open", 0x80040415),
        ("Tieout", "C:\\Books\\Harbor.QBW", "either", "begin", 0x8004040A),
        ("Tieout", "", "single", "begin", 0x80040410),
    ],
)
def test_its_failures_keep_their_stage_and_code(
    link: Link, app_name: str, file: str, mode: Mode, stage: str, code: int
) -> None:
    with pytest.raises(LinkError) as error:
        link.open_session(app_name, file, mode)
    assert (error.value.stage, error.value.hresult, error.value.executed) == (stage, code, False)


def test_a_file_that_was_moved_away_is_named_with_the_remedy(tmp_path: Path, link: Link) -> None:
    (tmp_path / "books").rename(tmp_path / "moved")
    with pytest.raises(LinkError, match=r"books.*Create one") as error:
        link.open_session("Tieout", "", "either")
    assert (error.value.stage, error.value.hresult) == ("begin", 0x80040403)
    assert error.value.executed is False


def test_a_request_that_cannot_be_read_fails_at_process(link: Link) -> None:
    session = link.open_session("Tieout", "", "either")
    with pytest.raises(LinkError) as error:
        session.process("<QBXML>", limit_s=60)
    assert (error.value.stage, error.value.hresult) == ("process", 0x80040400)
    session.close()
