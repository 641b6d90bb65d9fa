"""How the sample agency is made."""

from __future__ import annotations
