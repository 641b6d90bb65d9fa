"""What a page was made of is freed when it is drawn, without the collector of garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.template import engines
from django.template.exceptions import TemplateDoesNotExist
from django.test import RequestFactory


class Row:
    name = "Ana <Lima>"


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_a_drawn_page_lets_go_of_its_rows() -> None:
    template = engines["django"].from_string("{% for row in rows %}{{ row.name }}{% endfor %}")
    row = Row()
    gone = weakref.ref(row)
    rows = [row]
    del row
    assert template.render({"rows": rows}) == "Ana &lt;Lima&gt;"
    rows.clear()
    assert gone() is None

    row = Row()
    gone = weakref.ref(row)
    text = template.render({"rows": [row]}, RequestFactory().get("/"))
    del row
    assert text == "Ana &lt;Lima&gt;"
    assert gone() is None


def test_so_does_one_that_broke_off() -> None:
    row = Row()
    gone = weakref.ref(row)
    template = engines["django"].from_string("{{ row.name }}{% include missing %}")
    with pytest.raises(TemplateDoesNotExist):
        template.render({"row": row, "missing": "no/such.html"}, RequestFactory().get("/"))
    del row
    assert gone() is None
