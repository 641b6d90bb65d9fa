"""Invoice Mapping: which QuickBooks item each pay/bill item is."""

from __future__ import annotations

from tieout.web.sister_views import addresses
from tieout.web.sisters import Sister

SISTER = Sister(
    kind="item",
    page="item_mapping",
    crumb="Invoice Mapping",
    headings={
        "contractor": "Contractor Invoice Mapping",
        "direct_hire": "Direct Hire Invoice Mapping",
    },
    tabs={"contractor": "Contractor", "direct_hire": "Direct Hire"},
    ours="Pay/Bill Item",
    theirs="QuickBooks Item",
    one="pay/bill item",
    many="pay/bill items",
    tip="Tip: the item decides the income account to which QuickBooks books the line.",
)

urlpatterns = addresses(SISTER)
