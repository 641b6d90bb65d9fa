"""Addresses that programs call, not people."""

from __future__ import annotations
