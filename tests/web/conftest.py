"""Every test of this folder is watched for the order of its locks."""

from __future__ import annotations

from tests.lock_order import locks_in_order as locks_in_order  # a fixture
