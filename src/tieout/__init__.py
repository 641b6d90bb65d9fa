"""Tieout: contractor jobs linked to QuickBooks jobs, invoices exported once, both books tied out."""

from __future__ import annotations

__version__ = "0.1.0"
