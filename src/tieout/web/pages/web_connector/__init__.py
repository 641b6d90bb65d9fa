"""Settings: the QuickBooks Web Connector."""

from __future__ import annotations
