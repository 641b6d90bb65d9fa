"""A QuickBooks Desktop company that runs anywhere: qbXML in, qbXML out, on one SQLite file.

An independent oracle: it shares no code with the rest of the product.
"""

from __future__ import annotations

from tieout.sandbox.company import CompanyFile
from tieout.sandbox.errors import BookError, HResult
from tieout.sandbox.faults import Fault
from tieout.sandbox.session import Session

__all__ = ["BookError", "CompanyFile", "Fault", "HResult", "Session"]
