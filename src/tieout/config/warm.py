"""Ready before the first request: every page and template is loaded, and stays out of the way.

What is loaded once and never freed, a hundred thousand objects, is otherwise walked through by each
full collection of garbage: a single request in twenty then takes three times as long as the others.
"""

from __future__ import annotations

import gc
from pathlib import Path

from django.template import engines
from django.template.loader import get_template
from django.urls import get_resolver


def warm_up() -> None:
    """Load the pages and their templates, then leave what is there to no collection any more."""
    get_resolver().url_patterns  # noqa: B018  imports every page
    for folder in engines["django"].dirs:
        for file in sorted(Path(folder).rglob("*.html")):
            get_template(file.relative_to(folder).as_posix())
    gc.collect()
    gc.freeze()
