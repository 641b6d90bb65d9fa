"""Contractor and Direct Hire Class Mapping: which QuickBooks class each value is."""

from __future__ import annotations

from tieout.web.sister_views import addresses
from tieout.web.sisters import Sister

SISTER = Sister(
    kind="class",
    page="class_mapping",
    crumb="Class Mapping",
    headings={
        "contractor": "Contractor Class Mapping",
        "direct_hire": "Direct Hire Class Mapping",
    },
    tabs={"contractor": "Contractor", "direct_hire": "Direct Hire"},
    ours="Custom Field Value",
    theirs="QuickBooks Class",
    one="custom field value",
    many="custom field values",
    tip="Tip: values are found when jobs and invoices are imported.",
)

urlpatterns = addresses(SISTER)
