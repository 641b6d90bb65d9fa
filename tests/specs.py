"""Where the reference schemas and example messages are found; they are never copied here."""

from __future__ import annotations

from pathlib import Path

import pytest

SPECS = Path(__file__).resolve().parents[2] / "shared" / "specs"

needs_specs = pytest.mark.skipif(not SPECS.is_dir(), reason="the reference specs are not here")
"""Mark for tests that read the reference schemas: the only permitted skip."""
