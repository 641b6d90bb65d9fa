"""Client Mapping: which QuickBooks customer each client is."""

from __future__ import annotations

from tieout.web.sister_views import addresses
from tieout.web.sisters import Sister

SISTER = Sister(
    kind="client",
    page="client_mapping",
    crumb="Client Mapping",
    headings={"active": "Client Mapping", "inactive": "Client Mapping"},
    tabs={"active": "Active", "inactive": "Inactive"},
    ours="Bilflo Client",
    theirs="QuickBooks Customer",
    one="client",
    many="clients",
    tip="Tip: choose the customer at the top of the path; its jobs are mapped under Map Jobs.",
    refresh="Refresh List",
)

urlpatterns = addresses(SISTER)
